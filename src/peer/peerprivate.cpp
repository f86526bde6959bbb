// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peer_p.h"

#include "frame/header_p.h"
#include "peer/peerhealth_p.h"
#include "peer/peerlog_p.h"
#include "peer/streamsender_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace IpcPrims {

PeerPrivate::PeerPrivate(Peer *peer)
    : q(peer)
    , fromOtherThreads(this)
    , tasksFromOtherThreads(peer)
{}

PeerPrivate::~PeerPrivate() = default;

void PeerPrivate::cancel()
{
    if (Owner *const informed = std::exchange(owner, nullptr))
        informed->peerDestroyed(q);
    // A continuation may ask the peer for something, which then is a closed one.
    state = Peer::State::Closed;
    session.reset();
    // Whoever has not been told yet that the session ended learns that, not what came afterwards.
    const bool isEndUntold = !m_endReports.empty();
    const Error gone = isEndUntold ? sessionEndedError(disconnectReason) : peerDestroyedError();
    if (m_requests)
        m_requests->drop(gone);
    for (auto &[id, promise] : std::exchange(m_pings, {})) {
        promise.addResult(PingReply{gone, {}});
        promise.finish();
    }
    quint64 lastTold = 0;
    while (SessionObserver *const observer = isEndUntold ? observers.next(&lastTold) : nullptr)
        observer->sessionEnded(disconnectReason);
    lastTold = 0;
    while (SessionObserver *const observer = observers.next(&lastTold))
        observer->peerDestroyed();
}

// Calls of the application

void PeerPrivate::acceptConnection(Connection connection, const SessionSettings &serverSettings,
                                   Owner *serverOwner)
{
    owner = serverOwner;
    enterThread();
    m_reportedState = state = Peer::State::Handshaking;
    startSession(Session::Role::Server, serverSettings, std::move(connection));
}

void PeerPrivate::grant(const QList<quint16> &grantedChannels)
{
    if (!session)
        return;
    session->grant(grantedChannels);
    processEvents();
}

void PeerPrivate::refuse(const Error &reason)
{
    if (!session)
        return;
    session->refuse(reason);
    processEvents();
}

void PeerPrivate::close(const QString &reason)
{
    if (state == Peer::State::Open) {
        const auto streams = q->findChildren<StreamSender *>(Qt::FindDirectChildrenOnly);
        for (StreamSender *const stream : streams)
            stream->flush();
        fromOtherThreads.sendWaiting();
        state = Peer::State::Closing;
        reconnection.target.reset();
        session->shutDown(reason, Session::Clock::now());
        setReceiving(true); // The acknowledgement comes after everything else.
        processEvents();
        reportLater();
    } else if (state != Peer::State::Closing) {
        abort({});
    }
}

void PeerPrivate::abort(const Error &reason)
{
    if (state == Peer::State::Closed)
        return;
    m_attempt.reset();
    m_attemptTimer.stop();
    cancelRetry();
    reconnection.target.reset();
    dropConnection();
    if (session && session->state() != Session::State::Ended)
        session->abandon(reason);
    else
        m_unreportedEnd = reason;
    state = Peer::State::Closed;
    reportLater();
}

Error PeerPrivate::notConnectedError()
{
    return Error(ErrorCode::NotConnected, QStringLiteral("not connected: wait for connected()"));
}

// Why nothing can be sent.
Error PeerPrivate::sendError(quint16 channel) const
{
    if (!session || state == Peer::State::Connecting)
        return notConnectedError();
    return session->sendError(channel);
}

QFuture<PingReply> PeerPrivate::ping(std::chrono::milliseconds timeout)
{
    QPromise<PingReply> promise;
    QFuture<PingReply> future = promise.future();
    promise.start();
    if (state == Peer::State::Open) {
        if (m_watcher && !session->isPingUnderWay())
            m_watcher->pingSent();
        const quint64 id = session->ping(Session::Clock::now(), timeout);
        m_pings.emplace(id, std::move(promise));
        processEvents();
    } else {
        promise.addResult(PingReply{sendError(Channel::Control), {}});
        promise.finish();
    }
    return future;
}

PeerHealth *PeerPrivate::healthOfPeer()
{
    if (!m_health) {
        m_health.reset(new PeerHealth(q, this));
        m_watcher = m_health->d.get();
    }
    return m_health.get();
}

// What the connection brings

void PeerPrivate::linkEnded(const Error &error)
{
    session->streamEnded(error, Session::Clock::now());
    processEvents();
}

void PeerPrivate::linkDrained()
{
    session->drained();
    processEvents();
}

void PeerPrivate::processEvents()
{
    const QPointer<Peer> alive(q);
    Session::Event event;
    // A slot that runs an event loop may begin another attempt, with no session yet.
    while (session && session->takeEvent(&event)) {
        std::visit([this](const auto &one) { handle(one); }, event);
        if (!alive)
            return;
    }
    updateTimer();
}

void PeerPrivate::handle(const Session::Send &event)
{
    if (!link)
        return;
    if (event.isLast)
        link->sendLast(event.payload);
    else
        link->sendControl(event.payload);
    if (m_watcher)
        m_watcher->frameSent(Channel::Control, event.payload.size());
    session->judgeUnreadAnswers(link->queue().bytes(Channel::Control));
}

void PeerPrivate::handle(const Session::AuthorizationAsked &event)
{
    link->setReceiving(false); // What the client sends before it has an answer has to wait.
    if (owner)
        owner->authorizationAsked(q, event.requestedChannels);
}

void PeerPrivate::handle(const Session::Opened &)
{
    const QPointer<Peer> alive(q);
    applyReceiveLimits();
    updateReceiving();
    reconnection.schedule.sessionOpened(Session::Clock::now());
    const quint64 generation = ++reconnection.generation;
    PeerLog::sessionOpened(*session);
    // Before a slot can send anything.
    const Outbox::Frames refused = sendKept();
    fromOtherThreads.sendWaiting();
    updateTerms();
    // A slot may end the session, and even see the next one open.
    const auto isStillOpen = [&] {
        return alive && state == Peer::State::Open && reconnection.generation == generation;
    };
    changeState(Peer::State::Open);
    if (isStillOpen() && owner)
        owner->peerOpened(q);
    if (isStillOpen())
        Q_EMIT q->connected();
    if (alive)
        reportNotSent(refused);
    if (alive)
        fromOtherThreads.report();
}

void PeerPrivate::handle(const Session::ShutdownAsked &event)
{
    const QPointer<Peer> alive(q);
    changeState(Peer::State::Closing);
    if (alive)
        Q_EMIT q->shutdownRequested(event.reason);
}

void PeerPrivate::handle(const Session::PingEnded &event)
{
    if (m_watcher && !event.error)
        m_watcher->roundTripMeasured(event.roundTripTime);
    auto node = m_pings.extract(event.id);
    if (node.empty())
        return;
    node.mapped().addResult(PingReply{event.error, event.roundTripTime});
    node.mapped().finish();
}

void PeerPrivate::handle(const Session::Draining &)
{
    if (link && link->drain())
        changeState(Peer::State::Closing);
    else
        session->drained();
}

void PeerPrivate::handle(const Session::Ended &event)
{
    finish(event.reason);
}

// Reports

void PeerPrivate::reportLater()
{
    if (!std::exchange(m_isReportDue, true))
        QMetaObject::invokeMethod(
                q, [this] { report(); }, Qt::QueuedConnection);
}

void PeerPrivate::report()
{
    const QPointer<Peer> alive(q);
    m_isReportDue = false;

    tellEnd();
    if (alive && session)
        processEvents();
    if (alive && m_unreportedEnd)
        finish(*std::exchange(m_unreportedEnd, std::nullopt));
    if (alive)
        changeState(state);
    if (alive && m_attempt)
        beginWhenDue();
}

void PeerPrivate::changeState(Peer::State newState)
{
    state = newState;
    if (std::exchange(m_reportedState, newState) != newState)
        Q_EMIT q->stateChanged(newState);
}

void PeerPrivate::finish(const Error &reason)
{
    const QPointer<Peer> alive(q);
    PeerLog::ended(m_reportedState, session ? &*session : nullptr, reason);
    dropConnection();
    m_pacing.ended(reason, AttemptPacing::Clock::now());
    planRetry(reason);
    // Nothing that was accepted is lost without a word.
    const bool willReconnect = m_attempt || reconnection.retryAt;
    const Outbox::Frames notSent
            = reconnection.outbox.sort(std::exchange(reconnection.unsent, {}), willReconnect);
    const Error told
            = reason && !notSent.empty()
                      ? Error(reason.code(),
                              QStringLiteral("%1 (%2 accepted frames were not sent)")
                                      .arg(reason.message(), QString::number(notSent.size())),
                              reason.nativeError())
                      : reason;
    disconnectReason = told;
    state = m_attempt              ? Peer::State::Connecting
            : reconnection.retryAt ? Peer::State::Waiting
                                   : Peer::State::Closed;
    m_endReports = {
            [this] { changeState(state); },
            [this, told] {
                if (m_requests)
                    m_requests->endSession(told);
            },
            [this, told] { tellObserversOfEnd(told, 0); },
            [this] { fromOtherThreads.sendAndReport(); }, // So that these are kept or reported.
            [this, told] {
                if (owner)
                    owner->peerEnded(q, told);
            },
            [this, notSent] { reportNotSent(notSent); },
            [this, told] { Q_EMIT q->disconnected(told); },
            [this] {
                if (reconnection.retryAt)
                    Q_EMIT q->retryScheduled(nextRetryIn());
            },
    };
    reportLater();
    tellEnd();
}

// Whoever is told may run an event loop. Then the others are told from there, before anything else
// happens to the peer: so no session begins while somebody still takes the last one for the
// present.
void PeerPrivate::tellEnd()
{
    const QPointer<Peer> alive(q);
    while (alive && !m_endReports.empty()) {
        const auto report = std::move(m_endReports.front());
        m_endReports.pop_front();
        report();
    }
}

void PeerPrivate::tellObserversOfEnd(const Error &reason, quint64 lastTold)
{
    if (SessionObserver *const observer = observers.next(&lastTold)) {
        m_endReports.push_front([=, this] { tellObserversOfEnd(reason, lastTold); });
        observer->sessionEnded(reason);
    }
}

void PeerPrivate::dropConnection()
{
    m_connector.reset();
    fromOtherThreads.setTerms(std::nullopt);
    if (link) {
        link->close();
        reconnection.unsent = link->takeUnsent();
        link.reset(); // Later, if it is in the middle of a call that led here.
    }
    m_throttle.reset();
    m_validationAnswer.clear();
    m_holders.clear();
    m_timer.stop();
    m_timerDeadline.reset();
}

// Time

void PeerPrivate::updateTimer()
{
    const auto deadline = session ? session->deadline() : std::nullopt;
    if (deadline == m_timerDeadline)
        return;
    m_timerDeadline = deadline;
    if (!deadline) {
        m_timer.stop();
        return;
    }
    const auto left
            = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Session::Clock::now());
    m_timer.start(int(std::max(left, std::chrono::milliseconds::zero()).count()), q);
}

bool PeerPrivate::onTimer(int id)
{
    if (id == reconnection.timer.timerId())
        onRetryTimer();
    else if (id == m_attemptTimer.timerId())
        report(); // Which begins the attempt.
    else if (id == m_timer.timerId())
        onDeadline();
    else
        return false;
    return true;
}

void PeerPrivate::onDeadline()
{
    m_timer.stop();
    m_timerDeadline.reset();
    const QPointer<Peer> alive(q);
    const qint64 bytesToWrite = link ? link->bytesToWrite() : 0; // A device may do anything then.
    if (!alive || !session)
        return;
    session->timePassed(Session::Clock::now(), bytesToWrite);
    processEvents();
}

} // namespace IpcPrims
