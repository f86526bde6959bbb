// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/tablereport.h"

#include "harness/quantity.h"

#include <functional>

namespace Bench {

using namespace Qt::StringLiterals;

static constexpr int NameWidth = 21;
static constexpr int CellWidth = 8;

using Cell = std::function<QString(const Workload &, const Contestant &)>;

static QString table(const Contest &contest, const QList<Workload> &columns,
                     const QStringList &heads, const Cell &cell)
{
    QString text;
    for (const QString &head : heads)
        text += head + u'\n';
    for (const Contestant &contestant : contest.contestants) {
        QString line = contestant.name.leftJustified(NameWidth);
        for (const Workload &workload : columns)
            line += cell(workload, contestant).rightJustified(CellWidth);
        text += line + u'\n';
    }
    return text + u'\n';
}

static QString headLine(const QList<Workload> &columns,
                        const std::function<QString(const Workload &)> &head)
{
    QString line(NameWidth, u' ');
    for (const Workload &workload : columns)
        line += head(workload).rightJustified(CellWidth);
    return line;
}

static QString placementName(const Workload &workload)
{
    switch (workload.placement) {
    case Placement::Same:
        return u"same"_s;
    case Placement::Split:
        return u"split"_s;
    case Placement::Free:
        return u"free"_s;
    }
    Q_UNREACHABLE();
}

static QString rates(const Contest &contest, const Results &results)
{
    QList<Workload> columns;
    for (const Workload &workload : contest.workloads) {
        if (Quantity::isRate(workload))
            columns.append(workload);
    }
    if (columns.isEmpty())
        return {};

    const QString groups = headLine(columns, [](const Workload &w) { return w.group(); });
    const QString sizes = headLine(columns, [](const Workload &w) {
        return w.connections > 1 ? u"50 conn"_s : Quantity::bytes(w.size);
    });
    const QString placements = headLine(columns, placementName);
    const QString units = headLine(columns, &Quantity::unit);

    const Cell medianCell = [&](const Workload &workload, const Contestant &contestant) {
        if (const auto rate = results.median(workload.id, contestant.name, u"rate"_s))
            return Quantity::number(Quantity::inUnit(workload, *rate));
        return results.failure(workload.id, contestant.name).isEmpty() ? u"-"_s : u"failed"_s;
    };
    const Cell ratioCell = [&](const Workload &workload, const Contestant &contestant) {
        const auto rate = results.spread(workload.id, contestant.name, u"rate"_s);
        const auto raw = results.median(workload.id, u"raw"_s, u"rate"_s);
        if (!rate || !raw)
            return u"-"_s;
        const double half = (rate->max - rate->min) / 2 / rate->median;
        return Quantity::number(rate->median / *raw) + u'~' + QString::number(qRound(half * 100));
    };
    return u"Medians\n"_s + table(contest, columns, {groups, sizes, placements, units}, medianCell)
           + u"Rates relative to raw ~ half of the range of all rounds in %\n"_s
           + table(contest, columns, {groups, sizes, placements}, ratioCell);
}

static QString besideData(const Contest &contest, const Results &results)
{
    QString text;
    for (const Workload &workload : contest.workloads) {
        if (workload.operation != Operation::CommandsBesideData)
            continue;
        text += QStringLiteral("%1  %2, in µs\n%3%4%5%6\n")
                        .arg(workload.group(), workload.title, QString(NameWidth, u' '),
                             QStringLiteral("p99 alone").rightJustified(14),
                             QStringLiteral("p99 beside").rightJustified(14),
                             QStringLiteral("one data frame").rightJustified(18));
        for (const Contestant &contestant : contest.contestants) {
            const auto value = [&](const QString &name, int width) {
                const auto median = results.median(workload.id, contestant.name, name);
                return (median ? Quantity::number(*median) : u"-"_s).rightJustified(width);
            };
            if (!results.samples(workload.id, contestant.name).empty()) {
                text += contestant.name.leftJustified(NameWidth) + value(u"p99 alone"_s, 14)
                        + value(u"p99"_s, 14) + value(u"frame"_s, 18) + u'\n';
            }
        }
        text += u'\n';
    }
    return text;
}

static QString memory(const Contest &contest, const Results &results)
{
    QString text;
    for (const Workload &workload : contest.workloads) {
        if (workload.operation != Operation::IdleConnections)
            continue;
        text += QStringLiteral("%1  %2: memory of the server, in KiB for each\n")
                        .arg(workload.group(), workload.title);
        for (const Contestant &contestant : contest.contestants) {
            if (const auto size = results.median(workload.id, contestant.name, u"KiB"_s)) {
                text += contestant.name.leftJustified(NameWidth)
                        + Quantity::number(*size).rightJustified(14) + u'\n';
            }
        }
        text += u'\n';
    }
    return text;
}

static QString gaps(const Contest &contest, const Results &results)
{
    QString text;
    for (const Contestant &contestant : Contestant::all()) {
        if (!contestant.isInstalled()) {
            text += QStringLiteral("missing: %1 (install %2)\n")
                            .arg(contestant.name, contestant.package);
        }
    }
    for (const Workload &workload : contest.workloads) {
        for (const Contestant &contestant : contest.contestants) {
            const QString failure = results.failure(workload.id, contestant.name);
            if (!failure.isEmpty()) {
                text += QStringLiteral("failed: %1 in %2: %3\n")
                                .arg(contestant.name, workload.id, failure);
            }
        }
    }
    return text.isEmpty() ? text : text + u'\n';
}

QString tableReport(const Contest &contest, const Results &results)
{
    return rates(contest, results) + besideData(contest, results) + memory(contest, results)
           + gaps(contest, results);
}

} // namespace Bench
