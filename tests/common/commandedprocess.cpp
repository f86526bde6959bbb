// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "commandedprocess.h"

#include <QtCore/qjsondocument.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

QString Answer::error() const
{
    const QJsonObject answer = m_process->waitFor(m_id);
    return answer["ok"_L1].toBool() ? QString() : answer["message"_L1].toString(u"failed"_s);
}

QJsonValue Answer::value(QLatin1StringView name) const
{
    return m_process->waitFor(m_id).value(name);
}

CommandedProcess::CommandedProcess()
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process,
                     [this] { readAnswers(); });
}

CommandedProcess::~CommandedProcess()
{
    kill();
}

void CommandedProcess::start(const QString &program, const QStringList &arguments)
{
    m_process.start(program, arguments);
}

Answer CommandedProcess::command(QJsonObject command)
{
    command.insert("id"_L1, ++m_lastId);
    m_process.write(QJsonDocument(command).toJson(QJsonDocument::Compact) + '\n');
    return Answer(this, m_lastId);
}

void CommandedProcess::kill()
{
    m_process.kill();
    m_process.waitForFinished();
}

void CommandedProcess::readAnswers()
{
    while (m_process.canReadLine()) {
        const QJsonObject answer = QJsonDocument::fromJson(m_process.readLine()).object();
        m_answers.insert(answer["id"_L1].toInt(), answer);
    }
}

QJsonObject CommandedProcess::waitFor(int id)
{
    const auto answeredOrGone
            = [&] { return m_answers.contains(id) || m_process.state() == QProcess::NotRunning; };
    if (!QTest::qWaitFor(answeredOrGone, 30000) || !m_answers.contains(id))
        return {{"message"_L1, "no answer from the process"_L1}};
    return m_answers.value(id);
}
