// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/contest.h"
#include "harness/figures.h"
#include "harness/jsonreport.h"
#include "harness/runinfo.h"
#include "harness/svgreport.h"
#include "harness/tablereport.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qsavefile.h>

#include <cstdio>
#include <cstdlib>

using namespace Bench;
using namespace Qt::StringLiterals;

[[noreturn]] static void leave(const QString &reason)
{
    std::fprintf(stderr, "ipcprims-bench: %s\n", qPrintable(reason));
    std::exit(EXIT_FAILURE);
}

// Those of \a all that \a wanted names by their whole name or by how it begins, up to a dash.
template<typename T>
static QList<T> selected(const QList<T> &all, const QString &wanted, QString T::*name)
{
    if (wanted.isEmpty())
        return all;
    QList<T> result;
    const QStringList names = wanted.split(u',', Qt::SkipEmptyParts);
    for (const QString &one : names) {
        const auto isMeant = [&](const T &candidate) {
            return candidate.*name == one || (candidate.*name).startsWith(one + u'-');
        };
        if (std::none_of(all.begin(), all.end(), isMeant))
            leave(QStringLiteral("nothing is called %1").arg(one));
        std::copy_if(all.begin(), all.end(), std::back_inserter(result), isMeant);
    }
    return result;
}

static void save(const QString &fileName, const QByteArray &bytes)
{
    QSaveFile file(fileName);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        leave(QStringLiteral("%1: %2").arg(fileName, file.errorString()));
}

static QString names(const QList<Workload> &workloads)
{
    QString text;
    for (const Workload &workload : workloads)
        text += u"\n  "_s + workload.id.leftJustified(15) + workload.title;
    return text;
}

static QString names(const QList<Contestant> &contestants)
{
    QString text;
    for (const Contestant &contestant : contestants)
        text += u"\n  "_s + contestant.name.leftJustified(21) + contestant.title;
    return text;
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
            QStringLiteral("Compares IpcPrims for Qt with what one could use instead.\n\n"
                           "Workloads:%1\n\nPeers:%2")
                    .arg(names(Workload::all()), names(Contestant::all())));
    parser.addHelpOption();
    parser.addOptions({
            {u"workloads"_s, u"Only these; a group such as W1 names all of it."_s, u"id,..."_s},
            {u"peers"_s, u"Only these; raw names all that begin with raw-, too."_s, u"name,..."_s},
            {u"rounds"_s, u"How often everything is measured; 5 by default."_s, u"count"_s, u"5"_s},
            {u"quick"_s, u"One short round: shows that all works, but no figures to trust."_s},
            {u"glib"_s, u"Lets Qt's programs use the event dispatcher that is based on GLib."_s},
            {u"json"_s, u"Writes everything to a file."_s, u"file"_s},
            {u"svg"_s, u"Draws bars to a file."_s, u"file"_s},
    });
    parser.process(app);

    Contest contest;
    contest.workloads = selected(Workload::all(), parser.value(u"workloads"_s), &Workload::id);
    contest.contestants = selected(Contestant::all(), parser.value(u"peers"_s), &Contestant::name);
    contest.contestants.removeIf([](const Contestant &one) { return !one.isInstalled(); });
    contest.rounds = parser.value(u"rounds"_s).toInt();
    contest.useGlib = parser.isSet(u"glib"_s);
    if (parser.isSet(u"quick"_s)) {
        contest.rounds = 1;
        contest.duration = std::chrono::milliseconds(50);
    }
    if (contest.rounds < 1)
        leave(u"--rounds takes a number from 1 on"_s);

    const RunInfo info = RunInfo::now(QCoreApplication::arguments());
    const Results results = contest.run();
    const QList<Figure> figures = figuresToReach(contest, results);
    const QString report = QStringLiteral("%1, %2\n%3\n\n%4%5")
                                   .arg(info.command, info.date, info.machine,
                                        tableReport(contest, results), figuresReport(figures));
    std::fputs(report.toLocal8Bit().constData(), stdout);
    if (parser.isSet(u"json"_s))
        save(parser.value(u"json"_s), jsonReport(info, contest, results, figures));
    if (parser.isSet(u"svg"_s))
        save(parser.value(u"svg"_s), svgReport(info, contest, results));
    return EXIT_SUCCESS;
}
