// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From one session to the next.

#include "peer/peer_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <map>
#include <utility>

namespace IpcPrims {

void PeerPrivate::setReconnectPolicy(const ReconnectPolicy &policy)
{
    reconnection.policy = policy;
    reconnection.schedule = ReconnectSchedule(policy);
    if (state == Peer::State::Open)
        reconnection.schedule.sessionOpened(Session::Clock::now());
}

// Decides what follows the end of a session, or of an attempt at one.
void PeerPrivate::planRetry(const Error &reason)
{
    if (!reconnection.target || m_attempt)
        return;
    const auto now = Session::Clock::now();
    const auto scheduled = reconnection.schedule.ended(reason, now);
    if (!scheduled)
        return;
    const auto pause = std::max(*scheduled, m_pacing.wait(now));
    reconnection.retryAt = now + pause;
    reconnection.timer.start(int(pause.count()), Qt::PreciseTimer, q);
}

void PeerPrivate::cancelRetry()
{
    reconnection.timer.stop();
    reconnection.retryAt.reset();
}

void PeerPrivate::onRetryTimer()
{
    const QPointer<Peer> alive(q);
    reconnection.timer.stop();
    report();
    if (!alive || state != Peer::State::Waiting)
        return;
    cancelRetry();
    changeState(Peer::State::Connecting);
    // Unless a slot had other plans.
    if (alive && state == Peer::State::Connecting && !m_attempt)
        begin({*reconnection.target});
}

void PeerPrivate::reconnectUnresponsive()
{
    if (state == Peer::State::Open && reconnection.target && reconnection.policy.isEnabled) {
        abandon(Error(ErrorCode::Timeout,
                      QStringLiteral("the other side has become unresponsive")));
    }
}

std::chrono::milliseconds PeerPrivate::nextRetryIn() const
{
    using std::chrono::milliseconds;
    if (!reconnection.retryAt)
        return milliseconds::zero();
    return std::max(milliseconds::zero(),
                    std::chrono::ceil<milliseconds>(*reconnection.retryAt - Session::Clock::now()));
}

// Without a session that takes the frame: it waits for one, or can't be sent.
Error PeerPrivate::sendLater(quint16 channel, const QByteArray &payload)
{
    const bool isBetweenSessions = state == Peer::State::Waiting || state == Peer::State::Connecting
                                   || state == Peer::State::Handshaking;
    if (!isBetweenSessions || !reconnection.target
        || reconnection.outbox.policy(channel) != Peer::UnsentFrames::Keep)
        return sendError(channel);
    const auto validator = validation.validator;
    if (const Error error = checkOutgoing(validator.get(), channel, payload))
        return error;
    return reconnection.outbox.add(channel, payload, waterMarks.high);
}

// Sends what has waited for this session, and returns what it has no channel for, or is not to be
// kept any more.
Outbox::Frames PeerPrivate::sendKept()
{
    Outbox::Frames refused;
    for (SendQueue::Frame &frame : reconnection.outbox.takeAll()) {
        const bool isKept = reconnection.outbox.policy(frame.channel) == Peer::UnsentFrames::Keep;
        if (!isKept || !session->acceptsSend(frame.channel)
            || enqueue(frame.channel, frame.payload))
            refused.push_back(std::move(frame));
    }
    for (const quint16 channel : reconnection.outbox.takeFull())
        link->noteFull(channel);
    return refused;
}

// To be called when something changes that frames from other threads are judged by.
void PeerPrivate::updateTerms()
{
    if (session && session->state() == Session::State::Open)
        fromOtherThreads.setTerms(CrossThreadSender::Terms{ChannelSet(session->channels()),
                                                           validation.validator, waterMarks.high});
    else
        fromOtherThreads.setTerms(std::nullopt);
}

void PeerPrivate::reportNotSent(Outbox::Frames frames)
{
    std::map<quint16, QList<QByteArray>> byChannel;
    for (SendQueue::Frame &frame : frames)
        byChannel[frame.channel].append(std::move(frame.payload));
    const QPointer<Peer> alive(q);
    for (const auto &[channel, payloads] : byChannel) {
        if (alive)
            Q_EMIT q->framesNotSent(channel, payloads);
    }
}

} // namespace IpcPrims
