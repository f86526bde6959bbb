// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "frame/payloadlimits_p.h"
#include "session/channelagreement_p.h"
#include "session/channelset_p.h"
#include "session/controlmessage_p.h"
#include "session/deadline_p.h"
#include "session/handshake_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <optional>
#include <variant>

namespace IpcPrims {

/// What one side brings to a session.
struct IPCPRIMS_AUTOTEST_EXPORT SessionSettings
{
    HandshakeTerms terms;
    /// How this end calls itself; empty for not at all. See Peer::setName().
    QString name;
    std::chrono::milliseconds handshakeTimeout = DefaultTimeout;
    /// How long a shutdown may take without any progress.
    std::chrono::milliseconds shutdownTimeout = DefaultTimeout;

    // Of a client.
    std::optional<QByteArray> authToken;
    TokenFormat tokenFormat = TokenFormat::HexObject;

    // Of a server.
    QByteArray peerId;
    /// Whether to ask before a request that could be granted is answered.
    bool asksForAuthorization = false;

    /// Says why no handshake could succeed with these settings, before anything is connected.
    Error validate() const;
};

/*!
    One end of a session from the first byte of the handshake to its end: protocol sections 3 and 4
    as a state machine. Takes frames and the time, gives back events; knows no I/O and no timers.

    After each call of a function that isn't const, take the events with takeEvent() until there is
    none, and look at deadline() again.
*/
class IPCPRIMS_AUTOTEST_EXPORT Session
{
public:
    using Clock = std::chrono::steady_clock;
    using Instant = Clock::time_point;

    enum class Role { Client, Server };

    enum class State {
        Handshaking,
        Authorizing, ///< Of a server: the request could be granted; grant() or refuse() is awaited.
        Open,
        ClosingHere, ///< This side asked to shut down and waits for the acknowledgement.
        ClosingThere, ///< The other side asked; it was acknowledged and is expected to close.
        Draining, ///< Over, as far as frames go; see the event of that name.
        Ended,
    };

    // Events

    /// A control frame is to be sent.
    struct Send
    {
        QByteArray payload;
        /// Only after everything that was accepted for sending.
        bool isLast = false;
    };
    /// A client's request could be granted; channels() are those it would get. To be answered with
    /// grant() or refuse(); the session takes no frames until then.
    struct AuthorizationAsked
    {
        QList<quint16> requestedChannels; // As the client sent them.
    };
    /// The handshake is over; channels() and peerId() are known.
    struct Opened
    {};
    /// The other side asked to shut down. What is still to be sent has to be accepted now, before
    /// acknowledgeShutdown().
    struct ShutdownAsked
    {
        QString reason;
    };
    struct PingEnded
    {
        quint64 id = 0;
        Error error;
        std::chrono::nanoseconds roundTripTime = std::chrono::nanoseconds::zero();
    };
    /// The other side has brought the end about. Nothing more is received or accepted for sending,
    /// but what was accepted before is still to be written; then, or if it can't be, drained() is
    /// to be called.
    struct Draining
    {};
    /// The session is over and the stream to be closed. No error after an orderly shutdown. Only
    /// the ends of pings that were under way follow.
    struct Ended
    {
        Error reason;
    };
    using Event = std::variant<Send, AuthorizationAsked, Opened, ShutdownAsked, PingEnded, Draining,
                               Ended>;

    Session(Role role, SessionSettings settings);

    /// Whether there was one, which then is in \a event.
    bool takeEvent(Event *event);

    /// When timePassed() is to be called next, at the latest.
    Deadline deadline() const;

    // What happens

    void start(Instant now);

    /*!
        Whether a frame on \a channel belongs to the application. This is asked for every frame, so
        it is all that is done for one; frames it denies go to receive().
    */
    bool delivers(quint16 channel)
    {
        if (Q_UNLIKELY(!m_isReceiving || !m_channelSet.contains(channel)))
            return false;
        m_controlRun = 0;
        return true;
    }
    void receive(quint16 channel, QByteArrayView payload, Instant now);

    /// Nothing more can be read from the stream, with \a error if not because it has ended between
    /// two frames.
    void streamEnded(const Error &error, Instant now);

    /// What was accepted before the end has been written, or can't be.
    void drained();

    /// \a bytesQueued tells a slow receiver, which is waited for, from one that doesn't read.
    void timePassed(Instant now, qint64 bytesQueued);

    /// The answer to AuthorizationAsked: the client gets those of \a channels that it would get
    /// anyway, or is refused if that leaves none. Comes to nothing if the session has ended.
    void grant(const QList<quint16> &channels);
    /// As above, in the manner of every refusal: without a word to the client.
    void refuse(const Error &reason);

    /// The answer to ShutdownAsked. Comes to nothing if the session has ended.
    void acknowledgeShutdown(Instant now);

    // What this side wants

    bool acceptsSend(quint16 channel) const
    {
        return m_state == State::Open && m_channelSet.contains(channel);
    }
    /// Why acceptsSend() says no.
    Error sendError(quint16 channel) const;
    /// How channels() came about.
    ChannelAgreement agreement() const;

    /// Returns the id that PingEnded will have.
    quint64 ping(Instant now, std::chrono::milliseconds timeout);

    void shutDown(const QString &reason, Instant now)
    {
        shutDown(reason, now, m_settings.shutdownTimeout);
    }
    void shutDown(const QString &reason, Instant now, std::chrono::milliseconds timeout);

    /// Ends the session if the other side leaves so many bytes of answers to its pings unread.
    void judgeUnreadAnswers(qint64 bytes);

    /// Ends the session at once, for a reason of this side's.
    void abandon(const Error &reason);
    /// Ends the session for something that the other side did to the application: see Draining.
    void reject(const Error &reason, Instant now);

    // What is known

    State state() const { return m_state; }
    /// Whether no frame is received or sent any more.
    bool isOver() const { return m_state == State::Draining || m_state == State::Ended; }
    /// Why that is.
    const Error &endReason() const { return m_endReason; }
    bool hasChannel(quint16 channel) const { return m_channelSet.contains(channel); }
    bool isShakingHands() const
    {
        return m_state == State::Handshaking || m_state == State::Authorizing;
    }
    /// What may be received at this point, if the application allows \a ofTheApplication in an open
    /// session. CONTROL has the protocol's own limits.
    PayloadLimits payloadLimits(PayloadLimits ofTheApplication) const;
    /// Whether an answer is still to come, be it too late.
    bool isPingUnderWay() const { return !m_pings.empty(); }
    const QList<quint16> &channels() const { return m_channels; }
    const QByteArray &peerId() const { return m_peerId; }
    /// How the other end calls itself, at most MaxPeerNameLength characters of it.
    const QString &peerName() const { return m_peerName; }
    /// The server's version, once the handshake is over.
    const QByteArray &protocolVersion() const { return m_protocolVersion; }
    /// The client's token, once; see Peer::takeAuthToken().
    std::optional<QByteArray> takeAuthToken();

private:
    struct PendingPing
    {
        quint64 id = 0;
        Instant sentAt;
        Deadline deadline;
        /// Its answer is still to come first, and must not be taken for that of a later ping.
        bool hasTimedOut = false;
    };

    QByteArray encodeOwnRequest() const;
    void receiveRequest(QByteArrayView payload);
    Error acceptRequest(QByteArrayView payload, QList<quint16> *requestedChannels);
    void respond();
    Error acceptResponse(QByteArrayView payload);
    void open();
    void receiveControl(QByteArrayView payload, Instant now);
    bool isFlood(Instant now);
    void receivePong(Instant now);
    void receiveShutdownRequest(const QString &reason, Instant now);
    void drain(const Error &reason, Instant now);
    void end(const Error &reason);
    Error unacknowledged(const Error &error) const;
    QString shutdownText() const;

    const Role m_role;
    const SessionSettings m_settings;
    State m_state = State::Handshaking;
    Fifo<Event> m_events;

    QList<quint16> m_channels;
    ChannelSet m_channelSet;
    bool m_isReceiving = false;
    QByteArray m_peerId;
    QString m_peerName;
    QByteArray m_protocolVersion;
    std::optional<QByteArray> m_clientToken;

    // Control frames that nobody asked for since the last data frame, and when the first one came.
    int m_controlRun = 0;
    Instant m_controlRunStart;

    Fifo<PendingPing> m_pings;
    quint64 m_lastPingId = 0;

    // Of the handshake, then of the shutdown or of draining.
    Deadline m_deadline;
    std::chrono::milliseconds m_shutdownTimeout = m_settings.shutdownTimeout;
    qint64 m_bytesQueuedBefore = 0;
    bool m_wasAskedToShutDown = false;
    QString m_shutdownReason;
    Error m_endReason;
};

} // namespace IpcPrims
