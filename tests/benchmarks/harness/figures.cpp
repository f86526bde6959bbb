// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/figures.h"

#include "harness/quantity.h"
#include "harness/ratios.h"

namespace Bench {

using namespace Qt::StringLiterals;

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
            {u"W1-64B-same"_s, u"ipcprims"_s, 0.95, u"qsocketnotifier"_s},
            {u"W1-1KiB-same"_s, u"ipcprims"_s, 0.95, u"qsocketnotifier"_s},
            {u"W1-64KiB-same"_s, u"ipcprims"_s, 0.95, u"qsocketnotifier"_s},
            {u"W1-64B-same"_s, u"ipcprims-blocking"_s, 0.95, Yardstick},
            {u"W1-1KiB-same"_s, u"ipcprims-blocking"_s, 0.95, Yardstick},
            {u"W1-64KiB-same"_s, u"ipcprims-blocking"_s, 0.95, Yardstick},
            {u"W1-64B-split"_s, u"ipcprims-blocking-spin"_s, 1 / 0.15, u"raw"_s},
            {u"W2-64B"_s, u"ipcprims"_s, 15, u"raw"_s},
            {u"W2-64B"_s, u"ipcprims-view"_s, 25, u"raw"_s},
            {u"W2-64B"_s, u"ipcprims-gather"_s, 25, u"raw"_s},
            {u"W2-64B"_s, u"ipcprims-view"_s, 0.75, TheLimit},
            {u"W2-64B"_s, u"ipcprims"_s, 1.0, TheBestPeer},
            {u"W2-1KiB"_s, u"ipcprims-view"_s, 0.9, TheLimit},
            {u"W2-1KiB"_s, u"ipcprims"_s, 1.0, TheBestPeer},
            {u"W3-1MiB"_s, u"ipcprims"_s, 0.9, TheLimit},
            {u"W3-1MiB"_s, u"ipcprims-blocking"_s, 0.9, TheLimit},
            {u"W3-1MiB"_s, u"ipcprims"_s, 1.0, TheBestPeer},
            {u"W3-8MiB"_s, u"ipcprims"_s, 0.9, TheLimit},
            {u"W3-8MiB"_s, u"ipcprims-blocking"_s, 0.9, TheLimit},
            {u"W3-8MiB"_s, u"ipcprims"_s, 1.0, TheBestPeer},
            {u"W4"_s, u"ipcprims"_s, 0.95, Yardstick},
            {u"W5"_s, u"ipcprims"_s, 0.75, u"raw-hello"_s},
            {u"W5"_s, u"ipcprims-blocking"_s, 0.95, u"raw-hello"_s},
    };
}

// How many times what the same peer takes otherwise.
static std::optional<Quartiles> within(const Results &results, const QString &workload,
                                       const QString &contestant, const QString &name,
                                       const QString &yardstick)
{
    std::vector<double> ratios;
    for (const Sample &sample : results.samples(workload, contestant))
        ratios.push_back(sample.at(name) / sample.at(yardstick));
    return quartilesOf(std::move(ratios));
}

Figure::Verdict Figure::verdict() const
{
    if (!reached)
        return Verdict::NotMeasured;
    if (isNoisy)
        return Verdict::Noisy;
    const double worst = isCeiling ? reached->upper : reached->lower;
    const double best = isCeiling ? reached->lower : reached->upper;
    const auto reaches
            = [this](double value) { return isCeiling ? value <= target : value >= target; };
    if (reaches(worst))
        return Verdict::Pass;
    return reaches(best) ? Verdict::Unclear : Verdict::Miss;
}

QList<Figure> figuresToReach(const Contest &contest, const Results &results)
{
    QStringList measured;
    for (const Workload &workload : contest.workloads)
        measured.append(workload.id);
    const QString ours = u"ipcprims"_s;

    QList<Figure> figures;
    for (const RateGoal &goal : rateGoals()) {
        figures.append({goal.workload, goal.contestant, goal.yardstick, false, goal.target,
                        ratio(results, goal.workload, goal.contestant, goal.yardstick),
                        isNoisy(results, goal.workload)});
    }
    const QString small = u"W6-64KiB"_s;
    figures.append({small, ours, u"the p99 without data"_s, true, 3,
                    within(results, small, ours, u"p99"_s, u"p99 alone"_s)});
    const QString large = u"W6-8MiB"_s;
    figures.append({large, ours, u"the time of one frame"_s, true, 2,
                    within(results, large, ours, u"p99"_s, u"frame"_s)});
    figures.append({u"W7"_s, ours, u"KiB"_s, true, 16, results.quartiles(u"W7"_s, ours, u"KiB"_s)});

    figures.removeIf([&](const Figure &figure) { return !measured.contains(figure.workload); });
    return figures;
}

QString verdictName(Figure::Verdict verdict)
{
    switch (verdict) {
    case Figure::Verdict::NotMeasured:
        return u"not measured"_s;
    case Figure::Verdict::Pass:
        return u"pass"_s;
    case Figure::Verdict::Miss:
        return u"MISS"_s;
    case Figure::Verdict::Unclear:
        return u"unclear"_s;
    case Figure::Verdict::Noisy:
        return u"too noisy to tell"_s;
    }
    Q_UNREACHABLE();
}

QString figuresReport(const QList<Figure> &figures)
{
    QString text = u"Figures to reach, and the median (quartiles) of the rounds\n"_s;
    for (const Figure &figure : figures) {
        const QString sign = figure.isCeiling ? u"<="_s : u">="_s;
        const QString times = figure.yardstick == u"KiB" ? u" "_s : u" x "_s;
        text += QStringLiteral("%1%2%3 %4%5%6  %7\n")
                        .arg(figure.workload.leftJustified(15), figure.contestant.leftJustified(24),
                             sign, Quantity::number(figure.target).rightJustified(5),
                             (times + figure.yardstick).leftJustified(25),
                             (figure.reached ? Quantity::text(*figure.reached) : u"-"_s)
                                     .rightJustified(18),
                             verdictName(figure.verdict()));
    }
    return text;
}

} // namespace Bench
