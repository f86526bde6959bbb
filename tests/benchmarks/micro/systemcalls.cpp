// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/systemcalls.h"

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>

#include <cstdlib>
#include <optional>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

struct Run
{
    double operations = 0;
    double calls = 0;
};

// The last line of the table: "100.00  0.000000  0  29  1 total", the errors only if there are any.
std::optional<double> totalOf(const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
    const QList<QByteArray> fields = lines.last().simplified().split(' ');
    if (fields.size() < 5 || fields.last() != "total")
        return {};
    return fields[3].toDouble();
}

// The number of calls of what \a command names, with its arguments; nothing if it fails.
std::optional<double> callsOf(const QString &strace, const QStringList &command, QByteArray *output)
{
    const QTemporaryDir directory;
    const QString table = directory.filePath(u"table"_s);
    QProcess process;
    process.start(strace,
                  QStringList{u"--follow-forks"_s, u"--summary-only"_s, u"--output="_s + table}
                          + command);
    if (!process.waitForFinished(300000)) {
        process.kill();
        process.waitForFinished();
        *output = "it takes too long";
        return {};
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        *output = process.readAllStandardError().trimmed();
        return {};
    }
    *output = process.readAllStandardOutput().trimmed();
    return totalOf(table);
}

// Where a process may not trace another one, it isn't the program's fault.
void checkThatTracingWorks(const QString &strace)
{
    QByteArray output;
    if (!callsOf(strace, {u"true"_s}, &output))
        leave(Skipped, u"skipped: system calls can't be counted: "_s + QString::fromUtf8(output));
}

Run trace(const QString &strace, const Counted &counted, const QString &name, int times)
{
    QByteArray output;
    const auto calls = callsOf(strace,
                               QStringList{counted.program} + counted.options
                                       + QStringList{u"--run"_s, name, QString::number(times)},
                               &output);
    if (!calls)
        leave(EXIT_FAILURE, u"%1: %2"_s.arg(name, QString::fromLocal8Bit(output)));
    return {output.toDouble(), *calls};
}

} // namespace

// The difference of two runs, so that what the beginning takes isn't counted.
void countSystemCalls(const Counted &counted, Costs *costs)
{
    const QString strace = QStandardPaths::findExecutable(u"strace"_s);
    if (strace.isEmpty())
        leave(Skipped, u"skipped: strace is not installed"_s);
    checkThatTracingWorks(strace);
    for (auto &[name, cost] : *costs) {
        const Run shorter = trace(strace, counted, name, 2);
        const Run longer = trace(strace, counted, name, 7);
        cost.systemCalls
                = (longer.calls - shorter.calls) / (longer.operations - shorter.operations);
    }
}

} // namespace Bench
