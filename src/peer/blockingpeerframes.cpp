// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The frames of an open session, and which call takes them.

#include "peer/blockingpeer_p.h"

#include "frame/header_p.h"
#include "peer/blockingsession_p.h"
#include "peer/requestfailure_p.h"

#include <utility>

namespace IpcPrims {

struct BlockingPeerPrivate::Patience
{
    explicit Patience(std::chrono::milliseconds duration)
        : timeout(duration)
        , deadline(deadlineAfter(duration))
    {}

    std::chrono::milliseconds timeout;
    Deadline deadline;
};

Error BlockingPeerPrivate::cancelledError()
{
    return Error(ErrorCode::Cancelled, QStringLiteral("cancelled by another thread"));
}

Error BlockingPeerPrivate::mayUse() const
{
    if (Q_UNLIKELY(m_waiter->isCancelled()))
        return cancelledError();
    if (Q_UNLIKELY(!m_session))
        return Error(ErrorCode::NotConnected, QStringLiteral("not connected"));
    return {};
}

// Sending

Error BlockingPeerPrivate::judgeOutgoing(quint16 channel, const QByteArray &payload) const
{
    if (Q_UNLIKELY(!m_session->session().acceptsSend(channel)))
        return m_session->sendError(channel);
    if (Q_UNLIKELY(payload.size() > MaxPayloadSize))
        return checkPayloadSize(payload.size(), MaxPayloadSize);
    if (Q_UNLIKELY(validation.validator)) {
        const auto failure
                = validation.validator->check(channel, payload, PayloadValidator::Direction::Send);
        if (failure)
            return Error(ErrorCode::ValidationFailed, validationText(*failure));
    }
    return {};
}

Error BlockingPeerPrivate::send(quint16 channel, const QByteArray &payload,
                                std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return error;
    if (const Error error = judgeOutgoing(channel, payload))
        return error;
    return m_session->send(channel, payload, *m_waiter, deadlineAfter(duration));
}

Error BlockingPeerPrivate::gather(quint16 channel, const QByteArray &payload)
{
    if (const Error error = mayUse())
        return error;
    if (const Error error = judgeOutgoing(channel, payload))
        return error;
    if (m_session->bytesQueued() >= SendQueue::ChunkSize) {
        if (const Error error = m_session->flush(*m_waiter, std::nullopt))
            return error;
    }
    m_session->gather(channel, payload);
    return {};
}

Error BlockingPeerPrivate::flush(std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return error;
    return m_session->flush(*m_waiter, deadlineAfter(duration));
}

// Receiving

// For every frame of COMMAND that is received, refused or lost.
void BlockingPeerPrivate::consumed(quint16 channel)
{
    if (Q_UNLIKELY(!m_asked.isEmpty()) && channel == Channel::Command)
        m_asked.takeFirst();
}

// Takes what has arrived for the caller, with an error if that is not to have it.
bool BlockingPeerPrivate::takeArrived(Frame *frame, Error *refusal)
{
    while (m_session->take(frame)) {
        const bool mayBeFailure = frame->channel == Channel::Error && !m_asked.isEmpty();
        if (Q_LIKELY(!mayBeFailure || !takeFailure(frame, refusal))) {
            *refusal = judge(*frame);
            return true;
        }
        if (*refusal)
            return true;
    }
    return false;
}

// Whether the frame says that a request won't be answered; that is only news for request().
bool BlockingPeerPrivate::takeFailure(Frame *frame, Error *refusal)
{
    const auto failure = RequestFailure::fromJson(frame->payload);
    if (!failure || !m_asked.take(failure->request))
        return false;
    if (failure->request == m_awaited) {
        const Reply reply = failure->toReply();
        frame->payload = reply.payload;
        *refusal = reply.error;
    }
    return true;
}

Error BlockingPeerPrivate::judge(const Frame &frame)
{
    if (Q_LIKELY(!validation.validator))
        return {};
    const auto failure = validation.validator->check(frame.channel, frame.payload,
                                                     PayloadValidator::Direction::Receive);
    if (!failure)
        return {};
    consumed(frame.channel);
    if (validation.answersErrors && frame.channel != Channel::Error
        && m_session->session().acceptsSend(Channel::Error))
        m_session->gatherAnswer(Channel::Error, validationAnswer(*failure));
    return Error(ErrorCode::ValidationFailed, validationText(*failure));
}

Error BlockingPeerPrivate::putAside(Frame frame)
{
    const quint16 channel = frame.channel;
    const Error error = buffers.add(std::move(frame));
    if (error)
        consumed(channel);
    return error;
}

Error BlockingPeerPrivate::putAsideArrived()
{
    Frame frame;
    Error refusal;
    while (takeArrived(&frame, &refusal)) {
        if (refusal)
            return refusal;
        if (const Error error = putAside(std::move(frame)))
            return error;
    }
    return {};
}

// Goes on after a failure; returns the first one.
Error BlockingPeerPrivate::putAsideAllArrived()
{
    const Error first = putAsideArrived();
    for (Error failure = first; failure; failure = putAsideArrived()) {
    }
    return first;
}

Error BlockingPeerPrivate::nextFrame(Frame *frame, const Patience &patience)
{
    Error refusal;
    for (;;) {
        if (takeArrived(frame, &refusal))
            return refusal;
        if (Q_UNLIKELY(m_session->hasEnded()))
            return m_session->endReason();
        switch (m_session->wait(*m_waiter, patience.deadline)) {
        case Waiter::Outcome::Ready:
            break;
        case Waiter::Outcome::TimedOut:
            return Error(
                    ErrorCode::Timeout,
                    QStringLiteral("no frame came within %1 ms").arg(patience.timeout.count()));
        case Waiter::Outcome::Cancelled:
            return cancelledError();
        }
    }
}

Error BlockingPeerPrivate::receive(Frame *frame, std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return error;
    const Error error = nextFrame(frame, Patience(duration));
    if (Q_LIKELY(!error))
        consumed(frame->channel);
    return error;
}

Error BlockingPeerPrivate::nextFrameOn(quint16 channel, Frame *frame, const Patience &patience)
{
    if (buffers.take(channel, frame))
        return {};
    for (;;) {
        if (const Error error = nextFrame(frame, patience))
            return error;
        if (frame->channel == channel)
            return {};
        if (const Error error = putAside(std::move(*frame)))
            return error;
    }
}

Error BlockingPeerPrivate::receiveOn(quint16 channel, Frame *frame,
                                     std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return error;
    if (!channels.contains(channel))
        return m_session->session().agreement().unsupportedError(channel);
    const Error error = nextFrameOn(channel, frame, Patience(duration));
    if (!error)
        consumed(channel);
    return error;
}

Reply BlockingPeerPrivate::request(const QByteArray &payload, std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return {error, {}};
    if (const Error error = judgeOutgoing(Channel::Command, payload))
        return {error, {}};
    if (const Error error = m_asked.checkRoom())
        return {error, {}};
    const Patience patience(duration);
    if (const Error error
        = m_session->send(Channel::Command, payload, *m_waiter, patience.deadline))
        return {error, {}};

    m_asked.append({});
    m_awaited = m_asked.lastNumber();
    const Reply reply = awaitAnswer(patience);
    m_awaited = 0;
    return reply;
}

Reply BlockingPeerPrivate::awaitAnswer(const Patience &patience)
{
    for (;;) {
        Frame frame;
        if (const Error error = nextFrameOn(Channel::Command, &frame, patience)) {
            const bool hasText = error.code() == ErrorCode::RequestFailed;
            return {error, hasText ? frame.payload : QByteArray()};
        }
        // Another one's answer comes too late for that.
        const bool isAwaited = m_asked.firstNumber() == m_awaited;
        consumed(Channel::Command);
        if (isAwaited)
            return {Error(), frame.payload};
    }
}

PingReply BlockingPeerPrivate::ping(std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return {error, {}};
    if (m_session->hasEnded())
        return {m_session->endReason(), {}};
    const quint64 id = m_session->ping(duration);
    for (;;) {
        if (const Error error = putAsideArrived())
            return {error, {}};
        if (const Session::PingEnded *ended = m_session->pingEnded(id))
            return {ended->error, ended->roundTripTime};
        // The session watches the time.
        if (m_session->wait(*m_waiter, std::nullopt) == Waiter::Outcome::Cancelled)
            return {cancelledError(), {}};
    }
}

} // namespace IpcPrims
