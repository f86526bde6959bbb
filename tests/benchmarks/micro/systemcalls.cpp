// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/systemcalls.h"

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>

#include <cstdio>

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

std::optional<Run> trace(const QString &strace, const QString &program, const QString &name,
                         int times)
{
    const QTemporaryDir directory;
    const QString table = directory.filePath(u"table"_s);
    QProcess process;
    process.start(strace, {u"--follow-forks"_s, u"--summary-only"_s, u"--output="_s + table,
                           program, u"--run"_s, name, QString::number(times)});
    if (!process.waitForFinished(60000) || process.exitCode() != 0) {
        std::printf("system calls are not counted: %s\n",
                    process.readAllStandardError().trimmed().constData());
        return {};
    }
    const std::optional<double> total = totalOf(table);
    if (!total)
        return {};
    return Run{process.readAllStandardOutput().trimmed().toDouble(), *total};
}

} // namespace

// The difference of two runs, so that what the beginning takes isn't counted.
void countSystemCalls(const QString &program, Costs *costs)
{
    const QString strace = QStandardPaths::findExecutable(u"strace"_s);
    if (strace.isEmpty()) {
        std::printf("system calls are not counted: strace is not installed\n");
        return;
    }
    for (auto &[name, cost] : *costs) {
        const std::optional<Run> shorter = trace(strace, program, name, 2);
        if (!shorter)
            return;
        const std::optional<Run> longer = trace(strace, program, name, 7);
        if (!longer)
            return;
        cost.systemCalls
                = (longer->calls - shorter->calls) / (longer->operations - shorter->operations);
    }
}

} // namespace Bench
