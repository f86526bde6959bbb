// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/blockinglistener.h>

#include "peer/blockinglistener_p.h"
#include "session/peername_p.h"

#include <utility>

namespace IpcPrims {

BlockingListener::BlockingListener()
    : d(std::make_unique<BlockingListenerPrivate>())
{}

BlockingListener::~BlockingListener() = default;
BlockingListener::BlockingListener(BlockingListener &&other) noexcept = default;
BlockingListener &BlockingListener::operator=(BlockingListener &&other) noexcept = default;

QList<quint16> BlockingListener::channels() const
{
    return d->settings.terms.channels;
}

void BlockingListener::setChannels(const QList<quint16> &channels)
{
    d->settings.terms.channels = channels;
}

QString BlockingListener::name() const
{
    return d->settings.name;
}

void BlockingListener::setName(const QString &name)
{
    d->settings.name = boundedPeerName(name);
}

std::chrono::milliseconds BlockingListener::handshakeTimeout() const
{
    return d->settings.handshakeTimeout;
}

void BlockingListener::setHandshakeTimeout(std::chrono::milliseconds timeout)
{
    d->settings.handshakeTimeout = normalizedTimeout(timeout);
}

int BlockingListener::maxPendingHandshakes() const
{
    return d->maxPendingHandshakes;
}

void BlockingListener::setMaxPendingHandshakes(int count)
{
    d->maxPendingHandshakes = qMax(1, count);
}

ReceiveLimits BlockingListener::receiveLimits() const
{
    return d->receiveLimits;
}

void BlockingListener::setReceiveLimits(const ReceiveLimits &limits)
{
    d->receiveLimits = limits;
}

unsigned BlockingListener::socketMode() const
{
    return d->listenOptions.socketMode;
}

void BlockingListener::setSocketMode(unsigned mode)
{
    d->listenOptions.socketMode = mode;
}

void BlockingListener::setAuthorizer(Authorizer authorizer)
{
    d->authorizer
            = authorizer ? std::make_shared<const Authorizer>(std::move(authorizer)) : nullptr;
}

void BlockingListener::setErrorHandler(std::function<void(const Error &)> handler)
{
    d->errorHandler = std::move(handler);
}

Error BlockingListener::listen(const Endpoint &endpoint)
{
    return d->listen(endpoint);
}

Error BlockingListener::accept(BlockingPeer *peer, std::chrono::milliseconds timeout)
{
    return d->accept(peer->d.get(), timeout);
}

void BlockingListener::close()
{
    d->close();
}

bool BlockingListener::isListening() const
{
    return d->isListening();
}

Endpoint BlockingListener::endpoint() const
{
    return d->endpoint;
}

void BlockingListener::cancel()
{
    d->cancel();
}

void BlockingListener::clearCancellation()
{
    d->clearCancellation();
}

} // namespace IpcPrims
