// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/figures.h"

#include "harness/quantity.h"

#include <algorithm>

namespace Bench {

using namespace Qt::StringLiterals;

static const QString Limit = u"the limit"_s;
static const QString EveryPeer = u"the best peer"_s;

// At least so many times the rate of the yardstick.
struct RateGoal
{
    QString workload;
    QString contestant;
    double target;
    QString yardstick;
};

static QList<RateGoal> rateGoals()
{
    return {
            {u"W1-64B-same"_s, u"ipcprims"_s, 0.95, u"raw"_s},
            {u"W1-1KiB-same"_s, u"ipcprims"_s, 0.95, u"raw"_s},
            {u"W1-64KiB-same"_s, u"ipcprims"_s, 1.0, u"raw"_s},
            {u"W1-64B-same"_s, u"ipcprims-blocking"_s, 0.91, u"raw"_s},
            {u"W1-1KiB-same"_s, u"ipcprims-blocking"_s, 0.91, u"raw"_s},
            {u"W1-64KiB-same"_s, u"ipcprims-blocking"_s, 0.91, u"raw"_s},
            {u"W2-64B"_s, u"ipcprims"_s, 15, u"raw"_s},
            {u"W2-64B"_s, u"ipcprims"_s, 3.3, u"zeromq"_s},
            {u"W2-64B"_s, u"ipcprims"_s, 3, u"qlocalsocket"_s},
            {u"W2-64B"_s, u"ipcprims-view"_s, 0.75, Limit},
            {u"W2-64B"_s, u"ipcprims-gather"_s, 25, u"raw"_s},
            {u"W2-1KiB"_s, u"ipcprims"_s, 5, u"raw"_s},
            {u"W3-1MiB"_s, u"ipcprims"_s, 0.85, Limit},
            {u"W3-1MiB"_s, u"ipcprims"_s, 2.3, u"raw"_s},
            {u"W3-1MiB"_s, u"ipcprims"_s, 1.0, EveryPeer},
            {u"W3-8MiB"_s, u"ipcprims"_s, 0.85, Limit},
            {u"W3-8MiB"_s, u"ipcprims"_s, 2.3, u"raw"_s},
            {u"W3-8MiB"_s, u"ipcprims"_s, 1.0, EveryPeer},
            {u"W4"_s, u"ipcprims"_s, 0.95, u"raw"_s},
            {u"W5"_s, u"ipcprims"_s, 0.9, u"raw-roundtrip"_s},
    };
}

// The limit is what sockets can do; the peers are what people would use instead.
static QStringList contestantsOf(const QString &yardstick)
{
    if (yardstick == Limit)
        return {u"raw-batched"_s, u"raw-writev"_s};
    if (yardstick == EveryPeer)
        return {u"qlocalsocket"_s, u"qtremoteobjects"_s, u"zeromq"_s, u"nng"_s, u"grpc"_s};
    return {yardstick};
}

static std::optional<double> bestRate(const Results &results, const QString &workload,
                                      const QString &yardstick)
{
    std::optional<double> best;
    for (const QString &contestant : contestantsOf(yardstick))
        best = std::max(best, results.median(workload, contestant, u"rate"_s));
    return best;
}

static std::optional<double> ratio(std::optional<double> value, std::optional<double> yardstick)
{
    return value && yardstick ? std::optional(*value / *yardstick) : std::nullopt;
}

QList<Figure> figuresToReach(const Contest &contest, const Results &results)
{
    QStringList measured;
    for (const Workload &workload : contest.workloads)
        measured.append(workload.id);
    const QString ours = u"ipcprims"_s;
    const auto beside = [&](const QString &workload, const QString &name) {
        return results.median(workload, ours, name);
    };

    QList<Figure> figures;
    for (const RateGoal &goal : rateGoals()) {
        const auto rate = results.median(goal.workload, goal.contestant, u"rate"_s);
        figures.append({goal.workload, goal.contestant, goal.yardstick, false, goal.target,
                        ratio(rate, bestRate(results, goal.workload, goal.yardstick))});
    }
    const QString small = u"W6-64KiB"_s;
    figures.append({small, ours, u"the p99 without data"_s, true, 3,
                    ratio(beside(small, u"p99"_s), beside(small, u"p99 alone"_s))});
    const QString large = u"W6-8MiB"_s;
    figures.append({large, ours, u"the time of one frame"_s, true, 2,
                    ratio(beside(large, u"p99"_s), beside(large, u"frame"_s))});
    figures.append({u"W7"_s, ours, u"KiB"_s, true, 16, beside(u"W7"_s, u"KiB"_s)});

    figures.removeIf([&](const Figure &figure) { return !measured.contains(figure.workload); });
    return figures;
}

QString figuresReport(const QList<Figure> &figures)
{
    QString text = u"Figures to reach\n"_s;
    for (const Figure &figure : figures) {
        const QString sign = figure.isCeiling ? u"<="_s : u">="_s;
        const QString times = figure.yardstick == u"KiB" ? u" "_s : u" x "_s;
        const QString verdict = !figure.reached  ? u"not measured"_s
                                : figure.isMet() ? u"pass"_s
                                                 : u"MISS"_s;
        text += QStringLiteral("%1%2%3 %4%5%6%7\n")
                        .arg(figure.workload.leftJustified(15), figure.contestant.leftJustified(15),
                             sign, Quantity::number(figure.target).rightJustified(5),
                             (times + figure.yardstick).leftJustified(26),
                             (figure.reached ? Quantity::number(*figure.reached) : u"-"_s)
                                     .rightJustified(7),
                             u"  "_s + verdict);
    }
    return text;
}

} // namespace Bench
