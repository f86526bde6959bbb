// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sendingend.h"

#include "model.h"

using namespace IpcPrims;

SendingEnd::SendingEnd(Ledger *ledger, Ledger::End number, Peer *peer)
    : end(number)
    , m_ledger(ledger)
    , m_peer(peer)
{}

void SendingEnd::send(quint16 thread, quint16 channel, qint64 size)
{
    const std::lock_guard lock(m_peerMutex);
    if (!m_peer)
        return;
    const QByteArray payload = m_ledger->offer(
            {end, thread, channel, session, channel == TestChannel::KeptFrames}, size);
    const bool isOtherThread = thread != 0;
    if (isOtherThread)
        m_othersHaveSent = true;
    const Error error = m_peer->send(channel, payload);
    if (error)
        m_ledger->refused(payload);
    else // Another thread may be ahead of what the peer's has heard.
        m_ledger->accepted(payload, session + (isOtherThread ? 1 : 0));
    if (error.code() == ErrorCode::QueueFull)
        noteFull(channel);
}

void SendingEnd::noteFull(quint16 channel)
{
    const std::lock_guard lock(m_fullMutex);
    m_full.insert(channel);
}

void SendingEnd::forgetPeer()
{
    const std::lock_guard lock(m_peerMutex);
    m_peer = nullptr;
}

bool SendingEnd::takeFull(quint16 channel)
{
    const std::lock_guard lock(m_fullMutex);
    return m_full.erase(channel) > 0 || m_othersHaveSent;
}
