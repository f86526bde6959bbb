// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/heartbeat_p.h"
#include "peer/trafficcounts_p.h"

#include <IpcPrims/peerhealth.h>

#include <QtCore/qbasictimer.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/// Listens to a peer: to its signals, and to what it says directly because a frame costs less that
/// way. None of these calls emits a signal.
class PeerHealthPrivate
{
public:
    PeerHealthPrivate(PeerHealth *health, Peer *peer, PeerPrivate *peerPrivate);
    Q_DISABLE_COPY_MOVE(PeerHealthPrivate)

    void frameReceived(quint16 channel, qint64 payloadSize);
    void frameSent(quint16 channel, qint64 payloadSize);
    void pingSent() { heartbeat.asked(Heartbeat::Clock::now()); }
    void roundTripMeasured(std::chrono::nanoseconds time);
    void receivingChanged();

    PeerHealth::State state() const;
    void setHeartbeat(std::chrono::milliseconds interval, int missedLimit);
    void onTimer(int id);
    /// Somebody has been connected to timePassed().
    void startTicking();
    /// The thread ends, or another one follows.
    void stopTimers();
    void resumeTimers();

    PeerHealth *const q;
    Peer *const peer;
    PeerPrivate *const peerPrivate;

    Heartbeat heartbeat;
    TrafficCounts counts;
    std::optional<std::chrono::nanoseconds> lastRoundTripTime;
    std::optional<std::chrono::nanoseconds> smoothedRoundTripTime;
    std::optional<Heartbeat::Instant> lastTraffic;
    std::optional<Heartbeat::Instant> lastReceived;
    Error lastError;

private:
    void peerStateChanged();
    void noteError();
    void startHeartbeat();
    void updateHeartbeatTimer();
    void onHeartbeatTimer();
    void reportState();
    void reportStateLater();
    void reportMeasuresLater();
    void reportMeasures();
    void tick();

    QBasicTimer m_heartbeatTimer;
    bool m_hasLookedAgain = false;

    PeerHealth::State m_reportedState;
    bool m_isStateReportDue = false;

    QBasicTimer m_measuresTimer;
    bool m_hasNewTraffic = false;
    bool m_hasNewRoundTripTime = false;

    QBasicTimer m_tickTimer;
};

} // namespace IpcPrims
