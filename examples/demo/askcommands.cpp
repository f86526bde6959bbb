// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "askcommands.h"

#include "figures.h"
#include "work.h"

namespace Demo {

using namespace IpcPrims;

AskCommands::AskCommands(OtherEnd &otherEnd, int commands)
    : m_otherEnd(otherEnd)
    , m_commands(commands)
{}

QString AskCommands::name() const
{
    return QStringLiteral("commands");
}

QString AskCommands::waitingFor() const
{
    return QStringLiteral("answer %1 of %2").arg(m_answers + 1).arg(m_commands);
}

void AskCommands::start()
{
    m_sinceStart.start();
    Peer *peer = m_otherEnd.peer();
    connect(peer, &Peer::frameReceived, this, &AskCommands::onFrame);
    for (int id = 0; id < m_commands; ++id) {
        if (const Error error = peer->sendJson(Channel::Command, makeAddition(id))) {
            Q_EMIT failed(error.message());
            return;
        }
    }
}

void AskCommands::onFrame(quint16 channel, const QByteArray &payload)
{
    if (channel != Channel::Command || !isSumOf(m_answers, fromPayload(payload))) {
        Q_EMIT failed(QStringLiteral("a frame on %1 that is not answer %2")
                              .arg(Channel::name(channel), QString::number(m_answers + 1)));
        return;
    }
    if (++m_answers < m_commands)
        return;
    Q_EMIT observed(name(),
                    QStringLiteral("%1 sent at once, %1 answers, right and in order, %2")
                            .arg(QString::number(m_commands), milliseconds(elapsed(m_sinceStart))));
    Q_EMIT finished();
}

} // namespace Demo
