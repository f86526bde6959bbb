// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "opensession.h"

#include "figures.h"

#include <QtCore/QStringList>

namespace Demo {

using namespace IpcPrims;

OpenSession::OpenSession(OtherEnd &otherEnd)
    : m_otherEnd(otherEnd)
{
    connect(&otherEnd, &OtherEnd::opened, this, &OpenSession::onOpened);
}

QString OpenSession::name() const
{
    return QStringLiteral("handshake");
}

QString OpenSession::waitingFor() const
{
    return QStringLiteral("the handshake");
}

void OpenSession::start()
{
    m_sinceStart.start();
    m_otherEnd.start();
}

void OpenSession::onOpened()
{
    const Peer *peer = m_otherEnd.peer();

    const auto credentials = peer->credentials();
    if (!credentials || credentials->pid != m_otherEnd.processId()) {
        Q_EMIT failed(QStringLiteral("the other end is not process %1, which we started")
                              .arg(m_otherEnd.processId()));
        return;
    }

    QStringList names;
    const QList<quint16> channels = peer->channels();
    for (quint16 channel : channels)
        names += Channel::name(channel);
    for (Channel::Number needed : {Channel::Command, Channel::Data, Channel::Telemetry}) {
        if (!channels.contains(needed)) {
            Q_EMIT failed(QStringLiteral("%1 was not agreed on").arg(Channel::name(needed)));
            return;
        }
    }

    Q_EMIT observed(QStringLiteral("process"),
                    QStringLiteral("pid %1, which the kernel confirms; in touch %2 after its start")
                            .arg(credentials->pid)
                            .arg(milliseconds(elapsed(m_sinceStart))));
    Q_EMIT observed(name(), QStringLiteral("session %1, protocol %2, channels %3")
                                    .arg(peer->peerId(), peer->protocolVersion(),
                                         names.join(QLatin1Char(' '))));
    Q_EMIT finished();
}

} // namespace Demo
