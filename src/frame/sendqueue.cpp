// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/sendqueue_p.h"

#include <IpcPrims/protocol.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

// Lower goes first.
static size_t rank(quint16 channel)
{
    switch (channel) {
    case Channel::Control:
        return 0;
    case Channel::Command:
    case Channel::Error:
        return 1;
    default:
        return 2;
    }
}

void SendQueue::enqueue(quint16 channel, const QByteArray &payload)
{
    append(lane(channel), channel, payload);
}

void SendQueue::enqueueLast(quint16 channel, const QByteArray &payload)
{
    append(m_last, channel, payload);
}

SendQueue::Lane &SendQueue::lane(quint16 channel)
{
    const auto it = std::find_if(m_lanes.begin(), m_lanes.end(),
                                 [channel](const Lane &lane) { return lane.channel == channel; });
    if (it != m_lanes.end())
        return *it;
    Lane &added = m_lanes.emplace_back();
    added.channel = channel;
    return added;
}

void SendQueue::append(Lane &lane, quint16 channel, const QByteArray &payload)
{
    const FrameHeader header = {quint32(payload.size()), channel};
    const qsizetype frameSize = FrameHeader::Size + payload.size();
    m_bytes += frameSize;

    if (payload.size() > GatherLimit) {
        Chunk &chunk = lane.chunks.emplace_back();
        header.write(chunk.header.data());
        chunk.payload = payload;
        return;
    }

    const bool fits = !lane.chunks.empty() && lane.chunks.back().payload.isNull()
                      && lane.chunks.back().frames.size() + frameSize <= ChunkSize;
    QByteArray &frames = fits ? lane.chunks.back().frames : lane.chunks.emplace_back().frames;
    const qsizetype end = frames.size();
    // A lone frame gets just its own size, a second one announces more to come.
    if (end > 0 && end + frameSize > frames.capacity())
        frames.reserve(std::clamp<qsizetype>(4 * end, end + frameSize, ChunkSize));
    frames.resize(end + frameSize);
    char *place = frames.data() + end;
    header.write(place);
    std::copy_n(payload.constData(), payload.size(), place + FrameHeader::Size);
}

qint64 SendQueue::controlBytes() const
{
    qint64 bytes = m_last.bytes();
    for (const Lane &lane : m_lanes) {
        if (lane.channel == Channel::Control)
            bytes += lane.bytes();
    }
    return bytes;
}

SendQueue::Lane *SendQueue::nextLane()
{
    for (size_t priority = 0; priority < m_turns.size(); ++priority) {
        size_t &turn = m_turns[priority];
        for (size_t i = 0; i < m_lanes.size(); ++i) {
            const size_t index = (turn + i) % m_lanes.size();
            Lane &lane = m_lanes[index];
            if (lane.chunks.empty() || rank(lane.channel) != priority)
                continue;
            turn = index + 1;
            return &lane;
        }
    }
    return m_last.chunks.empty() ? nullptr : &m_last;
}

void SendQueue::refill()
{
    while (m_wireBytes < ChunkSize) {
        Lane *const lane = nextLane();
        if (!lane)
            return;
        m_wire.push_back(std::move(lane->chunks.front()));
        lane->chunks.pop_front();
        m_wireBytes += m_wire.back().size();
    }
}

qsizetype SendQueue::peek(std::span<QByteArrayView> buffers)
{
    refill();
    qsizetype filled = 0;
    qsizetype skipped = m_frontWritten;
    const auto add = [&](QByteArrayView bytes) {
        const qsizetype skip = std::min(skipped, bytes.size());
        skipped -= skip;
        if (skip < bytes.size() && filled < qsizetype(buffers.size()))
            buffers[filled++] = bytes.sliced(skip);
    };
    for (const Chunk &chunk : m_wire) {
        if (chunk.payload.isNull()) {
            add(chunk.frames);
        } else {
            add(QByteArrayView(chunk.header.data(), FrameHeader::Size));
            add(chunk.payload);
        }
    }
    return filled;
}

void SendQueue::consume(qsizetype bytes)
{
    m_bytes -= bytes;
    m_wireBytes -= bytes;
    m_frontWritten += bytes;
    while (!m_wire.empty() && m_frontWritten >= m_wire.front().size()) {
        m_frontWritten -= m_wire.front().size();
        m_wire.pop_front();
    }
}

void SendQueue::clear()
{
    *this = SendQueue();
}

} // namespace IpcPrims
