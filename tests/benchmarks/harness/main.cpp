// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/contest.h"
#include "harness/figures.h"
#include "harness/jsonreport.h"
#include "harness/machineload.h"
#include "harness/markdownreport.h"
#include "harness/ratios.h"
#include "harness/runinfo.h"
#include "harness/svgreport.h"
#include "harness/tablereport.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qsavefile.h>

#include <algorithm>
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
        const auto isNew = [&](const T &candidate) {
            return std::none_of(result.begin(), result.end(),
                                [&](const T &other) { return other.*name == candidate.*name; });
        };
        for (const T &candidate : all) {
            if (isMeant(candidate) && isNew(candidate))
                result.append(candidate);
        }
    }
    return result;
}

static void save(const QString &fileName, const QByteArray &bytes)
{
    QSaveFile file(fileName);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        leave(QStringLiteral("%1: %2").arg(fileName, file.errorString()));
}

static void saveBlock(const QString &fileName, const QString &name, const QString &text)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        leave(QStringLiteral("%1: %2").arg(fileName, file.errorString()));
    const QString document = withBlock(QString::fromUtf8(file.readAll()), name, text);
    if (document.isEmpty())
        leave(QStringLiteral("%1 has no place for the tables").arg(fileName));
    file.close();
    save(fileName, document.toUtf8());
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

// Each beside its counterpart, so that both meet the same moments of the machine.
static void addOtherBuild(const QString &folder, QList<Contestant> *contestants)
{
    QList<Contestant> all;
    for (const Contestant &one : std::as_const(*contestants)) {
        all.append(one);
        if (!one.isOurs())
            continue;
        all.append(one.outOf(QDir(folder).absolutePath(), u"before"_s));
        if (!all.last().isInstalled())
            leave(u"there is no "_s + all.last().programPath());
    }
    *contestants = all;
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
            {u"before"_s,
             u"Also runs this library's peers as another build has them, a folder such as "
             "other/build/bench/tests/benchmarks, and compares the two."_s,
             u"folder"_s},
            {u"json"_s, u"Writes everything to a file."_s, u"file"_s},
            {u"documents"_s,
             u"Writes the tables in README.md and docs/performance.md below a folder."_s,
             u"folder"_s},
            {u"svg"_s, u"Draws bars to a file."_s, u"file"_s},
    });
    parser.process(app);

    Contest contest;
    contest.workloads = selected(Workload::all(), parser.value(u"workloads"_s), &Workload::id);
    contest.contestants = selected(Contestant::all(), parser.value(u"peers"_s), &Contestant::name);
    std::stable_partition(contest.contestants.begin(), contest.contestants.end(),
                          [](const Contestant &one) { return one.name != YardstickAgain; });
    if (parser.isSet(u"before"_s))
        addOtherBuild(parser.value(u"before"_s), &contest.contestants);
    contest.contestants.removeIf([](const Contestant &one) { return !one.isInstalled(); });
    contest.rounds = parser.value(u"rounds"_s).toInt();
    contest.useGlib = parser.isSet(u"glib"_s);
    if (parser.isSet(u"quick"_s)) {
        contest.rounds = 1;
        contest.duration = std::chrono::milliseconds(50);
    }
    if (contest.rounds < 1)
        leave(u"--rounds takes a number from 1 on"_s);

    RunInfo info = RunInfo::now(QCoreApplication::arguments());
    const MachineLoad load;
    const Results results = contest.run();
    info.load = load.report();
    const QList<Figure> figures = figuresToReach(contest, results);
    const QString report = QStringLiteral("%1, %2\n%3\n%4\n%5%6")
                                   .arg(info.command, info.date, info.machine, info.load,
                                        tableReport(contest, results), figuresReport(figures));
    std::fputs(report.toLocal8Bit().constData(), stdout);
    if (parser.isSet(u"json"_s))
        save(parser.value(u"json"_s), jsonReport(info, contest, results, figures));
    if (parser.isSet(u"documents"_s)) {
        const QDir folder = parser.value(u"documents"_s);
        saveBlock(folder.filePath(u"README.md"_s), u"readme"_s,
                  shortMarkdown(info, contest, results));
        saveBlock(folder.filePath(u"docs/performance.md"_s), u"full"_s,
                  fullMarkdown(info, contest, results));
    }
    if (parser.isSet(u"svg"_s))
        save(parser.value(u"svg"_s), svgReport(info, contest, results));
    return EXIT_SUCCESS;
}
