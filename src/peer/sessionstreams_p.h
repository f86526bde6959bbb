// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>
#include <QtCore/qhash.h>

namespace IpcPrims {

class PeerPrivate;

/*!
    What a session knows of the streams of bytes on its channels, whichever devices come and go:
    their numbers, and which of the other side's this side has stopped.

    A stop is sent once something of its stream has arrived. So its writer knows the stream, however
    late that was opened, and nobody gets a stop who has written nothing. It waits here for room in
    the send queue, also when the device that has asked for it is gone.
*/
class SessionStreams
{
public:
    explicit SessionStreams(PeerPrivate *peer)
        : m_peer(peer)
    {}
    Q_DISABLE_COPY_MOVE(SessionStreams)

    /// The number of the stream that this side writes on \a channel, or will write next.
    qint64 numberSent(quint16 channel) const { return m_endsSent.value(channel); }
    void noteEndSent(quint16 channel) { ++m_endsSent[channel]; }

    /// A stream of the other side has ended, read or not.
    void noteEndReceived(quint16 channel);
    /// Of the stream on \a channel something has arrived, and this side wants no more of it. It is
    /// enough to call this once for each stream, and does no harm to do so more often.
    void stop(quint16 channel);
    /// There is room on \a channel. To be called before anybody else takes it.
    void sendStop(quint16 channel);
    /// There is room on all channels.
    void sendStops();

    /// Another session begins.
    void clear();

private:
    enum class Stop { None, Due, Sent };
    struct Incoming
    {
        qint64 ends = 0;
        Stop stop = Stop::None; // Of the stream that comes after these.
    };

    PeerPrivate *const m_peer;
    QHash<quint16, qint64> m_endsSent;
    QHash<quint16, Incoming> m_incoming;
};

} // namespace IpcPrims
