// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The end of a session, and the order in which everybody is told of what happens to a peer.

#include "peer/peer_p.h"

#include "peer/peerlog_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <limits>
#include <utility>
#include <variant>

namespace IpcPrims {

// How long an application that quits waits for a peer that is being closed, however it goes on.
static constexpr std::chrono::seconds QuitPatience = std::chrono::seconds(30);

QFuture<Error> PeerPrivate::close(const QString &reason)
{
    QPromise<Error> promise;
    QFuture<Error> future = promise.future();
    promise.start();
    m_closePromises.push_back(std::move(promise));
    reconnection.target.reset();
    if (state == Peer::State::Open) {
        reportLater(); // The new state comes before the room that there is now.
        sendAllThatWaits();
        if (state != Peer::State::Open)
            return future; // A validator has ended the session, or an answer has led here again.
        state = Peer::State::Closing;
        session->shutDown(reason, Session::Clock::now());
        setReceiving(true); // The acknowledgement comes after everything else.
        processEventsInCall();
        if (state == Peer::State::Closing)
            waitWhenQuitting();
    } else if (state != Peer::State::Closing) {
        abort({});
    }
    if (state == Peer::State::Closed && !m_isReportDue && m_reports.empty())
        finishClosing({});
    return future;
}

// Nothing waits for room any more, as nothing more will be accepted.
void PeerPrivate::sendAllThatWaits()
{
    constexpr qint64 most = std::numeric_limits<qint64>::max();
    link->setWaterMarks(WaterMarks::bounded(most, most));
    streams.sendStops();
    sendValidationAnswer();
    if (m_requests)
        m_requests->sendAllAnswers();
    quint64 lastTold = 0;
    while (SessionObserver *const observer = observers.next(&lastTold))
        observer->sessionClosing();
    if (state == Peer::State::Open)
        sendAllOfOtherThreads();
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

// Whatever was accepted and has not left goes into the outbox, and nobody can add to it any more.
void PeerPrivate::dropConnection()
{
    m_connector.reset();
    fromOtherThreads.setTerms(std::nullopt);
    if (link) {
        link->close();
        reconnection.outbox.append(link->takeUnsent());
        reconnection.outbox.noteFull(link->takeFull());
        link.reset(); // Later, if it is in the middle of a call that led here.
    }
    reconnection.outbox.append(fromOtherThreads.takeAll());
    reconnection.outbox.noteFull(fromOtherThreads.takeFull());
    m_isOpeningTold = true;
    m_throttle.reset();
    m_validationAnswer.clear();
    m_holders.clear();
    m_timer.stop();
    m_timerDeadline.reset();
}

static Error withLoss(const Error &reason, size_t frames)
{
    if (frames == 0)
        return reason;
    const QString loss = QStringLiteral("%1 accepted frames were not sent").arg(frames);
    return Error(reason.code(),
                 reason.message().isEmpty()
                         ? loss
                         : reason.message() + QLatin1String(" (") + loss + QLatin1Char(')'),
                 reason.nativeError());
}

void PeerPrivate::finish(const Error &reason)
{
    PeerLog::ended(m_reportedState, session ? &*session : nullptr, reason);
    dropConnection();
    m_pacing.ended(reason, AttemptPacing::Clock::now());
    planRetry(reason);
    Outbox::Fates fates = reconnection.outbox.settle(m_attempt || reconnection.retryAt);
    queueChanged();
    const Error told = withLoss(reason, fates.notSent.size());
    disconnectReason = told;
    state = m_attempt              ? Peer::State::Connecting
            : reconnection.retryAt ? Peer::State::Waiting
                                   : Peer::State::Closed;
    m_isEndTold = false;
    QObject::disconnect(std::exchange(m_onQuit, {}));

    addReport([this] { changeState(state); });
    addReport([this, told] {
        if (m_requests)
            m_requests->drop(sessionEndedError(told));
        tellRequestsOfEnd();
    });
    addReport([this, told] { tellObserversOfEnd(told, 0); });
    addReport([this] { tellPingsOfEnd(); });
    if (owner) {
        addReport([this, told] {
            if (owner)
                owner->peerEnded(q, told);
        });
    }
    reportNotSent(std::move(fates.notSent));
    reportReady(fates.ready);
    addReport([this, told] { Q_EMIT q->disconnected(told); });
    if (reconnection.retryAt) {
        addReport([this] {
            if (reconnection.retryAt)
                Q_EMIT q->retryScheduled(nextRetryIn());
        });
    }
    addReport([this, told] {
        m_isEndTold = true;
        finishClosing(told);
    });
    tellReports();
}

// Somebody may be waiting who deletes the peer now.
void PeerPrivate::finishClosing(const Error &reason)
{
    std::vector<QPromise<Error>> promises = std::exchange(m_closePromises, {});
    for (QPromise<Error> &promise : promises) {
        promise.addResult(reason);
        promise.finish();
    }
}

// Quitting

// A QEventLoopLocker would do so only for the last window, and quit an application that has none
// when it is released.
void PeerPrivate::waitWhenQuitting()
{
    const QCoreApplication *const application = QCoreApplication::instance();
    if (m_onQuit || !application || application->thread() != q->thread())
        return;
    m_onQuit = QObject::connect(application, &QCoreApplication::aboutToQuit, q,
                                [this] { waitForEnd(); });
}

void PeerPrivate::waitForEnd()
{
    QEventLoop loop;
    QObject::connect(q, &Peer::disconnected, &loop, &QEventLoop::quit, Qt::QueuedConnection);
    QObject::connect(q, &QObject::destroyed, &loop, &QEventLoop::quit);
    QTimer::singleShot(QuitPatience, &loop, &QEventLoop::quit);
    loop.exec(QEventLoop::ExcludeUserInputEvents);
}

// Reports

void PeerPrivate::reportLater()
{
    if (!std::exchange(m_isReportDue, true))
        QMetaObject::invokeMethod(
                q, [this] { report(); }, Qt::QueuedConnection);
}

// To be told by tellReports(), which follows.
void PeerPrivate::addReport(Report report)
{
    m_reports.push_back(std::move(report));
}

void PeerPrivate::reportLater(Report report)
{
    addReport(std::move(report));
    reportLater();
}

// Before all others, of which it is one of many.
void PeerPrivate::reportNext(Report report)
{
    report.isOneOfMany = true;
    m_reports.push_front(std::move(report));
    reportLater();
}

void PeerPrivate::report()
{
    if (m_isGoing)
        return;
    // Many peers may begin or end at once.
    if (isTurnOver()) {
        waitForTurn();
        return;
    }
    const QPointer<Peer> alive(q);
    const auto goesOn = [this, &alive] { return alive && m_reports.empty(); };
    m_isReportDue = false;

    tellReports();
    if (goesOn() && session)
        processEvents();
    if (goesOn() && m_unreportedEnd)
        finish(*std::exchange(m_unreportedEnd, std::nullopt));
    static_cast<void>(TurnTime::ofThisThread().spend());
    if (!goesOn())
        return; // In another turn, there is more to tell first.
    if (alive && m_attempt)
        forgetSession();
    if (alive)
        changeState(state);
    if (alive && m_attempt)
        beginWhenDue();
    if (alive && state == Peer::State::Closed && m_isEndTold && !m_unreportedEnd)
        finishClosing({}); // There was nothing to end.
}

// Whoever is told may run an event loop. Then the others are told from there, before anything else
// happens to the peer: so no session begins while somebody still takes the last one for the
// present, and no frame arrives before its session is known to be open.
void PeerPrivate::tellReports()
{
    if (m_reports.empty())
        return;
    if (m_isInCall) {
        reportLater(); // report() will, from the event loop.
        return;
    }
    const QPointer<Peer> alive(q);
    while (alive && !m_reports.empty()) {
        if (m_reports.front().isOneOfMany && isTurnOver()) {
            waitForTurn();
            break;
        }
        Report report = std::move(m_reports.front());
        m_reports.pop_front();
        // Should the report run an event loop. An event would have to be posted each time, and then
        // wake up the event loop for nothing.
        if (!m_reports.empty() && !m_reportTimer.isActive() && isInOwnThread() && !m_isThreadEnding)
            m_reportTimer.start(0, q);
        report();
        if (report.isOneOfMany && TurnTime::ofThisThread().spend() && alive && !m_reports.empty()
            && !m_isThreadEnding) {
            waitForTurn();
            break;
        }
    }
    if (alive)
        m_reportTimer.stop();
}

bool PeerPrivate::isTurnOver() const
{
    return !m_isThreadEnding && TurnTime::ofThisThread().isOver();
}

void PeerPrivate::waitForTurn()
{
    if (!std::exchange(m_isWaitingForTurn, true))
        TurnTime::ofThisThread().wait(this);
}

void PeerPrivate::leaveTurn()
{
    if (std::exchange(m_isWaitingForTurn, false))
        TurnTime::ofThisThread().forget(this);
}

void PeerPrivate::turnCame()
{
    m_isWaitingForTurn = false;
    report();
}

void PeerPrivate::tellRequestsOfEnd()
{
    if (!m_requests || !m_requests->hasEnded())
        return;
    reportNext([this] { tellRequestsOfEnd(); });
    m_requests->finishFirstEnded();
}

void PeerPrivate::tellObserversOfEnd(const Error &reason, quint64 lastTold)
{
    if (SessionObserver *const observer = observers.next(&lastTold)) {
        reportNext([=, this] { goOnTellingOfEnd(reason, lastTold); });
        observer->sessionEnded(reason);
    }
}

void PeerPrivate::goOnTellingOfEnd(const Error &reason, quint64 number)
{
    SessionObserver *const observer = observers.find(number);
    if (!observer || !observer->isEnding()) {
        tellObserversOfEnd(reason, number);
        return;
    }
    reportNext([=, this] { goOnTellingOfEnd(reason, number); });
    observer->goOnEnding();
}

void PeerPrivate::tellPingsOfEnd()
{
    Session::Event event;
    if (!session || !session->takeEvent(&event))
        return;
    reportNext([this] { tellPingsOfEnd(); });
    if (const auto *const ping = std::get_if<Session::PingEnded>(&event))
        finishPing(*ping);
}

// Whoever waits may delete the peer.
void PeerPrivate::finishPing(const Session::PingEnded &event)
{
    auto node = m_pings.extract(event.id);
    if (node.empty())
        return;
    node.mapped().addResult(PingReply{event.error, event.roundTripTime});
    node.mapped().finish();
}

// Emits the signal of every property that differs. All values are new before the first of them.
void PeerPrivate::changeState(Peer::State newState)
{
    const QPointer<Peer> alive(q);
    ToldProperties &told = m_toldProperties;
    state = newState;
    told.update(*q);
    if (std::exchange(m_reportedState, newState) != newState) {
        if (told.isAnyDue())
            reportLater(); // Should the slot run an event loop.
        Q_EMIT q->stateChanged(newState);
    }
    if (alive && std::exchange(told.isSessionDue, false))
        Q_EMIT q->sessionChanged();
    if (alive && std::exchange(told.isDisconnectReasonDue, false))
        Q_EMIT q->disconnectReasonChanged(disconnectReason);
    if (alive && std::exchange(told.isReconnectAttemptsDue, false))
        Q_EMIT q->reconnectAttemptsChanged(reconnection.schedule.attempts());
}

// What is known of the last session is kept until the next attempt.
void PeerPrivate::forgetSession()
{
    session.reset();
    credentials.reset();
}

void PeerPrivate::reportNotSent(Outbox::Frames frames)
{
    std::map<quint16, QList<QByteArray>> byChannel;
    for (SendQueue::Frame &frame : frames)
        byChannel[frame.channel].append(std::move(frame.payload));
    for (const auto &[channel, payloads] : byChannel) {
        reportLater([this, itsChannel = channel, itsPayloads = payloads] {
            Q_EMIT q->framesNotSent(itsChannel, itsPayloads);
        });
    }
}

} // namespace IpcPrims
