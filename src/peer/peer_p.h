// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "frame/framelink_p.h"
#include "frame/turntime_p.h"
#include "peer/attemptpacing_p.h"
#include "peer/channelhandlers_p.h"
#include "peer/crossthreadsender_p.h"
#include "peer/framehandlerslot_p.h"
#include "peer/queuewatch_p.h"
#include "peer/receivethrottle_p.h"
#include "peer/reconnection_p.h"
#include "peer/report_p.h"
#include "peer/requests_p.h"
#include "peer/sessionobserver_p.h"
#include "peer/sessionstreams_p.h"
#include "peer/taskbox_p.h"
#include "peer/toldproperties_p.h"
#include "peer/validation_p.h"
#include "session/session_p.h"
#include "transport/broughtsocket_p.h"
#include "transport/connection_p.h"
#include "transport/connector_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/receivelimits.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qiodevice.h>
#include <QtCore/qpromise.h>
#include <QtCore/qthread.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace IpcPrims {

class PeerHealth;
class PeerHealthPrivate;

/*!
    Drives a Session with a FrameLink and a timer, and tells the Peer's users what comes of it.

    What the event loop brings is reported at once. What a call of the application leads to is
    reported by report(), which runs from the event loop: so no signal is emitted inside a call.
    Where many are to be told, as at the end of a session, that takes no more than the peer's part
    of a turn.
*/
class PeerPrivate final : public FrameLink::Sink,
                          private Connector::Listener,
                          private QueueWatch::Owner,
                          private TurnTime::Waiter
{
public:
    /// Who has accepted the peer's connection.
    class Owner
    {
    public:
        /// To be answered with grant() or refuse(); only if the settings say that this is asked.
        virtual void authorizationAsked(Peer *peer, const QList<quint16> &requestedChannels) = 0;
        virtual void peerOpened(Peer *peer) = 0;
        virtual void peerEnded(Peer *peer, const Error &reason) = 0;
        virtual void peerDestroyed(Peer *peer) = 0;

    protected:
        ~Owner() = default;
    };

    explicit PeerPrivate(Peer *peer);
    ~PeerPrivate();
    Q_DISABLE_COPY_MOVE(PeerPrivate)

    /// What calls answer that need a session.
    static Error notConnectedError();

    /// Ends everything without a signal, for the peer's destructor.
    void cancel();

    /// The server's end: shakes hands over \a connection.
    void acceptConnection(Connection connection, const SessionSettings &serverSettings,
                          Owner *serverOwner);
    /// The answers to Owner::authorizationAsked(); nothing if the session has ended meanwhile.
    void grant(const QList<quint16> &grantedChannels);
    void refuse(const Error &reason);

    void connectTo(const Endpoint &endpoint);
    void connectOver(std::unique_ptr<QIODevice> device);
    void beginOver(qintptr socketDescriptor, Session::Role role);
    QFuture<Error> close(const QString &reason);
    void abort(const Error &reason);
    void setReceiving(bool receiving);
    void setReceiveLimits(const ReceiveLimits &limits);
    /// Receives nothing as long as there is somebody who wants that, whatever the application
    /// wants; but the acknowledgement of this side's shutdown comes after everything else.
    void holdBack(const void *holder, bool hold);
    bool receives() const
    {
        return isReceiving && m_isOpeningTold && (m_holders.empty() || isClosingHere());
    }
    bool isClosingHere() const
    {
        return session && session->state() == Session::State::ClosingHere;
    }
    Error setFrameHandler(quint16 channel, Peer::FrameHandler handler, const ChannelUser &user);
    /// Who has the channel for itself, if anybody.
    std::optional<ChannelUser> channelUser(quint16 channel) const;
    /// Why the application may send nothing of its own on COMMAND; no error if it may.
    Error commandError() const;
    void setRequestLimits(const RequestLimits &limits);
    void setReconnectPolicy(const ReconnectPolicy &policy);
    std::chrono::milliseconds nextRetryIn() const;
    /// Whether the timer was one of the peer's own.
    bool onTimer(int id);
    /// The heartbeat has found no sign of life: who reconnects tries a new session.
    void reconnectUnresponsive();
    Error send(quint16 channel, const QByteArray &payload)
    {
        if (Q_UNLIKELY(!session || !session->acceptsSend(channel)))
            return sendLater(channel, payload);
        if (Q_UNLIKELY(validation.validator))
            return sendIfValid(channel, payload);
        return enqueue(channel, payload);
    }
    Error send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy);
    /// As Peer::send(), for what the library says of a stream, which no validator judges.
    Error sendMark(quint16 channel, const QByteArray &payload);
    /// As send(), in a session that has the channel, perhaps for one of many peers: \a payload is
    /// not checked anew if the validator is the one that it has \a passed. \a dropped says how
    /// many frames have made room for it.
    Error sendInSession(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy,
                        FrameLink::Leaving leaving, const PayloadValidator *passed,
                        qsizetype *dropped);
    /// What send() does once nothing speaks against it.
    Error enqueue(quint16 channel, const QByteArray &payload)
    {
        if (Q_LIKELY(!m_watcher && link->acceptsFrames()))
            return link->send(channel, payload);
        return enqueueSlowly(channel, payload);
    }
    /// Whether frames can be sent at all, and not only be kept for another session.
    bool sendsFrames() const
    {
        return session && session->state() == Session::State::Open && link->acceptsFrames();
    }
    /// To be emitted from the event loop, before anything else happens to the peer.
    void reportNotSent(Outbox::Frames frames);
    template<typename Channels>
    void reportReady(const Channels &channels)
    {
        for (const quint16 channel : channels)
            reportLater([this, channel] { Q_EMIT q->readyToSend(channel); });
    }
    /// Whether this is the peer's thread. It lives in the one that has made it, or opened the
    /// session.
    bool isInOwnThread() const
    {
        return QThread::currentThreadId() == m_thread.load(std::memory_order_relaxed);
    }
    /// The peer is moved to another thread, and all are others until the next session.
    void leaveThread();
    void updateTerms();
    /// From now on the other side may stop a stream.
    void routeStreamMarks() { m_routesFrames = m_routesStreamMarks = true; }
    /// Somebody has been connected to bytesQueuedChanged().
    void watchQueue();
    void watchProperties() { m_toldProperties.watch(*q); }
    qint64 bytesQueued() const override;
    QFuture<PingReply> ping(std::chrono::milliseconds timeout);
    /// Makes it if there is none yet.
    PeerHealth *healthOfPeer();
    /// Made when they are first needed: most peers of a server neither ask nor answer.
    Requests &requests();

    // What requests need

    /// Ends the session at once, for a reason of this side's.
    void abandon(const Error &reason);
    /// Ends it for what the other side did, when all that was accepted has been written.
    void reject(const Error &reason);
    /// As close(), but with an error, whose message the other side gets as the reason.
    void closeBecauseOf(const Error &error);

    Peer *const q;

    // Configuration
    SessionSettings settings;
    Transport transport = Transport::Automatic;
    WaterMarks waterMarks;
    ReceiveLimits receiveLimits;
    bool isReceiving = true;
    FrameHandlerSlot frameHandler;
    Validation validation;
    Reconnection reconnection;
    CrossThreadSender fromOtherThreads;
    TaskBox tasksFromOtherThreads;
    RequestLimits requestLimits;
    SessionObservers observers;
    SessionStreams streams;
    /// Of JSON-RPC calls: whoever makes some, and in whatever thread, uses none that was used
    /// before.
    std::atomic<quint64> lastRpcCall = 0;
    bool answersFailedRequests = true;

    // What is known of the session, or of the last one until there is another
    Peer::State state = Peer::State::Closed;
    Error disconnectReason;
    std::optional<Session> session;
    std::optional<PeerCredentials> credentials;
    FrameLink::Pointer link; // Only while there is a connection.
    Owner *owner = nullptr; // As long as that one wants to hear of the peer.

private:
    // Connector::Listener
    void connectorSucceeded(Connection connection) override;
    void connectorFailed(const Error &error) override;

    // FrameLink::Sink
    void frameDecoded(DecodedFrame &frame) override;
    void linkEnded(const Error &error) override;
    void linkDrained() override;
    void readyToSend(quint16 channel) override;
    void queueChanged() override
    {
        if (m_queueWatch)
            m_queueWatch->noteChange();
    }

    // QueueWatch::Owner
    bool isQueueObserved() const override;
    bool isQueueMoving() const override { return link != nullptr; }
    void setQueueWatched(bool isWatched) override;
    void reportBytesQueued(qint64 bytes) override;

    /// What connectToServer() or connectOver() asked for, as the settings were then.
    struct Attempt
    {
        Target target;
        bool isOverDevice = false; // In place of the endpoint:
        std::unique_ptr<QIODevice> device = nullptr;
        std::optional<BroughtSocket> socket = std::nullopt; // Or in that of both.
        Session::Role role = Session::Role::Client;
    };

    Error sendError(quint16 channel) const;
    Error enqueueSlowly(quint16 channel, const QByteArray &payload);
    void sendAccepted(const SendQueue::Frame &frame);
    void sendAllThatWaits();
    void sendAllOfOtherThreads();
    bool keepsFrames(quint16 channel) const;
    Error sendLater(quint16 channel, const QByteArray &payload,
                    SlowPeerPolicy policy = SlowPeerPolicy::DropNewest);
    Error replaceError(quint16 channel) const;
    Error keepForNextSession(quint16 channel, const QByteArray &payload);
    Error sendIfValid(quint16 channel, const QByteArray &payload);
    Error checkInSession(quint16 channel, const QByteArray &payload) const;
    bool route(DecodedFrame &frame);
    bool admits(quint16 channel, QByteArrayView payload);
    void sendValidationAnswer();
    void enterThread();
    void threadEnded();
    void prepare(Attempt attempt);
    void beginWhenDue();
    void begin(Attempt attempt);
    void beginOver(Attempt attempt);
    void beginOverSocket(const Attempt &attempt);
    void startSession(Session::Role role, const SessionSettings &settingsThen,
                      Connection connection,
                      FrameLink::Writing writing = FrameLink::Writing::AtOnce);

    void processEvents();
    /// The same inside a call of the application's, in which nothing is emitted.
    void processEventsInCall();
    void handle(const Session::Send &event);
    void handle(const Session::AuthorizationAsked &event);
    void handle(const Session::Opened &event);
    void handle(const Session::ShutdownAsked &event);
    void handle(const Session::PingEnded &event);
    void handle(const Session::Draining &event);
    void handle(const Session::Ended &event);

    void planRetry(const Error &reason);
    void cancelRetry();
    void sendKept();

    void reportLater();
    void reportLater(Report report);
    void addReport(Report report);
    void reportNext(Report report);
    void report();
    bool isTurnOver() const;
    void waitForTurn();
    void leaveTurn();
    void turnCame() override;
    void changeState(Peer::State newState);
    void forgetSession();
    void finish(const Error &reason);
    void dropConnection();
    void waitWhenQuitting();
    void waitForEnd();
    void finishClosing(const Error &reason);
    void tellReports();
    void tellObserversOfRoom(quint16 channel, quint64 lastTold);
    void tellRequestsOfEnd();
    void tellObserversOfEnd(const Error &reason, quint64 lastTold);
    void goOnTellingOfEnd(const Error &reason, quint64 number);
    void tellPingsOfEnd();
    void finishPing(const Session::PingEnded &event);
    void updateReceiving();
    void applyReceiveLimits();
    void updateTimer();
    void onDeadline();
    void onRetryTimer();

    std::atomic<Qt::HANDLE> m_thread = QThread::currentThreadId();
    QMetaObject::Connection m_onThreadEnded;
    QBasicTimer m_timer;
    std::optional<Session::Instant> m_timerDeadline;
    AttemptPacing m_pacing;
    QBasicTimer m_attemptTimer; // While m_attempt waits for its time.
    std::unique_ptr<Connector> m_connector;
    SessionSettings m_connectorSettings; // For the session over what it brings.
    std::map<quint64, QPromise<PingReply>> m_pings;
    bool m_routesFrames = false; // Whether one of these may take some:
    bool m_routesStreamMarks = false;
    std::unique_ptr<Requests> m_requests;
    ChannelHandlers m_channelHandlers;
    std::set<const void *> m_holders; // Who holds the other side back.
    QByteArray m_validationAnswer; // To be sent when there is room.
    std::unique_ptr<ReceiveThrottle> m_throttle; // Of the open session, if there is a rate.
    std::unique_ptr<PeerHealth> m_health;
    PeerHealthPrivate *m_watcher = nullptr; // Of m_health.
    QueueWatch *m_queueWatch = nullptr; // The peer's child, once somebody has asked for it.

    // For report()
    bool m_isInCall = false; // Of the application's.
    bool m_isReportDue = false;
    QBasicTimer m_reportTimer; // While there are reports and one of them is told.
    Peer::State m_reportedState = Peer::State::Closed;
    ToldProperties m_toldProperties;
    std::optional<Error> m_unreportedEnd;
    Error m_closeReason; // Of closeBecauseOf().
    std::optional<Attempt> m_attempt; // To begin.
    Fifo<Report, 8> m_reports; // One for each to be told, in order.
    bool m_isWaitingForTurn = false; // turnCame() is to come.
    bool m_isThreadEnding = false; // No other turn will come.
    bool m_isGoing = false; // The peer is being destroyed, and nothing is told any more.
    bool m_isOpeningTold = true;
    bool m_isEndTold = true;
    std::vector<QPromise<Error>> m_closePromises;
    QMetaObject::Connection m_onQuit;
};

} // namespace IpcPrims
