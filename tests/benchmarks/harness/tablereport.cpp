// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/tablereport.h"

#include "harness/quantity.h"
#include "harness/ratios.h"

#include <functional>

namespace Bench {

using namespace Qt::StringLiterals;

static constexpr int NameWidth = 29;
static constexpr int CellWidth = 8;
static constexpr int RatioWidth = 19;
static constexpr qsizetype RatiosInARow = 4;

using Cell = std::function<QString(const Workload &, const Contestant &)>;

static QString table(const Contest &contest, const QList<Workload> &columns, int width,
                     const QStringList &heads, const Cell &cell)
{
    QString text;
    for (const QString &head : heads)
        text += head + u'\n';
    for (const Contestant &contestant : contest.contestants) {
        QString line = contestant.name.leftJustified(NameWidth);
        for (const Workload &workload : columns)
            line += cell(workload, contestant).rightJustified(width);
        text += line + u'\n';
    }
    return text + u'\n';
}

static QString headLine(const QList<Workload> &columns, int width,
                        const std::function<QString(const Workload &)> &head)
{
    QString line(NameWidth, u' ');
    for (const Workload &workload : columns)
        line += head(workload).rightJustified(width);
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

static QList<Workload> ratedWorkloads(const Contest &contest)
{
    QList<Workload> rated = contest.workloads;
    rated.removeIf([](const Workload &workload) { return !Quantity::isRate(workload); });
    return rated;
}

static QString medians(const Contest &contest, const Results &results)
{
    const QList<Workload> columns = ratedWorkloads(contest);
    if (columns.isEmpty())
        return {};

    const auto line = [&](const auto &head) { return headLine(columns, CellWidth, head); };
    const QStringList heads = {
            u"Medians"_s,
            line([](const Workload &workload) { return workload.group(); }),
            line([](const Workload &workload) {
                return workload.connections > 1 ? u"50 conn"_s : Quantity::bytes(workload.size);
            }),
            line(placementName),
            line(&Quantity::unit),
    };
    return table(contest, columns, CellWidth, heads,
                 [&](const Workload &workload, const Contestant &contestant) {
                     if (const auto rate = results.median(workload.id, contestant.name, u"rate"_s))
                         return Quantity::number(Quantity::inUnit(workload, *rate));
                     return results.failure(workload.id, contestant.name).isEmpty() ? u"-"_s
                                                                                    : u"failed"_s;
                 });
}

static QString ratios(const Contest &contest, const Results &results)
{
    QString text;
    const QList<Workload> all = ratedWorkloads(contest);
    for (qsizetype first = 0; first < all.size(); first += RatiosInARow) {
        const QList<Workload> columns = all.mid(first, RatiosInARow);
        const auto line = [&](const auto &head) { return headLine(columns, RatioWidth, head); };
        const QStringList heads = {
                u"Rates relative to the yardstick: median (quartiles) of the rounds"_s,
                line([](const Workload &workload) { return workload.id; }),
                line([&](const Workload &workload) {
                    return isNoisy(results, workload.id) ? u"TOO NOISY TO TELL"_s
                                                         : yardstickOf(workload);
                }),
        };
        text += table(contest, columns, RatioWidth, heads,
                      [&](const Workload &workload, const Contestant &contestant) {
                          const auto relative = ratio(results, workload.id, contestant.name,
                                                      yardstickOf(workload));
                          return relative ? Quantity::text(*relative) : u"-"_s;
                      });
    }
    return text;
}

// What another build of this library is slower or faster than this one.
static QString builds(const Contest &contest, const Results &results)
{
    QString text;
    for (const Contestant &other : contest.contestants) {
        const QString name = other.name.section(u'@', 0, 0);
        if (name == other.name)
            continue;
        for (const Workload &workload : ratedWorkloads(contest)) {
            if (const auto relative = ratio(results, workload.id, name, other.name)) {
                text += workload.id.leftJustified(15) + name.leftJustified(NameWidth)
                        + Quantity::text(*relative).rightJustified(RatioWidth)
                        + (isNoisy(results, workload.id) ? u"  too noisy to tell\n"_s : u"\n"_s);
            }
        }
    }
    if (text.isEmpty())
        return text;
    return u"Rates relative to the other build: median (quartiles) of the rounds\n"_s + text
           + u'\n';
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
    return medians(contest, results) + ratios(contest, results) + builds(contest, results)
           + besideData(contest, results) + memory(contest, results) + gaps(contest, results);
}

} // namespace Bench
