// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/authorizationrequest.h>
#include <IpcPrims/blockingpeer.h>
#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/receivelimits.h>

#include <QtCore/qlist.h>

#include <chrono>
#include <functional>
#include <memory>

namespace IpcPrims {

class BlockingListenerPrivate;

/*!
    Listens at an endpoint for threads without an event loop; the same rules as Server's hold for
    the endpoint and for clients. Needs no QCoreApplication. Unix only: elsewhere listen() answers
    Unsupported.

    Clients are served, and their handshakes go on, while accept() is called. Each shakes hands on
    its own and under its own deadline, so that a silent, slow or broken client delays nobody. How
    many sessions there may be is up to whoever calls accept().

    A listener belongs to the process that has called listen(), as Server does: in a child made by
    fork(), accept() returns NotConnected.

    One thread at a time may use a listener; cancel() is for all others. One that was moved from may
    only be destroyed or assigned to.
*/
class IPCPRIMS_CORE_EXPORT BlockingListener
{
public:
    BlockingListener();
    /// Closes. Sessions that were accepted go on.
    ~BlockingListener();
    BlockingListener(BlockingListener &&other) noexcept;
    BlockingListener &operator=(BlockingListener &&other) noexcept;

    // Configuration, as for Server; takes effect at the next listen().

    QList<quint16> channels() const;
    void setChannels(const QList<quint16> &channels);
    /// How this server calls itself towards its clients; see Peer::setName().
    QString name() const;
    void setName(const QString &name);
    /// Deadline of a client's whole handshake; 5 s by default.
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(std::chrono::milliseconds timeout);
    /// Most clients at a time that have not finished their handshake; 64 by default. One more makes
    /// the oldest of them go.
    int maxPendingHandshakes() const;
    void setMaxPendingHandshakes(int count);
    /// What clients that connect from now on may send; accept() gives these limits to the peer, in
    /// the place of its own. Payloads of up to MaxPayloadSize at any rate by default.
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);
    /// Access rights of the socket's file, 0600 by default.
    unsigned socketMode() const;
    void setSocketMode(unsigned mode);

    /*!
        Asks \a authorizer whether to let a client in, and with which channels, as
        Server::setAuthorizer() does. It is called by accept(), in that thread, and has to answer
        before it returns: a client without an answer is refused. All others wait meanwhile. Applies
        to clients that connect from now on; none by default, and an empty one.
    */
    using Authorizer = std::function<void(const AuthorizationRequest &request)>;
    void setAuthorizer(Authorizer authorizer);

    /// Is called by accept() with what does not end it: why a client was turned away, or that
    /// accepting pauses for lack of descriptors or memory.
    void setErrorHandler(std::function<void(const Error &)> handler);

    /// Binds and listens, see Server::listen().
    Error listen(const Endpoint &endpoint);

    /*!
        Waits for a client and its handshake, and begins the session in \a peer, whose other
        settings stay as they are. Timeout, Cancelled, or NotConnected if the listener does not
        listen.
    */
    Error accept(BlockingPeer *peer, std::chrono::milliseconds timeout = BlockingPeer::NoTimeout);

    /// Stops listening and removes the socket's file, if it still is this listener's. Handshakes in
    /// progress are given up.
    void close();

    bool isListening() const;
    Endpoint endpoint() const;

    /// From any thread: accept() returns Cancelled, now and until clearCancellation().
    void cancel();
    void clearCancellation();

private:
    std::unique_ptr<BlockingListenerPrivate> d;
};

} // namespace IpcPrims
