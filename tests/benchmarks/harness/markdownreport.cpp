// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/markdownreport.h"

#include "harness/quantity.h"
#include "harness/ratios.h"

namespace Bench {

using namespace Qt::StringLiterals;

/// Several peers where each is good at something else.
struct Column
{
    QString title;
    QStringList contestants;
};

static QList<Column> ratioColumns()
{
    return {
            {u"signal"_s, {u"ipcprims"_s}},
            {u"frame handler"_s, {u"ipcprims-view"_s}},
            {u"blocking"_s, {u"ipcprims-blocking"_s, u"ipcprims-gather"_s}},
            {u"QLocalSocket, QDataStream"_s, {u"qlocalsocket"_s}},
            {u"Qt Remote Objects"_s, {u"qtremoteobjects"_s}},
            {u"ZeroMQ"_s, {u"zeromq"_s, u"zeromq-push"_s}},
            {u"nng"_s, {u"nng"_s}},
            {u"gRPC"_s, {u"grpc"_s}},
    };
}

static QString row(const QStringList &cells)
{
    return u"| "_s + cells.join(u" | "_s) + u" |\n"_s;
}

static QString ruler(qsizetype columns)
{
    return u"|---|"_s + u"---:|"_s.repeated(int(columns) - 1) + u'\n';
}

static QString cell(const std::optional<Quartiles> &quartiles)
{
    return quartiles ? Quantity::text(*quartiles).replace(u'-', u'–') : QString();
}

static QString title(const Results &results, const Workload &workload)
{
    const QString text = workload.group() + u": "_s + workload.title;
    return isNoisy(results, workload.id) ? text + u" (the machine strayed too far to tell)"_s
                                         : text;
}

static std::optional<Quartiles> bestRatio(const Results &results, const Workload &workload,
                                          const QStringList &contestants)
{
    std::optional<Quartiles> best;
    for (const QString &name : contestants) {
        const auto one = ratio(results, workload.id, name, yardstickOf(workload));
        if (one && (!best || one->median > best->median))
            best = one;
    }
    return best;
}

static QString ratioTable(const Contest &contest, const Results &results)
{
    const QList<Column> columns = ratioColumns();
    QStringList heads = {u"relative to the yardstick"_s, u"yardstick"_s};
    for (const Column &column : columns)
        heads.append(column.title);
    QString text = row(heads) + ruler(heads.size());
    for (const Workload &workload : contest.workloads) {
        if (!Quantity::isRate(workload))
            continue;
        QStringList cells = {title(results, workload), yardstickOf(workload)};
        for (const Column &column : columns)
            cells.append(cell(bestRatio(results, workload, column.contestants)));
        text += row(cells);
    }
    return text;
}

// Every peer, in the units of each workload.
static QString fullTable(const Contest &contest, const Results &results)
{
    QStringList heads = {u"peer"_s};
    for (const Workload &workload : contest.workloads) {
        if (Quantity::isRate(workload))
            heads.append(workload.id + u", "_s + Quantity::unit(workload));
    }
    QString text = row(heads) + ruler(heads.size());
    for (const Contestant &contestant : contest.contestants) {
        QStringList cells = {u'`' + contestant.name + u'`'};
        for (const Workload &workload : contest.workloads) {
            if (!Quantity::isRate(workload))
                continue;
            const auto rate = results.median(workload.id, contestant.name, u"rate"_s);
            cells.append(rate ? Quantity::number(Quantity::inUnit(workload, *rate)) : QString());
        }
        text += row(cells);
    }
    return text;
}

static QString besideDataAndMemory(const Contest &contest, const Results &results)
{
    QString text = row({u"peer"_s, u"workload"_s, u"figure"_s, u"median (quartiles)"_s}) + ruler(4);
    for (const Workload &workload : contest.workloads) {
        if (Quantity::isRate(workload))
            continue;
        for (const Contestant &contestant : contest.contestants) {
            for (const QString &name : {u"p99 alone"_s, u"p99"_s, u"frame"_s, u"KiB"_s}) {
                const auto figure = results.quartiles(workload.id, contestant.name, name);
                if (figure)
                    text += row({u'`' + contestant.name + u'`', workload.id, name, cell(figure)});
            }
        }
    }
    return text;
}

static QString origin(const RunInfo &info, const Contest &contest)
{
    return QStringLiteral("`%1`, %2, %3 rounds, on %4. %5")
            .arg(info.command, info.date, QString::number(contest.rounds), info.machine, info.load);
}

QString shortMarkdown(const RunInfo &info, const Contest &contest, const Results &results)
{
    return ratioTable(contest, results) + u'\n' + origin(info, contest);
}

QString fullMarkdown(const RunInfo &info, const Contest &contest, const Results &results)
{
    return origin(info, contest) + u"\n### Relative to the yardstick\n\n"_s
           + ratioTable(contest, results) + u"\n### All peers\n\n"_s + fullTable(contest, results)
           + u"\n### Commands beside data, and memory\n\n"_s
           + besideDataAndMemory(contest, results);
}

QString withBlock(const QString &document, const QString &name, const QString &text)
{
    const QString begin = u"<!-- bench: %1 -->\n"_s.arg(name);
    const qsizetype from = document.indexOf(begin) + begin.size();
    const qsizetype to = document.indexOf(u"<!-- bench: end -->"_s, from);
    if (from < begin.size() || to < 0)
        return {};
    return document.left(from) + text + document.mid(to);
}

} // namespace Bench
