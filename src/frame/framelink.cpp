// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/framelink_p.h"

#include "frame/readbuffer_p.h"
#include "frame/smallframe_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qscopeguard.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace IpcPrims {

// How much one connection may read in one turn of the event loop before others get theirs.
static constexpr qsizetype ReadBudget = 1024 * 1024;

// The least that is read at once when handling what is read takes longer than a turn.
static constexpr size_t LeastReadSize = 4 * 1024;

// How long a side that sends nothing more may take nothing of what is queued.
static constexpr std::chrono::milliseconds ReaderPatience = DefaultTimeout;

// From this size on a payload is worth a system call of its own rather than a copy.
static constexpr qsizetype BulkSize = 32 * 1024;

FrameLink::FrameLink(std::unique_ptr<ByteStream> stream, Sink *sink, Writing writing)
    : m_stream(std::move(stream))
    , m_sink(sink)
    , m_readSize(ReadBuffer::Size)
    , m_writesAtOnce(writing == Writing::AtOnce)
{}

FrameLink::~FrameLink()
{
    leaveTurn();
}

FrameLink::Pointer FrameLink::make(std::unique_ptr<ByteStream> stream, Sink *sink, Writing writing)
{
    return Pointer(new FrameLink(std::move(stream), sink, writing));
}

// A function that runs may be one of the stream's, which has to stay for that long, too.
void FrameLink::discard()
{
    const Running running(this);
    m_isDiscarded = true;
    close();
}

// Not inline, as GCC sees no more than the analyzer does, and warns.
Q_NEVER_INLINE void FrameLink::destroy()
{
    delete this;
}

void FrameLink::start()
{
    m_stream->setListener(this);
}

// If all channels together are below the mark, each of them is.
inline bool FrameLink::isFull(quint16 channel)
{
    if (Q_LIKELY(m_fullChannels.empty() && m_queue.bytes() < m_waterMarks.high))
        return false;
    return reachesMark(channel);
}

// Whether the frame needs no place in the queue; asking is leaving.
inline bool FrameLink::leavesAlone(const QByteArray &payload)
{
    return isIdle() && payload.size() <= SmallFrame::Capacity && isDueAtOnce();
}

Error FrameLink::send(quint16 channel, const QByteArray &payload)
{
    if (Q_UNLIKELY(payload.size() > maxSendSize() || !acceptsFrames() || isFull(channel)))
        return sendError(channel, payload.size());
    if (leavesAlone(payload))
        return writeAlone(channel, payload);
    m_queue.enqueue(channel, payload);
    writeWhenDue();
    return {};
}

Error FrameLink::send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy,
                      Leaving leaving, qsizetype *dropped)
{
    *dropped = 0;
    if (payload.size() > maxSendSize() || !acceptsFrames())
        return sendError(channel, payload.size());
    const bool makesRoom
            = policy == SlowPeerPolicy::DropOldest || policy == SlowPeerPolicy::KeepLatest;
    const qint64 excess = makesRoom ? m_waterMarks.excess(policy, m_queue.bytes(channel)) : 0;
    if (excess > 0)
        *dropped = m_queue.dropOldest(channel, excess);
    // Who waits for the low-water mark goes on waiting; a frame that makes room for itself doesn't.
    const bool isStillFull
            = makesRoom ? m_queue.bytes(channel) >= m_waterMarks.high && reachesMark(channel)
                        : isFull(channel);
    if (isStillFull)
        return sendError(channel, payload.size());
    m_queue.enqueue(channel, payload);
    if (*dropped > 0)
        noticeRoom();
    if (leaving == Leaving::AtTurnEnd)
        joinTurn();
    else
        writeWhenDue();
    return {};
}

void FrameLink::sendAccepted(quint16 channel, const QByteArray &payload)
{
    if (!canSend()) {
        m_unsent.push_back({channel, payload});
        return;
    }
    m_queue.enqueue(channel, payload);
    writeWhenDue();
}

// Why such a frame can't be sent.
Error FrameLink::sendError(quint16 channel, qint64 payloadSize) const
{
    if (payloadSize > maxSendSize())
        return checkPayloadSize(payloadSize, maxSendSize());
    if (!acceptsFrames())
        return Error(ErrorCode::NotConnected, QStringLiteral("the connection has ended"));
    return Error(ErrorCode::QueueFull,
                 QStringLiteral("%1 bytes wait to be sent on channel %2 (high-water mark %3): "
                                "send again after readyToSend()")
                         .arg(m_queue.bytes(channel))
                         .arg(channel)
                         .arg(m_waterMarks.high));
}

void FrameLink::sendControl(const QByteArray &payload)
{
    if (canSend() && leavesAlone(payload)) {
        static_cast<void>(writeAlone(Channel::Control, payload));
        return;
    }
    m_queue.enqueue(Channel::Control, payload);
    writeWhenDue();
}

void FrameLink::sendLast(const QByteArray &payload)
{
    m_queue.enqueueLast(payload);
    writeWhenDue();
}

void FrameLink::setReceiving(bool receiving)
{
    if (m_isReceiving == receiving || m_hasReadAll)
        return;
    m_isReceiving = receiving;
    if (!isOpen())
        return;
    if (!receiving) {
        if (m_delivering == 0)
            pauseStream();
        return;
    }
    if (std::exchange(m_isStreamPaused, false)) {
        m_stream->setReadEnabled(true);
        readLater();
    } else if (m_decoder.hasInput()) {
        readLater();
    }
}

// While frames are delivered the stream is left alone: mostly that is over before it brings more,
// and a session that opens has everybody wait only until that was told.
void FrameLink::pauseStream()
{
    if (isOpen() && !m_hasReadAll && !std::exchange(m_isStreamPaused, true))
        m_stream->setReadEnabled(false);
}

void FrameLink::close()
{
    const Running running(this);
    m_isEnded = true;
    m_acceptsFrames = m_isDraining = m_awaitsReader = false;
    m_readerTimer.stop();
    noteUnsent();
    leaveTurn();
    m_stream->close();
}

// Reading

void FrameLink::readLater()
{
    QMetaObject::invokeMethod(this, &FrameLink::streamReadable, Qt::QueuedConnection);
}

void FrameLink::streamReadable()
{
    const Running running(this);
    // What has been read and not arrived here yet comes first.
    if (m_isReading) {
        m_isReadDue = true;
        return;
    }
    if (!m_isReceiving) { // Since it was turned off in a handler, which runs an event loop.
        pauseStream();
        writeQueue();
        return;
    }
    TurnTime &time = TurnTime::ofThisThread();
    if (m_resumesReading || time.isOver()) {
        waitForTurn(&m_resumesReading);
        return;
    }
    time.noteTraffic();
    ReadBuffer buffer;
    qsizetype budget = ReadBudget;

    ++m_turn;
    ++m_delivering;
    m_hasAnswered = false;
    while (deliver(time) && read(buffer, &budget, time)) {
    }
    --m_delivering;
    if (Q_UNLIKELY(!m_isReceiving))
        pauseStream();

    m_decoder.detach();
    writeQueue();
}

// Hands out the frames that are there whole. Says whether to go on reading.
bool FrameLink::deliver(TurnTime &time, MayFollow mayFollow)
{
    DecodedFrame frame;
    frame.lend(std::exchange(m_sparePayload, QByteArray()));
    const auto keepSpare = qScopeGuard([&] { m_sparePayload = frame.takeSpare(); });
    while (m_isReceiving && isOpen()) {
        switch (m_decoder.next(&frame)) {
        case FrameDecoder::Status::Frame:
            m_isBulk = frame.payload().size() >= BulkSize;
            if (m_decoder.hasInput())
                joinTurn();
            m_sink->frameDecoded(frame);
            if (time.spend()) {
                interrupt(mayFollow);
                return false;
            }
            break;
        case FrameDecoder::Status::NeedMore:
            return true;
        case FrameDecoder::Status::Failed:
            end(m_decoder.error());
            return false;
        }
    }
    return false;
}

// This turn is over, though there may be more frames.
void FrameLink::interrupt(MayFollow mayFollow)
{
    const bool hasInput = m_decoder.hasInput();
    if (!isOpen() || (!hasInput && mayFollow == MayFollow::Nothing))
        return;
    if (hasInput) // It has to be copied, so let there be less of it.
        m_readSize = std::max(LeastReadSize, m_readSize / 2);
    waitForTurn(&m_resumesReading);
}

// Reads once. Says whether there may be more to read in this turn.
bool FrameLink::read(ReadBuffer &buffer, qsizetype *budget, TurnTime &time)
{
    if (*budget <= 0) {
        readLater();
        return false;
    }
    const std::span<char> target = m_decoder.target();
    // Large payloads mostly come one after another: reading no further than the next header lets
    // that one, too, be read straight into its place.
    const bool isBulk = m_isBulk || target.size() >= BulkSize;
    const std::span<char> overflow
            = buffer.bytes().first(isBulk ? size_t(FrameHeader::Size) : m_readSize);
    const ByteStream::Result result = readStream(target, overflow);
    if (!isOpen())
        return false;
    switch (result.status) {
    case ByteStream::Status::Ok:
    case ByteStream::Status::Rewind: // Of writing only.
        break;
    case ByteStream::Status::WouldBlock:
        // After a failed write nothing more can be expected than what was there already.
        if (m_hasWriteFailed)
            end(m_stream->error());
        return false;
    case ByteStream::Status::EndOfStream:
        end(m_decoder.isInsideFrame() ? m_decoder.truncationError() : Error());
        return false;
    case ByteStream::Status::Failed:
        end(m_stream->error());
        return false;
    }

    const qsizetype direct = std::min<qsizetype>(result.bytes, target.size());
    m_decoder.filled(direct);
    m_decoder.feed(QByteArrayView(overflow.data(), result.bytes - direct));
    *budget -= result.bytes;
    const bool isDrained = result.bytes < qsizetype(target.size() + overflow.size());
    if (isDrained && !m_hasWriteFailed) {
        deliver(time, MayFollow::Nothing);
        return false;
    }
    m_readSize = std::min(ReadBuffer::Size, 2 * m_readSize);
    if (!time.spend())
        return true;
    interrupt(MayFollow::More);
    return false;
}

// In between, the stream alone knows how much has been read.
inline ByteStream::Result FrameLink::readStream(std::span<char> target, std::span<char> overflow)
{
    m_isReading = true;
    const ByteStream::Result result = m_stream->read(target, overflow);
    m_isReading = false;
    if (Q_UNLIKELY(std::exchange(m_isReadDue, false)))
        readLater();
    return result;
}

void FrameLink::streamEnded()
{
    // Whoever waits for the queue to get shorter has to learn that there is no use in it.
    const Running running(this);
    if (TurnTime::ofThisThread().isOver()) { // Many may end at once.
        QMetaObject::invokeMethod(this, &FrameLink::streamEnded, Qt::QueuedConnection);
        return;
    }
    m_awaitsReader = false;
    m_isBlocked = false;
    writeQueue();
    if (!isOpen() || m_hasReadAll)
        return;
    // It may have ended its sending direction only. As long as it takes what is queued, room comes,
    // also for what waits for that.
    if (!m_isReceiving && canSend() && bytesToWrite() > 0) {
        m_awaitsReader = true;
        m_leftToReader = bytesToWrite();
        m_readerTimer.start(int(ReaderPatience.count()), this);
        return;
    }
    endUnlessUnread();
}

// The side that sends nothing more has taken some of what is queued, or all, or won't.
void FrameLink::noticeReader()
{
    const qint64 left = bytesToWrite();
    if (left < std::exchange(m_leftToReader, left))
        m_readerTimer.start(int(ReaderPatience.count()), this);
    if (canSend() && left > 0)
        return;
    m_awaitsReader = false;
    // Later, as this may be a call of the application.
    QMetaObject::invokeMethod(this, &FrameLink::streamEnded, Qt::QueuedConnection);
}

void FrameLink::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_readerTimer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    const Running running(this);
    // What the stream holds itself becomes less without a word.
    const qint64 left = bytesToWrite();
    if (m_awaitsReader && left < std::exchange(m_leftToReader, left))
        return;
    m_readerTimer.stop();
    if (std::exchange(m_awaitsReader, false) && !m_isReceiving)
        endUnlessUnread();
}

// With data left, the end is reported once the application has received that.
void FrameLink::endUnlessUnread()
{
    m_readerTimer.stop();
    if (isOpen() && !m_decoder.hasInput() && m_stream->atEnd())
        end(m_decoder.isInsideFrame() ? m_decoder.truncationError() : Error());
}

void FrameLink::end(const Error &error)
{
    const bool acceptsFrames = m_acceptsFrames && !error;
    stopReading();
    m_acceptsFrames = acceptsFrames; // Of a side that may still read, until the sink drains it.
    m_sink->linkEnded(error);
    static_cast<void>(TurnTime::ofThisThread().spend()); // The next one sees whether it is over.
}

void FrameLink::stopReading()
{
    m_stream->setReadEnabled(false);
    m_hasReadAll = true;
    m_isReceiving = m_acceptsFrames = m_awaitsReader = false;
    m_readerTimer.stop();
}

// Back-pressure

WaterMarks WaterMarks::bounded(qint64 high, qint64 low)
{
    high = std::max<qint64>(1, high);
    return {high, std::clamp<qint64>(low, 0, high - 1)};
}

void FrameLink::setWaterMarks(WaterMarks marks)
{
    m_waterMarks = marks;
    noticeRoom();
}

void FrameLink::noteFull(quint16 channel)
{
    if (std::find(m_fullChannels.begin(), m_fullChannels.end(), channel) == m_fullChannels.end())
        m_fullChannels.push_back(channel);
    noticeRoom();
}

std::vector<quint16> FrameLink::takeFull()
{
    std::vector<quint16> channels = std::exchange(m_readyChannels, {});
    channels.insert(channels.end(), m_fullChannels.begin(), m_fullChannels.end());
    m_fullChannels.clear();
    return channels;
}

bool FrameLink::reachesMark(quint16 channel)
{
    const auto full = std::find(m_fullChannels.begin(), m_fullChannels.end(), channel);
    if (full != m_fullChannels.end())
        return true;
    if (m_queue.bytes(channel) < m_waterMarks.high)
        return false;
    m_fullChannels.push_back(channel);
    return true;
}

void FrameLink::noticeRoom()
{
    if (Q_LIKELY(m_fullChannels.empty()))
        return;
    const auto ready
            = std::partition(m_fullChannels.begin(), m_fullChannels.end(), [this](quint16 channel) {
                  return m_queue.bytes(channel) > m_waterMarks.low;
              });
    for (auto it = ready; it != m_fullChannels.end(); ++it) {
        if (m_readyChannels.empty())
            announceLater();
        if (std::find(m_readyChannels.begin(), m_readyChannels.end(), *it) == m_readyChannels.end())
            m_readyChannels.push_back(*it);
    }
    m_fullChannels.erase(ready, m_fullChannels.end());
}

void FrameLink::announceLater()
{
    QMetaObject::invokeMethod(this, &FrameLink::announceRoom, Qt::QueuedConnection);
}

// One channel at a time, as a sink may run an event loop that waits for another one.
void FrameLink::announceRoom()
{
    const Running running(this);
    if (m_readyChannels.empty())
        return;
    const quint16 channel = m_readyChannels.front();
    m_readyChannels.erase(m_readyChannels.begin());
    if (!m_readyChannels.empty())
        announceLater();
    // It may have been filled again before it was announced.
    if (isOpen() && !isFull(channel))
        m_sink->readyToSend(channel);
}

} // namespace IpcPrims
