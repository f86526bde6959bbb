// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Counts with callgrind how many instructions a frame costs, and compares that with the limits in
    a file: counts stay the same on a busy machine, where times say nothing.

        ipcprims-bench-instructions <frames program> <limits> [--update]
*/
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

using namespace Qt::StringLiterals;

namespace {

constexpr int Skipped = 77; // For CTest.
constexpr double Tolerance = 0.1;

using Counts = std::map<QString, double>; // Instructions per frame.

[[noreturn]] void leave(int code, const QString &reason)
{
    std::printf("%s\n", qPrintable(reason));
    std::exit(code);
}

// Limits are good for one compiler.
QString compiler()
{
#if defined(__clang__)
    return QStringLiteral("Clang %1, %2")
            .arg(__clang_major__)
            .arg(QSysInfo::buildCpuArchitecture());
#elif defined(__GNUC__)
    return QStringLiteral("GCC %1, %2").arg(__GNUC__).arg(QSysInfo::buildCpuArchitecture());
#else
    return QStringLiteral("unknown");
#endif
}

QByteArray valueOf(const QByteArray &line, const char *key)
{
    return line.startsWith(key) ? line.mid(qsizetype(qstrlen(key))).trimmed() : QByteArray();
}

// A dump names what it is of: "desc: Trigger: Client Request: decode-64B 9100".
void readDump(const QString &fileName, Counts *counts)
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
        counts->emplace(QString::fromLatin1(name[0]), total / name[1].toDouble());
}

Counts countInstructions(const QString &program)
{
    const QString valgrind = QStandardPaths::findExecutable(u"valgrind"_s);
    if (valgrind.isEmpty())
        leave(Skipped, u"skipped: valgrind is not installed"_s);

    const QTemporaryDir directory;
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(valgrind, {u"--tool=callgrind"_s,
                             u"--callgrind-out-file="_s + directory.filePath(u"dump"_s), program,
                             u"--count"_s});
    if (!process.waitForFinished(120000) || process.exitCode() != 0)
        leave(EXIT_FAILURE, QString::fromLocal8Bit(process.readAll()));

    Counts counts;
    const QFileInfoList dumps = QDir(directory.path()).entryInfoList(QDir::Files);
    for (const QFileInfo &dump : dumps)
        readDump(dump.filePath(), &counts);
    if (counts.empty())
        leave(EXIT_FAILURE, u"callgrind wrote no dump: was the program built with its header?"_s);
    return counts;
}

QJsonObject readLimits(const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        leave(EXIT_FAILURE, file.errorString());
    return QJsonDocument::fromJson(file.readAll()).object();
}

void writeLimits(const QString &fileName, const Counts &counts)
{
    QJsonObject limits;
    for (const auto &[name, value] : counts)
        limits.insert(name, std::ceil(value));
    QFile file(fileName);
    const QJsonObject all = {{u"compiler"_s, compiler()}, {u"instructions per frame"_s, limits}};
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(all).toJson()) < 0)
        leave(EXIT_FAILURE, file.errorString());
}

// Prints the comparison; false if something has become dearer.
bool compare(const Counts &counts, const QJsonObject &limits)
{
    bool isGood = true;
    for (const auto &[name, count] : counts) {
        const double limit = limits.value(name).toDouble();
        const bool isTooMuch = count > limit * (1 + Tolerance);
        const char *const verdict = isTooMuch                         ? "TOO MUCH"
                                    : count < limit * (1 - Tolerance) ? "less: lower the limit"
                                                                      : "as expected";
        std::printf("%-14s%10.1f instructions per frame, limit %.0f: %s\n", qPrintable(name), count,
                    limit, verdict);
        isGood = isGood && !isTooMuch;
    }
    return isGood;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString program = arguments.value(1);
    const QString file = arguments.value(2);
    if (arguments.value(3) == u"--update") {
        writeLimits(file, countInstructions(program));
        return EXIT_SUCCESS;
    }
    const QJsonObject limits = readLimits(file);
    const QString expected = limits.value(u"compiler"_s).toString();
    if (expected != compiler()) {
        leave(Skipped, QStringLiteral("skipped: the limits are for %1, this is %2")
                               .arg(expected, compiler()));
    }
    const bool isGood = compare(countInstructions(program),
                                limits.value(u"instructions per frame"_s).toObject());
    return isGood ? EXIT_SUCCESS : EXIT_FAILURE;
}
