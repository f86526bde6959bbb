// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/contest.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>

#include <cstdio>

namespace Bench {

using namespace Qt::StringLiterals;

// Some workloads take several times their duration; a thousand connections take their time, too.
static constexpr int ProcessTimeout = 20000; // ms

static void showProgress(const QString &text)
{
    std::fprintf(stderr, "\r%-78s", qPrintable(text));
    std::fflush(stderr);
}

Results Contest::run() const
{
    Results results;
    for (int round = 1; round <= rounds; ++round) {
        for (const Workload &workload : workloads) {
            for (const Contestant &contestant : contestants) {
                if (!contestant.takesPartIn(workload)
                    || !results.failure(workload.id, contestant.name).isEmpty())
                    continue;
                showProgress(QStringLiteral("round %1 of %2: %3, %4")
                                     .arg(round)
                                     .arg(rounds)
                                     .arg(workload.id, contestant.name));
                runOnce(workload, contestant, &results);
            }
        }
    }
    showProgress({});
    showProgress(QStringLiteral("\r"));
    return results;
}

static QString lastLine(const QByteArray &output)
{
    const QByteArray text = output.trimmed();
    return QString::fromLocal8Bit(text.mid(text.lastIndexOf('\n') + 1));
}

static QString whyFailed(QProcess &process)
{
    if (process.state() != QProcess::NotRunning)
        return QStringLiteral("took more than %1 s").arg(ProcessTimeout / 1000);
    const QString reason = lastLine(process.readAllStandardError());
    return reason.isEmpty() ? QStringLiteral("ended without a word") : reason;
}

static void stop(QProcess &process)
{
    process.kill();
    process.waitForFinished();
}

static Sample readSample(const QByteArray &output)
{
    Sample sample;
    const QJsonObject object = QJsonDocument::fromJson(output).object();
    for (auto it = object.begin(); it != object.end(); ++it)
        sample.emplace(it.key(), it.value().toDouble());
    return sample;
}

void Contest::runOnce(const Workload &workload, const Contestant &contestant,
                      Results *results) const
{
    const QTemporaryDir directory;
    const QStringList common = {contestant.variant, workload.id, directory.filePath(u"socket"_s)};
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const bool usesGlib = useGlib || contestant.usesGlib;
    if (!usesGlib)
        environment.insert(u"QT_NO_GLIB"_s, u"1"_s);
    environment.insert(u"IPCPRIMS_BENCH_DISPATCHER"_s,
                       usesGlib ? u"QEventDispatcherGlib"_s : u"QEventDispatcherUNIX"_s);

    QProcess server;
    server.setProcessEnvironment(environment);
    server.start(contestant.programPath(), QStringList(u"server"_s) + common);
    if (!server.waitForReadyRead(ProcessTimeout)) {
        results->addFailure(workload.id, contestant.name, whyFailed(server));
        stop(server);
        return;
    }

    QProcess client;
    client.setProcessEnvironment(environment);
    client.start(contestant.programPath(), QStringList(u"client"_s) + common
                                                   << QString::number(duration.count())
                                                   << QString::number(server.processId()));
    const bool hasFinished = client.waitForFinished(ProcessTimeout);
    const Sample sample = readSample(client.readAllStandardOutput());
    if (hasFinished && !sample.empty())
        results->add(workload.id, contestant.name, sample);
    else
        results->addFailure(workload.id, contestant.name, whyFailed(client));
    stop(client);
    stop(server);
}

} // namespace Bench
