// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/jsonreport.h"

#include "harness/quantity.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace Bench {

using namespace Qt::StringLiterals;

static QJsonObject toJson(const Results &results, const QString &workload,
                          const QString &contestant)
{
    const std::vector<Sample> &samples = results.samples(workload, contestant);
    QJsonObject object;
    for (const auto &[name, value] : samples.front()) {
        QJsonArray values;
        for (const Sample &sample : samples)
            values.append(sample.at(name));
        const auto spread = results.spread(workload, contestant, name);
        object.insert(name, QJsonObject{{u"median"_s, spread->median},
                                        {u"min"_s, spread->min},
                                        {u"max"_s, spread->max},
                                        {u"rounds"_s, values}});
    }
    const auto rate = results.median(workload, contestant, u"rate"_s);
    const auto raw = results.median(workload, u"raw"_s, u"rate"_s);
    if (rate && raw)
        object.insert(u"relative to raw"_s, *rate / *raw);
    return object;
}

static QJsonObject toJson(const Contest &contest, const Results &results, const Workload &workload)
{
    QJsonObject measured;
    QJsonObject failed;
    for (const Contestant &contestant : contest.contestants) {
        const QString failure = results.failure(workload.id, contestant.name);
        if (!failure.isEmpty())
            failed.insert(contestant.name, failure);
        else if (!results.samples(workload.id, contestant.name).empty())
            measured.insert(contestant.name, toJson(results, workload.id, contestant.name));
    }
    return {{u"title"_s, workload.title}, {u"peers"_s, measured}, {u"failed"_s, failed}};
}

static QJsonObject toJson(const Figure &figure)
{
    return {{u"workload"_s, figure.workload},
            {u"peer"_s, figure.contestant},
            {u"yardstick"_s, figure.yardstick},
            {figure.isCeiling ? u"at most"_s : u"at least"_s, figure.target},
            {u"reached"_s, figure.reached ? QJsonValue(*figure.reached) : QJsonValue()},
            {u"met"_s, figure.isMet()}};
}

QByteArray jsonReport(const RunInfo &info, const Contest &contest, const Results &results,
                      const QList<Figure> &figures)
{
    QJsonArray missing;
    for (const Contestant &contestant : Contestant::all()) {
        if (!contestant.isInstalled())
            missing.append(contestant.name);
    }
    QJsonObject workloads;
    for (const Workload &workload : contest.workloads)
        workloads.insert(workload.id, toJson(contest, results, workload));
    QJsonArray goals;
    for (const Figure &figure : figures)
        goals.append(toJson(figure));
    return QJsonDocument(
                   QJsonObject{{u"command"_s, info.command},
                               {u"date"_s, info.date},
                               {u"machine"_s, info.machine},
                               {u"rounds"_s, contest.rounds},
                               {u"milliseconds per round"_s, qint64(contest.duration.count())},
                               {u"missing"_s, missing},
                               {u"workloads"_s, workloads},
                               {u"figures to reach"_s, goals}})
            .toJson();
}

} // namespace Bench
