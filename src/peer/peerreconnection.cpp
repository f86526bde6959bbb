// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From one session to the next.

#include "peer/peer_p.h"

#include "frame/header_p.h"
#include "peer/peerhealth_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

void PeerPrivate::setReconnectPolicy(const ReconnectPolicy &policy)
{
    reconnection.policy = policy;
    reconnection.schedule = ReconnectSchedule(policy);
    if (state == Peer::State::Open)
        reconnection.schedule.sessionOpened(Session::Clock::now());
    reportLater(); // Of reconnectAttempts().
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
    if (!m_reports.empty()) {
        // A slot that is about to be called may run an event loop and wait for the next session.
        reconnection.timer.start(0, q);
        report();
        return;
    }
    reconnection.timer.stop();
    report();
    if (!alive || state != Peer::State::Waiting)
        return;
    cancelRetry();
    forgetSession();
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

bool PeerPrivate::keepsFrames(quint16 channel) const
{
    return reconnection.target && reconnection.outbox.policy(channel) == Peer::UnsentFrames::Keep;
}

// Without a session that takes the frame: it waits for one, or can't be sent.
Error PeerPrivate::sendLater(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy)
{
    const bool isBetweenSessions = state == Peer::State::Waiting || state == Peer::State::Connecting
                                   || state == Peer::State::Handshaking;
    if (!isBetweenSessions || !keepsFrames(channel))
        return sendError(channel);
    const auto validator = validation.validator;
    if (const Error error = checkOutgoing(validator.get(), channel, payload))
        return error;
    const qint64 excess = waterMarks.excess(policy, reconnection.outbox.bytes(channel));
    if (const Error error = excess > 0 ? replaceError(channel) : Error())
        return error;
    reconnection.outbox.dropOldest(channel, excess);
    return keepForNextSession(channel, payload);
}

Error PeerPrivate::keepForNextSession(quint16 channel, const QByteArray &payload)
{
    queueChanged();
    return reconnection.outbox.add(channel, payload, waterMarks.high);
}

// With somebody who counts, or after a failed write, while the rest of what has arrived is still
// being received: then the frame waits for the next session. It doesn't if too many do, as nothing
// tells when there is room: QueueFull would have a peer that stops receiving until then wait for
// ever.
Error PeerPrivate::enqueueSlowly(quint16 channel, const QByteArray &payload)
{
    if (link->acceptsFrames() || !keepsFrames(channel) || !reconnection.policy.isEnabled) {
        const Error error = link->send(channel, payload);
        if (!error && m_watcher)
            m_watcher->frameSent(channel, payload.size());
        return error;
    }
    if (const Error error = checkPayloadSize(payload.size(), MaxPayloadSize))
        return error;
    reconnection.outbox.append(link->takeUnsent());
    if (const Error error = reconnection.outbox.fullError(channel, waterMarks.high))
        return Error(ErrorCode::NotConnected,
                     QStringLiteral("the connection has ended, and %1").arg(error.message()));
    return keepForNextSession(channel, payload);
}

// Sends a frame that was accepted before, whatever the queue holds.
void PeerPrivate::sendAccepted(const SendQueue::Frame &frame)
{
    link->sendAccepted(frame.channel, frame.payload);
    if (m_watcher)
        m_watcher->frameSent(frame.channel, frame.payload.size());
}

// Sends what has waited for this session. What it has no channel for, or is not to be kept any
// more, is reported.
void PeerPrivate::sendKept()
{
    Outbox::Frames refused;
    for (SendQueue::Frame &frame : reconnection.outbox.takeAll()) {
        const bool isKept = reconnection.outbox.policy(frame.channel) == Peer::UnsentFrames::Keep;
        if (isKept && session->hasChannel(frame.channel))
            sendAccepted(frame);
        else
            refused.push_back(std::move(frame));
    }
    for (const quint16 channel : reconnection.outbox.takeFull())
        link->noteFull(channel);
    reportNotSent(std::move(refused));
}

// As the session ends, nothing that other threads have handed over waits for room any more.
void PeerPrivate::sendAllOfOtherThreads()
{
    fromOtherThreads.setTerms(std::nullopt);
    Outbox::Frames refused;
    for (SendQueue::Frame &frame : fromOtherThreads.takeAll()) {
        if (link && session->hasChannel(frame.channel))
            sendAccepted(frame);
        else
            refused.push_back(std::move(frame));
    }
    reportNotSent(std::move(refused));
}

// To be called when something changes that frames from other threads are judged by.
void PeerPrivate::updateTerms()
{
    if (session && session->state() == Session::State::Open)
        fromOtherThreads.setTerms(CrossThreadSender::Terms{ChannelSet(session->channels()),
                                                           session->agreement(),
                                                           validation.validator, waterMarks.high});
    else
        fromOtherThreads.setTerms(std::nullopt);
}

} // namespace IpcPrims
