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

/// How much has gone over a channel, or over all of them: frames, and bytes with their headers.
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
    qint64 framesSent = 0; ///< Accepted for sending; Peer::bytesQueued() tells what still waits.
    qint64 bytesSent = 0;

    friend bool operator==(const Traffic &a, const Traffic &b)
    {
        return a.framesReceived == b.framesReceived && a.bytesReceived == b.bytesReceived
               && a.framesSent == b.framesSent && a.bytesSent == b.bytesSent;
    }
    friend bool operator!=(const Traffic &a, const Traffic &b) { return !(a == b); }
};

/*!
    How a peer is doing, for programs that supervise it and for people: Peer::health() makes it and
    the peer owns it. It counts from then on; a peer that is never asked for it counts nothing.

    Everything can be asked for at any time and is as it is at that moment. stateChanged() comes at
    once, from the event loop; trafficChanged() and roundTripTimeChanged() at most four times a
    second, and only when there is something new; timePassed() four times a second, but only while
    somebody is connected to it. Slots may do anything, deleting the peer included.

    As properties, times are numbers of milliseconds, and -1 where there is none.
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
        Connecting, ///< As Peer::State::Connecting, or Waiting to try it again.
        Handshaking, ///< As Peer::State::Handshaking.
        Healthy, ///< Open, and with a heartbeat no sign of life has been missed.
        Degraded, ///< Open; signs of life were missed, fewer than the limit.
        Unresponsive, ///< Open; as many were missed as the limit says.
        Closing, ///< As Peer::State::Closing.
    };
    Q_ENUM(State)

    ~PeerHealth() override;

    State state() const;

    /*!
        Pings the other side whenever nothing was received for \a interval, to learn whether it
        still is there; off by default, and with zero. An \a interval is at least 50 ms and at most
        24 days. Any frame is a sign of life. While a ping waits for its answer, each further
        interval without one counts as missed: one makes the peer Degraded, \a missedLimit of them
        (at least 1) Unresponsive. So a peer that falls silent is Unresponsive after \a missedLimit
        + 1 intervals, or \a missedLimit of them after a Peer::ping() that comes first, never
        earlier. With the next frame it is Healthy again.

        At most one ping is under way at a time, and none is sent while one of Peer::ping() waits.
        Nothing is missed while this side holds the other one back: by Peer::setReceiving(false), by
        its receive limits, or because of requests without an answer. Silence counts anew from when
        frames are received again. So whoever is held back is never taken for dead, and whoever has
        died meanwhile is noticed after that.

        The promise classes of the reference implementation 0.2.5 stop answering at the 257th ping
        in a row. Any frame that is sent to them in between starts the count anew; where none is
        sent for long, choose a long interval.

        Unresponsive is an observation: the session goes on, and Peer::abort() ends it. Only a
        client with a ReconnectPolicy gives it up for a new one by itself.
    */
    void setHeartbeat(std::chrono::milliseconds interval, int missedLimit = 3);
    std::chrono::milliseconds heartbeatInterval() const;
    int heartbeatMissedLimit() const;

    /// Of the last ping of this session that was answered in time, the heartbeat's or one of
    /// Peer::ping().
    std::optional<std::chrono::nanoseconds> lastRoundTripTime() const;
    /// The same smoothed: each measurement counts for one eighth, as in RFC 6298.
    std::optional<std::chrono::nanoseconds> smoothedRoundTripTime() const;

    /// How long ago a frame was received or accepted for sending, of the protocol's own, too.
    std::optional<std::chrono::nanoseconds> timeSinceTraffic() const;
    /// How long ago a frame was received, of the protocol's own, too: for how long the other side
    /// has been silent, whatever this side sends.
    std::optional<std::chrono::nanoseconds> timeSinceReceived() const;

    /// All channels together, over all sessions, CONTROL included.
    Traffic traffic() const;
    /// One channel over all sessions.
    Traffic traffic(quint16 channel) const;
    /// The channels on which something has gone, in ascending order.
    QList<quint16> trafficChannels() const;

    /// See Peer::bytesQueued().
    qint64 bytesQueued() const;

    /// How many sessions the peer has had after its first one.
    int reconnectCount() const;

    /// Why a session, or an attempt at one, failed last; that it ended in order is no error. It is
    /// kept until there is another one.
    Error lastError() const;

    QString protocolVersion() const; ///< See Peer::protocolVersion().
    QString peerId() const; ///< See Peer::peerId().
    QString peerName() const; ///< See Peer::peerName().
    std::optional<PeerCredentials> credentials() const; ///< See Peer::credentials().

Q_SIGNALS:
    void stateChanged(IpcPrims::PeerHealth::State state);
    /// A ping was answered; or a session began, which has measured nothing yet.
    void roundTripTimeChanged();
    void trafficChanged();
    /// timeSinceTraffic() and timeSinceReceived() have grown, or begun anew.
    void timePassed();
    /// A session or an attempt began, went on or ended; with it whatever belongs to a session.
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
