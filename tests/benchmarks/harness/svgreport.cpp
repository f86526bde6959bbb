// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/svgreport.h"

#include "harness/quantity.h"

#include <QtCore/qtextstream.h>

#include <algorithm>

namespace Bench {

using namespace Qt::StringLiterals;

// In pixels. The picture is as wide as a README.
static constexpr int Width = 880;
static constexpr int PanelWidth = 430;
static constexpr int Columns = 2;
static constexpr int NameWidth = 135;
static constexpr int FigureWidth = 95;
static constexpr int RowHeight = 16;
static constexpr int BarHeight = 11;
static constexpr int TitleHeight = 24;
static constexpr int FootHeight = 40;

// Colours that can be told apart and read on light and dark ground alike.
static const char Style[] = R"(<style>
text { font: 12px sans-serif; fill: #57606a; }
.title { font-weight: bold; }
.name { text-anchor: end; }
.ours { fill: #2f81f7; }
.sockets { fill: #8c959f; }
.other { fill: #d29922; }
@media (prefers-color-scheme: dark) { text { fill: #adbac7; } }
</style>
)";

static const char *colour(const Contestant &contestant)
{
    if (contestant.isOurs())
        return "ours";
    return contestant.program == u"raw" ? "sockets" : "other";
}

// For the eye, longer is better: the bars show rates, also where the figure beside them is a time.
static void drawPanel(QTextStream &out, const QList<Contestant> &rows, const Results &results,
                      const Workload &workload, int x, int y)
{
    double longest = 0;
    for (const Contestant &one : rows)
        longest = std::max(longest, *results.median(workload.id, one.name, u"rate"_s));

    out << "<g transform=\"translate(" << x << ' ' << y << ")\">\n"
        << "<text class=\"title\" y=\"14\">" << workload.group() << "  " << workload.title
        << "</text>\n";
    int top = TitleHeight;
    for (const Contestant &one : rows) {
        const double rate = *results.median(workload.id, one.name, u"rate"_s);
        const int length
                = std::max(1, int(rate / longest * (PanelWidth - NameWidth - FigureWidth - 20)));
        out << "<text class=\"name\" x=\"" << NameWidth - 6 << "\" y=\"" << top + 10 << "\">"
            << one.name << "</text><rect class=\"" << colour(one) << "\" x=\"" << NameWidth
            << "\" y=\"" << top << "\" width=\"" << length << "\" height=\"" << BarHeight
            << "\"/><text x=\"" << NameWidth + length + 5 << "\" y=\"" << top + 10 << "\">"
            << Quantity::number(Quantity::inUnit(workload, rate)) << ' ' << Quantity::unit(workload)
            << "</text>\n";
        top += RowHeight;
    }
    out << "</g>\n";
}

QByteArray svgReport(const RunInfo &info, const Contest &contest, const Results &results)
{
    QString panels;
    QTextStream out(&panels);
    int y = 10;
    int column = 0;
    int tallest = 0;
    for (const Workload &workload : contest.workloads) {
        QList<Contestant> rows = contest.contestants;
        rows.removeIf([&](const Contestant &one) {
            return !results.median(workload.id, one.name, u"rate"_s);
        });
        if (rows.isEmpty())
            continue;
        if (column == Columns) {
            y += tallest;
            tallest = column = 0;
        }
        drawPanel(out, rows, results, workload, 10 + column * PanelWidth, y);
        tallest = std::max(tallest, TitleHeight + int(rows.size()) * RowHeight + 14);
        ++column;
    }
    y += tallest;
    out << "<text x=\"10\" y=\"" << y + 12 << "\">" << info.command.toHtmlEscaped() << ", "
        << info.date << ": medians of " << contest.rounds
        << " rounds; longer bars are better.</text>\n"
        << "<text x=\"10\" y=\"" << y + 28 << "\">" << info.machine.toHtmlEscaped() << "</text>\n";
    out.flush();
    return QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1\" height=\"%2\" "
                          "viewBox=\"0 0 %1 %2\">\n%3%4</svg>\n")
            .arg(Width)
            .arg(y + FootHeight)
            .arg(QLatin1String(Style), panels)
            .toUtf8();
}

} // namespace Bench
