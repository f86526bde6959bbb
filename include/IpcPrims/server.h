// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <memory>

namespace IpcPrims {

class Peer;
class ServerPrivate;

/*!
    Listens at an endpoint and shakes hands with every client that connects, each on its own and
    under its own deadline: a silent, slow or broken client delays nobody.

    A server lives in one thread with an event loop, as do its peers.
*/
class IPCPRIMS_CORE_EXPORT Server : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Server)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)
    Q_PROPERTY(QList<quint16> channels READ channels WRITE setChannels)

public:
    explicit Server(QObject *parent = nullptr);
    /// Closes; peers that still belong to the server are aborted and deleted with it.
    ~Server() override;

    // Configuration; takes effect at the next listen(), the two limits and validation at the next
    // client.

    /// What clients may negotiate; COMMAND, DATA, TELEMETRY and ERROR by default.
    QList<quint16> channels() const;
    void setChannels(const QList<quint16> &channels);

    /// Deadline of a client's whole handshake; 5 s by default (protocol section 3.8).
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(std::chrono::milliseconds timeout);

    /// Most clients at a time that have not finished their handshake; 64 by default. One more makes
    /// the oldest of them go.
    int maxPendingHandshakes() const;
    void setMaxPendingHandshakes(int count);

    /// Most open sessions at a time; 4096 by default. More clients wait in the system's backlog.
    int maxPeers() const;
    void setMaxPeers(int count);

    /// Access rights of the socket's file, 0600 by default: this user only. Unused on Windows.
    unsigned socketMode() const;
    void setSocketMode(unsigned mode);

    /// What judges the frames of every client, see Peer::setValidator(); none by default.
    std::shared_ptr<const PayloadValidator> validator() const;
    void setValidator(std::shared_ptr<const PayloadValidator> validator);

    /// See Peer::setAnswersValidationErrors().
    bool answersValidationErrors() const;
    void setAnswersValidationErrors(bool answers);

    Transport transport() const;
    void setTransport(Transport transport);

    /*!
        Binds and listens. A live server at \a endpoint is never displaced (AddressInUse); the
        socket of a dead one is replaced; anything else there is left alone (PathOccupied). A list
        of channels that no handshake could pass is refused (InvalidArgument).
    */
    Error listen(const Endpoint &endpoint);

    /*!
        Stops listening and removes the socket's file, if it still is this server's. Handshakes in
        progress are given up; open sessions go on.
    */
    void close();

    bool isListening() const;
    Endpoint endpoint() const;

    /// The open sessions, in the order they were opened.
    QList<IpcPrims::Peer *> peers() const;

Q_SIGNALS:
    void listeningChanged(bool listening);

    /*!
        A client has finished its handshake. Connect to \a peer's signals here: frames that came
        with the handshake follow at once. The server owns the peer and deletes it some time after
        its disconnected() signal; peer->setParent() takes it over.
    */
    void peerConnected(IpcPrims::Peer *peer);

    /// A client was turned away; \a reason tells what it did. It was answered with silence.
    void handshakeFailed(const IpcPrims::Error &reason);

    /// Accepting failed, for example for lack of descriptors. The server goes on by itself.
    void acceptError(const IpcPrims::Error &error);

private:
    friend class ServerPrivate;
    std::unique_ptr<ServerPrivate> d;
};

} // namespace IpcPrims
