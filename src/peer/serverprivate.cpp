// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/server_p.h"

#include "frame/header_p.h"
#include "peer/logging_p.h"
#include "peer/peerlog_p.h"
#include "peer/serverrules_p.h"
#include "transport/broughtsocket_p.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qpromise.h>
#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

// How much later another client is accepted while those that shake hands take all places there are:
// by then whoever is ready has got in, and whoever is silent may have to go.
static constexpr std::chrono::milliseconds LastPlaceTime = std::chrono::milliseconds(50);

ServerPrivate::ServerPrivate(Server *server)
    : q(server)
    , group(std::make_unique<PeerGroup>(clients, this, server))
    , tasks(server)
    , m_acceptBucket(acceptRate, acceptBurst, TokenBucket::Clock::now())
{
    // Both move with the server to another thread.
    group->setParent(server);
    m_acceptTimer.setParent(server);
    m_acceptTimer.setSingleShot(true);
    QObject::connect(&m_acceptTimer, &QTimer::timeout, q, [this] { updateAccepting(); });
}

ServerPrivate::~ServerPrivate()
{
    close();
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

    enterThread();
    startThreads();
    m_served = settings;
    listener = std::move(newListener);
    endpoint = where;
    QObject::connect(
            listener.get(), &Listener::connectionAccepted, q,
            [this](const std::shared_ptr<IncomingConnection> &connection) { accept(connection); });
    QObject::connect(listener.get(), &Listener::acceptError, q, &Server::acceptError);
    updateAccepting();
    Q_EMIT q->listeningChanged(true);
    return {};
}

void ServerPrivate::enterThread()
{
    if (m_onThreadEnded)
        return;
    // In that thread, while it still can stop the timers that were started there. Nobody would
    // accept those who connect later.
    m_onThreadEnded = QObject::connect(
            q->thread(), &QThread::finished, q, [this] { q->close(); }, Qt::DirectConnection);
}

void ServerPrivate::leaveThread()
{
    QObject::disconnect(std::exchange(m_onThreadEnded, {}));
    if (!listener)
        return;
    qCWarning(lcPeer, "Server: moved to another thread while it was listening, which it stops "
                      "therefore");
    q->close();
}

Error ServerPrivate::addConnection(qintptr socketDescriptor)
{
    const BroughtSocket socket(transport, socketDescriptor);
    if (socket.error)
        return socket.error;
    if (!threads.empty() && threads.front()->isInherited()) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("this process was forked from that of the server, and has none "
                                    "of its %1 worker threads; it needs a Server of its own")
                             .arg(threads.size()));
    }
    if (!listener) {
        if (const Error error = checkServable(settings))
            return error;
        enterThread();
        startThreads();
        m_served = settings;
    }
    const QScopedValueRollback inCall(m_isInCall, true);
    accept(socket.connection);
    return {};
}

void ServerPrivate::startThreads()
{
    if (!threads.empty())
        return;
    for (int i = 0; i < workerThreads; ++i)
        threads.emplace_back(new PeerThread(this, clients, peerHandler));
}

void ServerPrivate::close()
{
    m_acceptTimer.stop();
    if (listener) {
        listener->close();
        listener.release()->deleteLater(); // It may be what called us.
    }
    group->giveUpPending();
    for (const auto &thread : threads)
        thread->giveUpPending();
}

// Accepting

void ServerPrivate::updateAccepting()
{
    if (!listener)
        return;
    const auto pause = acceptPause();
    if (pause > pause.zero())
        m_acceptTimer.start(pause);
    listener->setAccepting(clients->openCount() < maxPeers && pause == pause.zero());
}

std::chrono::milliseconds ServerPrivate::acceptPause()
{
    const auto now = TokenBucket::Clock::now();
    const auto pause = m_acceptBucket.wait(now);
    if (clients->count() < maxPeers)
        return pause;
    return std::max(pause, std::chrono::ceil<std::chrono::milliseconds>(m_lastAccept + LastPlaceTime
                                                                        - now));
}

void ServerPrivate::setAcceptRate(int perSecond, int burst)
{
    acceptRate = perSecond;
    acceptBurst = burst;
    m_acceptBucket = TokenBucket(perSecond, burst, TokenBucket::Clock::now());
    m_acceptTimer.stop();
    updateAccepting();
}

void ServerPrivate::accept(const std::shared_ptr<IncomingConnection> &connection)
{
    const quint64 number = ++m_acceptCount;
    m_lastAccept = TokenBucket::Clock::now();
    m_acceptBucket.refill(m_lastAccept);
    m_acceptBucket.take();

    ClientList::User user;
    if (connection->credentials)
        user = connection->credentials->uid;
    if (clients->countOf(user) >= maxPeersPerUser) {
        updateAccepting();
        turnAway(tooManyOfUserError(user, maxPeersPerUser));
        return;
    }

    clients->add(number, user);
    updateAccepting();
    NewClient client = {number, connection, m_served, validation, receiveLimits, authorizer};
    client.settings.peerId = peerIdFor(number);
    client.settings.asksForAuthorization = authorizer != nullptr;
    const QPointer<Server> alive(q);
    if (threads.empty())
        group->accept(client);
    else
        threadOf(number).accept(std::move(client));
    if (alive)
        dropOldestPending();
}

void ServerPrivate::dropOldestPending()
{
    const QPointer<Server> alive(q);
    while (alive) {
        const auto oldest = clients->takeOldestPending(maxPendingHandshakes, maxPeers);
        if (!oldest)
            return;
        if (threads.empty())
            group->giveUp(oldest->number);
        else
            threadOf(oldest->number).giveUp(oldest->number);
        turnAway(gaveWayError(oldest->pending, oldest->places));
    }
}

void ServerPrivate::turnAway(const Error &reason)
{
    PeerLog::clientTurnedAway(reason);
    reportFailed(reason);
}

void ServerPrivate::reportFailed(const Error &reason)
{
    if (!m_isInCall) {
        Q_EMIT q->handshakeFailed(reason);
        return;
    }
    QMetaObject::invokeMethod(
            q, [this, reason] { Q_EMIT q->handshakeFailed(reason); }, Qt::QueuedConnection);
}

// What becomes of clients

void ServerPrivate::clientOpened(Peer *peer)
{
    updateAccepting();
    Q_EMIT q->peerConnected(peer);
}

void ServerPrivate::clientFailed(const Error &reason)
{
    updateAccepting();
    reportFailed(reason);
}

void ServerPrivate::clientGone()
{
    updateAccepting();
}

// Sending to all

QFuture<BroadcastResult> ServerPrivate::broadcast(quint16 channel, const QByteArray &payload,
                                                  SlowPeerPolicy policy)
{
    if (const Error error = broadcastError(channel, payload)) {
        QPromise<BroadcastResult> refused; // Qt's function for this has another name since 6.6.
        refused.start();
        refused.addResult(BroadcastResult{error});
        refused.finish();
        return refused.future();
    }
    const auto sum = std::make_shared<BroadcastSum>(1 + qsizetype(threads.size()));
    for (const auto &thread : threads)
        thread->broadcast(channel, payload, policy, validation.validator, sum);
    sum->add(group->broadcast(channel, payload, policy, validation.validator.get()));
    return sum->future();
}

// Why such a frame can't be sent to anybody.
Error ServerPrivate::broadcastError(quint16 channel, const QByteArray &payload) const
{
    if (channel == Channel::Control)
        return controlChannelError();
    if (const Error error = checkPayloadSize(payload.size(), MaxPayloadSize))
        return error;
    if (!validation.validator)
        return {};
    const auto failure
            = validation.validator->check(channel, payload, PayloadValidator::Direction::Send);
    return failure ? Error(ErrorCode::ValidationFailed, validationText(*failure)) : Error();
}

} // namespace IpcPrims
