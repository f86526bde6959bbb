// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The frames of an open session, and who gets them.

#include "peer/peer_p.h"

#include "peer/peerhealth_p.h"
#include "peer/peerlog_p.h"
#include "peer/receivelimits_p.h"
#include "peer/streammark_p.h"
#include "peer/streamsender_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace IpcPrims {

// To the other side

Error PeerPrivate::sendIfValid(quint16 channel, const QByteArray &payload)
{
    const Error error = checkInSession(channel, payload);
    return error ? error : enqueue(channel, payload);
}

Error PeerPrivate::checkInSession(quint16 channel, const QByteArray &payload) const
{
    const auto validator = validation.validator; // which may be replaced meanwhile
    const Error error = checkOutgoing(validator.get(), channel, payload);
    // It may have ended the session, too.
    return error || (session && session->acceptsSend(channel)) ? error : sendError(channel);
}

Error PeerPrivate::sendMark(quint16 channel, const QByteArray &payload)
{
    const Error error = channel == Channel::Command ? commandError() : Error();
    if (error || !session || !session->acceptsSend(channel))
        return error ? error : sendError(channel);
    return enqueue(channel, payload);
}

Error PeerPrivate::send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy)
{
    if (policy == SlowPeerPolicy::DropNewest)
        return send(channel, payload);
    if (!session || !session->acceptsSend(channel))
        return sendLater(channel, payload, policy);
    if (!link->acceptsFrames()) // It waits for the next session, if at all.
        return send(channel, payload);
    qsizetype dropped = 0;
    return sendInSession(channel, payload, policy, FrameLink::Leaving::WhenDue, nullptr, &dropped);
}

Error PeerPrivate::sendInSession(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy,
                                 FrameLink::Leaving leaving, const PayloadValidator *passed,
                                 qsizetype *dropped)
{
    const bool isReplacing
            = policy == SlowPeerPolicy::DropOldest || policy == SlowPeerPolicy::KeepLatest;
    if (isReplacing) {
        if (const Error error = replaceError(channel))
            return error;
    }
    const bool isToCheck = validation.validator && validation.validator.get() != passed;
    Error error = isToCheck ? checkInSession(channel, payload) : Error();
    if (!error)
        error = link->send(channel, payload, policy, leaving, dropped);
    if (!error && m_watcher)
        m_watcher->frameSent(channel, payload.size());
    if (error.code() == ErrorCode::QueueFull && policy == SlowPeerPolicy::Disconnect) {
        abort(Error(ErrorCode::QueueFull,
                    QStringLiteral("the other side reads too slowly: %1").arg(error.message())));
    }
    return error;
}

// Why no frame of the channel may be dropped: each of them means something to the library.
Error PeerPrivate::replaceError(quint16 channel) const
{
    const auto user = channelUser(channel);
    if (user && user->who != q)
        return ChannelHandlers::takenError(channel, *user);
    if (channel == Channel::Error && m_requests && m_requests->user())
        return ChannelHandlers::takenError(channel, *m_requests->user());
    return {};
}

void PeerPrivate::readyToSend(quint16 channel)
{
    streams.sendStop(channel);
    sendValidationAnswer();
    if (m_requests)
        m_requests->sendAnswers();
    fromOtherThreads.sendWaiting();
    reportLater([this, channel] { tellObserversOfRoom(channel, 0); });
    // Also if a slot ends the session before: whoever waits has to learn that there is no use in
    // it.
    reportReady(std::array{channel});
    tellReports();
}

void PeerPrivate::tellObserversOfRoom(quint16 channel, quint64 lastTold)
{
    if (state != Peer::State::Open)
        return;
    if (SessionObserver *const observer = observers.next(&lastTold)) {
        m_reports.push_front([=, this] { tellObserversOfRoom(channel, lastTold); });
        observer->readyToSend(channel);
    }
}

// From the other side

void PeerPrivate::frameDecoded(DecodedFrame &frame)
{
    if (Q_UNLIKELY(m_watcher))
        m_watcher->frameReceived(frame.channel(), frame.payload().size());
    if (Q_UNLIKELY(m_throttle) && !m_throttle->admits(frame))
        return;
    if (Q_LIKELY(session->delivers(frame.channel()))) {
        if (Q_UNLIKELY(frame.payload().isEmpty()))
            streams.noteEndReceived(frame.channel()); // Whoever reads it, and accepted or not.
        // Whoever refuses a frame may have deleted the peer.
        if (Q_UNLIKELY(validation.validator) && !admits(frame.channel(), frame.payload()))
            return;
        if (Q_UNLIKELY(m_routesFrames) && route(frame))
            return;
        if (!frameHandler.isEmpty())
            frameHandler.call(frame.channel(), frame.payload());
        else
            Q_EMIT q->frameReceived(frame.channel(), frame.payloadArray());
        return;
    }
    session->receive(frame.channel(), frame.payload(), Session::Clock::now());
    processEvents();
}

// Whether somebody has taken the frame who is asked before the application as a whole.
bool PeerPrivate::route(DecodedFrame &frame)
{
    if (m_routesStreamMarks && StreamSender::takeMark(q, frame.channel(), frame.payload()))
        return true;
    return (m_requests && m_requests->take(frame))
           || m_channelHandlers.deliver(frame.channel(), frame.payload());
}

bool PeerPrivate::admits(quint16 channel, QByteArrayView payload)
{
    // What the library says itself is not judged: a request or a stream would never hear of its
    // end.
    if (m_requests && channel == Channel::Error && m_requests->takeFailure(payload))
        return false;
    if (m_routesStreamMarks && StreamSender::takeMark(q, channel, payload))
        return false;
    const ChannelUser *const user = m_channelHandlers.user(channel);
    if (user && user->readsStream && (payload.isEmpty() || StreamMark::fromFrame(payload)))
        return true;
    const auto validator = validation.validator; // which may be replaced meanwhile
    const auto failure = validator->check(channel, payload, PayloadValidator::Direction::Receive);
    if (!failure)
        return true;
    PeerLog::frameRefused(*session, channel, failure->errors.size());
    const bool isRequest = m_requests && m_requests->isFailure(channel);
    if (validation.answersErrors && !isRequest && channel != Channel::Error
        && session->acceptsSend(Channel::Error)) {
        m_validationAnswer = validationAnswer(*failure);
        sendValidationAnswer();
    }
    const QPointer<Peer> alive(q);
    // A slot that runs an event loop may see the next session, to which the frame is nothing.
    const auto isInSession = [this, &alive, generation = reconnection.generation] {
        return alive && reconnection.generation == generation && session && !session->isOver();
    };
    Q_EMIT q->validationFailed(channel, failure->errors);
    if (isInSession() && m_requests)
        m_requests->takeInvalid(channel, validationText(*failure));
    const Error reason(ErrorCode::ValidationFailed, validationText(*failure));
    quint64 lastTold = 0;
    while (SessionObserver *const observer = isInSession() ? observers.next(&lastTold) : nullptr)
        observer->frameRefused(channel, payload, reason);
    return false;
}

// Without room for it, the other side has to read first what it is told.
void PeerPrivate::sendValidationAnswer()
{
    if (m_validationAnswer.isEmpty())
        return;
    const bool isFull = enqueue(Channel::Error, m_validationAnswer).code() == ErrorCode::QueueFull;
    if (!isFull)
        m_validationAnswer.clear();
    holdBack(&m_validationAnswer, isFull);
}

void PeerPrivate::setReceiving(bool receiving)
{
    isReceiving = receiving;
    if (state != Peer::State::Handshaking)
        updateReceiving();
}

void PeerPrivate::holdBack(const void *holder, bool hold)
{
    const bool isNew = hold ? m_holders.insert(holder).second : m_holders.erase(holder) > 0;
    if (isNew)
        updateReceiving();
}

void PeerPrivate::setReceiveLimits(const ReceiveLimits &limits)
{
    receiveLimits = limits;
    if (link && session)
        applyReceiveLimits();
}

// To be called when the session opens, too, whose handshake has limits of its own.
void PeerPrivate::applyReceiveLimits()
{
    link->setReceiveLimits(session->payloadLimits(std::as_const(receiveLimits).d->payloads));
    if (m_throttle)
        holdBack(m_throttle.get(), false);
    const bool isMetered = !session->isShakingHands() && ReceiveMeter::isNeededFor(receiveLimits);
    m_throttle = isMetered ? std::make_unique<ReceiveThrottle>(this, receiveLimits) : nullptr;
}

void PeerPrivate::updateReceiving()
{
    if (link)
        link->setReceiving(receives());
    if (m_watcher)
        m_watcher->receivingChanged();
}

Error PeerPrivate::setFrameHandler(quint16 channel, Peer::FrameHandler handler,
                                   const ChannelUser &user)
{
    if (handler && channel == Channel::Command && m_requests && m_requests->user())
        return ChannelHandlers::takenError(channel, *m_requests->user());
    m_routesFrames = true;
    return m_channelHandlers.set(channel, std::move(handler), user);
}

std::optional<ChannelUser> PeerPrivate::channelUser(quint16 channel) const
{
    if (channel == Channel::Command && m_requests && m_requests->user())
        return m_requests->user();
    const ChannelUser *const user = m_channelHandlers.user(channel);
    return user ? std::optional(*user) : std::nullopt;
}

Error PeerPrivate::commandError() const
{
    const auto user = m_requests ? m_requests->user() : std::nullopt;
    return user ? ChannelHandlers::takenError(Channel::Command, *user) : Error();
}

Requests &PeerPrivate::requests()
{
    if (!m_requests) {
        m_requests = std::make_unique<Requests>(this);
        m_routesFrames = true;
        reconnection.outbox.neverKeep(Channel::Command);
        reconnection.outbox.neverKeep(Channel::Error);
    }
    return *m_requests;
}

void PeerPrivate::setRequestLimits(const RequestLimits &limits)
{
    requestLimits = {std::clamp<qsizetype>(limits.count, 1, MaxRequestsInFlight),
                     std::max<qint64>(1, limits.bytes)};
    if (m_requests)
        m_requests->applyLimits();
}

void PeerPrivate::closeBecauseOf(const Error &error)
{
    if (state != Peer::State::Open)
        return;
    m_closeReason = error;
    close(error.message());
}

void PeerPrivate::abandon(const Error &reason)
{
    session->abandon(reason);
    processEvents();
}

void PeerPrivate::reject(const Error &reason)
{
    session->reject(reason, Session::Clock::now());
    processEvents();
}

} // namespace IpcPrims
