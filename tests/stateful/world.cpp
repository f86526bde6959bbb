// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "world.h"

using namespace IpcPrims;
using namespace std::chrono_literals;

World::World(Model *model, int threads)
    : m_model(model)
    , m_endpoint(Endpoint::fromPath(m_directory.filePath(QStringLiteral("s"))))
    , m_acts(model, threads)
{
    makeServer();
    for (Client &client : m_clients)
        makeClient(&client);
    if (threads > 0)
        m_blockingClient = std::make_unique<BlockingClient>(model, m_endpoint,
                                                            model->choice.below(1'000'000));
}

World::~World()
{
    m_isWindingUp = true;
    for (Client &client : m_clients)
        deleteClient(&client);
    deleteServer();
    m_blockingClient.reset();
}

void World::act()
{
    if (m_isWindingUp)
        return;
    Choice &choice = m_model->choice;
    const qint64 subject = choice.below(100);
    if (subject < 2) {
        actOnServer();
    } else if (subject < 40) {
        PeerWatch *const watch = anyServed();
        if (!watch)
            return;
        if (choice.oneIn(200))
            deleteServed();
        else
            m_acts.act(watch);
    } else {
        actOnClient(&m_clients[size_t(choice.below(qint64(m_clients.size())))]);
    }
}

// The server

void World::makeServer()
{
    m_model->journal.note(QStringLiteral("a new server"));
    m_server = std::make_unique<Server>();
    m_server->setChannels(TestChannel::all());
    m_server->setHandshakeTimeout(30s);
    QObject::connect(m_server.get(), &Server::peerConnected, m_server.get(),
                     [this](Peer *peer) { serve(peer); });
    if (const Error error = m_server->listen(m_endpoint))
        m_model->journal.violation(error.message());
}

void World::deleteServer()
{
    if (!m_server)
        return;
    m_model->journal.note(QStringLiteral("the server is deleted"));
    for (const QPointer<PeerWatch> &watch : m_served) {
        if (watch)
            watch->willDestroy();
    }
    for (const Client &client : m_clients) {
        if (client.watch)
            client.watch->serverGoes();
    }
    m_served.clear();
    m_server.reset();
}

void World::actOnServer()
{
    Choice &choice = m_model->choice;
    if (!m_server) {
        makeServer();
    } else if (choice.oneIn(3)) {
        deleteServer();
    } else if (m_server->isListening()) {
        m_model->journal.note(QStringLiteral("the server closes"));
        m_server->close();
    } else {
        m_model->journal.note(QStringLiteral("the server listens"));
        if (const Error error = m_server->listen(m_endpoint))
            m_model->journal.violation(error.message());
    }
}

void World::serve(Peer *peer)
{
    m_acts.prepare(peer);
    m_acts.serve(peer);
    auto *const watch = new PeerWatch(m_model, peer, PeerWatch::Role::Server,
                                      peer->takeAuthToken().value_or(QByteArray()));
    QObject::connect(peer, &QObject::destroyed, watch, &QObject::deleteLater);
    m_served.push_back(watch);
    m_model->actInSlot();
}

PeerWatch *World::anyServed()
{
    std::erase_if(m_served,
                  [](const QPointer<PeerWatch> &watch) { return !watch || !watch->peer(); });
    if (m_served.empty())
        return nullptr;
    return m_served[size_t(m_model->choice.below(qint64(m_served.size())))];
}

void World::deleteServed()
{
    PeerWatch *const watch = anyServed();
    m_model->journal.note(QStringLiteral("end %1 is deleted").arg(watch->end()));
    watch->willDestroy();
    delete watch->peer();
}

// The clients

void World::makeClient(Client *client)
{
    const QByteArray token = "client-" + QByteArray::number(m_model->lastEnd + 1);
    client->peer = std::make_unique<Peer>();
    client->peer->setRequestedChannels(TestChannel::all());
    client->peer->setAuthToken(token);
    client->peer->setConnectTimeout(30s);
    m_acts.prepare(client->peer.get());
    client->watch = new PeerWatch(m_model, client->peer.get(), PeerWatch::Role::Client, token);
    QObject::connect(client->peer.get(), &QObject::destroyed, client->watch, &QObject::deleteLater);
    setReconnectPolicy(client);
}

void World::deleteClient(Client *client)
{
    if (!client->peer)
        return;
    client->watch->willDestroy();
    if (m_isWindingUp || m_model->choice.oneIn(2))
        client->peer.reset();
    else
        client->peer.release()->deleteLater();
}

void World::setReconnectPolicy(Client *client)
{
    const bool reconnects = m_model->choice.oneIn(2);
    client->peer->setReconnectPolicy(reconnects ? ReconnectPolicy::exponential(0ms, 3ms)
                                                : ReconnectPolicy::never());
}

void World::connectClient(Client *client)
{
    m_model->journal.note(QStringLiteral("end %1 connects").arg(client->watch->end()));
    client->watch->willCut();
    const PeerWatch::Call call(client->watch);
    client->peer->connectToServer(m_endpoint);
}

void World::actOnClient(Client *client)
{
    Choice &choice = m_model->choice;
    switch (choice.below(200)) {
    case 0:
        m_model->journal.note(QStringLiteral("end %1 is replaced").arg(client->watch->end()));
        deleteClient(client);
        return makeClient(client);
    case 1:
        return setReconnectPolicy(client);
    case 2:
        return connectClient(client);
    default:
        if (client->peer->state() == Peer::State::Closed && choice.oneIn(10))
            return connectClient(client);
        return m_acts.act(client->watch);
    }
}

// The end

void World::windUp()
{
    m_isWindingUp = true;
    m_acts.dropAnswers();
    if (m_blockingClient)
        m_blockingClient->windUp();
    for (const QPointer<PeerWatch> &watch : m_served) {
        if (watch && watch->peer())
            watch->peer()->setReceiving(true);
    }
    for (Client &client : m_clients) {
        client.peer->setReconnectPolicy(ReconnectPolicy::never());
        client.peer->setReceiving(true);
        if (client.peer->isOpen())
            client.watch->close();
        else if (client.peer->state() != Peer::State::Closing) {
            client.watch->willCut();
            client.peer->abort();
        }
    }
}

bool World::isAtRest()
{
    anyServed();
    for (const Client &client : m_clients) {
        if (client.peer->state() != Peer::State::Closed)
            return false;
    }
    if (m_blockingClient && !m_blockingClient->isAtRest())
        return false;
    m_model->checkFutures();
    return m_served.empty() && m_model->unfinishedFutures() == 0;
}
