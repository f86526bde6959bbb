// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "choice.h"
#include "ledger.h"

#include <IpcPrims/peer.h>

#include <atomic>
#include <mutex>
#include <set>

/// What threads share of an end: they may send for as long as its peer is sure to live.
class SendingEnd
{
public:
    SendingEnd(Ledger *ledger, Ledger::End end, IpcPrims::Peer *peer);

    const Ledger::End end;
    /// The number of the last session that has opened.
    std::atomic<Ledger::SessionNumber> session = 0;

    void send(quint16 thread, quint16 channel, qint64 size);
    /// In the peer's own thread. Returns what the peer says.
    IpcPrims::Error send(quint16 channel, qint64 size, IpcPrims::SlowPeerPolicy policy);
    /// To be called before the peer is destroyed.
    void forgetPeer();

    /// Whether send() has answered QueueFull for \a channel since the last time, or may have done
    /// so in another thread.
    bool takeFull(quint16 channel);
    /// Whether it has in the peer's own thread, for a channel whose frames are kept or for others.
    bool isFull(bool isKept) const;

private:
    QByteArray offer(quint16 thread, quint16 channel, qint64 size);
    void noteAnswer(const IpcPrims::Error &error, const QByteArray &payload, quint16 thread,
                    quint16 channel);
    bool makesRoom(quint16 channel, IpcPrims::SlowPeerPolicy policy) const;
    void noteFull(quint16 thread, quint16 channel);

    Ledger *const m_ledger;
    std::mutex m_peerMutex;
    IpcPrims::Peer *m_peer;
    std::mutex m_fullMutex;
    std::set<quint16> m_full;
    std::set<quint16> m_ownFull; // In the peer's thread.
    std::atomic<bool> m_othersHaveSent = false;
};
