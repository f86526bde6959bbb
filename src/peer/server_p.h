// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/clientlist_p.h"
#include "peer/peergroup_p.h"
#include "peer/peerthread_p.h"
#include "peer/serverrules_p.h"
#include "peer/taskbox_p.h"
#include "peer/tokenbucket_p.h"
#include "peer/validation_p.h"
#include "session/session_p.h"
#include "transport/listener_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/receivelimits.h>
#include <IpcPrims/server.h>

#include <QtCore/qtimer.h>

#include <chrono>
#include <memory>
#include <vector>

namespace IpcPrims {

class ServerPrivate final : public PeerGroup::Observer
{
public:
    explicit ServerPrivate(Server *server);
    ~ServerPrivate();
    Q_DISABLE_COPY_MOVE(ServerPrivate)

    Error listen(const Endpoint &where);
    Error addConnection(qintptr socketDescriptor);
    void close();
    /// The server is moved to another thread.
    void leaveThread();
    /// Accepts only while there is room for one more peer, and no faster than is allowed.
    void updateAccepting();
    void setAcceptRate(int perSecond, int burst);
    QFuture<BroadcastResult> broadcast(quint16 channel, const QByteArray &payload,
                                       SlowPeerPolicy policy);

    // PeerGroup::Observer
    void clientOpened(Peer *peer) override;
    void clientFailed(const Error &reason) override;
    void clientGone() override;

    Server *const q;

    SessionSettings settings;
    ListenOptions listenOptions;
    Transport transport = Transport::Automatic;
    int maxPendingHandshakes = DefaultMaxPendingHandshakes;
    int maxPeers = 4096;
    int maxPeersPerUser = DefaultMaxPeersPerUser;
    int acceptRate = 0;
    int acceptBurst = 1;
    Validation validation;
    ReceiveLimits receiveLimits;
    std::shared_ptr<const Server::Authorizer> authorizer;
    int workerThreads = 0;
    std::shared_ptr<const Server::PeerHandler> peerHandler;

    Endpoint endpoint;
    std::unique_ptr<Listener> listener;
    const std::shared_ptr<ClientList> clients = std::make_shared<ClientList>();
    const std::unique_ptr<PeerGroup> group; // Of the server's own thread.
    TaskBox tasks; // What threads have to tell.
    std::vector<std::unique_ptr<PeerThread, PeerThread::Deleter>>
            threads; // Once there was a need for them.

private:
    void enterThread();
    void startThreads();
    void accept(const std::shared_ptr<IncomingConnection> &connection);
    std::chrono::milliseconds acceptPause();
    PeerThread &threadOf(quint64 number) const { return *threads[number % threads.size()]; }
    void dropOldestPending();
    void turnAway(const Error &reason);
    void reportFailed(const Error &reason);
    Error broadcastError(quint16 channel, const QByteArray &payload) const;

    SessionSettings m_served; // The settings at the time of listen().
    bool m_isInCall = false; // Of the application's, in which nothing is emitted.
    quint64 m_acceptCount = 0;
    TokenBucket m_acceptBucket;
    TokenBucket::Clock::time_point m_lastAccept;
    QTimer m_acceptTimer;
    QMetaObject::Connection m_onThreadEnded;
};

} // namespace IpcPrims
