// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/peercredentials.h>
#include <IpcPrims/pingreply.h>
#include <IpcPrims/protocol.h>
#include <IpcPrims/receivelimits.h>
#include <IpcPrims/reconnectpolicy.h>
#include <IpcPrims/reply.h>
#include <IpcPrims/request.h>
#include <IpcPrims/validationerror.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qfuture.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace IpcPrims {

class ChannelDevicePrivate;
class JsonRpcPrivate;
class PeerGroup;
class PeerHealth;
class PeerPrivate;
class StreamDrain;
class StreamSender;

/*!
    One end of a session: a client that connects to a server, or the server's end of one client
    (see Server::peerConnected()). Channels are negotiated in the handshake; frames of other
    channels are neither sent nor received.

    A peer lives in one thread with an event loop. Call its functions there; only send() and
    request() may be called from any thread, as long as the peer isn't deleted meanwhile. Move it to
    another thread only while it is Closed: in any other state that ends the session, with
    InvalidArgument. The session also ends with its thread, with Cancelled; afterwards the peer may
    be deleted from any thread.
    A call emits no signal except that of a property that it sets; all others come from the event
    loop. Slots may call anything, deleting the peer included. A slot that runs an event loop delays
    the slots connected after it; the session's other signals are emitted from that loop, before the
    next session begins.

    The session belongs to the process that opened it. In a child made by fork() it breaks at the
    first use, and nothing that the child does reaches the other side or ends the session.

    The order of signals and futures, also if slots run event loops:

    - a session opens: stateChanged(Open), on the server's side Server::peerConnected(),
      connected(), framesNotSent() for kept frames that it has no channel for, the first frame;
    - the other side asks to shut down: stateChanged(Closing), shutdownRequested();
    - a session, or an attempt at one, ends: stateChanged(), the futures of request() and ping(),
      framesNotSent() once for each channel, readyToSend() for each channel on which somebody waits
      for it, disconnected(), retryScheduled(), the futures of close().

    A signal that is no longer true is left out: connected() doesn't follow if a slot of
    stateChanged(Open) closes, nor shutdownRequested() if one of stateChanged(Closing) aborts.
    Frames that arrive while a session closes are delivered.

    The fate of a frame that send() has accepted, from any thread:

    - written to its last byte: it arrives, unless the other side ends before reading it;
    - not written when the session ends: reported by framesNotSent();
    - not written, its channel is kept (see setUnsentFrames()), and another attempt follows: one of
      the first frames of the next session; if no attempt follows, reported by framesNotSent();
    - still queued when the peer is destroyed, or replaced by a newer frame (see SlowPeerPolicy):
      dropped, and not reported.

    All that arrived is delivered before disconnected() is emitted, and all that send() accepted is
    written before close() ends the session. The same holds if the other side ends the session, by
    closing its sending direction or by breaking a rule, as long as it reads; after 5 s without
    progress the rest is dropped. Answers and bytes of a ChannelDevice that still wait for room in
    the send queue are included only if this side closes.
*/
class IPCPRIMS_CORE_EXPORT Peer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Peer)
    Q_PROPERTY(IpcPrims::Peer::State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
    Q_PROPERTY(QString peerId READ peerId NOTIFY sessionChanged)
    Q_PROPERTY(QString peerName READ peerName NOTIFY sessionChanged)
    Q_PROPERTY(QList<quint16> channels READ channels NOTIFY sessionChanged)
    Q_PROPERTY(
            IpcPrims::Error disconnectReason READ disconnectReason NOTIFY disconnectReasonChanged)
    Q_PROPERTY(qint64 bytesQueued READ bytesQueued NOTIFY bytesQueuedChanged)
    Q_PROPERTY(quint64 generation READ generation NOTIFY sessionChanged)
    Q_PROPERTY(int reconnectAttempts READ reconnectAttempts NOTIFY reconnectAttemptsChanged)

public:
    enum class State {
        Closed, ///< No connection: before connectToServer() or after disconnected().
        Waiting, ///< For the next attempt; see setReconnectPolicy() and nextRetryIn().
        Connecting, ///< Waiting for the operating system to connect.
        Handshaking, ///< Connected; channels are being negotiated.
        Open, ///< Frames can be sent and received.
        /// One side asked to shut down, and frames are still received; or the other side has ended
        /// the session, and what was queued before is being written. send() accepts nothing.
        Closing,
    };
    Q_ENUM(State)

    /// A client, to be connected with connectToServer().
    explicit Peer(QObject *parent = nullptr);
    /// Ends the session at once and drops what is queued, without a signal. To lose nothing, call
    /// close() first and wait for disconnected() or for the future.
    ~Peer() override;

    // Configuration of a client; takes effect at the next connectToServer().
    /// The channels to ask for; COMMAND, DATA, TELEMETRY and ERROR by default (protocol section
    /// 3.5).
    QList<quint16> requestedChannels() const;
    void setRequestedChannels(const QList<quint16> &channels);

    /*!
        A name of this end for logs and lists of clients, empty by default; longer ones are cut to
        MaxPeerNameLength (64) characters. It is sent in the handshake and is peerName() at the
        other end; other implementations skip it. It proves nothing, as any client can choose any
        name. It is left out if a token of nearly the largest size leaves no room for it.
    */
    QString name() const;
    void setName(const QString &name);

    /*!
        The token for the server, 1 to 4096 bytes; empty for none. It is kept until it is replaced.
        \a format depends on the server's release (protocol section 3.6).
    */
    void setAuthToken(const QByteArray &token, TokenFormat format = TokenFormat::HexObject);

    /// Time-out of connecting, and again of the handshake; 5 s by default; see NoTimeout.
    std::chrono::milliseconds connectTimeout() const;
    void setConnectTimeout(std::chrono::milliseconds timeout);
    Transport transport() const;
    void setTransport(Transport transport);

    /*!
        Whether and when a client reconnects after a session has ended or could not be opened; never
        by default. disconnected() reports each end, then retryScheduled() the next attempt; until
        it begins the state is Waiting. connected() is emitted for each new session: the place to
        subscribe again. close() and abort() stop reconnecting, and connectToServer() starts over.
        With a heartbeat (see PeerHealth) an unresponsive session is replaced by a new one. A new
        policy applies from the next pause on, and its counts start at zero.
    */
    ReconnectPolicy reconnectPolicy() const;
    void setReconnectPolicy(const ReconnectPolicy &policy);

    /// The fate of frames that were accepted by send() but not completely written when the session
    /// ended. No frame arrives twice.
    enum class UnsentFrames {
        Report, ///< Reported by framesNotSent(). The default.
        /// Sent first in the next session, even beyond its water marks. Until that is open, send()
        /// accepts more of them, up to the high-water mark, also after a failed write while the
        /// peer is still Open. If no other session follows, framesNotSent() reports them.
        Keep,
    };
    Q_ENUM(UnsentFrames)
    /// Always Report for frames that mean nothing to another session: those of COMMAND and ERROR
    /// once the peer has had requests, and those of a channel that was used by a JsonRpc, or on
    /// which a ChannelDevice has written or stopped a stream.
    UnsentFrames unsentFrames(quint16 channel) const;
    void setUnsentFrames(quint16 channel, UnsentFrames policy);

    /// The number of the current or last session: 1 for this peer's first one.
    quint64 generation() const;
    /// How many attempts have failed in a row, counting the end of the session before them; zero
    /// during a session.
    int reconnectAttempts() const;
    /// The time left until the next attempt while Waiting, else zero.
    std::chrono::milliseconds nextRetryIn() const;

    /*!
        Connects and makes the handshake, with the current settings. Either connected() follows, or
        disconnected() with the reason. An open session is aborted first.

        After an attempt that failed at once the next one waits 1 ms, then 2 ms, and so on up to
        100 ms. So this may be called in a slot of disconnected(); reconnect policies have the same
        lower limit.
    */
    void connectToServer(const Endpoint &endpoint);

    /*!
        As above over \a device, which must be connected and open. The peer takes ownership: it
        closes and deletes the device from the event loop after the session's end. It writes to the
        device from the event loop and in flush() only, so no slot of the device runs inside send()
        or another function of the peer. Such a slot may call anything, deleting the peer included.
        Bytes that the device has taken but not written when the session ends count as not sent,
        though a device that writes while it closes may still deliver them.
        A socket of Qt whose read buffer has no limit gets one of 64 KiB. Other devices that read
        ahead, such as QProcess, can't hold the other side back.
    */
    void connectOver(std::unique_ptr<QIODevice> device);

    /*!
        As above over a connected stream socket, for example of socketpair() or inherited from the
        parent process; on Windows over the handle of a pipe. The peer takes ownership and closes
        it, also if it isn't such a socket (InvalidArgument); it becomes close-on-exec.
        credentials() are those of the process that connected the socket, or that called
        socketpair().
    */
    void connectOver(qintptr socketDescriptor);

    /*!
        The other end of that: takes the server's part of the handshake, without a Server.
        requestedChannels() are the channels that the client may have, connectTimeout() limits the
        handshake. takeAuthToken() returns the client's token, which is unchecked at connected().
    */
    void acceptOver(qintptr socketDescriptor);

    /*!
        Ends the session gracefully. Sends what is queued, and the answers (of a JSON-RPC batch
        those already given) and bytes of a ChannelDevice that wait for room in the queue; asks the
        other side to shut down, receives until it acknowledges, and closes. disconnected() follows,
        without an error, or with ShutdownFailed if the other side didn't acknowledge within 5 s. \a
        reason (its first 1024 characters) is for the other side's log. Receiving is turned on,
        because the acknowledgement comes after all other frames. Without an open session this is
        abort(). No reconnection follows.

        The future finishes in the peer's thread after disconnected(), with the same error; at once,
        without an error, if the peer is Closed; with Cancelled if the peer is destroyed first.

        This needs the event loop. If the application quits meanwhile and the peer lives in its main
        thread, QCoreApplication::aboutToQuit() waits for the end of the session, for at most 30 s;
        so nothing is lost in
        \code
        peer.send(IpcPrims::Channel::Data, report);
        peer.close();
        QCoreApplication::quit();
        \endcode
        In other threads, quit the event loop when the future has finished.
    */
    QFuture<Error> close(const QString &reason = QString());

    /// Ends the session at once. Queued frames are not sent (framesNotSent() reports them), and
    /// nothing more is received. disconnected() follows without an error; its message says how many
    /// frames were not sent, if any.
    void abort();

    State state() const;
    bool isOpen() const { return state() == State::Open; }
    /// Why the last session or attempt ended; no error after this side's own orderly close(),
    /// ShutdownRequested after the other side's.
    Error disconnectReason() const;

    /// The negotiated channels in the client's order; empty before the handshake.
    QList<quint16> channels() const;
    /// This session's name, given by the server, the same on both sides ("peer-1").
    QString peerId() const;
    /// The other side's name, see setName(); may be empty. At most MaxPeerNameLength characters,
    /// but any characters: quote it where control characters do harm.
    QString peerName() const;
    /// User, group and process of the other end, if the kernel reports them.
    std::optional<PeerCredentials> credentials() const;
    /// The server's protocol version as "major.minor", after the handshake.
    QString protocolVersion() const;

    /*!
        The client's token, on the server's side. Only the first call returns it. The library never
        compares tokens; the application decides what one is worth.
    */
    std::optional<QByteArray> takeAuthToken();

    /*!
        Queues one frame of at most MaxPayloadSize bytes. Frames of one channel arrive in the order
        in which they were sent, and so do those of COMMAND and ERROR together; these two may
        overtake other channels. On an error nothing is sent: NotConnected, ShutdownRequested,
        UnsupportedChannel, PayloadTooLarge, QueueFull, or ValidationFailed if \a payload doesn't
        pass the validator. A payload over 16 KiB is shared, not copied: memory wrapped with
        QByteArray::fromRawData() has to stay until the frame has left.

        Called in another thread, this checks the frame there and sends it in the peer's thread. The
        frames of all other threads that wait for that have at most the high-water mark of bytes. If
        the session ends first, such a frame is treated like any other that was not sent. Between
        two sessions this returns NotConnected, also for channels that are kept.
    */
    Error send(quint16 channel, const QByteArray &payload);
    /// As above with a \a policy for a full queue. In the peer's thread only (else
    /// InvalidArgument), because the frames to be replaced may still be on their way from other
    /// threads; use QMetaObject::invokeMethod() there. InvalidArgument also on a channel of
    /// requests, a JsonRpc or a ChannelDevice, whose frames never make room. Disconnect returns
    /// QueueFull, which is the reason of disconnected(), too; between two sessions it acts as
    /// DropNewest.
    Error send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy);
    /// send() of \a object as compact JSON.
    Error sendJson(quint16 channel, const QJsonObject &object);

    /// Writes queued frames now; otherwise they are written at the end of this turn of the event
    /// loop.
    void flush();

    /// Bytes that the system has not taken yet, headers included, of all channels or of one.
    qint64 bytesQueued() const;
    qint64 bytesQueued(quint16 channel) const;

    /*!
        Limits of the queue of each channel, in bytes. From \a high on, send() returns QueueFull for
        that channel, until \a low or fewer are left. The frame that reaches the mark is still
        accepted, so a channel never has more than \a high bytes and one frame queued. 16 MiB and
        4 MiB by default; \a high is at least 1, and \a low less than \a high.
    */
    qint64 sendHighWaterMark() const;
    qint64 sendLowWaterMark() const;
    void setSendWaterMarks(qint64 high, qint64 low);

    /*!
        Calls \a handler with each frame instead of emitting frameReceived(). The payload is a view
        into the receive buffer, valid until the handler returns, so a small frame costs neither an
        allocation nor a signal. The handler may do anything, also replace itself or delete the
        peer. An empty handler restores the signal.
    */
    using FrameHandler = std::function<void(quint16 channel, QByteArrayView payload)>;
    void setFrameHandler(FrameHandler handler);
    /// As above for one channel, whose frames then reach neither frameReceived() nor the handler
    /// for all channels. An empty handler undoes that. InvalidArgument, and no change, if requests,
    /// a JsonRpc or a ChannelDevice use the channel.
    Error setFrameHandler(quint16 channel, FrameHandler handler);

    /*!
        Checks the payloads that are sent and received from now on; a null pointer turns that off.
        An invalid payload is not sent; an invalid frame is dropped and reported by
        validationFailed(). The protocol's control messages are not checked.
    */
    void setValidator(std::shared_ptr<const PayloadValidator> validator);
    std::shared_ptr<const PayloadValidator> validator() const;

    /*!
        Whether the sender of an invalid frame is notified on ERROR, if that channel was negotiated,
        by the JSON object {"error":"schema validation error: …"}. Invalid frames on ERROR itself
        cause no such frame, so two peers can't notify each other for ever. \c false by default.
    */
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    /*!
        Whether frames are received; \c true by default. If not, the other side is held back once
        the system's buffers are full, and its pings get no answer. That the connection was closed
        is reported only after the frames before it have been received.
    */
    bool isReceiving() const;
    void setReceiving(bool receiving);

    /*!
        Limits the size and the rate of received frames, from the next one on and in later sessions.
        The header of a larger frame ends the session with PayloadTooLarge; frames beyond the rate
        wait, or end the session with RateExceeded. Sending is not affected. By default payloads of
        up to MaxPayloadSize at any rate; the peers of a Server start with Server::receiveLimits().
    */
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);

    /*!
        Measures a round trip. The future finishes with Timeout if no pong arrives within \a timeout
        (see NoTimeout), with QueueFull if 1024 pings are waiting already, and with NotConnected or
        the disconnect reason if there is no session or it ends. More than 256 pings within 5
        seconds without another frame between them make the other side end the session (protocol
        section 4).

        The future finishes in the peer's thread: never wait for it there, as result() does. Give
        then() a context object to be called in that object's thread.
    */
    QFuture<PingReply> ping(std::chrono::milliseconds timeout = DefaultTimeout);

    /// State, counters and heartbeat. The first call creates it and starts the counters. Owned by
    /// the peer; don't delete it.
    PeerHealth *health();

    /*!
        Sends \a payload on COMMAND and returns the answer: the next frame on COMMAND that doesn't
        answer an earlier request. Answers are matched by order, so the other side has to send
        exactly one frame for each request, in the order of the requests, and neither side may send
        anything else on COMMAND; send() refuses that with InvalidArgument while answers are
        expected. Only one side of a session can send requests; for both directions there is
        JsonRpc. The Reply has InvalidArgument if there is a request handler, or if a JsonRpc or a
        ChannelDevice uses COMMAND.

        It also has the errors of send(), if nothing was sent; QueueFull also for more than
        MaxRequestsInFlight requests without an answer. Later errors are Timeout (the answer is
        dropped when it arrives; \a timeout may be NoTimeout), RequestFailed if the other side
        reports that (see setAnswersFailedRequests()), ValidationFailed if the answer doesn't pass
        the validator, NotConnected if the session ends first, and Cancelled if the peer is
        destroyed.

        The future finishes in the peer's thread: never wait for it there, as result() does. Give
        then() a context object to be called in that object's thread. Cancelling the future doesn't
        cancel the request.
    */
    QFuture<Reply> request(const QByteArray &payload,
                           std::chrono::milliseconds timeout = DefaultTimeout);

    /*!
        Calls \a handler with each frame on COMMAND, instead of frameReceived() and frame handlers.
        send() then refuses that channel with InvalidArgument. Returns InvalidArgument, and sets
        nothing, if COMMAND is used otherwise: by a frame handler of its own, a JsonRpc, a
        ChannelDevice, or requests that wait for answers. Set it before the session's first frame,
        so that both sides number the requests alike: before connecting, or in a slot of
        Server::peerConnected(). The handler may do anything, also replace itself or delete the
        peer. An empty handler turns this off.

        Requests may be answered in any order and from any thread; the answers are sent in the order
        of the requests, so an early one waits. Nothing is received while answers fill the send
        queue, or while setRequestLimit() or setRequestBytesLimit() is reached.
    */
    using RequestHandler = std::function<void(const Request &request)>;
    Error setRequestHandler(RequestHandler handler);

    /*!
        How many requests of the other side may wait for their answers to be sent: 1 to
        MaxRequestsInFlight, 1024 by default. When the limit is reached nothing is received on any
        channel, which holds the other side back, until half of them are answered. A handler that
        collects more requests than that before it answers needs a higher limit.
    */
    qsizetype requestLimit() const;
    void setRequestLimit(qsizetype count);
    /*!
        The same in bytes: for each request its payload, or that of its answer until it is sent, and
        256 bytes. 32 MiB by default. It may be exceeded by one request, and by the answers to
        requests that were in progress.
    */
    qint64 requestBytesLimit() const;
    void setRequestBytesLimit(qint64 bytes);

    /*!
        Whether the other side is notified of a request that fails because the application drops or
        refuses it, or because it doesn't pass the validator: by a frame on ERROR with the JSON
        object {"error":"…","request":n}, where n is the number of the request. A request() of this
        library then ends with RequestFailed, and the session continues. \c true by default.

        If \c false, or if ERROR was not negotiated, the session ends instead, because the other
        side would take the next answer for that of the failed request. The answers before it are
        sent; then the session is closed as by close(), with the reason, and disconnected() has
        RequestFailed.
    */
    bool answersFailedRequests() const;
    void setAnswersFailedRequests(bool answers);

Q_SIGNALS:
    void stateChanged(IpcPrims::Peer::State state);
    void nameChanged(const QString &name);
    /// generation(), peerId(), peerName(), channels(), protocolVersion() or credentials() have
    /// changed; they don't change again until the next attempt. This and the next two signals come
    /// right after stateChanged(), when all values are set.
    void sessionChanged();
    void disconnectReasonChanged(const IpcPrims::Error &reason);
    void reconnectAttemptsChanged(int attempts);
    /// Emitted at most ten times a second, and once more when the number no longer changes.
    void bytesQueuedChanged(qint64 bytes);
    void connected();
    /// The session or the attempt has ended; all that arrived was delivered before. If accepted
    /// frames were not sent, the message of \a reason says how many. Error::isOrderlyEnd()
    /// distinguishes an intended end, of this side or the other, from a failure.
    void disconnected(const IpcPrims::Error &reason);
    /// After disconnected(): the next attempt begins \a in that time; see setReconnectPolicy().
    void retryScheduled(std::chrono::milliseconds in);
    /// Frames that send() had accepted and that were not sent, oldest first; see setUnsentFrames().
    /// Emitted before disconnected(), or if a new session doesn't have the channel any more.
    void framesNotSent(quint16 channel, const QList<QByteArray> &payloads);
    /// Not emitted for frames that go to a frame handler.
    void frameReceived(quint16 channel, const QByteArray &payload);
    /// The validator refused a received frame, which is not delivered. There is at least one error.
    void validationFailed(quint16 channel, const QList<IpcPrims::ValidationError> &errors);
    /// After send() returned QueueFull for \a channel: its queue has fallen to the low-water mark,
    /// or can't be sent because the connection broke (frames may still be received then). If the
    /// session ends first, this comes before disconnected(); for a kept channel (see
    /// setUnsentFrames()) in the next session, when that has room, or when no other session
    /// follows.
    void readyToSend(quint16 channel);
    /// The other side asked to end the session; frames sent before that are still delivered.
    void shutdownRequested(const QString &reason);

protected:
    bool event(QEvent *event) override;
    void connectNotify(const QMetaMethod &signal) override;
    void timerEvent(QTimerEvent *event) override;

private:
    friend class ChannelDevicePrivate;
    friend class JsonRpcPrivate;
    friend class PeerGroup;
    friend class PeerPrivate;
    friend class StreamDrain;
    friend class StreamSender;
    std::unique_ptr<PeerPrivate> d;
};

} // namespace IpcPrims
