// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "blockingclient.h"
#include "model.h"
#include "peeracts.h"
#include "peerwatch.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/server.h>

#include <QtCore/qtemporarydir.h>

#include <array>
#include <memory>
#include <vector>

/// A server and clients of it in one thread, and everything that an application can do with them.
class World
{
    Q_DISABLE_COPY_MOVE(World)

public:
    World(Model *model, int threads);
    ~World();

    /// Does something, anything.
    void act();

    /// Lets everything come to its end: nothing new begins, nothing is held back any more.
    void windUp();
    /// Whether that has happened.
    bool isAtRest();

private:
    struct Client
    {
        std::unique_ptr<IpcPrims::Peer> peer;
        QPointer<PeerWatch> watch;
    };

    void makeServer();
    void deleteServer();
    void actOnServer();
    void serve(IpcPrims::Peer *peer);
    PeerWatch *anyServed();
    void deleteServed();

    void makeClient(Client *client);
    void deleteClient(Client *client);
    void actOnClient(Client *client);
    void connectClient(Client *client);
    void setReconnectPolicy(Client *client);

    Model *const m_model;
    QTemporaryDir m_directory;
    const IpcPrims::Endpoint m_endpoint;
    PeerActs m_acts;
    std::unique_ptr<IpcPrims::Server> m_server;
    std::vector<QPointer<PeerWatch>> m_served;
    std::array<Client, 3> m_clients;
    std::unique_ptr<BlockingClient> m_blockingClient; // Where other threads are wanted.
    bool m_isWindingUp = false;
};
