// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// When the frames of a link leave, and how.

#include "frame/framelink_p.h"

#include "frame/smallframe_p.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

namespace IpcPrims {

// How much one connection may write in one turn of the event loop before others get theirs, and
// before it reads again.
static constexpr qsizetype WriteBudget = 1024 * 1024;

// Whether so much is queued that it is worth writing before the turn ends, and trying though the
// stream was full.
bool FrameLink::isMuchQueued()
{
    if (m_queue.bytes() < SendQueue::ChunkSize || !m_writesAtOnce)
        return false;
    if (m_queue.bytes() >= m_writesAgainAt)
        m_isBlocked = false;
    return true;
}

// Whether nothing has left in this turn yet; asking is leaving. What follows waits for the turn's
// end, about which the answer to a frame that came alone need not ask: mostly it remains the only
// one, and being told costs more than decoding a frame and sending one.
bool FrameLink::isDueAtOnce()
{
    if (m_isInTurn)
        return false;
    if (Q_UNLIKELY(!m_writesAtOnce)) {
        joinTurn();
        return false;
    }
    if (m_delivering > 0 && !std::exchange(m_hasAnswered, true))
        return true;
    joinTurn();
    return m_delivering == 0;
}

void FrameLink::beginTurn()
{
    m_isInTurn = true;
    TurnEnd::ofThisThread().call(this);
    TurnTime::ofThisThread().noteTraffic();
}

void FrameLink::turnEnded()
{
    m_isInTurn = false;
    if (m_delivering > 0 && isOpen()) {
        // A handler runs an event loop. The frames that came with the one it handles are still
        // with us, where no event will call for them.
        joinTurn();
        if (m_isReceiving && m_decoder.hasInput())
            readLater();
    }
    writeQueue();
}

void FrameLink::leaveTurn()
{
    if (m_isInTurn)
        TurnEnd::ofThisThread().forget(this);
    m_isInTurn = false;
    if (m_isWaiting)
        TurnTime::ofThisThread().forget(this);
    m_isWaiting = false;
}

// Has turnCame() called, to go on with that.
void FrameLink::waitForTurn(bool *what)
{
    *what = true;
    if (!std::exchange(m_isWaiting, true))
        TurnTime::ofThisThread().wait(this);
}

void FrameLink::turnCame()
{
    const Running running(this);
    m_isWaiting = false;
    const bool resumesReading = std::exchange(m_resumesReading, false);
    if (std::exchange(m_resumesWriting, false))
        streamWritable();
    if (resumesReading && isOpen())
        streamReadable();
}

// Some may be there already, since writing has failed.
void FrameLink::noteUnsent()
{
    m_queue.release(m_stream->bytesToWrite());
    if (m_queue.isEmpty())
        return;
    std::vector<SendQueue::Frame> unsent = m_queue.takeUnsent();
    std::move(unsent.begin(), unsent.end(), std::back_inserter(m_unsent));
}

std::vector<SendQueue::Frame> FrameLink::takeUnsent()
{
    return std::exchange(m_unsent, {});
}

void FrameLink::streamWritable()
{
    TurnTime &time = TurnTime::ofThisThread();
    if (time.isOver()) {
        waitForTurn(&m_resumesWriting);
        return;
    }
    m_isBlocked = false;
    writeQueue();
    time.spend(); // The next one sees whether it is over.
}

// As enqueueing and writing the queue, without the queue's housekeeping.
Error FrameLink::writeAlone(quint16 channel, const QByteArray &payload)
{
    const Running running(this);
    const SmallFrame frame(channel, payload);
    const std::array<QByteArrayView, 1> buffers = {frame.bytes()};
    const ByteStream::Result result = writeStream(buffers);
    if (Q_LIKELY(result.bytes == buffers.front().size() && m_stream->bytesToWrite() == 0))
        return {};
    if (!isOpen()) // A slot of the device has closed it.
        return sendError(channel, frame.payload().size());
    // A slot of the device may have changed the caller's payload.
    m_queue.enqueueBegun(channel, frame.payload().toByteArray());
    if (written(result, buffers.front().size()) && m_queue.hasMore())
        joinTurn();
    noticeQueue();
    return {};
}

// In between, the stream alone knows how much has been written: more may be queued, but not
// written.
inline ByteStream::Result FrameLink::writeStream(std::span<const QByteArrayView> buffers)
{
    m_isWriting = true;
    const ByteStream::Result result = m_stream->write(buffers);
    m_isWriting = false;
    return result;
}

void FrameLink::writeQueue()
{
    writeQueue(WriteBudget);
}

void FrameLink::writeQueue(qsizetype budget)
{
    const Running running(this);
    if (m_queue.isEmpty() || m_isBlocked || !canSend()) {
        if (Q_UNLIKELY(m_isDraining))
            noticeDrained();
        return;
    }
    if (m_isWriting) {
        joinTurn();
        return;
    }
    do { // At least once, as the stream may hold the rest.
        if (budget <= 0) {
            block();
            break;
        }
        std::array<QByteArrayView, 16> buffers;
        const auto filled = size_t(m_queue.peek(buffers));
        qsizetype offered = 0;
        for (QByteArrayView &one : std::span(buffers).first(filled)) {
            one = one.first(std::min(one.size(), budget - offered));
            offered += one.size();
        }
        const ByteStream::Result result = writeStream({buffers.data(), filled});
        if (!written(result, offered))
            break;
        if (Q_LIKELY(result.status == ByteStream::Status::Ok))
            budget -= offered;
    } while (m_queue.hasMore());
    noticeRoom();
    noticeQueue();
    if (Q_UNLIKELY(m_isDraining))
        noticeDrained();
}

void FrameLink::block()
{
    m_isBlocked = true;
    m_writesAgainAt = std::numeric_limits<qint64>::max();
    m_stream->requestWritable();
}

// Says whether more can be written now.
bool FrameLink::written(const ByteStream::Result &result, qsizetype offered)
{
    if (Q_UNLIKELY(result.status == ByteStream::Status::Rewind)) {
        m_queue.consume(0, result.bytes);
        m_queue.rewind();
        return isOpen();
    }
    m_queue.consume(isOpen() ? result.bytes : 0, m_stream->bytesToWrite());
    if (!isOpen()) // A slot of the device has closed it.
        return false;
    if (Q_UNLIKELY(result.status == ByteStream::Status::Failed)) {
        // What the other side said before it went is still to be delivered; see read().
        m_hasWriteFailed = true;
        m_acceptsFrames = false;
        noteUnsent();
        readLater();
        return false;
    }
    if (result.bytes == offered) {
        if (Q_UNLIKELY(m_queue.bytesTaken() > 0 && !m_queue.hasMore()))
            m_stream->requestDrained();
        return true;
    }
    block(); // Offering the rest now would only be told to wait.
    // Before the event loop has its turn, the other side may have read everything. After so much
    // more, trying costs next to nothing.
    m_writesAgainAt = m_queue.bytes() + SendQueue::ChunkSize;
    return false;
}

bool FrameLink::drain()
{
    const Running running(this);
    stopReading();
    m_isBlocked = false;
    writeQueue();
    if (!canSend() || bytesToWrite() == 0)
        return false;
    m_isDraining = true;
    noticeDrained();
    return true;
}

void FrameLink::noticeDrained()
{
    if (canSend() && bytesToWrite() > 0)
        return; // The stream will say when it has become less.
    m_isDraining = false;
    QMetaObject::invokeMethod(this, &FrameLink::tellDrained, Qt::QueuedConnection);
}

void FrameLink::tellDrained()
{
    if (isOpen())
        m_sink->linkDrained();
}

void FrameLink::flush()
{
    m_isBlocked = false;
    // No more than there is now, as a slot of the device may add to it.
    writeQueue(qsizetype(m_queue.bytes()));
}

} // namespace IpcPrims
