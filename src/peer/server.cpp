// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/server.h>

#include "peer/server_p.h"

#include "peer/logging_p.h"
#include "session/peername_p.h"

#include <QtCore/qcoreevent.h>

#include <utility>

namespace IpcPrims {

Server::Server(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ServerPrivate>(this))
{}

Server::~Server() = default;

bool Server::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

QList<quint16> Server::channels() const
{
    return d->settings.terms.channels;
}

void Server::setChannels(const QList<quint16> &channels)
{
    if (std::exchange(d->settings.terms.channels, channels) != channels)
        Q_EMIT channelsChanged(channels);
}

QString Server::name() const
{
    return d->settings.name;
}

void Server::setName(const QString &name)
{
    const QString bounded = boundedPeerName(name);
    if (std::exchange(d->settings.name, bounded) != bounded)
        Q_EMIT nameChanged(bounded);
}

std::chrono::milliseconds Server::handshakeTimeout() const
{
    return d->settings.handshakeTimeout;
}

void Server::setHandshakeTimeout(std::chrono::milliseconds timeout)
{
    d->settings.handshakeTimeout = normalizedTimeout(timeout);
}

int Server::maxPendingHandshakes() const
{
    return d->maxPendingHandshakes;
}

void Server::setMaxPendingHandshakes(int count)
{
    d->maxPendingHandshakes = qMax(1, count);
}

int Server::maxPeers() const
{
    return d->maxPeers;
}

void Server::setMaxPeers(int count)
{
    d->maxPeers = qMax(1, count);
    d->updateAccepting();
}

int Server::maxPeersPerUser() const
{
    return d->maxPeersPerUser;
}

void Server::setMaxPeersPerUser(int count)
{
    d->maxPeersPerUser = qMax(1, count);
}

void Server::setAcceptRate(int perSecond, int burst)
{
    d->setAcceptRate(qMax(0, perSecond), qMax(1, burst));
}

int Server::acceptRate() const
{
    return d->acceptRate;
}

int Server::acceptBurst() const
{
    return d->acceptBurst;
}

void Server::setAuthorizer(Authorizer authorizer)
{
    d->authorizer
            = authorizer ? std::make_shared<const Authorizer>(std::move(authorizer)) : nullptr;
}

void Server::setWorkerThreads(int count, PeerHandler handler)
{
    if (!d->threads.empty()) {
        qCWarning(lcPeer) << "The worker threads of a server can't be changed any more";
        return;
    }
    d->workerThreads = qMax(0, count);
    d->peerHandler = std::make_shared<const PeerHandler>(std::move(handler));
}

int Server::workerThreads() const
{
    return d->workerThreads;
}

unsigned Server::socketMode() const
{
    return d->listenOptions.socketMode;
}

void Server::setSocketMode(unsigned mode)
{
    d->listenOptions.socketMode = mode;
}

std::shared_ptr<const PayloadValidator> Server::validator() const
{
    return d->validation.validator;
}

void Server::setValidator(std::shared_ptr<const PayloadValidator> validator)
{
    d->validation.validator = std::move(validator);
}

bool Server::answersValidationErrors() const
{
    return d->validation.answersErrors;
}

void Server::setAnswersValidationErrors(bool answers)
{
    d->validation.answersErrors = answers;
}

ReceiveLimits Server::receiveLimits() const
{
    return d->receiveLimits;
}

void Server::setReceiveLimits(const ReceiveLimits &limits)
{
    d->receiveLimits = limits;
}

Transport Server::transport() const
{
    return d->transport;
}

void Server::setTransport(Transport transport)
{
    d->transport = transport;
}

Error Server::listen(const Endpoint &endpoint)
{
    return d->listen(endpoint);
}

Error Server::addConnection(qintptr socketDescriptor)
{
    return d->addConnection(socketDescriptor);
}

void Server::close()
{
    const bool wasListening = isListening();
    d->close();
    if (wasListening)
        Q_EMIT listeningChanged(false);
}

bool Server::isListening() const
{
    return d->listener && d->listener->isListening();
}

Endpoint Server::endpoint() const
{
    return d->endpoint;
}

QList<Peer *> Server::peers() const
{
    return d->group->peers();
}

qsizetype Server::peerCount() const
{
    return d->clients->openCount();
}

QFuture<BroadcastResult> Server::broadcast(quint16 channel, const QByteArray &payload,
                                           SlowPeerPolicy policy)
{
    return d->broadcast(channel, payload, policy);
}

} // namespace IpcPrims
