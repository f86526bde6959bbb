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
    Listens at an endpoint, for threads without an event loop. The rules for the endpoint and for
    clients are those of Server. Needs no QCoreApplication. Unix only: elsewhere listen() returns
    Unsupported.

    The handshakes of clients proceed while accept() is called, each with its own deadline, so a
    silent, slow or broken client delays no other. The number of sessions isn't limited; that is up
    to the caller of accept().

    A listener belongs to the process that called listen(), as Server does: in a child made by
    fork(), accept() returns NotConnected.

    Only one thread at a time may use a listener, except for cancel(). One that was moved from may
    only be destroyed or assigned to.
*/
class IPCPRIMS_CORE_EXPORT BlockingListener
{
public:
    BlockingListener();
    /// Closes. Accepted sessions continue.
    ~BlockingListener();
    BlockingListener(BlockingListener &&other) noexcept;
    BlockingListener &operator=(BlockingListener &&other) noexcept;

    // Configuration, as for Server; takes effect at the next listen().

    QList<quint16> channels() const;
    void setChannels(const QList<quint16> &channels);
    /// A name of this server for its clients; see Peer::setName().
    QString name() const;
    void setName(const QString &name);
    /// Time-out of a client's whole handshake; 5 s by default.
    std::chrono::milliseconds handshakeTimeout() const;
    void setHandshakeTimeout(std::chrono::milliseconds timeout);
    /// Maximum of clients in the handshake; 64 by default. One more ends the oldest of them.
    int maxPendingHandshakes() const;
    void setMaxPendingHandshakes(int count);
    /// The limits of clients that connect from now on; accept() sets them on the peer, in place of
    /// its own. By default payloads of up to MaxPayloadSize at any rate.
    ReceiveLimits receiveLimits() const;
    void setReceiveLimits(const ReceiveLimits &limits);
    /// Mode of the socket's file; 0600 by default.
    unsigned socketMode() const;
    void setSocketMode(unsigned mode);

    /*!
        Lets \a authorizer decide whether to accept a client, and with which channels, as
        Server::setAuthorizer() does. It is called by accept(), in that thread, and has to decide
        before it returns; otherwise the client is refused. All other clients wait meanwhile.
        Applies to clients that connect from now on. None by default.
    */
    using Authorizer = std::function<void(const AuthorizationRequest &request)>;
    void setAuthorizer(Authorizer authorizer);

    /// Called by accept() with errors that don't end it: why a client was refused, or that
    /// accepting pauses for lack of descriptors or memory.
    void setErrorHandler(std::function<void(const Error &)> handler);

    /// Binds and listens, see Server::listen().
    Error listen(const Endpoint &endpoint);

    /*!
        Waits for a client to complete its handshake, and begins the session in \a peer, whose other
        settings don't change. Errors: Timeout, Cancelled, NotConnected if the listener isn't
        listening.
    */
    Error accept(BlockingPeer *peer, std::chrono::milliseconds timeout = BlockingPeer::NoTimeout);

    /// Stops listening and removes the socket's file if it is still this listener's. Ends
    /// handshakes in progress.
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
