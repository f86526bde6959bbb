// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/outbox_p.h"

#include <utility>

namespace IpcPrims {

Peer::UnsentFrames Outbox::policy(quint16 channel) const
{
    const auto it = m_policies.find(channel);
    return it == m_policies.end() || m_neverKept.count(channel) > 0 ? Peer::UnsentFrames::Report
                                                                    : it->second;
}

void Outbox::setPolicy(quint16 channel, Peer::UnsentFrames policy)
{
    m_policies[channel] = policy;
}

Error Outbox::fullError(quint16 channel, qint64 highWaterMark) const
{
    if (bytes(channel) < highWaterMark)
        return {};
    return Error(ErrorCode::QueueFull,
                 QStringLiteral("%1 bytes wait for the next session on channel %2 (high-water "
                                "mark %3): send again after readyToSend()")
                         .arg(bytes(channel))
                         .arg(channel)
                         .arg(highWaterMark));
}

Error Outbox::add(quint16 channel, const QByteArray &payload, qint64 highWaterMark)
{
    if (const Error error = fullError(channel, highWaterMark)) {
        m_full.insert(channel);
        return error;
    }
    append({channel, payload});
    return {};
}

// Only the sizes go at once: to move all younger frames for each that goes would take too long.
void Outbox::dropOldest(quint16 channel, qint64 bytes)
{
    Waiting &waiting = m_waiting[channel];
    qint64 dropped = 0;
    for (; dropped < bytes && !waiting.sizes.empty(); waiting.sizes.pop_front()) {
        dropped += waiting.sizes.front();
        ++waiting.dropped;
        ++m_allDropped;
    }
    m_allBytes -= dropped;
    waiting.bytes -= dropped;
    if (m_allDropped > m_frames.size() / 4)
        removeDropped();
}

void Outbox::removeDropped()
{
    if (std::exchange(m_allDropped, 0) == 0)
        return;
    std::erase_if(m_frames, [this](const SendQueue::Frame &frame) {
        Waiting &waiting = m_waiting[frame.channel];
        const bool goes = waiting.dropped > 0;
        if (goes)
            --waiting.dropped;
        return goes;
    });
}

void Outbox::append(Frames frames)
{
    for (SendQueue::Frame &frame : frames)
        append(std::move(frame));
}

void Outbox::noteFull(const std::vector<quint16> &channels)
{
    m_full.insert(channels.begin(), channels.end());
}

Outbox::Fates Outbox::settle(bool willReconnect)
{
    Fates fates;
    for (SendQueue::Frame &frame : takeAll()) {
        if (willReconnect && isKept(frame.channel))
            append(std::move(frame));
        else
            fates.notSent.push_back(std::move(frame));
    }
    for (const quint16 channel : takeFull()) {
        if (willReconnect && isKept(channel))
            m_full.insert(channel);
        else
            fates.ready.insert(channel);
    }
    return fates;
}

void Outbox::append(SendQueue::Frame frame)
{
    const qint64 size = FrameHeader::Size + frame.payload.size();
    Waiting &waiting = m_waiting[frame.channel];
    m_allBytes += size;
    waiting.bytes += size;
    waiting.sizes.push_back(size);
    m_frames.push_back(std::move(frame));
}

Outbox::Frames Outbox::takeAll()
{
    removeDropped();
    m_allBytes = 0;
    m_waiting.clear();
    return std::exchange(m_frames, {});
}

qint64 Outbox::bytes(quint16 channel) const
{
    const auto it = m_waiting.find(channel);
    return it == m_waiting.end() ? 0 : it->second.bytes;
}

} // namespace IpcPrims
