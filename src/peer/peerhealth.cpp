// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/peerhealth.h>

#include "peer/peer_p.h"
#include "peer/peerhealth_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qmetaobject.h>

#include <algorithm>

namespace IpcPrims {

static double toMilliseconds(const std::optional<std::chrono::nanoseconds> &time)
{
    return time ? std::chrono::duration<double, std::milli>(*time).count() : -1;
}

PeerHealth::PeerHealth(Peer *peer, PeerPrivate *peerPrivate)
    : QObject(peer)
    , d(std::make_unique<PeerHealthPrivate>(this, peer, peerPrivate))
{}

PeerHealth::~PeerHealth() = default;

void PeerHealth::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&PeerHealth::timePassed))
        QMetaObject::invokeMethod(this, [this] { d->startTicking(); }); // In the peer's thread.
}

void PeerHealth::timerEvent(QTimerEvent *event)
{
    d->onTimer(event->timerId());
}

PeerHealth::State PeerHealth::state() const
{
    return d->state();
}

void PeerHealth::setHeartbeat(std::chrono::milliseconds interval, int missedLimit)
{
    d->setHeartbeat(interval, missedLimit);
}

std::chrono::milliseconds PeerHealth::heartbeatInterval() const
{
    return d->heartbeat.interval();
}

int PeerHealth::heartbeatMissedLimit() const
{
    return d->heartbeat.missedLimit();
}

std::optional<std::chrono::nanoseconds> PeerHealth::lastRoundTripTime() const
{
    return d->lastRoundTripTime;
}

double PeerHealth::lastRoundTripMilliseconds() const
{
    return toMilliseconds(d->lastRoundTripTime);
}

std::optional<std::chrono::nanoseconds> PeerHealth::smoothedRoundTripTime() const
{
    return d->smoothedRoundTripTime;
}

double PeerHealth::smoothedRoundTripMilliseconds() const
{
    return toMilliseconds(d->smoothedRoundTripTime);
}

static std::optional<std::chrono::nanoseconds>
timeSince(const std::optional<Heartbeat::Instant> &instant)
{
    if (!instant)
        return std::nullopt;
    return Heartbeat::Clock::now() - *instant;
}

std::optional<std::chrono::nanoseconds> PeerHealth::timeSinceTraffic() const
{
    return timeSince(d->lastTraffic);
}

double PeerHealth::millisecondsSinceTraffic() const
{
    return toMilliseconds(timeSinceTraffic());
}

std::optional<std::chrono::nanoseconds> PeerHealth::timeSinceReceived() const
{
    return timeSince(d->lastReceived);
}

double PeerHealth::millisecondsSinceReceived() const
{
    return toMilliseconds(timeSinceReceived());
}

Traffic PeerHealth::traffic() const
{
    return d->counts.total();
}

Traffic PeerHealth::traffic(quint16 channel) const
{
    const auto &byChannel = d->counts.byChannel();
    const auto found = byChannel.find(channel);
    return found == byChannel.end() ? Traffic() : found->second;
}

QList<quint16> PeerHealth::trafficChannels() const
{
    QList<quint16> channels;
    for (const auto &[channel, traffic] : d->counts.byChannel())
        channels.append(channel);
    return channels;
}

qint64 PeerHealth::bytesQueued() const
{
    return d->peer->bytesQueued();
}

int PeerHealth::reconnectCount() const
{
    return std::max(0, int(d->peerPrivate->reconnection.generation) - 1);
}

Error PeerHealth::lastError() const
{
    return d->lastError;
}

QString PeerHealth::protocolVersion() const
{
    return d->peer->protocolVersion();
}

QString PeerHealth::peerId() const
{
    return d->peer->peerId();
}

QString PeerHealth::peerName() const
{
    return d->peer->peerName();
}

std::optional<PeerCredentials> PeerHealth::credentials() const
{
    return d->peer->credentials();
}

QVariant PeerHealth::credentialsAsVariant() const
{
    const auto known = credentials();
    return known ? QVariant::fromValue(*known) : QVariant();
}

} // namespace IpcPrims
