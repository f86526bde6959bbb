// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

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
    Frames that wait for the next session: those that the last one has left behind, and those of
    channels that are kept. In the order in which they were accepted.
*/
class Outbox
{
public:
    using Frames = std::vector<SendQueue::Frame>;

    Peer::UnsentFrames policy(quint16 channel) const;
    void setPolicy(quint16 channel, Peer::UnsentFrames policy);

    /// Accepts one more frame of a channel that is kept, unless \a highWaterMark is reached.
    Error add(quint16 channel, const QByteArray &payload, qint64 highWaterMark);

    /*!
        Takes what a session has left behind: frames of channels that are kept wait from now on if
        there will be another session; the others are returned.
    */
    Frames sort(Frames unsent, bool willReconnect);

    Frames takeAll();
    /// The channels on which add() has answered QueueFull since the last time.
    std::set<quint16> takeFull() { return std::exchange(m_full, {}); }
    qint64 bytes() const { return m_allBytes; }
    qint64 bytes(quint16 channel) const;
    bool isEmpty() const { return m_frames.empty(); }

private:
    void append(SendQueue::Frame frame);

    std::map<quint16, Peer::UnsentFrames> m_policies;
    qint64 m_allBytes = 0; // Headers included.
    std::map<quint16, qint64> m_bytes;
    std::set<quint16> m_full;
    Frames m_frames;
};

} // namespace IpcPrims
