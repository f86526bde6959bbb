// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/server_p.h"

#include "peer/peer_p.h"
#include "peer/serverrules_p.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace IpcPrims {

ServerPrivate::~ServerPrivate()
{
    close();
    for (Peer *peer : std::as_const(peers)) // Some of which may live longer.
        peer->d->owner = nullptr;
}

Error ServerPrivate::listen(const Endpoint &where)
{
    if (listener) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("already listening on %1").arg(endpoint.path()));
    }
    if (const Error error = checkServable(settings))
        return error;
    auto newListener = makeListener(transport);
    if (const Error error = newListener->listen(where, listenOptions))
        return error;

    m_served = settings;
    listener = std::move(newListener);
    endpoint = where;
    QObject::connect(listener.get(), &Listener::connectionAccepted, q,
                     [this](const std::shared_ptr<Connection> &connection) {
                         accept(std::move(*connection));
                     });
    QObject::connect(listener.get(), &Listener::acceptError, q, &Server::acceptError);
    updateAccepting();
    Q_EMIT q->listeningChanged(true);
    return {};
}

void ServerPrivate::close()
{
    if (!listener)
        return;
    listener->close();
    listener.release()->deleteLater(); // It may be what called us.
    for (Peer *peer : std::exchange(pending, {})) {
        peer->d->owner = nullptr;
        peer->deleteLater();
        peer->abort();
    }
}

void ServerPrivate::updateAccepting()
{
    if (listener)
        listener->setAccepting(peers.size() < maxPeers);
}

void ServerPrivate::accept(Connection connection)
{
    m_served.peerId = peerIdFor(++m_acceptCount);

    auto *const peer = new Peer(q);
    peer->d->validation = validation;
    pending.append(peer);
    peer->d->acceptConnection(std::move(connection), m_served, this);
    dropOldestPending();
}

void ServerPrivate::dropOldestPending()
{
    const QPointer<Server> alive(q);
    const qsizetype places = qMin<qsizetype>(maxPendingHandshakes, maxPeers - peers.size());
    while (alive && pending.size() > places) {
        const Error reason = gaveWayError(pending.size(), places);
        Peer *const oldest = pending.takeFirst();
        oldest->d->owner = nullptr;
        oldest->abort();
        oldest->deleteLater();
        Q_EMIT q->handshakeFailed(reason);
    }
}

void ServerPrivate::peerOpened(Peer *peer)
{
    pending.removeOne(peer);
    peers.append(peer);
    updateAccepting();
    Q_EMIT q->peerConnected(peer);
}

// If the application goes on using the peer, it does so as a client.
void ServerPrivate::peerEnded(Peer *peer, const Error &reason)
{
    const bool wasOpen = peers.contains(peer);
    peer->d->owner = nullptr;
    forget(peer);
    // Later, as the application's slots are to be called with it, too.
    if (peer->parent() == q)
        peer->deleteLater();
    if (!wasOpen)
        Q_EMIT q->handshakeFailed(reason);
}

void ServerPrivate::peerDestroyed(Peer *peer)
{
    forget(peer);
}

void ServerPrivate::forget(Peer *peer)
{
    pending.removeOne(peer);
    peers.removeOne(peer);
    updateAccepting();
}

} // namespace IpcPrims
