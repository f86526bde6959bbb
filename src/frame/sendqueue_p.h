// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "frame/header_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace IpcPrims {

/*!
    Frames that wait to be written, in the order in which they will be: CONTROL first, then COMMAND
    and ERROR, these two together first in, first out, then the other channels in turn; within a
    channel first in, first out. A frame that has begun is always finished first, and others may be
    committed together with it, so another has to wait for up to 64 KiB and one frame that is
    larger. A large payload is never copied. Knows no I/O.
*/
class IPCPRIMS_AUTOTEST_EXPORT SendQueue
{
public:
    /// Payloads up to this size are copied into a chunk with others; larger ones are shared.
    static constexpr qsizetype GatherLimit = 16 * 1024;
    static constexpr qsizetype ChunkSize = 64 * 1024;

    struct Frame
    {
        quint16 channel = 0;
        QByteArray payload;
    };

    /// Adds a frame; its size has been checked.
    void enqueue(quint16 channel, const QByteArray &payload);
    /// Adds one of which a part is taken already, so that it goes before all others. Nothing may
    /// have been peeked at since the queue was last empty.
    void enqueueBegun(quint16 channel, const QByteArray &payload);

    /// Adds a frame on CONTROL that leaves when nothing else waits any more.
    void enqueueLast(const QByteArray &payload);

    /*!
        Makes room on \a channel: drops the oldest frames of it that have not begun to be written,
        until \a bytes are free or there is no such frame any more. Says how many went.
    */
    qsizetype dropOldest(quint16 channel, qint64 bytes);

    bool isEmpty() const { return m_bytes == 0; }
    /// Whether peek() has something to show.
    bool hasMore() const { return m_bytes > m_taken; }
    /// All bytes that have not left, headers included.
    qint64 bytes() const { return m_bytes; }
    /// Those of them on one channel.
    qint64 bytes(quint16 channel) const;

    /*!
        Fills \a buffers with what is to be written next and says how many were filled. They stay
        as they are until consume(), whatever is done to the queue in between.
    */
    qsizetype peek(std::span<QByteArrayView> buffers);
    /*!
        Notes that \a bytes were taken, from the front of what peek() showed; none may have been if
        takeUnsent() or clear() were called since. They stay here until they have left: of all that
        were ever taken, the last \a held have not.
    */
    void consume(qsizetype bytes, qint64 held = 0);
    /// Of what was taken only the last \a held bytes have not left.
    void release(qint64 held);
    /// What was taken and has not left will be shown again.
    void rewind() { m_taken = 0; }
    /// How many bytes were taken and have not left, as far as that is known here.
    qint64 bytesTaken() const { return m_taken; }

    void clear();

    /*!
        Takes out the frames that have not been written to their last byte, in the order in which
        they would have been; those on CONTROL, which mean nothing to another session, are dropped.
        What is being written at this moment, between peek() and consume(), counts as written if
        all that was taken before has left.
    */
    std::vector<Frame> takeUnsent();

private:
    // Frames of one channel that are written together: small ones, one behind the other, or the
    // header of a large one, whose payload follows.
    struct Chunk
    {
        explicit Chunk(quint16 channelOfAll)
            : channel(channelOfAll)
        {}

        qsizetype size() const { return used + payload.size(); }
        bool isOversized() const { return size() > ChunkSize; }
        bool hasRoomFor(quint16 itsChannel, qsizetype frameSize) const
        {
            return channel == itsChannel && payload.isNull() && used + frameSize <= ChunkSize;
        }
        quint16 channel;
        std::unique_ptr<char[]> bytes;
        qsizetype used = 0;
        qsizetype capacity = 0;
        QByteArray payload;
    };
    struct Lane
    {
        Lane(quint16 channelOfAll, size_t itsRank)
            : channel(channelOfAll)
            , rank(itsRank)
        {}

        quint16 channel = 0;
        size_t rank = 0; // Lower goes first.
        Fifo<Chunk> chunks;
        qint64 bytes = 0; // Until they are written, also those that have left for m_wire.
    };

    struct Dropped
    {
        qsizetype frames = 0;
        qsizetype bytes = 0;
    };

    Lane &lane(quint16 channel)
    {
        return m_lastLane && m_lastLane->channel == channel ? *m_lastLane : findLane(channel);
    }
    using Lanes = std::vector<std::unique_ptr<Lane>>; // They stay where they are.
    Lanes::const_iterator laneOf(quint16 channel) const;
    Lane &findLane(quint16 channel);
    Fifo<Chunk> &waitingChunks(Lane &own);
    void append(Fifo<Chunk> &chunks, Lane &account, const QByteArray &payload);
    char *extend(Chunk &chunk, qsizetype bytes);
    void grow(Chunk &chunk, qsizetype usedBefore);
    static Dropped dropFrom(Fifo<Chunk> &chunks, qsizetype begun, quint16 channel, qint64 bytes);
    static Dropped dropFrom(Chunk &chunk, qsizetype begun, qint64 bytes);
    std::optional<size_t> nextLane() const;
    void releaseMemory();
    void refill();
    bool isOversizedFrameUnderWay() const;
    void retireWire();
    static void appendFrames(const Chunk &chunk, qsizetype written, std::vector<Frame> *frames);

    // Chunks whose order is settled; the first may be partly written.
    Fifo<Chunk> m_wire;
    qsizetype m_wireBytes = 0; // Of them; what was written doesn't count.
    qsizetype m_frontWritten = 0;
    qsizetype m_taken = 0; // How much of what follows that was taken,
    qsizetype m_shown = 0; // and how much of what follows that is being written.
    Fifo<Chunk> m_retired; // What was being written when the queue was cleared.

    // Memory of full chunks that were written, for the next ones: so a queue that never gets empty
    // does not have the system hand out fresh pages all the time.
    std::vector<std::unique_ptr<char[]>> m_spares;

    Lanes m_lanes;
    Lane *m_lastLane = nullptr; // The one that was asked for last, and often is again.
    std::array<size_t, 3> m_turns = {}; // By rank: the lane after the one that was served last.
    Fifo<Chunk> m_last;
    qint64 m_bytes = 0;
};

} // namespace IpcPrims
