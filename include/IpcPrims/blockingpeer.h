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
    One end of a session, for a thread without an event loop. The protocol is that of Peer; calls
    return when they are done. Needs no QCoreApplication. The other end may be any implementation of
    the protocol. Unix only: elsewhere connecting returns Unsupported.

    Only one thread at a time may use a peer, except for cancel(). A peer may be moved while no
    thread uses it, also to another thread. One that was moved from may only be destroyed or
    assigned to.

    The session belongs to the process that opened it. In a child made by fork() the first call that
    reads or writes returns NotConnected, and the parent's session continues.

    receive() returns the next frame of any channel. receiveOn(), request(), ping() and shutdown()
    wait for something else; other frames that arrive meanwhile are stored in the buffers of their
    channels, from which only receiveOn() takes them. So a program that uses both has to read each
    channel that matters to it with receiveOn().

    Control messages of the other side are answered only while a call waits: a peer that isn't used
    answers no ping.
*/
class IPCPRIMS_CORE_EXPORT BlockingPeer
{
public:
    enum class State {
        Closed, ///< No connection: before connectToServer(), or after the end.
        Open, ///< Frames can be sent and received.
        /// The other side asked to shut down, and frames are still received; or it has ended the
        /// session, and the rest of the sent frames is being written. send() accepts nothing.
        Closing,
    };

    /// As IpcPrims::NoTimeout: waits without a limit, as every negative time-out does.
    static constexpr std::chrono::milliseconds NoTimeout = IpcPrims::NoTimeout;

    /// A time-out of one call; timeout() if it has no value.
    using Timeout = std::optional<std::chrono::milliseconds>;

    BlockingPeer();
    /// Aborts. Frames that gather() keeps, and the rest of a partly written one, are dropped; call
    /// shutdown() or flush() first to send them. An application that quits doesn't wait for a
    /// blocking peer.
    ~BlockingPeer();
    BlockingPeer(BlockingPeer &&other) noexcept;
    BlockingPeer &operator=(BlockingPeer &&other) noexcept;

    // Configuration of a client, as for Peer; takes effect when it connects.

    QList<quint16> requestedChannels() const;
    void setRequestedChannels(const QList<quint16> &channels);
    QString name() const;
    void setName(const QString &name);
    void setAuthToken(const QByteArray &token, TokenFormat format = TokenFormat::HexObject);
    /// Time-out of connecting, and again of the handshake; 5 s by default; see NoTimeout.
    std::chrono::milliseconds connectTimeout() const;
    void setConnectTimeout(std::chrono::milliseconds timeout);

    // Configuration of either end; takes effect at once.

    /// How long receive(), receiveOn(), request(), ping() and shutdown() wait; 5 s by default.
    std::chrono::milliseconds timeout() const;
    void setTimeout(std::chrono::milliseconds timeout);

    /*!
        How long a waiting call polls the socket before it sleeps: 0 (it sleeps at once, the
        default) to 1 hour; other values become the nearest of these. Waking an idle processor takes
        about 50 µs, which is most of a round trip; spinning avoids that, and keeps a processor busy
        instead. It never lasts longer than the call's time-out, and cancel() ends it. A call that
        waits to send, or for the rate of receiveLimits(), doesn't spin.

        A spinning thread yields its processor to others, and doesn't spin for the next 100 ms if it
        had to wait long for it. So let both sides spin, each on a processor of its own. For event
        loops there is IpcPrims::setSpinTime().
    */
    std::chrono::microseconds spinTime() const;
    void setSpinTime(std::chrono::microseconds time);

    /*!
        Limits of the channels' buffers: by default 256 frames for each channel, and 16 MiB in all,
        with 8 bytes of header for each frame. The call that receives a frame that doesn't fit
        returns BufferFull with the channel; that frame is lost, and the session continues.
    */
    void setBufferLimits(int framesPerChannel, qint64 bytes);

    /*!
        Limits the size and the rate of received frames, as Peer::setReceiveLimits() does. While the
        rate is exceeded, calls that receive wait, until their time-out at most.
        BlockingListener::accept() sets the limits of the listener.
    */
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);

    /*!
        Checks the payloads that are sent and received, see Peer::setValidator(). An invalid payload
        is not sent; the call that receives an invalid frame drops it and returns ValidationFailed.
    */
    void setValidator(std::shared_ptr<const PayloadValidator> validator);
    std::shared_ptr<const PayloadValidator> validator() const;
    /// See Peer::setAnswersValidationErrors(); \c false by default.
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    // Beginning and end. An open session is aborted when another one begins.

    /// Connects and makes the handshake. The errors are those of Peer::disconnected().
    Error connectToServer(const Endpoint &endpoint);
#ifdef Q_OS_UNIX
    /// Makes the client's part of the handshake over a connected stream socket, for example of
    /// socketpair(). The peer takes ownership and closes it.
    Error connectOver(qintptr socketDescriptor);
    /// The other end of that: makes the server's part of the handshake, without a listener. See
    /// Peer::acceptOver().
    Error acceptOver(qintptr socketDescriptor);
#endif

    /*!
        Ends the session gracefully, as Peer::close() does: asks the other side to shut down,
        receives until it acknowledges, and closes in any case. ShutdownFailed if it didn't
        acknowledge. Frames received meanwhile can be taken with receiveOn(). If the other side has
        asked first, this only writes the rest of the sent frames: Timeout if that wasn't possible.
        \a reason (its first 1024 characters) is for the other side's log.
    */
    Error shutdown(const QString &reason = QString(), Timeout timeout = {});

    /// Closes at once, without notifying the other side.
    void abort();

    /// The state when the connection was last used; it isn't watched in between.
    State state() const;
    bool isOpen() const
    {
        return state() == State::Open;
    }

    // Facts of the current or last session.

    /// The negotiated channels in the client's order.
    QList<quint16> channels() const;
    /// This session's name, given by the server, the same on both sides ("peer-1").
    QString peerId() const;
    /// The other side's name; see Peer::peerName().
    QString peerName() const;
    /// The server's protocol version as "major.minor".
    QString protocolVersion() const;
    /// User, group and process of the other end, if the kernel reports them.
    std::optional<PeerCredentials> credentials() const;
    /// The client's token, on the server's side; see Peer::takeAuthToken().
    std::optional<QByteArray> takeAuthToken();

    // Frames

    /*!
        Sends one frame of at most MaxPayloadSize bytes, and waits until the operating system has
        taken it. While the other side is slow this peer keeps reading, up to 16 MiB, so that two
        peers that send at the same time don't block each other; those frames are received later.

        On an error nothing is sent: NotConnected, ShutdownRequested, UnsupportedChannel,
        PayloadTooLarge, ValidationFailed, Timeout, Cancelled, or Disconnected if the other side is
        gone. A frame that is partly written when the time-out passes counts as sent; the next call
        writes the rest first.
    */
    Error send(quint16 channel, const QByteArray &payload,
               std::chrono::milliseconds timeout = NoTimeout);

    /*!
        Keeps one frame, to be sent together with others by flush() or by the next call that sends
        or waits. If 64 KiB are kept already, they are sent first, as by send(); on an error of
        that, which this returns, the frame is not kept. As with Peer, COMMAND and ERROR may
        overtake other channels.
    */
    Error gather(quint16 channel, const QByteArray &payload);
    /// Sends the frames that gather() has kept. On an error the unsent ones stay kept.
    Error flush(std::chrono::milliseconds timeout = NoTimeout);

    /*!
        Receives the next frame. Timeout if none arrives in time; a partly received frame is kept
        and completed later. After the end of the session, first the frames that arrived before it
        are received, then every call returns the reason: ShutdownRequested after the other side's
        shutdown. If sent frames are not completely written when the other side ends the session,
        the first call waits for that, until there is no progress for 5 s.
    */
    Error receive(Frame *frame, Timeout timeout = {});

    /// Receives the next frame of \a channel; others are stored in the buffers of their channels.
    Error receiveOn(quint16 channel, Frame *frame, Timeout timeout = {});

    /*!
        Sends \a payload on COMMAND and waits for the answer: the next frame there, or the frame on
        ERROR by which a Peer reports that the request failed (RequestFailed, with the other side's
        text as payload). Answers are matched by order. The late answer to a request that timed out
        is dropped by the next request, unless it was received before.
    */
    Reply request(const QByteArray &payload, Timeout timeout = {});

    /// Measures a round trip.
    PingReply ping(Timeout timeout = {});

    /*!
        From any thread: the waiting call, and every later one that would wait, returns Cancelled
        until clearCancellation(). The session stays usable, except after shutdown(), which ends it
        in any case. The peer must not be moved or destroyed meanwhile.
    */
    void cancel();
    void clearCancellation();

private:
    friend class BlockingListener;
    std::unique_ptr<BlockingPeerPrivate> d;
};

} // namespace IpcPrims
