// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/sendqueue_p.h"

#include <IpcPrims/protocol.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace IpcPrims {

static constexpr size_t MaxIdleLanes = 16;

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

// ERROR waits in COMMAND's lane: an error that stands for an answer has to keep its place.
inline Fifo<SendQueue::Chunk> &SendQueue::waitingChunks(Lane &own)
{
    return own.channel == Channel::Error ? lane(Channel::Command).chunks : own.chunks;
}

void SendQueue::enqueue(quint16 channel, const QByteArray &payload)
{
    Lane &own = lane(channel);
    append(waitingChunks(own), own, payload);
}

void SendQueue::enqueueBegun(quint16 channel, const QByteArray &payload)
{
    Q_ASSERT(m_wire.empty());
    append(m_wire, lane(channel), payload);
    m_wireBytes = m_wire.front().size();
}

void SendQueue::enqueueLast(const QByteArray &payload)
{
    append(m_last, lane(Channel::Control), payload);
}

SendQueue::Lanes::const_iterator SendQueue::laneOf(quint16 channel) const
{
    return std::find_if(m_lanes.begin(), m_lanes.end(),
                        [channel](const auto &lane) { return lane->channel == channel; });
}

SendQueue::Lane &SendQueue::findLane(quint16 channel)
{
    const auto it = laneOf(channel);
    m_lastLane
            = it == m_lanes.end()
                      ? m_lanes.emplace_back(std::make_unique<Lane>(channel, rankOf(channel))).get()
                      : it->get();
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
    chunk.capacity = usedBefore == 0 ? chunk.used
                                     : std::clamp(4 * chunk.capacity,
                                                  std::max(chunk.used, FewFrames), ChunkSize);
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

void SendQueue::append(Fifo<Chunk> &chunks, Lane &account, const QByteArray &payload)
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
    const bool fits = !chunks.empty() && chunks.back().hasRoomFor(account.channel, frameSize);
    Chunk &chunk = fits ? chunks.back() : chunks.emplace_back(account.channel);
    char *const place = extend(chunk, frameSize);
    header.write(place);
    std::copy_n(payload.constData(), payload.size(), place + FrameHeader::Size);
}

qsizetype SendQueue::dropOldest(quint16 channel, qint64 bytes)
{
    Lane &own = lane(channel);
    const Dropped older = dropFrom(m_wire, m_frontWritten + m_taken + m_shown, channel, bytes);
    const Dropped newer = dropFrom(waitingChunks(own), 0, channel, bytes - older.bytes);
    m_wireBytes -= older.bytes;
    m_bytes -= older.bytes + newer.bytes;
    own.bytes -= older.bytes + newer.bytes;
    return older.frames + newer.frames;
}

SendQueue::Dropped SendQueue::dropFrom(Fifo<Chunk> &chunks, qsizetype begun, quint16 channel,
                                       qint64 bytes)
{
    Dropped sum;
    // Whether nothing of it is left.
    const auto drop = [&](Chunk &chunk) {
        const qsizetype begunOfNext = std::max<qsizetype>(0, begun - chunk.size());
        if (chunk.channel == channel && sum.bytes < bytes) {
            const Dropped dropped = dropFrom(chunk, begun, bytes - sum.bytes);
            sum.frames += dropped.frames;
            sum.bytes += dropped.bytes;
        }
        begun = begunOfNext;
        return chunk.size() == 0;
    };
    // Mostly they are the first ones, which can go without moving the others.
    while (sum.bytes < bytes && !chunks.empty() && drop(chunks.front()))
        chunks.pop_front();
    if (sum.bytes >= bytes || chunks.empty())
        return sum;
    auto kept = std::next(chunks.begin());
    for (auto chunk = kept; chunk != chunks.end(); ++chunk) {
        if (drop(*chunk))
            continue;
        if (kept != chunk)
            *kept = std::move(*chunk);
        ++kept;
    }
    chunks.erase(kept, chunks.end());
    return sum;
}

SendQueue::Dropped SendQueue::dropFrom(Chunk &chunk, qsizetype begun, qint64 bytes)
{
    if (!chunk.payload.isNull()) {
        if (begun > 0)
            return {};
        const qsizetype size = chunk.size();
        chunk.used = 0;
        chunk.payload = QByteArray();
        return {1, size};
    }
    const auto endOfFrame = [&chunk](qsizetype start) {
        const char *const header = chunk.bytes.get() + start;
        return start + FrameHeader::Size + qsizetype(FrameHeader::read(header).payloadSize);
    };
    qsizetype begin = 0;
    while (begin < begun && begin < chunk.used)
        begin = endOfFrame(begin);
    Dropped dropped;
    qsizetype end = begin;
    for (; end < chunk.used && dropped.bytes < bytes; ++dropped.frames) {
        end = endOfFrame(end);
        dropped.bytes = end - begin;
    }
    char *const base = chunk.bytes.get();
    std::copy(base + end, base + chunk.used, base + begin);
    chunk.used -= dropped.bytes;
    return dropped;
}

qint64 SendQueue::bytes(quint16 channel) const
{
    const auto it = laneOf(channel);
    return it == m_lanes.end() ? 0 : (*it)->bytes;
}

// The lane whose turn it is; none if only what goes last is left.
std::optional<size_t> SendQueue::nextLane() const
{
    for (size_t rank = 0; rank < m_turns.size(); ++rank) {
        for (size_t i = 0; i < m_lanes.size(); ++i) {
            const size_t index = (m_turns[rank] + i) % m_lanes.size();
            if (m_lanes[index]->rank == rank && !m_lanes[index]->chunks.empty())
                return index;
        }
    }
    return std::nullopt;
}

// Settles the order of what can be written together. As it can't be overtaken any more then, there
// is never more than one oversized frame among it.
void SendQueue::refill()
{
    while (m_wireBytes - m_taken < ChunkSize && m_wireBytes < m_bytes) {
        const std::optional<size_t> next = nextLane();
        Fifo<Chunk> &chunks = next ? m_lanes[*next]->chunks : m_last;
        if (chunks.front().isOversized() && isOversizedFrameUnderWay())
            return;
        if (next)
            m_turns[m_lanes[*next]->rank] = *next + 1;
        m_wireBytes += chunks.front().size();
        m_wire.push_back(std::move(chunks.front()));
        chunks.pop_front();
    }
}

// What was taken to its end is on its way already.
bool SendQueue::isOversizedFrameUnderWay() const
{
    qsizetype begun = m_frontWritten + m_taken;
    return std::any_of(m_wire.begin(), m_wire.end(), [&begun](const Chunk &chunk) {
        begun -= chunk.size();
        return begun < 0 && chunk.isOversized();
    });
}

qsizetype SendQueue::peek(std::span<QByteArrayView> buffers)
{
    refill();
    qsizetype filled = 0;
    qsizetype skipped = m_frontWritten + m_taken;
    m_shown = 0;
    const auto add = [&](QByteArrayView bytes) {
        const qsizetype skip = std::min(skipped, bytes.size());
        skipped -= skip;
        if (skip == bytes.size() || filled == qsizetype(buffers.size()))
            return;
        buffers[filled] = bytes.sliced(skip);
        m_shown += buffers[filled++].size();
    };
    for (const Chunk &chunk : m_wire) {
        add(QByteArrayView(chunk.bytes.get(), chunk.used));
        add(chunk.payload);
    }
    return filled;
}

void SendQueue::consume(qsizetype bytes, qint64 held)
{
    Q_ASSERT(bytes <= m_wireBytes - m_taken);
    m_shown = 0;
    if (Q_UNLIKELY(!m_retired.empty()))
        m_retired.clear();
    m_taken += bytes;
    release(held);
}

void SendQueue::release(qint64 held)
{
    // The stream may hold bytes of somebody else as well.
    qsizetype bytes = m_taken - qsizetype(std::min<qint64>(held, m_taken));
    m_taken -= bytes;
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
    releaseMemory();
}

// Never keeps more than what is queued once more, nor the lane of every channel there ever was.
void SendQueue::releaseMemory()
{
    m_spares.resize(std::min<size_t>(m_spares.size(), size_t(m_bytes / ChunkSize)));
    if (isEmpty() && m_lanes.size() > MaxIdleLanes)
        *this = SendQueue();
}

std::vector<SendQueue::Frame> SendQueue::takeUnsent()
{
    std::vector<Frame> frames;
    // As long as bytes before it have not left, nothing of what is being written has either.
    qsizetype written = std::exchange(m_frontWritten, 0) + (m_taken > 0 ? 0 : m_shown);
    for (const Chunk &chunk : m_wire) {
        appendFrames(chunk, written, &frames);
        written = std::max<qsizetype>(0, written - chunk.size());
    }
    retireWire();
    while (const std::optional<size_t> next = nextLane()) {
        Lane &lane = *m_lanes[*next];
        m_turns[lane.rank] = *next + 1;
        appendFrames(lane.chunks.front(), 0, &frames);
        lane.chunks.pop_front();
    }
    clear();
    return frames;
}

void SendQueue::appendFrames(const Chunk &chunk, qsizetype written, std::vector<Frame> *frames)
{
    if (chunk.channel == Channel::Control)
        return;
    if (!chunk.payload.isNull()) {
        if (written < chunk.size())
            frames->push_back({chunk.channel, chunk.payload});
        return;
    }
    qsizetype end = 0;
    for (qsizetype begin = 0; begin < chunk.used; begin = end) {
        const char *const header = chunk.bytes.get() + begin;
        const qsizetype size = FrameHeader::read(header).payloadSize;
        end = begin + FrameHeader::Size + size;
        if (end > written)
            frames->push_back({chunk.channel, QByteArray(header + FrameHeader::Size, size)});
    }
}

// Whoever writes it at this moment may go on looking at it.
void SendQueue::retireWire()
{
    if (std::exchange(m_shown, 0) > 0)
        m_retired.swap(m_wire);
    m_wire.clear();
    m_wireBytes = 0;
    m_frontWritten = 0;
    m_taken = 0;
}

void SendQueue::clear()
{
    if (isEmpty())
        return;
    retireWire();
    SendQueue empty;
    empty.m_retired.swap(m_retired);
    *this = std::move(empty);
}

} // namespace IpcPrims
