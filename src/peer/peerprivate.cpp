// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peer_p.h"

#include "frame/header_p.h"
#include "peer/peerhealth_p.h"
#include "peer/peerlog_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qscopedvaluerollback.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace IpcPrims {

PeerPrivate::PeerPrivate(Peer *peer)
    : q(peer)
    , fromOtherThreads(this)
    , tasksFromOtherThreads(peer)
    , streams(this)
{}

PeerPrivate::~PeerPrivate() = default;

void PeerPrivate::cancel()
{
    if (Owner *const informed = std::exchange(owner, nullptr))
        informed->peerDestroyed(q);
    // Whoever waits may ask the peer for something, which then is a closed one, or run an event
    // loop, in which nothing happens to it any more.
    m_isGoing = true;
    leaveTurn();
    m_reportTimer.stop();
    m_attempt.reset();
    m_attemptTimer.stop();
    cancelRetry();
    dropConnection();
    state = Peer::State::Closed;
    session.reset();
    // Whoever has not been told yet that the session ended learns that, not what came afterwards.
    const std::optional<Error> untoldEnd
            = m_isEndTold ? std::nullopt : std::optional(disconnectReason);
    const Error gone = untoldEnd ? sessionEndedError(*untoldEnd) : peerDestroyedError();
    if (m_requests)
        m_requests->drop(gone);
    while (m_requests && m_requests->hasEnded())
        m_requests->finishFirstEnded();
    for (auto &[id, promise] : std::exchange(m_pings, {})) {
        promise.addResult(PingReply{gone, {}});
        promise.finish();
    }
    quint64 lastTold = 0;
    while (SessionObserver *const observer = observers.next(&lastTold))
        observer->peerDestroyed(untoldEnd);
    finishClosing(peerDestroyedError());
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
    processEventsInCall();
}

void PeerPrivate::refuse(const Error &reason)
{
    if (!session)
        return;
    session->refuse(reason);
    processEventsInCall();
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
        processEventsInCall();
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

// The queue, for those who are told of its length

void PeerPrivate::watchQueue()
{
    if (!m_queueWatch)
        m_queueWatch = new QueueWatch(this, q);
    m_queueWatch->start();
}

bool PeerPrivate::isQueueObserved() const
{
    return q->isSignalConnected(QMetaMethod::fromSignal(&Peer::bytesQueuedChanged));
}

qint64 PeerPrivate::bytesQueued() const
{
    return reconnection.outbox.bytes() + (link ? link->bytesToWrite() : 0);
}

void PeerPrivate::setQueueWatched(bool isWatched)
{
    if (link)
        link->setQueueWatched(isWatched);
}

void PeerPrivate::reportBytesQueued(qint64 bytes)
{
    Q_EMIT q->bytesQueuedChanged(bytes);
}

// What the connection brings

void PeerPrivate::linkEnded(const Error &error)
{
    if (!error && state == Peer::State::Open && sendsFrames())
        sendAllThatWaits(); // The other side may have ended its own direction only.
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
        if (std::holds_alternative<Session::Ended>(event))
            break; // What follows has its place among the reports of the end.
    }
    updateTimer();
}

void PeerPrivate::processEventsInCall()
{
    const QScopedValueRollback inCall(m_isInCall, true); // Whoever logs may make another call.
    processEvents();
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
    applyReceiveLimits();
    reconnection.schedule.sessionOpened(Session::Clock::now());
    const quint64 generation = ++reconnection.generation;
    PeerLog::sessionOpened(*session);
    state = Peer::State::Open;
    // What comes with the handshake waits, also where a slot runs an event loop.
    m_isOpeningTold = false;
    updateReceiving();
    streams.clear();
    // A slot may end the session, and even see the next one open.
    const auto isStillOpen = [this, generation] {
        return state == Peer::State::Open && reconnection.generation == generation;
    };
    addReport([this, isStillOpen] {
        if (isStillOpen())
            changeState(Peer::State::Open);
    });
    if (owner) {
        addReport([this, isStillOpen] {
            if (isStillOpen() && owner)
                owner->peerOpened(q);
        });
    }
    addReport([this, isStillOpen] {
        if (isStillOpen())
            Q_EMIT q->connected();
    });
    sendKept(); // Before a slot can send anything.
    updateTerms();
    addReport([this, generation] {
        if (reconnection.generation != generation)
            return;
        m_isOpeningTold = true;
        updateReceiving();
    });
    tellReports();
}

void PeerPrivate::handle(const Session::ShutdownAsked &event)
{
    if (state == Peer::State::Open)
        sendAllThatWaits(); // The acknowledgement comes after everything else.
    session->acknowledgeShutdown(Session::Clock::now());
    if (state == Peer::State::Closed)
        return; // A validator has ended the session.
    state = Peer::State::Closing;
    waitWhenQuitting();
    const auto isStillClosing = [this, generation = reconnection.generation] {
        return state == Peer::State::Closing && reconnection.generation == generation;
    };
    addReport([this, isStillClosing] {
        if (isStillClosing())
            changeState(Peer::State::Closing);
    });
    addReport([this, isStillClosing, reason = event.reason] {
        if (isStillClosing())
            Q_EMIT q->shutdownRequested(reason);
    });
    tellReports();
}

void PeerPrivate::handle(const Session::PingEnded &event)
{
    if (m_watcher && !event.error)
        m_watcher->roundTripMeasured(event.roundTripTime);
    if (m_pings.count(event.id) == 0)
        return;
    if (m_reports.empty() && !m_isInCall && !isTurnOver()) {
        finishPing(event);
        static_cast<void>(TurnTime::ofThisThread().spend()); // Many may time out at once.
        return;
    }
    Report report([this, event] { finishPing(event); });
    report.isOneOfMany = true;
    reportLater(std::move(report));
}

void PeerPrivate::handle(const Session::Draining &)
{
    sendAllOfOtherThreads();
    if (!link || !link->drain()) {
        session->drained();
        return;
    }
    waitWhenQuitting();
    changeState(Peer::State::Closing);
}

void PeerPrivate::handle(const Session::Ended &event)
{
    const Error closeReason = std::exchange(m_closeReason, {});
    finish(event.reason ? event.reason : closeReason);
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
    else if (id == m_attemptTimer.timerId() || id == m_reportTimer.timerId())
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
