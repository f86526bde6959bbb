// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sendingend.h"

#include "model.h"

#include <algorithm>

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
    const QByteArray payload = offer(thread, channel, size);
    if (thread != 0)
        m_othersHaveSent = true;
    noteAnswer(m_peer->send(channel, payload), payload, thread, channel);
}

Error SendingEnd::send(quint16 channel, qint64 size, SlowPeerPolicy policy)
{
    const std::lock_guard lock(m_peerMutex);
    if (!m_peer)
        return {};
    const QByteArray payload = offer(0, channel, size);
    if (makesRoom(channel, policy))
        m_ledger->mayReplace(payload);
    const Error error = m_peer->send(channel, payload, policy);
    noteAnswer(error, payload, 0, channel);
    return error;
}

// Whether others may go for a frame of that policy.
bool SendingEnd::makesRoom(quint16 channel, SlowPeerPolicy policy) const
{
    const qint64 queued = m_peer->bytesQueued(channel);
    return (policy == SlowPeerPolicy::KeepLatest && queued > 0)
           || (policy == SlowPeerPolicy::DropOldest && queued >= m_peer->sendHighWaterMark());
}

QByteArray SendingEnd::offer(quint16 thread, quint16 channel, qint64 size)
{
    return m_ledger->offer({end, thread, channel, session, channel == TestChannel::KeptFrames},
                           size);
}

void SendingEnd::noteAnswer(const Error &error, const QByteArray &payload, quint16 thread,
                            quint16 channel)
{
    if (error)
        m_ledger->refused(payload);
    else // Another thread may be ahead of what the peer's has heard.
        m_ledger->accepted(payload, session + (thread != 0 ? 1 : 0));
    if (error.code() == ErrorCode::QueueFull)
        noteFull(thread, channel);
}

void SendingEnd::noteFull(quint16 thread, quint16 channel)
{
    if (thread == 0)
        m_ownFull.insert(channel);
    const std::lock_guard lock(m_fullMutex);
    m_full.insert(channel);
}

void SendingEnd::forgetPeer()
{
    const std::lock_guard lock(m_peerMutex);
    m_peer = nullptr;
}

bool SendingEnd::isFull(bool isKept) const
{
    return std::any_of(m_ownFull.begin(), m_ownFull.end(), [isKept](quint16 channel) {
        return isKept == (channel == TestChannel::KeptFrames);
    });
}

bool SendingEnd::takeFull(quint16 channel)
{
    m_ownFull.erase(channel);
    const std::lock_guard lock(m_fullMutex);
    return m_full.erase(channel) > 0 || m_othersHaveSent;
}
