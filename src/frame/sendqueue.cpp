// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/sendqueue_p.h"

#include <IpcPrims/protocol.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

// What a chunk that holds more than one frame has room for at first.
static constexpr qsizetype FewFrames = 4 * 1024;

static size_t rankOf(quint16 channel)
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
    Lane &own = lane(channel);
    append(own.chunks, own, payload);
}

void SendQueue::enqueueLast(quint16 channel, const QByteArray &payload)
{
    append(m_last, lane(channel), payload);
}

SendQueue::Lane &SendQueue::findLane(quint16 channel)
{
    const auto it = std::find_if(m_lanes.begin(), m_lanes.end(),
                                 [channel](const Lane &lane) { return lane.channel == channel; });
    m_lastLane = it == m_lanes.end() ? &m_lanes.emplace_back(channel, rankOf(channel)) : &*it;
    return *m_lastLane;
}

// Where the next bytes of a chunk go.
char *SendQueue::extend(Chunk &chunk, qsizetype bytes)
{
    const qsizetype end = chunk.used;
    chunk.used += bytes;
    if (Q_UNLIKELY(chunk.used > chunk.capacity))
        grow(chunk, end);
    return chunk.bytes.get() + end;
}

// Makes room for all that is used; what was used before is kept.
void SendQueue::grow(Chunk &chunk, qsizetype usedBefore)
{
    // A lone frame gets just its own size; others announce that more is to come.
    const bool isLone = usedBefore == 0;
    chunk.capacity = isLone ? chunk.used : chunk.used <= FewFrames ? FewFrames : ChunkSize;
    std::unique_ptr<char[]> larger;
    // The header of a large frame stays alone.
    if (!m_spares.empty() && chunk.used > FrameHeader::Size) {
        larger = std::move(m_spares.back());
        m_spares.pop_back();
        chunk.capacity = ChunkSize;
    } else {
        larger.reset(new char[chunk.capacity]); // Not make_unique(), which would clear it.
    }
    std::copy_n(chunk.bytes.get(), usedBefore, larger.get());
    chunk.bytes = std::move(larger);
}

void SendQueue::append(std::deque<Chunk> &chunks, Lane &account, const QByteArray &payload)
{
    const FrameHeader header = {quint32(payload.size()), account.channel};
    const qsizetype frameSize = FrameHeader::Size + payload.size();
    m_bytes += frameSize;
    account.bytes += frameSize;

    if (Q_UNLIKELY(payload.size() > GatherLimit)) {
        Chunk &chunk = chunks.emplace_back(account.channel);
        header.write(extend(chunk, FrameHeader::Size));
        chunk.payload = payload;
        return;
    }
    const bool fits = !chunks.empty() && chunks.back().hasRoomFor(frameSize);
    Chunk &chunk = fits ? chunks.back() : chunks.emplace_back(account.channel);
    char *const place = extend(chunk, frameSize);
    header.write(place);
    std::copy_n(payload.constData(), payload.size(), place + FrameHeader::Size);
}

qint64 SendQueue::bytes(quint16 channel) const
{
    const auto it = std::find_if(m_lanes.begin(), m_lanes.end(),
                                 [channel](const Lane &lane) { return lane.channel == channel; });
    return it == m_lanes.end() ? 0 : it->bytes;
}

// The queue of chunks whose turn it is.
std::deque<SendQueue::Chunk> &SendQueue::nextChunks()
{
    for (size_t priority = 0; priority < m_turns.size(); ++priority) {
        size_t &turn = m_turns[priority];
        for (size_t i = 0; i < m_lanes.size(); ++i) {
            const size_t index = (turn + i) % m_lanes.size();
            Lane &lane = m_lanes[index];
            if (lane.chunks.empty() || lane.rank != priority)
                continue;
            turn = index + 1;
            return lane.chunks;
        }
    }
    return m_last;
}

void SendQueue::refill()
{
    while (m_wireBytes < ChunkSize && m_wireBytes < m_bytes) {
        std::deque<Chunk> &chunks = nextChunks();
        m_wire.push_back(std::move(chunks.front()));
        chunks.pop_front();
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
        add(QByteArrayView(chunk.bytes.get(), chunk.used));
        add(chunk.payload);
    }
    return filled;
}

void SendQueue::consume(qsizetype bytes)
{
    m_bytes -= bytes;
    m_wireBytes -= bytes;
    while (bytes > 0) {
        Chunk &front = m_wire.front();
        const qsizetype taken = std::min(bytes, front.size() - m_frontWritten);
        lane(front.channel).bytes -= taken;
        bytes -= taken;
        m_frontWritten += taken;
        if (m_frontWritten < front.size())
            return;
        if (front.capacity == ChunkSize)
            m_spares.push_back(std::move(front.bytes));
        m_wire.pop_front();
        m_frontWritten = 0;
    }
    if (isEmpty())
        m_spares.clear();
}

void SendQueue::clear()
{
    if (!isEmpty())
        *this = SendQueue();
}

} // namespace IpcPrims
