// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "turnawaybadclients.h"

#include "figures.h"

#include <QtCore/QtEndian>

namespace Demo {

using namespace IpcPrims;
using namespace std::chrono_literals;

namespace {

constexpr auto HandshakeTimeout = 500ms; // instead of 5 s, to keep the demo short

/// A handshake request that is all right but for the version.
QByteArray helloOfVersion2()
{
    const QByteArray json = R"({"protocol":"ipcprims","version":"2.0","channels":[1]})";
    QByteArray header(8, '\0'); // channel 0 at the end
    header.replace(0, 2, "IP");
    qToLittleEndian(static_cast<quint32>(json.size()), header.data() + 2);
    return header + json;
}

} // namespace

TurnAwayBadClients::TurnAwayBadClients(OtherEnd &otherEnd)
    : m_otherEnd(otherEnd)
    , m_attempts{
              {QStringLiteral("HTTP request"), "GET / HTTP/1.1\r\n\r\n", ErrorCode::BadMagic},
              {QStringLiteral("version 2.0"), helloOfVersion2(), ErrorCode::VersionMismatch},
              {QStringLiteral("silence"), QByteArray(), ErrorCode::Timeout},
      }
{
    connect(&m_conversation, &Conversation::failed, this, &Step::failed);
    connect(&m_conversation, &Conversation::stopped, this, &TurnAwayBadClients::conclude);
    otherEnd.server()->setHandshakeTimeout(HandshakeTimeout);
}

QString TurnAwayBadClients::name() const
{
    return QStringLiteral("bad clients");
}

QString TurnAwayBadClients::waitingFor() const
{
    if (m_current < m_attempts.size())
        return QStringLiteral("the server to turn away: %1").arg(m_attempts[m_current].label);
    return QStringLiteral("the last answer of the helper");
}

void TurnAwayBadClients::start()
{
    connect(m_otherEnd.server(), &Server::handshakeFailed, this,
            &TurnAwayBadClients::onHandshakeFailed);
    m_conversation.start(m_otherEnd.peer());
    attempt();
}

void TurnAwayBadClients::attempt()
{
    m_reason.clear();
    m_turnedAway = false;
    m_client = std::make_unique<BadClient>(m_otherEnd.endpoint(), m_attempts[m_current].bytes);
    // Queued: the client is replaced in the slot.
    connect(m_client.get(), &BadClient::turnedAway, this, &TurnAwayBadClients::onTurnedAway,
            Qt::QueuedConnection);
}

void TurnAwayBadClients::onHandshakeFailed(const Error &reason)
{
    if (m_current == m_attempts.size())
        return; // none of ours
    if (reason.code() != m_attempts[m_current].expected) {
        Q_EMIT failed(QStringLiteral("%1 was turned away for another reason: %2")
                              .arg(m_attempts[m_current].label, reason.message()));
        return;
    }
    m_reason = reason.message();
    nextIfComplete();
}

void TurnAwayBadClients::onTurnedAway()
{
    if (m_client->bytesReceived() > 0) {
        Q_EMIT failed(QStringLiteral("%1 was answered with %2 bytes")
                              .arg(m_attempts[m_current].label,
                                   QString::number(m_client->bytesReceived())));
        return;
    }
    m_turnedAway = true;
    nextIfComplete();
}

void TurnAwayBadClients::nextIfComplete()
{
    if (!m_turnedAway || m_reason.isEmpty())
        return;
    Q_EMIT observed(m_attempts[m_current].label,
                    QStringLiteral("no answer, ended after %1: %2")
                            .arg(milliseconds(m_client->connectedFor()), m_reason));
    if (++m_current < m_attempts.size())
        attempt();
    else
        m_conversation.stop();
}

void TurnAwayBadClients::conclude()
{
    Q_EMIT observed(
            QStringLiteral("good client"),
            QStringLiteral("meanwhile: %1 answers in turn; longest wait: %2")
                    .arg(count(m_conversation.answers()), milliseconds(m_conversation.slowest())));
    Q_EMIT finished();
}

} // namespace Demo
