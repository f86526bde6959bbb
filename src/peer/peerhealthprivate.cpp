// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peerhealth_p.h"

#include "frame/header_p.h"
#include "peer/peer_p.h"
#include "peer/peerlog_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

// Nobody reads numbers that change faster.
static constexpr std::chrono::milliseconds MeasuresPeriod = std::chrono::milliseconds(250);

// A ping of the heartbeat waits for its answer as long as the session lasts.
static constexpr std::chrono::milliseconds Never = std::chrono::milliseconds::max();

PeerHealthPrivate::PeerHealthPrivate(PeerHealth *health, Peer *itsPeer,
                                     PeerPrivate *privateOfThatPeer)
    : q(health)
    , peer(itsPeer)
    , peerPrivate(privateOfThatPeer)
    , m_reportedState(state())
{
    noteError();
    QObject::connect(peer, &Peer::stateChanged, q, [this] { peerStateChanged(); });
    QObject::connect(peer, &Peer::sessionChanged, q, &PeerHealth::sessionChanged);
    QObject::connect(peer, &Peer::disconnected, q, [this] {
        noteError();
        Q_EMIT q->sessionChanged();
    });
    QObject::connect(peer, &Peer::bytesQueuedChanged, q, [this] {
        m_hasNewTraffic = true;
        reportMeasuresLater();
    });
    startHeartbeat();
}

PeerHealth::State PeerHealthPrivate::state() const
{
    switch (peer->state()) {
    case Peer::State::Closed:
        break;
    case Peer::State::Waiting:
    case Peer::State::Connecting:
        return PeerHealth::State::Connecting;
    case Peer::State::Handshaking:
        return PeerHealth::State::Handshaking;
    case Peer::State::Open:
        if (heartbeat.missed() == 0)
            return PeerHealth::State::Healthy;
        return heartbeat.isUnresponsive() ? PeerHealth::State::Unresponsive
                                          : PeerHealth::State::Degraded;
    case Peer::State::Closing:
        return PeerHealth::State::Closing;
    }
    return PeerHealth::State::Closed;
}

// What the peer says

void PeerHealthPrivate::frameReceived(quint16 channel, qint64 payloadSize)
{
    const auto now = Heartbeat::Clock::now();
    counts.addReceived(channel, FrameHeader::Size + payloadSize);
    lastTraffic = lastReceived = now;
    const bool wasHealthy = heartbeat.missed() == 0;
    heartbeat.received(now);
    if (Q_UNLIKELY(!wasHealthy)) {
        updateHeartbeatTimer();
        reportStateLater();
    }
    if (!std::exchange(m_hasNewTraffic, true))
        reportMeasuresLater();
}

void PeerHealthPrivate::frameSent(quint16 channel, qint64 payloadSize)
{
    counts.addSent(channel, FrameHeader::Size + payloadSize);
    lastTraffic = Heartbeat::Clock::now();
    if (!std::exchange(m_hasNewTraffic, true))
        reportMeasuresLater();
}

void PeerHealthPrivate::roundTripMeasured(std::chrono::nanoseconds time)
{
    lastRoundTripTime = time;
    smoothedRoundTripTime = smoothedRoundTripTime ? (*smoothedRoundTripTime * 7 + time) / 8 : time;
    m_hasNewRoundTripTime = true;
    reportMeasuresLater();
}

void PeerHealthPrivate::receivingChanged()
{
    startHeartbeat();
}

void PeerHealthPrivate::peerStateChanged()
{
    const QPointer<PeerHealth> alive(q);
    bool hadRoundTripTime = false;
    if (peer->state() == Peer::State::Open) {
        hadRoundTripTime = bool(lastRoundTripTime);
        lastRoundTripTime.reset();
        smoothedRoundTripTime.reset();
    } else {
        heartbeat.stop();
    }
    startHeartbeat();
    reportState();
    if (alive && hadRoundTripTime)
        Q_EMIT q->roundTripTimeChanged();
    if (alive)
        Q_EMIT q->sessionChanged();
}

void PeerHealthPrivate::noteError()
{
    const Error reason = peer->disconnectReason();
    if (!reason.isOrderlyEnd())
        lastError = reason;
}

// Heartbeat

void PeerHealthPrivate::setHeartbeat(std::chrono::milliseconds interval, int missedLimit)
{
    heartbeat.configure(interval, missedLimit, Heartbeat::Clock::now());
    startHeartbeat();
    reportStateLater();
}

void PeerHealthPrivate::startHeartbeat()
{
    if (peer->isOpen() && peerPrivate->receives())
        heartbeat.start(Heartbeat::Clock::now());
    else
        heartbeat.suspend();
    updateHeartbeatTimer();
}

void PeerHealthPrivate::updateHeartbeatTimer()
{
    m_hasLookedAgain = false;
    const auto deadline = heartbeat.deadline();
    if (!deadline) {
        m_heartbeatTimer.stop();
        return;
    }
    const auto left
            = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Heartbeat::Clock::now());
    const auto bounded = boundedTimeout(left);
    m_heartbeatTimer.start(int(bounded.count()), Qt::PreciseTimer, q);
}

void PeerHealthPrivate::stopTimers()
{
    m_heartbeatTimer.stop();
    m_measuresTimer.stop();
    m_tickTimer.stop();
}

void PeerHealthPrivate::resumeTimers()
{
    updateHeartbeatTimer();
    if (m_hasNewTraffic || m_hasNewRoundTripTime)
        reportMeasuresLater();
    startTicking();
}

void PeerHealthPrivate::onTimer(int id)
{
    if (id == m_heartbeatTimer.timerId())
        onHeartbeatTimer();
    else if (id == m_measuresTimer.timerId())
        reportMeasures();
    else if (id == m_tickTimer.timerId())
        tick();
}

void PeerHealthPrivate::onHeartbeatTimer()
{
    const auto deadline = heartbeat.deadline();
    const auto now = Heartbeat::Clock::now();
    if (!deadline || now < *deadline || !peer->isOpen()) {
        updateHeartbeatTimer();
        return;
    }
    // If this thread was busy for long, an answer may be there and only not have been read yet. So
    // silence is judged after the event loop has had a look at the socket.
    if (!std::exchange(m_hasLookedAgain, true)) {
        m_heartbeatTimer.start(0, q);
        return;
    }
    const QPointer<PeerHealth> alive(q);
    if (heartbeat.timePassed(now, peerPrivate->session->isPingUnderWay()))
        static_cast<void>(peer->ping(Never));
    if (!alive)
        return;
    updateHeartbeatTimer();
    reportState();
}

// Reports

void PeerHealthPrivate::reportState()
{
    const PeerHealth::State now = state();
    if (std::exchange(m_reportedState, now) == now)
        return;
    if (now != PeerHealth::State::Unresponsive) {
        Q_EMIT q->stateChanged(now);
        return;
    }
    PeerLog::peerUnresponsive(*peerPrivate->session, heartbeat.missed());
    const QPointer<PeerHealth> alive(q);
    Q_EMIT q->stateChanged(now);
    if (alive && state() == PeerHealth::State::Unresponsive)
        peerPrivate->reconnectUnresponsive();
}

void PeerHealthPrivate::reportStateLater()
{
    if (std::exchange(m_isStateReportDue, true))
        return;
    QMetaObject::invokeMethod(
            q,
            [this] {
                m_isStateReportDue = false;
                reportState();
            },
            Qt::QueuedConnection);
}

void PeerHealthPrivate::reportMeasuresLater()
{
    if (!m_measuresTimer.isActive())
        m_measuresTimer.start(int(MeasuresPeriod.count()), q);
}

// Until there was a frame, there is no time that passes.
void PeerHealthPrivate::startTicking()
{
    if (!lastTraffic || m_tickTimer.isActive())
        return;
    if (q->isSignalConnected(QMetaMethod::fromSignal(&PeerHealth::timePassed)))
        m_tickTimer.start(int(MeasuresPeriod.count()), q);
}

void PeerHealthPrivate::tick()
{
    m_tickTimer.stop();
    startTicking();
    if (m_tickTimer.isActive())
        Q_EMIT q->timePassed();
}

void PeerHealthPrivate::reportMeasures()
{
    const QPointer<PeerHealth> alive(q);
    m_measuresTimer.stop();
    startTicking();
    if (std::exchange(m_hasNewTraffic, false))
        Q_EMIT q->trafficChanged();
    if (alive && std::exchange(m_hasNewRoundTripTime, false))
        Q_EMIT q->roundTripTimeChanged();
}

} // namespace IpcPrims
