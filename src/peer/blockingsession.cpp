// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/blockingsession_p.h"

#include "frame/header_p.h"
#include "frame/smallframe_p.h"
#include "peer/receivelimits_p.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include <poll.h>

namespace IpcPrims {

static constexpr size_t ReadBufferSize = 64 * 1024;

// From this size on a payload is worth a system call of its own rather than a copy.
static constexpr qsizetype BulkSize = 32 * 1024;

// How much is read for a send that waits. After that the other side has to read first.
static constexpr qint64 MaxReadAhead = MaxPayloadSize;

// How many bytes of answers may wait, as in the queue of a Peer.
static constexpr qint64 MaxUnreadAnswers = MaxPayloadSize;

BlockingSession::BlockingSession(Session::Role role, const SessionSettings &settings,
                                 const ReceiveLimits &limits, FileDescriptor socket)
    : m_session(role, settings)
    , m_socket(std::move(socket))
{
    setReceiveLimits(limits);
    m_session.start(Session::Clock::now());
    processEvents();
}

Error BlockingSession::endReason() const
{
    const Error &reason = m_session.endReason();
    return reason ? reason
                  : Error(ErrorCode::NotConnected, QStringLiteral("the session has ended"));
}

Error BlockingSession::sendError(quint16 channel) const
{
    return m_session.isOver() ? endReason() : m_session.sendError(channel);
}

// Receiving

void BlockingSession::setReceiveLimits(const ReceiveLimits &limits)
{
    m_limits = limits;
    m_decoder.setPayloadLimits(m_session.payloadLimits(limits.d->payloads));
    m_resumesAt.reset();
    m_meter.reset();
    if (!m_session.isShakingHands() && ReceiveMeter::isNeededFor(limits))
        m_meter.emplace(limits);
}

// Whether a frame that has arrived is to be received. If it isn't the session has ended.
bool BlockingSession::admits(const DecodedFrame &frame)
{
    const qint64 size = frame.payload().size();
    if (!m_meter->admits(size)) {
        m_session.reject(m_meter->error(frame.channel(), size), Session::Clock::now());
        processEvents();
        return false;
    }
    // The frame is still received; it is the next one that waits.
    const auto pause = m_meter->pause();
    if (Q_UNLIKELY(pause > pause.zero()))
        m_resumesAt = ReceiveMeter::Clock::now() + boundedTimeout(pause);
    return true;
}

// Whether the rate allows nothing to be received now. But the acknowledgement of this side's
// shutdown comes after everything else.
bool BlockingSession::isThrottled()
{
    if (m_resumesAt
        && (m_session.state() == Session::State::ClosingHere
            || ReceiveMeter::Clock::now() >= *m_resumesAt))
        m_resumesAt.reset();
    return m_resumesAt.has_value();
}

bool BlockingSession::decode(Frame *frame)
{
    DecodedFrame decoded;
    while (!m_session.isOver()) {
        if (Q_UNLIKELY(m_meter) && isThrottled())
            return false;
        switch (m_decoder.next(&decoded)) {
        case FrameDecoder::Status::Frame:
            if (Q_UNLIKELY(m_meter) && !admits(decoded))
                return false;
            m_isBulk = decoded.payload().size() >= BulkSize;
            if (Q_LIKELY(m_session.delivers(decoded.channel()))) {
                frame->channel = decoded.channel();
                decoded.lend(std::move(frame->payload));
                frame->payload = decoded.takePayload();
                return true;
            }
            m_session.receive(decoded.channel(), decoded.payload(), Session::Clock::now());
            processEvents();
            if (isAuthorizing())
                return false; // What came with the request waits for the answer.
            break;
        case FrameDecoder::Status::NeedMore:
            return false;
        case FrameDecoder::Status::Failed:
            endReading(m_decoder.error());
            return false;
        }
    }
    return false;
}

// Of memory: a flood of tiny frames takes more of it than their bytes.
static qint64 costOf(const Frame &frame)
{
    constexpr qint64 Overhead = 64; // The frame itself, and the head of its payload.
    return Overhead + frame.payload.size();
}

bool BlockingSession::takeArrived(Frame *frame)
{
    *frame = std::move(m_arrived.front());
    m_arrived.pop_front();
    m_arrivedBytes -= costOf(*frame);
    return true;
}

// Makes room in the decoder for more.
void BlockingSession::readAhead()
{
    Frame frame;
    while (decode(&frame)) {
        m_arrivedBytes += costOf(frame);
        m_arrived.push_back(std::move(frame));
    }
}

// What follows the first frame stays in the decoder's few bytes until somebody takes it.
void BlockingSession::shakeHands()
{
    Frame frame;
    if (m_arrived.empty() && decode(&frame)) {
        m_arrivedBytes += costOf(frame);
        m_arrived.push_back(std::move(frame));
    }
}

// Returns whether something came: bytes, or the end.
bool BlockingSession::read()
{
    if (!m_readBuffer)
        m_readBuffer.reset(new char[ReadBufferSize]); // Not make_unique(), which would clear it.
    const std::span<char> target = m_decoder.target();
    // Large payloads mostly come one after another: reading no further than the next header lets
    // that one, too, be read straight into its place.
    const bool isBulk = m_isBulk || target.size() >= size_t(BulkSize);
    const std::span<char> overflow(m_readBuffer.get(),
                                   isBulk ? size_t(FrameHeader::Size) : ReadBufferSize);

    const IoResult result = m_socket.receive(target, overflow);
    if (Q_LIKELY(result.bytes > 0)) {
        if (Q_UNLIKELY(m_meter))
            m_meter->beginBatch();
        const qsizetype direct = std::min<qsizetype>(result.bytes, target.size());
        m_decoder.filled(direct);
        m_decoder.feed(QByteArrayView(overflow.data(), result.bytes - direct));
        return true;
    }
    if (result.wouldBlock()) {
        // After a failed write nothing more can be expected than what was there already.
        if (Q_LIKELY(!m_writeError))
            return false;
        endReading(m_writeError);
    } else if (result.reason == 0 || result.isPeerGone()) {
        endReading(m_decoder.isInsideFrame() ? m_decoder.truncationError() : Error());
    } else {
        endReading(result.error(QLatin1String("reading from")));
    }
    return true;
}

void BlockingSession::endReading(const Error &error)
{
    m_session.streamEnded(error, Session::Clock::now());
    processEvents();
}

// Waiting

short BlockingSession::wantedEvents() const
{
    const bool isReading = m_isReading && !m_resumesAt && !m_owesAnswers && !m_session.isOver();
    return short((isReading ? POLLIN : 0) | (m_queue.isEmpty() ? 0 : POLLOUT));
}

void BlockingSession::handleEvents(short events)
{
    // With an end or an error, too, as writing and reading tell which.
    if (Q_UNLIKELY((events & POLLOUT) || m_session.isOver())) {
        writeQueue();
        endIfDrained();
    }
    if (m_isReading && !m_resumesAt && !m_owesAnswers && (events & ~POLLOUT) != 0
        && !m_session.isOver())
        read();
}

void BlockingSession::timePassed()
{
    m_session.timePassed(Session::Clock::now(), m_queue.bytes());
    processEvents();
}

Waiter::Outcome BlockingSession::wait(Waiter &waiter, const Deadline &deadline)
{
    const bool owedAnswers = m_owesAnswers;
    if (Q_UNLIKELY(!m_queue.isEmpty()))
        writeQueue();
    endIfDrained();
    if (hasEnded() || (Q_UNLIKELY(owedAnswers) && !m_owesAnswers))
        return Waiter::Outcome::Ready;
    if (Q_UNLIKELY(m_writeError) && !m_resumesAt) {
        read();
        return Waiter::Outcome::Ready;
    }
    const short events = wantedEvents();
    if (Q_UNLIKELY(waiter.spin().isOn()) && events == POLLIN && spin(waiter, deadline))
        return Waiter::Outcome::Ready;
    return waitFor(events, waiter, deadline);
}

// Returns whether something came; else the rest of the time is to be slept. Not inline, as most
// waits do without it.
Q_NEVER_INLINE bool BlockingSession::spin(Waiter &waiter, const Deadline &deadline)
{
    const Deadline end = earliest(m_session.deadline(), deadline);
    for (bool goesOn = waiter.spin().begin(end.value_or(Spin::Clock::time_point::max()));
         goesOn && !waiter.isCancelled(); goesOn = waiter.spin().goesOn()) {
        if (read())
            return true;
    }
    return false;
}

Waiter::Outcome BlockingSession::waitFor(short events, Waiter &waiter, const Deadline &deadline)
{
    const Deadline due = earliest(m_session.deadline(), m_resumesAt);
    const bool isSessionFirst = due && (!deadline || *due < *deadline);
    // The end of the connection would be told even if nothing is wanted, over and over again.
    const int descriptor = events == 0 ? -1 : m_socket.descriptor();
    std::array<pollfd, 2> descriptors = {{{}, {descriptor, events, 0}}};
    const Waiter::Outcome outcome = waiter.wait(descriptors, isSessionFirst ? due : deadline);
    if (Q_LIKELY(outcome == Waiter::Outcome::Ready)) {
        handleEvents(descriptors[1].revents);
    } else if (outcome == Waiter::Outcome::TimedOut && isSessionFirst) {
        timePassed();
        return Waiter::Outcome::Ready;
    }
    return outcome;
}

// Sending

// How much of the frame has left.
qsizetype BlockingSession::writeNow(quint16 channel, const QByteArray &payload)
{
    IoResult result;
    if (Q_LIKELY(payload.size() <= SmallFrame::Capacity)) {
        result = m_socket.send(SmallFrame(channel, payload).bytes());
    } else {
        std::array<char, FrameHeader::Size> header;
        FrameHeader{quint32(payload.size()), channel}.write(header.data());
        const std::array<QByteArrayView, 2> buffers
                = {QByteArrayView(header.data(), qsizetype(header.size())), payload};
        result = m_socket.send(buffers);
    }
    if (Q_UNLIKELY(result.reason != 0) && !result.wouldBlock())
        failWriting(result);
    return result.bytes;
}

void BlockingSession::writeQueue()
{
    while (!m_queue.isEmpty() && !m_writeError) {
        std::array<QByteArrayView, 16> buffers;
        const qsizetype count = m_queue.peek(buffers);
        const IoResult result = m_socket.send({buffers.data(), size_t(count)});
        if (result.reason != 0) {
            if (!result.wouldBlock())
                failWriting(result);
            return;
        }
        m_queue.consume(result.bytes);
    }
    updateDebt();
}

void BlockingSession::gatherAnswer(quint16 channel, const QByteArray &payload)
{
    m_queue.enqueue(channel, payload);
    m_answerChannel = channel;
    updateDebt();
}

void BlockingSession::updateDebt()
{
    m_owesAnswers = m_answerChannel != 0 && m_queue.bytes(m_answerChannel) >= MaxUnreadAnswers;
}

void BlockingSession::endIfDrained()
{
    if (Q_LIKELY(!m_session.isOver()) || hasEnded() || !isDrained())
        return;
    m_session.drained();
    processEvents();
}

void BlockingSession::failWriting(const IoResult &result)
{
    m_writeError = result.error(QLatin1String("writing to"));
    m_queue.clear();
    updateDebt();
}

Error BlockingSession::send(quint16 channel, const QByteArray &payload, Waiter &waiter,
                            const Deadline &deadline)
{
    for (;;) {
        if (Q_UNLIKELY(!m_queue.isEmpty()))
            writeQueue();
        if (Q_UNLIKELY(!m_session.acceptsSend(channel)))
            return sendError(channel);
        if (Q_LIKELY(m_queue.isEmpty() && !m_writeError)) {
            const qsizetype written = writeNow(channel, payload);
            if (Q_LIKELY(written == FrameHeader::Size + payload.size()))
                return {};
            if (written > 0) {
                // What the queue writes first is this frame, of which so much has left.
                m_queue.enqueue(channel, payload);
                std::array<QByteArrayView, 2> frame;
                m_queue.peek(frame);
                m_queue.consume(written);
                return finishSending(waiter, deadline);
            }
        }
        if (m_writeError)
            return m_writeError;
        const Waiter::Outcome outcome = waitToWrite(waiter, deadline);
        if (outcome != Waiter::Outcome::Ready)
            return whyNothingWasSent(outcome);
    }
}

// A frame that has begun counts as sent, even if its rest has to wait for another call.
Error BlockingSession::finishSending(Waiter &waiter, const Deadline &deadline)
{
    const Error error = flush(waiter, deadline);
    const bool isOnlyLate
            = error.code() == ErrorCode::Timeout || error.code() == ErrorCode::Cancelled;
    return isOnlyLate ? Error() : error;
}

Error BlockingSession::flush(Waiter &waiter, const Deadline &deadline)
{
    if (hasEnded())
        return endReason();
    for (;;) {
        writeQueue();
        if (m_writeError)
            return m_writeError;
        if (m_hasLostFrames)
            return endReason();
        if (m_queue.isEmpty())
            return {};
        const Waiter::Outcome outcome = waitToWrite(waiter, deadline);
        if (outcome != Waiter::Outcome::Ready)
            return whyNothingWasSent(outcome);
    }
}

// As the other side may be sending, too, and read nothing until that has left, its frames are read
// meanwhile.
Waiter::Outcome BlockingSession::waitToWrite(Waiter &waiter, const Deadline &deadline)
{
    readAhead();
    if (hasEnded())
        return Waiter::Outcome::Ready;
    m_isReading = m_arrivedBytes < MaxReadAhead;
    const Waiter::Outcome outcome = waitFor(short(wantedEvents() | POLLOUT), waiter, deadline);
    readAhead();
    m_isReading = true;
    return outcome;
}

Error BlockingSession::whyNothingWasSent(Waiter::Outcome outcome) const
{
    if (outcome == Waiter::Outcome::Cancelled)
        return Error(ErrorCode::Cancelled, QStringLiteral("sending was cancelled"));
    return Error(ErrorCode::Timeout,
                 QStringLiteral("sending timed out: the other side does not read"));
}

// The session

quint64 BlockingSession::ping(std::chrono::milliseconds timeout)
{
    const quint64 id = m_session.ping(Session::Clock::now(), timeout);
    processEvents();
    return id;
}

void BlockingSession::shutDown(const QString &reason, std::chrono::milliseconds timeout)
{
    m_session.shutDown(reason, Session::Clock::now(), timeout);
    processEvents();
}

void BlockingSession::abandon(const Error &reason)
{
    m_session.abandon(reason);
    processEvents();
}

void BlockingSession::grant(const QList<quint16> &channels)
{
    m_session.grant(channels);
    processEvents();
    shakeHands();
}

void BlockingSession::refuse(const Error &reason)
{
    m_session.refuse(reason);
    processEvents();
}

void BlockingSession::processEvents()
{
    Session::Event event;
    while (m_session.takeEvent(&event))
        std::visit([this](const auto &one) { handle(one); }, event);
}

void BlockingSession::handle(const Session::Send &event)
{
    if (m_writeError)
        return;
    if (event.isLast)
        m_queue.enqueueLast(event.payload);
    else
        m_queue.enqueue(Channel::Control, event.payload);
    writeQueue();
    m_session.judgeUnreadAnswers(m_queue.bytes(Channel::Control));
}

void BlockingSession::handle(const Session::AuthorizationAsked &event)
{
    m_requestedChannels = event.requestedChannels;
}

void BlockingSession::handle(const Session::Opened &)
{
    setReceiveLimits(m_limits);
}

void BlockingSession::handle(const Session::Draining &)
{
    writeQueue();
    if (isDrained())
        m_session.drained();
}

void BlockingSession::handle(const Session::Ended &)
{
    m_hasLostFrames = !m_queue.isEmpty();
    m_queue.clear();
    updateDebt();
    m_socket.close();
}

} // namespace IpcPrims
