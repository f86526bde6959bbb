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

void Outbox::dropOldest(quint16 channel, qint64 bytes)
{
    if (bytes <= 0)
        return;
    qint64 dropped = 0;
    std::erase_if(m_frames, [&](const SendQueue::Frame &frame) {
        const bool goes = frame.channel == channel && dropped < bytes;
        if (goes)
            dropped += FrameHeader::Size + frame.payload.size();
        return goes;
    });
    m_allBytes -= dropped;
    m_bytes[channel] -= dropped;
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
    m_allBytes += size;
    m_bytes[frame.channel] += size;
    m_frames.push_back(std::move(frame));
}

Outbox::Frames Outbox::takeAll()
{
    m_allBytes = 0;
    m_bytes.clear();
    return std::exchange(m_frames, {});
}

qint64 Outbox::bytes(quint16 channel) const
{
    const auto it = m_bytes.find(channel);
    return it == m_bytes.end() ? 0 : it->second;
}

} // namespace IpcPrims
