// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/blockingpeer.h>

#include "peer/blockingpeer_p.h"
#include "session/peername_p.h"

#include <utility>

namespace IpcPrims {

BlockingPeer::BlockingPeer()
    : d(std::make_unique<BlockingPeerPrivate>())
{}

BlockingPeer::~BlockingPeer() = default;
BlockingPeer::BlockingPeer(BlockingPeer &&other) noexcept = default;
BlockingPeer &BlockingPeer::operator=(BlockingPeer &&other) noexcept = default;

QList<quint16> BlockingPeer::requestedChannels() const
{
    return d->settings.terms.channels;
}

void BlockingPeer::setRequestedChannels(const QList<quint16> &channels)
{
    d->settings.terms.channels = channels;
}

QString BlockingPeer::name() const
{
    return d->settings.name;
}

void BlockingPeer::setName(const QString &name)
{
    d->settings.name = boundedPeerName(name);
}

void BlockingPeer::setAuthToken(const QByteArray &token, TokenFormat format)
{
    d->settings.authToken = token.isEmpty() ? std::nullopt : std::optional(token);
    d->settings.tokenFormat = format;
}

std::chrono::milliseconds BlockingPeer::connectTimeout() const
{
    return d->settings.handshakeTimeout;
}

void BlockingPeer::setConnectTimeout(std::chrono::milliseconds timeout)
{
    d->settings.handshakeTimeout = normalizedTimeout(timeout);
}

std::chrono::milliseconds BlockingPeer::timeout() const
{
    return d->timeout;
}

void BlockingPeer::setTimeout(std::chrono::milliseconds timeout)
{
    d->timeout = timeout;
}

std::chrono::microseconds BlockingPeer::spinTime() const
{
    return d->spinTime();
}

void BlockingPeer::setSpinTime(std::chrono::microseconds time)
{
    d->setSpinTime(time);
}

void BlockingPeer::setBufferLimits(int framesPerChannel, qint64 bytes)
{
    d->buffers.setLimits(framesPerChannel, bytes);
}

ReceiveLimits BlockingPeer::receiveLimits() const
{
    return d->receiveLimits();
}

void BlockingPeer::setReceiveLimits(const ReceiveLimits &limits)
{
    d->setReceiveLimits(limits);
}

void BlockingPeer::setValidator(std::shared_ptr<const PayloadValidator> validator)
{
    d->validation.validator = std::move(validator);
}

std::shared_ptr<const PayloadValidator> BlockingPeer::validator() const
{
    return d->validation.validator;
}

bool BlockingPeer::answersValidationErrors() const
{
    return d->validation.answersErrors;
}

void BlockingPeer::setAnswersValidationErrors(bool answers)
{
    d->validation.answersErrors = answers;
}

Error BlockingPeer::connectToServer(const Endpoint &endpoint)
{
    return d->connectTo(endpoint);
}

#ifdef Q_OS_UNIX
Error BlockingPeer::connectOver(qintptr socketDescriptor)
{
    return d->connectOver(socketDescriptor);
}

Error BlockingPeer::acceptOver(qintptr socketDescriptor)
{
    return d->acceptOver(socketDescriptor);
}
#endif

Error BlockingPeer::shutdown(const QString &reason, Timeout timeout)
{
    return d->shutDown(reason, timeout.value_or(d->timeout));
}

void BlockingPeer::abort()
{
    d->abort();
}

BlockingPeer::State BlockingPeer::state() const
{
    return d->state();
}

QList<quint16> BlockingPeer::channels() const
{
    return d->channels;
}

QString BlockingPeer::peerId() const
{
    return d->peerId;
}

QString BlockingPeer::peerName() const
{
    return d->peerName;
}

QString BlockingPeer::protocolVersion() const
{
    return d->protocolVersion;
}

std::optional<PeerCredentials> BlockingPeer::credentials() const
{
    return d->credentials;
}

std::optional<QByteArray> BlockingPeer::takeAuthToken()
{
    return d->takeAuthToken();
}

Error BlockingPeer::send(quint16 channel, const QByteArray &payload,
                         std::chrono::milliseconds timeout)
{
    return d->send(channel, payload, timeout);
}

Error BlockingPeer::gather(quint16 channel, const QByteArray &payload)
{
    return d->gather(channel, payload);
}

Error BlockingPeer::flush(std::chrono::milliseconds timeout)
{
    return d->flush(timeout);
}

Error BlockingPeer::receive(Frame *frame, Timeout timeout)
{
    return d->receive(frame, timeout.value_or(d->timeout));
}

Error BlockingPeer::receiveOn(quint16 channel, Frame *frame, Timeout timeout)
{
    return d->receiveOn(channel, frame, timeout.value_or(d->timeout));
}

Reply BlockingPeer::request(const QByteArray &payload, Timeout timeout)
{
    return d->request(payload, timeout.value_or(d->timeout));
}

PingReply BlockingPeer::ping(Timeout timeout)
{
    return d->ping(timeout.value_or(d->timeout));
}

void BlockingPeer::cancel()
{
    d->cancel();
}

void BlockingPeer::clearCancellation()
{
    d->clearCancellation();
}

} // namespace IpcPrims
