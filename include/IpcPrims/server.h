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

/// What became of a broadcast; every peer that has the channel is counted.
struct BroadcastResult
{
    /// The frame can't be sent to anybody: UnsupportedChannel for CONTROL, PayloadTooLarge, or
    /// ValidationFailed if the server's validator refused it.
    Error error;
    qsizetype sent = 0; ///< Peers it was queued for.
    /// Frames that were lost: this one, for a slow peer or one that can't take it, or older ones.
    qsizetype dropped = 0;
    qsizetype disconnected = 0; ///< Slow peers that were aborted, with QueueFull.
};

/*!
    Listens at an endpoint and shakes hands with every client that connects, each on its own and
    under its own deadline: a silent, slow or broken client delays nobody.

    A server lives in one thread with an event loop, and so do its peers, unless it has worker
    threads, see setWorkerThreads(). All its functions are to be called there. No call emits a
    signal but that of a property that it sets. When that thread ends it stops listening; it also
    does, with a warning, when it is moved to another thread.

    It belongs to the process that has called listen(): a child made by fork() neither listens nor
    has the sessions, and ends none of them. Daemons fork first.
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
    /// Closes; peers that still belong to the server are aborted and deleted with it, and what they
    /// have queued is dropped. Quitting the application waits for peers that are being closed, see
    /// Peer::close(), but not for others.
    ~Server() override;

    // Configuration; takes effect at the next listen(), what is said of limits, authorizer and
    // validation at the next client.

    /// What clients may negotiate; COMMAND, DATA, TELEMETRY and ERROR by default.
    QList<quint16> channels() const;
    void setChannels(const QList<quint16> &channels);

    /// How this server calls itself towards its clients; see Peer::setName().
    QString name() const;
    void setName(const QString &name);

    /// Deadline of a client's whole handshake; 5 s by default (protocol section 3.8).
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(std::chrono::milliseconds timeout);

    /// Most clients at a time that have not finished their handshake; 64 by default. One more makes
    /// the oldest of them go.
    int maxPendingHandshakes() const;
    void setMaxPendingHandshakes(int count);

    /// Most open sessions at a time; 4096 by default. More clients wait in the system's backlog.
    /// For the last places they are accepted one after the other, so that whoever is ready gets in;
    /// of those that aren't the oldest gives way.
    int maxPeers() const;
    void setMaxPeers(int count);

    /*!
        Most clients of one user at a time, open or shaking hands; 1024 by default. One more is
        turned away. With a socket for one user, which is the default, this is the lower one of the
        two limits. Clients whose user the system doesn't tell count as those of one more user.
    */
    int maxPeersPerUser() const;
    void setMaxPeersPerUser(int count);

    /*!
        Accepts at most \a perSecond clients a second, and \a burst (at least 1) at once after a
        quiet time; further ones wait in the system's backlog. 0 for no limit, the default.
    */
    void setAcceptRate(int perSecond, int burst);
    int acceptRate() const;
    int acceptBurst() const;

    /*!
        Asks \a authorizer whether to let a client in, and with which channels, once its request has
        been read and could be granted. It may answer at once or later; until then the client waits,
        and its handshake's deadline goes on. With worker threads it is called in them, several at a
        time. None by default, and an empty one: every client gets the channels both sides have.
    */
    using Authorizer = std::function<void(const AuthorizationRequest &request)>;
    void setAuthorizer(Authorizer authorizer);

    /*!
        A token that nobody can guess, to be given to the clients that may come in: 32 bytes of the
        system's random numbers as 43 letters, digits, '-' and '_'. May be called from any thread.
    */
    static QByteArray makeToken();
    /*!
        Whether a client's token \a given is the \a expected one. The time that this takes depends
       on the length of \a given only, so that nobody can find the token out bit by bit. An empty \a
        expected token is the same as none: an unset variable lets nobody in. May be called from any
        thread.
    */
    static bool isSameToken(QByteArrayView given, QByteArrayView expected);

    /*!
        Has \a count threads of the server's own, each with an event loop, look after the clients,
        in turn: a client's peer lives in one of them from its birth to its end. \a handler is
        called there with each peer whose handshake is over, in the place of peerConnected(), and
        connects to its signals; it has to bear being called in several threads at once. 0 for none,
        the default. The threads start at the next listen() and end with the server, which aborts
        their peers; a call that comes once they have started does nothing.

        The destructor waits for the threads, so nothing in them may wait for the server's. With
        maxPeers() reached a client may be turned away, rather than wait, if others open meanwhile.
    */
    using PeerHandler = std::function<void(Peer *peer)>;
    void setWorkerThreads(int count, PeerHandler handler);
    int workerThreads() const;

    /// Access rights of the socket's file, 0600 by default: this user only. Unused on Windows.
    unsigned socketMode() const;
    void setSocketMode(unsigned mode);

    /// What judges the frames of every client, see Peer::setValidator(); none by default.
    std::shared_ptr<const PayloadValidator> validator() const;
    void setValidator(std::shared_ptr<const PayloadValidator> validator);

    /// See Peer::setAnswersValidationErrors().
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    /// What each client may send: its peer begins with these limits, see Peer::setReceiveLimits().
    /// Payloads of up to MaxPayloadSize at any rate by default.
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);

    Transport transport() const;
    void setTransport(Transport transport);

    /*!
        Binds and listens. A live server at \a endpoint is never displaced (AddressInUse), and can
        be connected to then: one that is just starting or ending is waited for, 2 s at most. The
        socket of a dead one is replaced; anything else there is left alone (PathOccupied). A list
        of channels that no handshake could pass is refused (InvalidArgument).
    */
    Error listen(const Endpoint &endpoint);

    /*!
        Serves one more client, at the other end of a connected stream socket: of socketpair(), of
        another process, or accepted elsewhere; on Windows of a pipe. All that is said of clients
        holds for it. The server need not listen. It takes the socket over, and closes it also on an
        error: InvalidArgument if it is no such socket, or if this process was forked from that of
        the worker threads. The client's user is that of whoever has connected the socket: with
        socketpair(), of the process that called it.
    */
    Error addConnection(qintptr socketDescriptor);

    /*!
        Stops listening and removes the socket's file, if it still is this server's. Handshakes in
        progress are given up, those of addConnection() included, also if the server wasn't
        listening; open sessions go on.
    */
    void close();

    bool isListening() const;
    Endpoint endpoint() const;

    /// The open sessions, in the order they were opened; without those in worker threads, whose
    /// peers are no use here.
    QList<IpcPrims::Peer *> peers() const;
    /// The number of open sessions, those in worker threads included.
    qsizetype peerCount() const;

    /*!
        Sends a frame to every peer that has negotiated \a channel. \a policy is for those whose
        queue is at its high-water mark (Peer::setSendWaterMarks()). A payload over 16 KiB is shared
        by all, not copied. The frame leaves at the end of this event loop turn, or in the next ones
        if there are very many peers. The future is finished when the call returns, so that result()
        doesn't wait; with worker threads it is when all of them have queued the frame.
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
        the peer and deletes it some time after its disconnected() signal; peer->setParent() takes
        it over.
    */
    void peerConnected(IpcPrims::Peer *peer);

    /// A client was turned away; \a reason tells what it did. It was answered with silence.
    void handshakeFailed(const IpcPrims::Error &reason);

    /// Accepting failed, for example for lack of descriptors. The server goes on by itself.
    void acceptError(const IpcPrims::Error &error);

protected:
    bool event(QEvent *event) override;

private:
    friend class ServerPrivate;
    std::unique_ptr<ServerPrivate> d;
};

} // namespace IpcPrims
