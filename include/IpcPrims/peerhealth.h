// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/peercredentials.h>

#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <memory>
#include <optional>

namespace IpcPrims {

class Peer;
class PeerHealthPrivate;
class PeerPrivate;

/// Counters of a channel, or of all of them: frames, and bytes with their headers.
struct IPCPRIMS_CORE_EXPORT Traffic
{
    Q_GADGET
    Q_PROPERTY(qint64 framesReceived MEMBER framesReceived)
    Q_PROPERTY(qint64 bytesReceived MEMBER bytesReceived)
    Q_PROPERTY(qint64 framesSent MEMBER framesSent)
    Q_PROPERTY(qint64 bytesSent MEMBER bytesSent)

public:
    qint64 framesReceived = 0;
    qint64 bytesReceived = 0;
    qint64 framesSent = 0; ///< Accepted by send(); Peer::bytesQueued() are still queued.
    qint64 bytesSent = 0;

    friend bool operator==(const Traffic &a, const Traffic &b)
    {
        return a.framesReceived == b.framesReceived && a.bytesReceived == b.bytesReceived
               && a.framesSent == b.framesSent && a.bytesSent == b.bytesSent;
    }
    friend bool operator!=(const Traffic &a, const Traffic &b) { return !(a == b); }
};

/*!
    State, counters and heartbeat of a peer, for supervision and for status windows. Created by
    Peer::health() and owned by the peer. It counts from then on; a peer without it counts nothing.

    The functions always return current values. stateChanged() is emitted at once, from the event
    loop; trafficChanged() and roundTripTimeChanged() at most four times a second, and only if
    something has changed; timePassed() four times a second while a slot is connected to it. Slots
    may do anything, deleting the peer included.

    As properties, times are in milliseconds; -1 if there is none.
*/
class IPCPRIMS_CORE_EXPORT PeerHealth : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerHealth)
    Q_PROPERTY(IpcPrims::PeerHealth::State state READ state NOTIFY stateChanged)
    Q_PROPERTY(double lastRoundTripTime READ lastRoundTripMilliseconds NOTIFY roundTripTimeChanged)
    Q_PROPERTY(double smoothedRoundTripTime READ smoothedRoundTripMilliseconds NOTIFY
                       roundTripTimeChanged)
    Q_PROPERTY(double timeSinceTraffic READ millisecondsSinceTraffic NOTIFY timePassed)
    Q_PROPERTY(double timeSinceReceived READ millisecondsSinceReceived NOTIFY timePassed)
    Q_PROPERTY(qint64 framesReceived READ framesReceived NOTIFY trafficChanged)
    Q_PROPERTY(qint64 bytesReceived READ bytesReceived NOTIFY trafficChanged)
    Q_PROPERTY(qint64 framesSent READ framesSent NOTIFY trafficChanged)
    Q_PROPERTY(qint64 bytesSent READ bytesSent NOTIFY trafficChanged)
    Q_PROPERTY(qint64 bytesQueued READ bytesQueued NOTIFY trafficChanged)
    Q_PROPERTY(int reconnectCount READ reconnectCount NOTIFY sessionChanged)
    Q_PROPERTY(IpcPrims::Error lastError READ lastError NOTIFY sessionChanged)
    Q_PROPERTY(QString protocolVersion READ protocolVersion NOTIFY sessionChanged)
    Q_PROPERTY(QString peerId READ peerId NOTIFY sessionChanged)
    Q_PROPERTY(QString peerName READ peerName NOTIFY sessionChanged)
    Q_PROPERTY(QVariant credentials READ credentialsAsVariant NOTIFY sessionChanged)

public:
    enum class State {
        Closed, ///< As Peer::State::Closed.
        Connecting, ///< As Peer::State::Connecting or Waiting.
        Handshaking, ///< As Peer::State::Handshaking.
        Healthy, ///< Open; with a heartbeat, no sign of life was missed.
        Degraded, ///< Open; signs of life were missed, fewer than the limit.
        Unresponsive, ///< Open; as many were missed as the limit.
        Closing, ///< As Peer::State::Closing.
    };
    Q_ENUM(State)

    ~PeerHealth() override;

    State state() const;

    /*!
        Sends a ping whenever nothing was received for \a interval, which is at least 50 ms and at
        most 24 days; zero, the default, turns that off. Any frame is a sign of life. While the ping
        has no answer, each further interval without a frame counts as missed: one makes the peer
        Degraded, \a missedLimit of them (at least 1) Unresponsive. So a silent peer is Unresponsive
        after \a missedLimit + 1 intervals, or \a missedLimit intervals after a Peer::ping(), never
        earlier. The next frame makes it Healthy again.

        At most one ping is sent at a time, and none while one of Peer::ping() waits. No interval is
        missed while this side holds the other one back, by Peer::setReceiving(false), by its
        receive limits, or because of requests without an answer; the silence is measured from the
        end of that. So a peer that is held back never counts as dead.

        The promise classes of the reference implementation 0.2.5 stop answering at the 257th ping
        in a row. Any frame sent in between restarts their count; if no frames are sent for long,
        choose a long interval.

        An Unresponsive session stays open until Peer::abort(). Only a client with a ReconnectPolicy
        replaces it by a new one.
    */
    void setHeartbeat(std::chrono::milliseconds interval, int missedLimit = 3);
    std::chrono::milliseconds heartbeatInterval() const;
    int heartbeatMissedLimit() const;

    /// Of this session's last ping that was answered in time, by the heartbeat or by Peer::ping().
    std::optional<std::chrono::nanoseconds> lastRoundTripTime() const;
    /// The same, smoothed: each measurement has a weight of one eighth, as in RFC 6298.
    std::optional<std::chrono::nanoseconds> smoothedRoundTripTime() const;

    /// Time since a frame, also of CONTROL, was received or accepted by send().
    std::optional<std::chrono::nanoseconds> timeSinceTraffic() const;
    /// Time since a frame, also of CONTROL, was received: how long the other side has been silent.
    std::optional<std::chrono::nanoseconds> timeSinceReceived() const;

    /// Of all channels, CONTROL included, over all sessions.
    Traffic traffic() const;
    /// Of one channel over all sessions.
    Traffic traffic(quint16 channel) const;
    /// The channels with traffic, in ascending order.
    QList<quint16> trafficChannels() const;

    /// See Peer::bytesQueued().
    qint64 bytesQueued() const;

    /// The number of sessions after the first one.
    int reconnectCount() const;

    /// Why a session or an attempt failed last. Kept until the next failure.
    Error lastError() const;

    QString protocolVersion() const; ///< See Peer::protocolVersion().
    QString peerId() const; ///< See Peer::peerId().
    QString peerName() const; ///< See Peer::peerName().
    std::optional<PeerCredentials> credentials() const; ///< See Peer::credentials().

Q_SIGNALS:
    void stateChanged(IpcPrims::PeerHealth::State state);
    /// A ping was answered, or a session without a measurement began.
    void roundTripTimeChanged();
    void trafficChanged();
    /// timeSinceTraffic() and timeSinceReceived() have changed.
    void timePassed();
    /// A session or an attempt has begun, changed or ended, and with it the facts of a session.
    void sessionChanged();

protected:
    void connectNotify(const QMetaMethod &signal) override;
    void timerEvent(QTimerEvent *event) override;

private:
    friend class PeerHealthPrivate;
    friend class PeerPrivate;
    PeerHealth(Peer *peer, PeerPrivate *peerPrivate);

    double lastRoundTripMilliseconds() const;
    double smoothedRoundTripMilliseconds() const;
    double millisecondsSinceTraffic() const;
    double millisecondsSinceReceived() const;
    qint64 framesReceived() const { return traffic().framesReceived; }
    qint64 bytesReceived() const { return traffic().bytesReceived; }
    qint64 framesSent() const { return traffic().framesSent; }
    qint64 bytesSent() const { return traffic().bytesSent; }
    QVariant credentialsAsVariant() const;

    std::unique_ptr<PeerHealthPrivate> d;
};

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::Traffic)
