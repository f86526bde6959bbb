// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "frame/sendqueue_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace IpcPrims {

/*!
    Frames that were accepted and have no session to leave with, in the order in which they were
    accepted: those that the last one has left behind, and those that wait for the next one. The one
    place that decides what becomes of them, and of those who wait for room.
*/
class Outbox
{
public:
    using Frames = std::vector<SendQueue::Frame>;

    Peer::UnsentFrames policy(quint16 channel) const;
    void setPolicy(quint16 channel, Peer::UnsentFrames policy);
    /// What the library sends on \a channel means nothing to another session: from now on its
    /// frames are reported, whatever the application wants.
    void neverKeep(quint16 channel) { m_neverKept.insert(channel); }

    /// Whether add() would refuse a frame of \a channel; only that one has its room announced.
    Error fullError(quint16 channel, qint64 highWaterMark) const;
    /// Accepts one more frame of a channel that is kept, unless \a highWaterMark is reached.
    Error add(quint16 channel, const QByteArray &payload, qint64 highWaterMark);
    /// Drops the oldest frames of \a channel, of at least \a bytes together.
    void dropOldest(quint16 channel, qint64 bytes);
    /// Takes what was accepted elsewhere. It is younger than what is here already.
    void append(Frames frames);
    /// Somebody waits for readyToSend() on these channels.
    void noteFull(const std::vector<quint16> &channels);

    /// What the end of a session, or of an attempt at one, leads to.
    struct Fates
    {
        Frames notSent; ///< To be reported; all others wait for the next session.
        std::set<quint16> ready; ///< Nobody needs to wait for these any more.
    };
    Fates settle(bool willReconnect);

    Frames takeAll();
    std::set<quint16> takeFull() { return std::exchange(m_full, {}); }
    qint64 bytes() const { return m_allBytes; }
    qint64 bytes(quint16 channel) const;

private:
    /// The frames of one channel.
    struct Waiting
    {
        qint64 bytes = 0;
        Fifo<qint64> sizes; // Oldest first.
        size_t dropped = 0; // Older ones that are still among m_frames.
    };

    bool isKept(quint16 channel) const { return policy(channel) == Peer::UnsentFrames::Keep; }
    void append(SendQueue::Frame frame);
    void removeDropped();

    std::map<quint16, Peer::UnsentFrames> m_policies;
    std::set<quint16> m_neverKept;
    qint64 m_allBytes = 0; // Headers included.
    std::map<quint16, Waiting> m_waiting;
    std::set<quint16> m_full;
    Frames m_frames;
    size_t m_allDropped = 0; // Of m_frames.
};

} // namespace IpcPrims
