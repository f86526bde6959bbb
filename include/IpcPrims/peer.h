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

    A peer lives in one thread with an event loop, and its functions are to be called there; send()
    and request() may be called from any thread, as long as nobody deletes the peer meanwhile. It
    may be moved to another thread only while it is Closed: moving it in another state ends the
    session, with InvalidArgument. When the thread ends, so does the session, with Cancelled;
    afterwards the peer may be deleted from any thread.
    No call emits a signal but that of a property that it sets; the others come from the event loop.
    Slots may call anything, deleting the peer included. One that runs an event loop holds up those
    that were connected after it; what else is to be told of a session is told from that loop,
    before the next one begins.

    The session belongs to the process that has opened it: in a child made by fork() it breaks at
    the first use, and nothing that the child does reaches the other side or ends the session.

    What comes after what, also where slots run event loops:

    - a session opens: stateChanged(Open), on the server's side Server::peerConnected(),
      connected(), framesNotSent() for kept frames that it has no channel for, the first frame;
    - the other side asks to shut down: stateChanged(Closing), shutdownRequested();
    - a session, or an attempt at one, ends: stateChanged(), the futures of request() and ping(),
      framesNotSent() once for each channel, readyToSend() for each channel on which somebody waits
      for it, disconnected(), retryScheduled(), the futures of close().

    What a slot has made untrue isn't reported any more: connected() doesn't follow if a slot of
    stateChanged(Open) closes, nor shutdownRequested() if one of stateChanged(Closing) aborts. What
    arrives while a session closes is delivered all the same.

    What becomes of a frame that send() has accepted, in whatever thread:

    - it was written to its last byte: it arrives, unless the other side ends before reading it;
    - it was not when the session ended: framesNotSent() hands it back;
    - it was not, its channel is kept (see setUnsentFrames()), and an attempt at another session
      follows: it is among the first that the next session sends;
    - it was not, its channel is kept, and no attempt follows any more: framesNotSent() hands it
      back;
    - it waits when the peer is destroyed, or is to make room for a newer one (see
      SlowPeerPolicy): it is dropped without a word.

    What arrived is delivered before disconnected() is emitted, and what send() accepted is written
    before close() ends the session. It also is when the other side ends the session, by closing its
    sending direction or by breaking a rule, as long as that side reads: after 5 s without any
    progress it is given up. Answers and bytes of a ChannelDevice that still wait for room in the
    send queue are not among that, unless it is this side that closes.
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
    /// Closes at once, as abort() does, and reports nothing: what is queued is dropped. Wait for
    /// disconnected() after close(), or for its future, to lose nothing.
    ~Peer() override;

    // Configuration of a client; takes effect at the next connectToServer().
    /// What to ask for; COMMAND, DATA, TELEMETRY and ERROR by default (protocol section 3.5).
    QList<quint16> requestedChannels() const;
    void setRequestedChannels(const QList<quint16> &channels);

    /*!
        How this end calls itself, empty by default: at most MaxPeerNameLength (64) characters, of
        a longer one the first. The other side gets it in the handshake, as Peer::peerName(), if it
        is of this library; others skip it. It is for people: logs and lists of clients. Whoever
        connects may choose any name, so it proves nothing. It is left out if a token of nearly the
        largest size leaves no room for it.
    */
    QString name() const;
    void setName(const QString &name);

    /*!
        The token for the server, 1 to 4096 bytes; empty for none. It is kept until it is replaced.
        \a format depends on the server's release (protocol section 3.6).
    */
    void setAuthToken(const QByteArray &token, TokenFormat format = TokenFormat::HexObject);

    /// Deadline of connecting and, anew, of the whole handshake; 5 s by default; see NoTimeout.
    std::chrono::milliseconds connectTimeout() const;
    void setConnectTimeout(std::chrono::milliseconds timeout);
    Transport transport() const;
    void setTransport(Transport transport);

    /*!
        Whether and when a client connects again by itself after a session has ended or could not be
        opened: never by default. Each end is reported by disconnected() as always, and then by
        retryScheduled(); in between, the state is Waiting. connected() tells of each new session,
        the place to subscribe again. close() and abort() end it, and connectToServer() begins anew.
        With a heartbeat (see PeerHealth) an unresponsive session is given up for a new one. A new
        policy counts for the next pause, and begins to count anew.
    */
    ReconnectPolicy reconnectPolicy() const;
    void setReconnectPolicy(const ReconnectPolicy &policy);

    /// What becomes of frames that send() has accepted and that were not written to their last byte
    /// when the session ended. No frame arrives twice.
    enum class UnsentFrames {
        Report, ///< framesNotSent() hands them back. The default.
        /// They are the first that the next session sends, whatever its water marks. Until it is
        /// open send() accepts more of them, up to the high-water mark, also after a failed write
        /// while the peer still is Open. If there won't be a session, framesNotSent() reports them.
        Keep,
    };
    Q_ENUM(UnsentFrames)
    /// What means nothing to another session is reported in any case: the frames of COMMAND and
    /// ERROR once the peer has had requests, and those of a channel that a JsonRpc has had, or on
    /// which a ChannelDevice has written or stopped a stream. Then this is Report.
    UnsentFrames unsentFrames(quint16 channel) const;
    void setUnsentFrames(quint16 channel, UnsentFrames policy);

    /// How many sessions this peer has had, the open one included: a number for each of them.
    quint64 generation() const;
    /// How many attempts have failed in a row, the end of the session before them included; zero
    /// while there is a session.
    int reconnectAttempts() const;
    /// The time left until the next attempt while Waiting, else zero.
    std::chrono::milliseconds nextRetryIn() const;

    /*!
        Connects and shakes hands with the settings as they are now. The outcome is connected() or
        disconnected() with the reason. A session that is open already is aborted first.

        Attempts that fail quickly one after another don't begin at once: the second one begins 1 ms
        after the first, and the pause doubles up to 100 ms. So this may be called in a slot of
        disconnected(), and no reconnect policy is quicker than that either.
    */
    void connectToServer(const Endpoint &endpoint);

    /*!
        As above over \a device, which is connected and open already. The peer takes ownership: the
        device is closed and deleted in the event loop after the session's end. It is written to
        from the event loop and by flush() only, so that no slot of the device runs inside send() or
        another call of the peer. Such a slot may call anything, deleting the peer included.
        What the device has taken and not written when the session ends counts as not sent, though a
        device that writes while it closes may still deliver it.
        A socket of Qt without a limit to its read buffer gets one, of 64 KiB; other devices that
        read ahead without being asked, such as QProcess, don't hold the other side back.
    */
    void connectOver(std::unique_ptr<QIODevice> device);

    /*!
        As above over a connected stream socket, one of socketpair() or of the parent process for
        example; on Windows over the handle of a pipe. The peer takes it over and closes it, also if
        it is no such socket (InvalidArgument); it becomes close-on-exec. credentials() are then
        those of whoever has connected the socket: with socketpair(), of the process that called it.
    */
    void connectOver(qintptr socketDescriptor);

    /*!
        The other end of that: shakes hands as a server without a Server. requestedChannels() are
        those that the client may have, and connectTimeout() is its time. takeAuthToken() has the
        client's token, which nobody has checked before connected().
    */
    void acceptOver(qintptr socketDescriptor);

    /*!
        Ends the session in order: sends what is queued, the answers (of a batch of JSON-RPC those
        that are there) and the bytes of a ChannelDevice that wait for room in the queue; asks the
        other side to shut down, receives until it has acknowledged, and closes. The outcome is
        disconnected(): with no error, or with ShutdownFailed if the other side did not acknowledge
        in time (5 s). \a reason (its first 1024 characters) is for the other side's log. Turns
        receiving on, as the acknowledgement comes after everything else. Without an open session
        this is abort(). While the session is ending already nothing more is done; in any case no
        other attempt follows.

        The future finishes in the peer's thread, after disconnected() and with the same error; at
        once, without an error, if the peer is Closed; with Cancelled if it is destroyed before.

        The peer needs its event loop for this. If the application quits meanwhile and the peer
       lives in its thread, QCoreApplication::aboutToQuit() waits for the end of the session, but no
        longer than 30 s; so nothing is lost in
        \code
        peer.send(IpcPrims::Channel::Data, report);
        peer.close();
        QCoreApplication::quit();
        \endcode
        In other threads, end the event loop when the future has finished.
    */
    QFuture<Error> close(const QString &reason = QString());

    /// Closes at once. What is queued is not sent any more (framesNotSent() reports it), nothing
    /// more is received. disconnected() follows, with no error; its message says how many frames
    /// were not sent, if there were any.
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
    /// How the other side calls itself, see setName(); empty if it doesn't. At most
    /// MaxPeerNameLength characters, but any: quote it where control characters do harm.
    QString peerName() const;

    /// Who is at the other end, as the kernel says, if it does.
    std::optional<PeerCredentials> credentials() const;

    /// The server's own protocol version as "major.minor", once the handshake is over.
    QString protocolVersion() const;

    /*!
        The client's token, on the server's side, once: the second call finds nothing. The library
        never compares tokens; it is the application that decides what one is worth.
    */
    std::optional<QByteArray> takeAuthToken();

    /*!
        Queues one frame of at most MaxPayloadSize bytes. Frames of one channel arrive in order;
        those of COMMAND and ERROR, also among each other, may overtake other channels. Nothing is
        sent on an error: NotConnected, ShutdownRequested, UnsupportedChannel, PayloadTooLarge,
        QueueFull, and ValidationFailed if there is a validator and \a payload does not pass it. A
        payload over 16 KiB is shared, not copied: memory wrapped with QByteArray::fromRawData() has
        to stay until the frame has left.

        From another thread than the peer's the frame is judged at once and sent in the peer's
        thread; all other threads together may have the high-water mark of bytes waiting for that.
        If the session ends first, it is treated as any frame that was not sent. Between two
        sessions the answer is NotConnected, also for channels that are kept.
    */
    Error send(quint16 channel, const QByteArray &payload);
    /// As above with a \a policy for a full queue, in the peer's thread only (else
    /// InvalidArgument): other threads don't see what they would replace, as it may be on its way
    /// between the threads; have them call this in the peer's, with QMetaObject::invokeMethod().
    /// Frames of requests, a JsonRpc or a ChannelDevice never make room: InvalidArgument.
    /// Disconnect returns QueueFull, which disconnected() has as well; between two sessions it is
    /// as DropNewest.
    Error send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy);
    /// send() of \a object as compact JSON.
    Error sendJson(quint16 channel, const QJsonObject &object);

    /// Writes now what otherwise leaves at the end of this event loop turn.
    void flush();

    /// Bytes accepted by send() that the operating system has not taken yet, headers included.
    qint64 bytesQueued() const;
    /// Those of one channel.
    qint64 bytesQueued(quint16 channel) const;

    /*!
        How many bytes may wait on each channel. Once there are \a high or more, send() answers
        QueueFull for that channel, until \a low or fewer are left. The frame that reaches the mark
        is still accepted, so no more than \a high bytes and one frame are ever queued on a channel.
        16 MiB and a quarter of that by default; \a high is at least 1, and \a low less than it.
    */
    qint64 sendHighWaterMark() const;
    qint64 sendLowWaterMark() const;
    void setSendWaterMarks(qint64 high, qint64 low);

    /*!
        Calls \a handler with each frame instead of emitting frameReceived(): with a view into the
        receive buffer, valid until the handler returns, so that a small frame costs neither an
        allocation nor a signal. The handler may do anything, replace itself and delete the peer
        included. An empty one brings the signal back.
    */
    using FrameHandler = std::function<void(quint16 channel, QByteArrayView payload)>;
    void setFrameHandler(FrameHandler handler);
    /// As above for the frames of one channel, which then reach neither frameReceived() nor the
    /// handler for all channels. An empty one leaves them to these again. InvalidArgument, and
    /// nothing is set, if something else has the channel: requests, a JsonRpc, or a ChannelDevice.
    Error setFrameHandler(quint16 channel, FrameHandler handler);

    /*!
        Judges what the application sends and receives, from now on; a null pointer ends that. A bad
        payload is not sent; a bad frame is dropped and reported by validationFailed(). The
        protocol's own control messages are not judged.
    */
    void setValidator(std::shared_ptr<const PayloadValidator> validator);
    std::shared_ptr<const PayloadValidator> validator() const;

    /*!
        Whether the sender of a bad frame gets an answer on ERROR, if that channel was negotiated:
        the JSON object {"error":"schema validation error: …"}. Frames on ERROR itself are never
        answered, so two peers can't go on answering one another. \c false by default.
    */
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    /*!
        Whether frames are received, \c true by default. While they are not, the other side is held
        back once the system's buffers are full, and pings go unanswered. A closed connection is
        noticed, but reported only after the frames before it have been received.
    */
    bool isReceiving() const;
    void setReceiving(bool receiving);

    /*!
        Limits the size and the rate of what the other side sends: from the next frame on, and in
        later sessions. A larger frame ends the session with PayloadTooLarge, as its header arrives;
        one beyond the rate waits, or ends the session with RateExceeded. What may be sent is not
        affected. Payloads of up to MaxPayloadSize at any rate by default; the peers of a Server
        begin with Server::receiveLimits().
    */
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);

    /*!
        Measures a round trip. The future finishes with Timeout when no answer came in \a timeout
        (see NoTimeout), with QueueFull when 1024 pings wait for their answers already, with
        NotConnected or the disconnect reason when there is no session (any more). More than 256
        pings within 5 seconds without another frame between them make the other side end the
        session (protocol section 4).

        The future finishes in the peer's thread, so never wait for it there, as result() does; give
        then() a context object to be called in that one's thread.
    */
    QFuture<PingReply> ping(std::chrono::milliseconds timeout = DefaultTimeout);

    /// State, counters and heartbeat. The first call makes it and starts to count; it belongs to
    /// the peer, and must not be deleted.
    PeerHealth *health();

    /*!
        Sends \a payload on COMMAND and gives the answer, which is the next frame on COMMAND that
        isn't the answer to an earlier request: frames carry no number, so the other side has to
        answer in order, one frame each, and nothing else may be sent on COMMAND by either side:
        while answers are expected, send() refuses that with InvalidArgument. Only one side of a
        session can ask this way; for both there is JsonRpc. InvalidArgument is also what comes of a
        request where there is a request handler, or where COMMAND belongs to a JsonRpc or to a
        ChannelDevice.

        The Reply has the errors of send(), with which nothing was sent; QueueFull also for more
        than MaxRequestsInFlight requests without an answer. Afterwards it may be Timeout, with
        which the answer is still expected and dropped when it comes; RequestFailed, when the other
        side says so (see setAnswersFailedRequests()); ValidationFailed, when the answer does not
        pass the validator; NotConnected, when the session ends first; and Cancelled when the
        peer is destroyed. \a timeout may be NoTimeout.

        The future finishes in the peer's thread, so never wait for it there, as result() does; give
        then() a context object to be called in that one's thread. Cancelling it only means that
        nobody waits any more.
    */
    QFuture<Reply> request(const QByteArray &payload,
                           std::chrono::milliseconds timeout = DefaultTimeout);

    /*!
        Calls \a handler with each frame on COMMAND, which neither frameReceived() nor a frame
        handler gets then; send() refuses that channel with InvalidArgument. So does this function,
        and sets nothing, if something else has it: a frame handler of its own, a JsonRpc, a
        ChannelDevice, or requests that wait for their answers. Set it before the session's first
        frame, so that both sides number the requests alike: before connecting, or in a slot of
        Server::peerConnected(). The handler may do anything, replace itself and delete the peer
        included. An empty one ends that.

        Requests may be answered in any order, and from any thread; the answers leave in the order
        of the requests, so one that comes early waits. Nothing is received while answers fill the
        send queue, or while there are as many requests without an answer as setRequestLimit() and
        setRequestBytesLimit() allow.
    */
    using RequestHandler = std::function<void(const Request &request)>;
    Error setRequestHandler(RequestHandler handler);

    /*!
        How many requests of the other side may be without an answer that has left: 1 to
        MaxRequestsInFlight, 1024 by default. Once there are so many nothing more is received on any
        channel, which holds the other side back, until half of them are answered. So a handler that
        answers only when it has seen more requests than that needs a higher limit.
    */
    qsizetype requestLimit() const;
    void setRequestLimit(qsizetype count);
    /*!
        The same for the bytes of these requests: for each its payload, once it is answered the
        answer's until that leaves, and 256 bytes. 32 MiB by default. What reaches the limit is
        still received, and answered: beyond it there may be one request, and the answers to those
        that were in progress.
    */
    qint64 requestBytesLimit() const;
    void setRequestBytesLimit(qint64 bytes);

    /*!
        What becomes of a request that fails: of one that is dropped or refused by the application,
        or does not pass the validator. With \c true, the default, the other side learns of it by a
        frame on ERROR with the JSON object {"error":"…","request":n}, where n is the number of the
        request. A request() of this library ends with RequestFailed then, and the session goes on.

        With \c false, or if ERROR was not negotiated, the session ends instead: the other side
        would take the answer to the next request for that of the failed one. The answers before it
        are sent; then the session is closed as by close(), with the reason, and disconnected() has
        RequestFailed.
    */
    bool answersFailedRequests() const;
    void setAnswersFailedRequests(bool answers);

Q_SIGNALS:
    void stateChanged(IpcPrims::Peer::State state);
    void nameChanged(const QString &name);
    /// generation(), peerId(), peerName(), channels(), protocolVersion() or credentials() have
    /// changed; they stay as they are until the next attempt. Comes right after stateChanged(), as
    /// the next two do, when all values are new already.
    void sessionChanged();
    void disconnectReasonChanged(const IpcPrims::Error &reason);
    void reconnectAttemptsChanged(int attempts);
    /// At most ten times a second, and once more when the number has come to rest.
    void bytesQueuedChanged(qint64 bytes);
    void connected();
    /// The session or the attempt is over; everything that arrived was delivered before. If frames
    /// were accepted and could not be sent any more, the message of \a reason says how many.
    /// Error::isOrderlyEnd() tells an orderly end, this side's or the other's, from a failure.
    void disconnected(const IpcPrims::Error &reason);
    /// After disconnected(): the next attempt begins \a in that time; see setReconnectPolicy().
    void retryScheduled(std::chrono::milliseconds in);
    /// Before disconnected(), or when a new session hasn't got the channel any more: frames that
    /// send() had accepted and that were not sent, in their order; see setUnsentFrames().
    void framesNotSent(quint16 channel, const QList<QByteArray> &payloads);
    /// Not emitted for frames that a frame handler gets.
    void frameReceived(quint16 channel, const QByteArray &payload);
    /// A frame was received that the validator refused; it is not delivered. There is at least one
    /// error.
    void validationFailed(quint16 channel, const QList<IpcPrims::ValidationError> &errors);
    /// After send() returned QueueFull for \a channel: its queue fell to the low-water mark, or
    /// will never leave, as the connection broke. Frames may still be received then. If the session
    /// ends before that, it comes before disconnected(), but for a kept channel (see
    /// setUnsentFrames()) in the next session, once that has room, or when there won't be one.
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
