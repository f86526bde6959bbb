// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/jsonreport.h"

#include "harness/ratios.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace Bench {

using namespace Qt::StringLiterals;

static QJsonObject toJson(const Quartiles &quartiles)
{
    return {{u"lower quartile"_s, quartiles.lower},
            {u"median"_s, quartiles.median},
            {u"upper quartile"_s, quartiles.upper}};
}

static QJsonObject toJson(const Results &results, const Workload &workload,
                          const QString &contestant)
{
    const std::vector<Sample> &samples = results.samples(workload.id, contestant);
    QJsonObject object;
    for (const auto &[name, value] : samples.front()) {
        QJsonArray values;
        for (const Sample &sample : samples)
            values.append(sample.at(name));
        QJsonObject figures = toJson(*results.quartiles(workload.id, contestant, name));
        figures.insert(u"rounds"_s, values);
        object.insert(name, figures);
    }
    const QString yardstick = yardstickOf(workload);
    if (const auto relative = ratio(results, workload.id, contestant, yardstick))
        object.insert(u"relative to "_s + yardstick, toJson(*relative));
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
            measured.insert(contestant.name, toJson(results, workload, contestant.name));
    }
    return {{u"title"_s, workload.title},
            {u"too noisy"_s, isNoisy(results, workload.id)},
            {u"peers"_s, measured},
            {u"failed"_s, failed}};
}

static QJsonObject toJson(const Figure &figure)
{
    return {{u"workload"_s, figure.workload},
            {u"peer"_s, figure.contestant},
            {u"yardstick"_s, figure.yardstick},
            {figure.isCeiling ? u"at most"_s : u"at least"_s, figure.target},
            {u"reached"_s, figure.reached ? toJson(*figure.reached) : QJsonValue()},
            {u"verdict"_s, verdictName(figure.verdict())}};
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
                               {u"load"_s, info.load.trimmed()},
                               {u"rounds"_s, contest.rounds},
                               {u"milliseconds per round"_s, qint64(contest.duration.count())},
                               {u"missing"_s, missing},
                               {u"workloads"_s, workloads},
                               {u"figures to reach"_s, goals}})
            .toJson();
}

} // namespace Bench
