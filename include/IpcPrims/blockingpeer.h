// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/frame.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/peercredentials.h>
#include <IpcPrims/pingreply.h>
#include <IpcPrims/protocol.h>
#include <IpcPrims/receivelimits.h>
#include <IpcPrims/reply.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <memory>
#include <optional>

namespace IpcPrims {

class BlockingListener;
class BlockingPeerPrivate;

/*!
    One end of a session for a thread without an event loop: the same protocol as Peer, with calls
    that return when they are done. It needs no QCoreApplication. The other end may be anything that
    speaks the protocol. Unix only: elsewhere connecting answers Unsupported.

    One thread at a time may use a peer, whichever it is; cancel() is for all others. A peer may be
    moved while no thread uses it, also to another thread; one that was moved from may only be
    destroyed or assigned to.

    The session belongs to the process that has opened it: in a child made by fork() the first call
    that reads or writes returns NotConnected, and the parent's session goes on.

    Frames are received in three ways. receive() gives the next one, whatever its channel.
    receiveOn() waits for one channel, and ping() and shutdown() wait for something else: frames
    that they come across are put in the buffers of their channels, out of which only receiveOn()
    takes them. So a program that uses both should leave no channel to receive() that it cares
    about.

    Control messages of the other side are answered while a call waits, and only then: a peer that
    nobody uses answers no ping.
*/
class IPCPRIMS_CORE_EXPORT BlockingPeer
{
public:
    enum class State {
        Closed, ///< No connection: before connectToServer(), or after the end.
        Open, ///< Frames can be sent and received.
        /// The other side asked to shut down, and frames are still received; or it has ended the
        /// session, and what was sent before is being written. send() accepts nothing.
        Closing,
    };

    /// As IpcPrims::NoTimeout: waits for as long as it takes, as every negative time-out does.
    static constexpr std::chrono::milliseconds NoTimeout = IpcPrims::NoTimeout;

    /// A time-out of one call; without a value, timeout() is meant.
    using Timeout = std::optional<std::chrono::milliseconds>;

    BlockingPeer();
    /// Aborts: frames that gather() keeps, and the rest of one that has begun, are dropped.
    /// shutdown() or flush() sends them first. Quitting an application does nothing to a blocking
    /// peer.
    ~BlockingPeer();
    BlockingPeer(BlockingPeer &&other) noexcept;
    BlockingPeer &operator=(BlockingPeer &&other) noexcept;

    // Configuration of a client, as for Peer; takes effect when it connects.

    QList<quint16> requestedChannels() const;
    void setRequestedChannels(const QList<quint16> &channels);
    QString name() const;
    void setName(const QString &name);
    void setAuthToken(const QByteArray &token, TokenFormat format = TokenFormat::HexObject);
    /// Deadline of connecting and, anew, of the whole handshake; 5 s by default; see NoTimeout.
    std::chrono::milliseconds connectTimeout() const;
    void setConnectTimeout(std::chrono::milliseconds timeout);

    // Configuration of either end; takes effect at once.

    /// How long receive(), receiveOn(), request(), ping() and shutdown() wait; 5 s by default.
    std::chrono::milliseconds timeout() const;
    void setTimeout(std::chrono::milliseconds timeout);

    /*!
        How long a call that waits for the other side looks for something to receive, again and
        again, before it sleeps: 0 (not at all, the default) to 1 hour; what is beyond that becomes
        the nearest of these. An idle processor takes about 50 µs to wake up, which is most of a
        round trip's time; this avoids it, and keeps a processor busy instead. No longer than the
        call's time-out; cancel() ends it. While the rate of receiveLimits() allows nothing to be
        received, and while a call waits to send, it sleeps.

        A peer that looks gives way to other threads that want its processor, and sleeps at once for
        the next 100 ms if that takes long. So both sides should do this, each on a processor of its
        own. For event loops there is IpcPrims::setSpinTime().
    */
    std::chrono::microseconds spinTime() const;
    void setSpinTime(std::chrono::microseconds time);

    /*!
        How much the buffers of the channels hold: 256 frames on each, and 16 MiB in all, each frame
        counted with its 8 bytes of header. Whoever comes across a frame that does not fit reports
        BufferFull and names the channel; that frame is lost, and the session goes on.
    */
    void setBufferLimits(int framesPerChannel, qint64 bytes);

    /*!
        Limits the size and the rate of what the other side sends, as Peer::setReceiveLimits() does.
        While the rate allows no more, calls that receive wait, for their time-out at most.
        BlockingListener::accept() begins a session with the limits of the listener.
    */
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);

    /*!
        Judges what is sent and received, see Peer::setValidator(). A bad payload is not sent; the
        call that comes across a bad frame returns ValidationFailed and drops it.
    */
    void setValidator(std::shared_ptr<const PayloadValidator> validator);
    std::shared_ptr<const PayloadValidator> validator() const;
    /// See Peer::setAnswersValidationErrors(); \c false by default.
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    // Beginning and end. A session that is open is aborted when another one begins.

    /// Connects and shakes hands. The errors are those that Peer::disconnected() reports.
    Error connectToServer(const Endpoint &endpoint);
#ifdef Q_OS_UNIX
    /// Shakes hands as the client over a connected stream socket, one of socketpair() for example,
    /// which the peer takes over and closes.
    Error connectOver(qintptr socketDescriptor);
    /// The other end of that: waits for the client's handshake, as a server without a listener. See
    /// Peer::acceptOver().
    Error acceptOver(qintptr socketDescriptor);
#endif

    /*!
        Ends the session in order, as Peer::close() does: asks the other side, receives until it has
        acknowledged, and closes, whatever the result. ShutdownFailed if it did not acknowledge.
        What was received meanwhile can be taken with receiveOn(). If the other side had asked
        before there is nothing to wait for but that the rest of what was sent leaves: Timeout if
        that was not possible. \a reason (its first 1024 characters) is for the other side's log.
    */
    Error shutdown(const QString &reason = QString(), Timeout timeout = {});

    /// Closes at once, without a word to the other side.
    void abort();

    /// As it was found when the connection was last used; nothing watches it meanwhile.
    State state() const;
    bool isOpen() const
    {
        return state() == State::Open;
    }

    // What is known of the session, or of the last one.

    /// The negotiated channels in the client's order.
    QList<quint16> channels() const;
    /// This session's name, given by the server, the same on both sides ("peer-1").
    QString peerId() const;
    /// How the other side calls itself; see Peer::peerName().
    QString peerName() const;
    /// The server's own protocol version as "major.minor".
    QString protocolVersion() const;
    /// Who the kernel says is at the other end; nothing if it could not tell.
    std::optional<PeerCredentials> credentials() const;
    /// The client's token, on the server's side, once; see Peer::takeAuthToken().
    std::optional<QByteArray> takeAuthToken();

    // Frames

    /*!
        Sends one frame of at most MaxPayloadSize bytes, and waits until the operating system has
        taken it. While the other side is slow this peer goes on reading, up to 16 MiB, so that two
        that send at the same time don't wait for each other for ever; what was read is received
        afterwards.

        Nothing is sent on an error: NotConnected, ShutdownRequested, UnsupportedChannel,
        PayloadTooLarge, ValidationFailed, Timeout, Cancelled, and Disconnected once the other side
        is gone. There is no half-sent frame either: one that has begun when the time is over counts
        as sent, and its rest leaves with the next call, before anything else.
    */
    Error send(quint16 channel, const QByteArray &payload,
               std::chrono::milliseconds timeout = NoTimeout);

    /*!
        Keeps one frame, to be sent together with others: with the next call that sends or waits, or
        by flush(). Once 64 KiB have come together they are sent first, as send() does, whose errors
        this has; the frame is not kept then. As with Peer, COMMAND and ERROR may overtake other
        channels.
    */
    Error gather(quint16 channel, const QByteArray &payload);
    /// Sends what gather() has kept. What has not left on an error stays kept.
    Error flush(std::chrono::milliseconds timeout = NoTimeout);

    /*!
        The next frame. Timeout when none has come in time, which harms nothing: one that has come
        in part is completed later. What arrived before the end is received first; from then on
        every call returns the reason: ShutdownRequested after the other side's orderly shutdown.
        If something is still to be written to a side that has ended the session, the first call
        waits for that, and gives up after 5 s without any progress.
    */
    Error receive(Frame *frame, Timeout timeout = {});

    /// The next frame of \a channel; others are put in the buffers of their channels.
    Error receiveOn(quint16 channel, Frame *frame, Timeout timeout = {});

    /*!
        Sends \a payload on COMMAND and waits for the answer: the next frame there, or the frame on
        ERROR by which a Peer says that there is none (RequestFailed, with the other side's text as
        payload). Both go to requests in the order of these. An answer that comes when its request
        has been given up is dropped by the next request, unless it was received before.
    */
    Reply request(const QByteArray &payload, Timeout timeout = {});

    /// Measures a round trip.
    PingReply ping(Timeout timeout = {});

    /*!
        From any thread: the call that waits now, and every later one that may have to, returns
        Cancelled until clearCancellation(). That harms the session only if the call is shutdown(),
        which ends it in any case. The peer must not be moved or destroyed meanwhile.
    */
    void cancel();
    void clearCancellation();

private:
    friend class BlockingListener;
    std::unique_ptr<BlockingPeerPrivate> d;
};

} // namespace IpcPrims
