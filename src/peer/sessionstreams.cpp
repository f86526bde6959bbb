// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/sessionstreams_p.h"

#include "peer/peer_p.h"
#include "peer/streammark_p.h"

namespace IpcPrims {

void SessionStreams::noteEndReceived(quint16 channel)
{
    Incoming &incoming = m_incoming[channel];
    ++incoming.ends;
    incoming.stop = Stop::None; // It would be for the next one.
}

void SessionStreams::stop(quint16 channel)
{
    Incoming &incoming = m_incoming[channel];
    if (incoming.stop != Stop::None)
        return;
    incoming.stop = Stop::Due;
    // It means nothing to another session, where streams are counted anew.
    m_peer->reconnection.outbox.neverKeep(channel);
    sendStop(channel);
}

void SessionStreams::sendStop(quint16 channel)
{
    const auto due = m_incoming.constFind(channel);
    if (due == m_incoming.constEnd() || due->stop != Stop::Due)
        return;
    // A device's slot may lead to anything, so nothing of this is held meanwhile.
    const qint64 number = due->ends;
    const QByteArray mark = StreamMark(StreamMark::Kind::Stop, number).toFrame();
    if (m_peer->sendMark(channel, mark).code() == ErrorCode::QueueFull)
        return;
    const auto sent = m_incoming.find(channel);
    if (sent != m_incoming.end() && sent->ends == number)
        sent->stop = Stop::Sent;
}

void SessionStreams::sendStops()
{
    const QList<quint16> channels = m_incoming.keys();
    for (const quint16 channel : channels)
        sendStop(channel);
}

void SessionStreams::clear()
{
    m_endsSent.clear();
    m_incoming.clear();
}

} // namespace IpcPrims
