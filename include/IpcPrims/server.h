// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/authorizationrequest.h>
#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/protocol.h>
#include <IpcPrims/receivelimits.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <functional>
#include <memory>

namespace IpcPrims {

class Peer;
class ServerPrivate;

/// The result of a broadcast; every peer that has the channel is counted.
struct BroadcastResult
{
    /// If set, the frame was sent to no peer: UnsupportedChannel for CONTROL, PayloadTooLarge, or
    /// ValidationFailed if the server's validator refused it.
    Error error;
    qsizetype sent = 0; ///< Peers it was queued for.
    /// Lost frames: this one, for a slow peer or one that can't take it, or older ones of a peer.
    qsizetype dropped = 0;
    qsizetype disconnected = 0; ///< Slow peers that were aborted, with QueueFull.
};

/*!
    Listens at an endpoint and makes the handshake with every client that connects. Each handshake
    has its own deadline, so a silent, slow or broken client delays no other.

    A server lives in one thread with an event loop, and so do its peers, unless it has worker
    threads (setWorkerThreads()). Call its functions there. A call emits no signal except that of a
    property that it sets. The server stops listening when its thread ends and, with a warning, when
    it is moved to another thread.

    It belongs to the process that called listen(). A child made by fork() neither listens nor has
    the sessions, and ends none of them. A daemon has to fork before it listens.
*/
class IPCPRIMS_CORE_EXPORT Server : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Server)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
    Q_PROPERTY(QList<quint16> channels READ channels WRITE setChannels NOTIFY channelsChanged)

public:
    explicit Server(QObject *parent = nullptr);
    /// Closes. Peers that still belong to the server are aborted and deleted, and their queues
    /// dropped. An application that quits waits only for peers that are being closed, see
    /// Peer::close().
    ~Server() override;

    // Configuration; takes effect at the next listen(); limits, authorizer and validation at the
    // next client.

    /// The channels that clients may negotiate; COMMAND, DATA, TELEMETRY and ERROR by default.
    QList<quint16> channels() const;
    void setChannels(const QList<quint16> &channels);

    /// A name of this server for its clients; see Peer::setName().
    QString name() const;
    void setName(const QString &name);

    /// Time-out of a client's whole handshake; 5 s by default (protocol section 3.8).
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(std::chrono::milliseconds timeout);

    /// Maximum of clients in the handshake; 64 by default. One more ends the oldest of them.
    int maxPendingHandshakes() const;
    void setMaxPendingHandshakes(int count);

    /// Maximum of open sessions; 4096 by default. More clients wait in the system's backlog. For
    /// the last places, clients are accepted one at a time, so that those that are ready get in;
    /// one that isn't is ended to make room for the next.
    int maxPeers() const;
    void setMaxPeers(int count);

    /*!
        Maximum of clients of one user, open or in the handshake; 1024 by default. More are
        disconnected. With a socket for one user, which is the default, this limit is reached before
        maxPeers(). Clients whose user is unknown count as those of one more user.
    */
    int maxPeersPerUser() const;
    void setMaxPeersPerUser(int count);

    /*!
        Accepts at most \a perSecond clients a second, and \a burst (at least 1) at once after a
        quiet time; more wait in the system's backlog. 0, the default, for no limit.
    */
    void setAcceptRate(int perSecond, int burst);
    int acceptRate() const;
    int acceptBurst() const;

    /*!
        Lets \a authorizer decide whether to accept a client, and with which channels. It is called
        for each valid handshake request and may decide at once or later; until then the client
        waits, and the handshake's time-out keeps running. With worker threads it is called in them,
        several at a time. By default there is none: every client gets the channels both sides have.
    */
    using Authorizer = std::function<void(const AuthorizationRequest &request)>;
    void setAuthorizer(Authorizer authorizer);

    /*!
        A new token that can't be guessed, for the clients that are to be accepted: 32 random bytes
        of the system as 43 letters, digits, '-' and '_'. May be called from any thread.
    */
    static QByteArray makeToken();
    /*!
        Whether a client's token \a given equals the \a expected one. Takes a time that depends only
        on the length of \a given, so the token can't be found out by measuring. Always \c false if
        \a expected is empty, so that an unset variable accepts no client. May be called from any
        thread.
    */
    static bool isSameToken(QByteArrayView given, QByteArrayView expected);

    /*!
        Distributes the clients over \a count threads of the server, each with an event loop. A
        client's peer lives in one of them from beginning to end. Instead of peerConnected(), \a
        handler is called there with each peer after its handshake, and connects to its signals; it
        must be able to run in several threads at once. 0 for no threads, the default. The threads
        start at the next listen() and end with the server, which aborts their peers. Does nothing
        once they have started.

        The destructor waits for the threads, so they must not wait for the server's. Near
        maxPeers() a client may be disconnected, instead of waiting, if others open meanwhile.
    */
    using PeerHandler = std::function<void(Peer *peer)>;
    void setWorkerThreads(int count, PeerHandler handler);
    int workerThreads() const;

    /// Mode of the socket's file; 0600 by default: this user only. Unused on Windows.
    unsigned socketMode() const;
    void setSocketMode(unsigned mode);

    /// The validator of every client's peer, see Peer::setValidator(); none by default.
    std::shared_ptr<const PayloadValidator> validator() const;
    void setValidator(std::shared_ptr<const PayloadValidator> validator);

    /// See Peer::setAnswersValidationErrors().
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    /// The limits of every client's peer, see Peer::setReceiveLimits(). By default payloads of up
    /// to MaxPayloadSize at any rate.
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);

    Transport transport() const;
    void setTransport(Transport transport);

    /*!
        Binds and listens. A live server at \a endpoint is never displaced: AddressInUse, which
        means that it can be connected to (for one that is just starting or ending this waits, for 2
        s at most). The socket of a dead server is replaced; anything else there is left alone
        (PathOccupied). InvalidArgument for channels with which no handshake could succeed.
    */
    Error listen(const Endpoint &endpoint);

    /*!
        Serves the client at the other end of a connected stream socket: of socketpair(), of another
        process, or accepted elsewhere; on Windows of a pipe. It is treated like any other client.
        The server need not listen. It takes ownership of the socket, and closes it also on an
        error: InvalidArgument if it isn't such a socket, or if this process was forked from that of
        the worker threads. The client's user is that of the process that connected the socket, or
        that called socketpair().
    */
    Error addConnection(qintptr socketDescriptor);

    /*!
        Stops listening and removes the socket's file if it is still this server's. Ends handshakes
        in progress, also those of addConnection() if the server wasn't listening. Open sessions
        continue.
    */
    void close();

    bool isListening() const;
    Endpoint endpoint() const;

    /// The open sessions, oldest first, without those in worker threads, whose peers can't be used
    /// here.
    QList<IpcPrims::Peer *> peers() const;
    /// The number of open sessions, those in worker threads included.
    qsizetype peerCount() const;

    /*!
        Sends a frame to every peer that has negotiated \a channel. \a policy applies to those whose
        queue is at its high-water mark (Peer::setSendWaterMarks()). A payload over 16 KiB is shared
        by all, not copied. The frame is written at the end of this turn of the event loop, or in
        the next turns if there are very many peers. The future is finished when the call returns;
        with worker threads it finishes when all of them have queued the frame.
    */
    QFuture<BroadcastResult> broadcast(quint16 channel, const QByteArray &payload,
                                       SlowPeerPolicy policy = SlowPeerPolicy::DropNewest);

Q_SIGNALS:
    void listeningChanged(bool listening);
    void nameChanged(const QString &name);
    void channelsChanged(const QList<quint16> &channels);

    /*!
        A client has finished its handshake; not emitted for clients of worker threads. Connect to
        \a peer's signals here: frames that came with the handshake follow at once. The server owns
        the peer and deletes it some time after its disconnected() signal; to keep it, give it
        another parent with setParent().
    */
    void peerConnected(IpcPrims::Peer *peer);

    /// A client was refused and disconnected without a reply. \a reason says why.
    void handshakeFailed(const IpcPrims::Error &reason);

    /// Accepting failed, for example for lack of descriptors. The server retries.
    void acceptError(const IpcPrims::Error &error);

protected:
    bool event(QEvent *event) override;

private:
    friend class ServerPrivate;
    std::unique_ptr<ServerPrivate> d;
};

} // namespace IpcPrims
