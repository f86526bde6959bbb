// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/callgrind.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace Bench {

static QByteArray valueOf(const QByteArray &line, const char *key)
{
    return line.startsWith(key) ? line.mid(qsizetype(qstrlen(key))).trimmed() : QByteArray();
}

// A dump names what it is of: "desc: Trigger: Client Request: decode-64B 9100".
static void readDump(const QString &fileName, Costs *costs)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        leave(EXIT_FAILURE, file.errorString());
    QList<QByteArray> name;
    double total = 0;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        if (const QByteArray value = valueOf(line, "desc: Trigger: Client Request:");
            !value.isEmpty())
            name = value.split(' ');
        if (const QByteArray value = valueOf(line, "totals:"); !value.isEmpty())
            total = value.toDouble();
    }
    if (name.size() == 2)
        (*costs)[QString::fromLatin1(name[0])].instructions = total / name[1].toDouble();
}

// Lines of the program: "decode-64B 0.000000 64".
static void readAllocations(const QByteArray &output, Costs *costs)
{
    const QList<QByteArray> lines = output.trimmed().split('\n');
    for (const QByteArray &line : lines) {
        const QList<QByteArray> fields = line.split(' ');
        if (fields.size() != 3)
            leave(EXIT_FAILURE,
                  u"the program printed something else: "_s + QString::fromUtf8(line));
        Cost &cost = (*costs)[QString::fromLatin1(fields[0])];
        cost.allocations = fields[1].toDouble();
        cost.payloadSize = fields[2].toLongLong();
    }
}

// Generous: a busy machine is no failure.
static constexpr int Patience = 15 * 60 * 1000; // ms

static QByteArray outputOf(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(Patience)) {
        process.kill();
        process.waitForFinished();
        leave(EXIT_FAILURE, program + u" takes too long"_s);
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        leave(EXIT_FAILURE, QString::fromLocal8Bit(process.readAllStandardError()));
    return process.readAllStandardOutput();
}

Costs countUnderCallgrind(const Counted &counted)
{
    const QString valgrind = QStandardPaths::findExecutable(u"valgrind"_s);
    if (valgrind.isEmpty())
        leave(Skipped, u"skipped: valgrind is not installed"_s);

    const QTemporaryDir directory;
    const QByteArray output = outputOf(
            valgrind,
            QStringList{u"--tool=callgrind"_s, u"--collect-atstart=no"_s,
                        u"--callgrind-out-file="_s + directory.filePath(u"dump"_s), counted.program}
                    + counted.options + QStringList(u"--count"_s));

    Costs costs;
    readAllocations(output, &costs);
    const QFileInfoList dumps = QDir(directory.path()).entryInfoList(QDir::Files);
    for (const QFileInfo &dump : dumps)
        readDump(dump.filePath(), &costs);
    for (const auto &[name, cost] : costs) {
        if (cost.instructions <= 0) {
            leave(EXIT_FAILURE,
                  u"callgrind counted nothing: was the program built with its header? "_s + name);
        }
    }
    return costs;
}

Costs countAllocations(const Counted &counted)
{
    Costs costs;
    readAllocations(outputOf(counted.program, counted.options + QStringList(u"--count"_s)), &costs);
    return costs;
}

} // namespace Bench
