// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "conversation.h"

#include "figures.h"
#include "work.h"

#include <algorithm>

namespace Demo {

using namespace IpcPrims;

Conversation::Conversation(QObject *parent)
    : QObject(parent)
{}

void Conversation::start(Peer *peer)
{
    m_peer = peer;
    connect(peer, &Peer::frameReceived, this, &Conversation::onFrame);
    ask();
}

void Conversation::ask()
{
    m_sinceAsked.start();
    if (const Error error = m_peer->sendJson(Channel::Command, makeAddition(m_answers)))
        Q_EMIT failed(error.message());
}

void Conversation::onFrame(quint16 channel, const QByteArray &payload)
{
    if (channel != Channel::Command)
        return;
    const QJsonObject answer = fromPayload(payload);
    if (!isSum(answer))
        return;
    if (!isSumOf(m_answers, answer)) {
        Q_EMIT failed(QStringLiteral("answer %1 is wrong").arg(m_answers + 1));
        return;
    }
    ++m_answers;
    m_slowest = std::max(m_slowest, elapsed(m_sinceAsked));
    if (m_stopping)
        Q_EMIT stopped();
    else
        ask();
}

} // namespace Demo
