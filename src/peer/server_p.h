// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/peer_p.h"
#include "peer/serverrules_p.h"
#include "peer/validation_p.h"
#include "session/session_p.h"
#include "transport/connection_p.h"
#include "transport/listener_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qlist.h>

#include <memory>

namespace IpcPrims {

class ServerPrivate final : private PeerPrivate::Owner
{
public:
    explicit ServerPrivate(Server *server)
        : q(server)
    {}
    ~ServerPrivate();
    Q_DISABLE_COPY_MOVE(ServerPrivate)

    Error listen(const Endpoint &where);
    void close();
    /// Accepts only while there is room for one more peer.
    void updateAccepting();

    Server *const q;

    SessionSettings settings;
    ListenOptions listenOptions;
    Transport transport = Transport::Automatic;
    int maxPendingHandshakes = DefaultMaxPendingHandshakes;
    int maxPeers = 4096;
    Validation validation;

    Endpoint endpoint;
    std::unique_ptr<Listener> listener;
    QList<Peer *> pending; // Still shaking hands, the oldest first.
    QList<Peer *> peers;

private:
    void accept(Connection connection);
    void peerOpened(Peer *peer) override;
    void peerEnded(Peer *peer, const Error &reason) override;
    void peerDestroyed(Peer *peer) override;
    void forget(Peer *peer);
    void dropOldestPending();

    SessionSettings m_served; // The settings at the time of listen().
    quint64 m_acceptCount = 0;
};

} // namespace IpcPrims
