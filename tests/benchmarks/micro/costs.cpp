// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Counts what the operations of some programs cost and compares that with the limits in a file:
    counts stay the same on a busy machine, where times say nothing.

        ipcprims-bench-costs compare <limits> <program>...
        ipcprims-bench-costs plants <limits> <program>...    Would one thing more be noticed?
        ipcprims-bench-costs update <limits> <program>...    Makes the counts the limits.
        ipcprims-bench-costs document <limits> <document>    Is its table that of the limits?
        ipcprims-bench-costs write <limits> <document>       Makes it so.
*/
#include "micro/callgrind.h"
#include "micro/costtable.h"
#include "micro/limits.h"
#include "micro/plantedcosts.h"
#include "micro/systemcalls.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>

#include <cstdio>
#include <cstdlib>

using namespace Bench;
using namespace Qt::StringLiterals;

void Bench::leave(int code, const QString &reason)
{
    std::printf("%s\n", qPrintable(reason));
    std::exit(code);
}

static Costs count(const QStringList &programs)
{
    Costs all;
    for (const QString &program : programs) {
        Costs costs = countUnderCallgrind({program, {}});
        countSystemCalls({program, {}}, &costs);
        all.merge(costs);
    }
    return all;
}

static QByteArray content(const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        leave(EXIT_FAILURE, u"%1: %2"_s.arg(fileName, file.errorString()));
    return file.readAll();
}

static bool isCurrent(const QString &document, const Costs &limits)
{
    const QByteArray text = content(document);
    const bool isSame = withCosts(QString::fromUtf8(text), limits).toUtf8() == text;
    if (!isSame) {
        std::printf(
                "the table in %s has other figures than the limits: ./dev instructions update\n",
                qPrintable(document));
    }
    return isSame;
}

static void write(const QString &document, const Costs &limits)
{
    const QByteArray text = withCosts(QString::fromUtf8(content(document)), limits).toUtf8();
    QFile file(document);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        leave(EXIT_FAILURE, u"%1: %2"_s.arg(document, file.errorString()));
}

static bool run(const QString &command, const QString &limitsFile, const QStringList &rest)
{
    if (command == u"update") {
        writeLimits(limitsFile, count(rest));
        return true;
    }
    const Costs limits = readLimits(limitsFile);
    if (command == u"compare")
        return compare(count(rest), limits);
    if (command == u"plants")
        return plantsAreFound(rest, limits);
    if (command == u"document")
        return isCurrent(rest.first(), limits);
    if (command == u"write") {
        write(rest.first(), limits);
        return true;
    }
    leave(EXIT_FAILURE, u"no such command: "_s + command);
}

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments().sliced(1);
    if (arguments.size() < 3)
        leave(EXIT_FAILURE, u"usage: ipcprims-bench-costs <command> <limits> <file>..."_s);
    return run(arguments[0], arguments[1], arguments.sliced(2)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
