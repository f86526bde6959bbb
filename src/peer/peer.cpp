// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/peer.h>

#include "peer/peer_p.h"
#include "session/peername_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qmetaobject.h>

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims {

Peer::Peer(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<PeerPrivate>(this))
{}

Peer::~Peer()
{
    d->cancel();
}

bool Peer::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

void Peer::connectNotify(const QMetaMethod &signal)
{
    static const auto ofQueue = QMetaMethod::fromSignal(&Peer::bytesQueuedChanged);
    static const std::array ofProperties
            = {QMetaMethod::fromSignal(&Peer::sessionChanged),
               QMetaMethod::fromSignal(&Peer::disconnectReasonChanged),
               QMetaMethod::fromSignal(&Peer::reconnectAttemptsChanged)};
    // In the peer's thread, whoever connects.
    if (signal == ofQueue)
        QMetaObject::invokeMethod(this, [this] { d->watchQueue(); });
    else if (std::find(ofProperties.begin(), ofProperties.end(), signal) != ofProperties.end())
        QMetaObject::invokeMethod(this, [this] { d->watchProperties(); });
}

void Peer::timerEvent(QTimerEvent *event)
{
    if (!d->onTimer(event->timerId()))
        QObject::timerEvent(event);
}

QList<quint16> Peer::requestedChannels() const
{
    return d->settings.terms.channels;
}

void Peer::setRequestedChannels(const QList<quint16> &channels)
{
    d->settings.terms.channels = channels;
}

QString Peer::name() const
{
    return d->settings.name;
}

void Peer::setName(const QString &name)
{
    const QString bounded = boundedPeerName(name);
    if (std::exchange(d->settings.name, bounded) != bounded)
        Q_EMIT nameChanged(bounded);
}

void Peer::setAuthToken(const QByteArray &token, TokenFormat format)
{
    d->settings.authToken = token.isEmpty() ? std::nullopt : std::optional(token);
    d->settings.tokenFormat = format;
}

std::chrono::milliseconds Peer::connectTimeout() const
{
    return d->settings.handshakeTimeout;
}

void Peer::setConnectTimeout(std::chrono::milliseconds timeout)
{
    d->settings.handshakeTimeout = normalizedTimeout(timeout);
}

Transport Peer::transport() const
{
    return d->transport;
}

void Peer::setTransport(Transport transport)
{
    d->transport = transport;
}

ReconnectPolicy Peer::reconnectPolicy() const
{
    return d->reconnection.policy;
}

void Peer::setReconnectPolicy(const ReconnectPolicy &policy)
{
    d->setReconnectPolicy(policy);
}

Peer::UnsentFrames Peer::unsentFrames(quint16 channel) const
{
    return d->reconnection.outbox.policy(channel);
}

void Peer::setUnsentFrames(quint16 channel, UnsentFrames policy)
{
    d->reconnection.outbox.setPolicy(channel, policy);
}

quint64 Peer::generation() const
{
    return d->reconnection.generation;
}

int Peer::reconnectAttempts() const
{
    return d->reconnection.schedule.attempts();
}

std::chrono::milliseconds Peer::nextRetryIn() const
{
    return d->nextRetryIn();
}

void Peer::connectToServer(const Endpoint &endpoint)
{
    d->connectTo(endpoint);
}

void Peer::connectOver(std::unique_ptr<QIODevice> device)
{
    d->connectOver(std::move(device));
}

void Peer::connectOver(qintptr socketDescriptor)
{
    d->beginOver(socketDescriptor, Session::Role::Client);
}

void Peer::acceptOver(qintptr socketDescriptor)
{
    d->beginOver(socketDescriptor, Session::Role::Server);
}

QFuture<Error> Peer::close(const QString &reason)
{
    return d->close(reason);
}

void Peer::abort()
{
    d->abort(Error());
}

Peer::State Peer::state() const
{
    return d->state;
}

Error Peer::disconnectReason() const
{
    return d->disconnectReason;
}

QList<quint16> Peer::channels() const
{
    return d->session ? d->session->channels() : QList<quint16>();
}

QString Peer::peerId() const
{
    return d->session ? QString::fromUtf8(d->session->peerId()) : QString();
}

QString Peer::peerName() const
{
    return d->session ? d->session->peerName() : QString();
}

std::optional<PeerCredentials> Peer::credentials() const
{
    return d->credentials;
}

QString Peer::protocolVersion() const
{
    return d->session ? QString::fromLatin1(d->session->protocolVersion()) : QString();
}

std::optional<QByteArray> Peer::takeAuthToken()
{
    return d->session ? d->session->takeAuthToken() : std::nullopt;
}

Error Peer::send(quint16 channel, const QByteArray &payload)
{
    if (Q_UNLIKELY(!d->isInOwnThread()))
        return d->fromOtherThreads.send(channel, payload);
    if (channel == Channel::Command) {
        if (const Error error = d->commandError())
            return error;
    }
    return d->send(channel, payload);
}

Error Peer::send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy)
{
    if (policy == SlowPeerPolicy::DropNewest)
        return send(channel, payload);
    if (Q_UNLIKELY(!d->isInOwnThread())) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("a frame that makes others go can be sent in the peer's thread "
                                    "only"));
    }
    if (channel == Channel::Command) {
        if (const Error error = d->commandError())
            return error;
    }
    return d->send(channel, payload, policy);
}

Error Peer::sendJson(quint16 channel, const QJsonObject &object)
{
    return send(channel, QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void Peer::flush()
{
    if (d->link)
        d->link->flush();
}

qint64 Peer::bytesQueued() const
{
    return d->bytesQueued();
}

qint64 Peer::bytesQueued(quint16 channel) const
{
    return d->reconnection.outbox.bytes(channel) + (d->link ? d->link->queue().bytes(channel) : 0);
}

qint64 Peer::sendHighWaterMark() const
{
    return d->waterMarks.high;
}

qint64 Peer::sendLowWaterMark() const
{
    return d->waterMarks.low;
}

void Peer::setSendWaterMarks(qint64 high, qint64 low)
{
    d->waterMarks = WaterMarks::bounded(high, low);
    if (d->link)
        d->link->setWaterMarks(d->waterMarks);
    d->updateTerms();
}

void Peer::setFrameHandler(FrameHandler handler)
{
    d->frameHandler.set(std::move(handler));
}

Error Peer::setFrameHandler(quint16 channel, FrameHandler handler)
{
    return d->setFrameHandler(channel, std::move(handler), {this, "a frame handler"});
}

std::shared_ptr<const PayloadValidator> Peer::validator() const
{
    return d->validation.validator;
}

void Peer::setValidator(std::shared_ptr<const PayloadValidator> validator)
{
    d->validation.validator = std::move(validator);
    d->updateTerms();
}

bool Peer::answersValidationErrors() const
{
    return d->validation.answersErrors;
}

void Peer::setAnswersValidationErrors(bool answers)
{
    d->validation.answersErrors = answers;
}

bool Peer::isReceiving() const
{
    return d->isReceiving;
}

void Peer::setReceiving(bool receiving)
{
    d->setReceiving(receiving);
}

ReceiveLimits Peer::receiveLimits() const
{
    return d->receiveLimits;
}

void Peer::setReceiveLimits(const ReceiveLimits &limits)
{
    d->setReceiveLimits(limits);
}

PeerHealth *Peer::health()
{
    return d->healthOfPeer();
}

QFuture<PingReply> Peer::ping(std::chrono::milliseconds timeout)
{
    return d->ping(timeout);
}

namespace {
/// An answer that other threads wait for; if the peer goes before it could be asked, they are told.
class AwaitedReply
{
    Q_DISABLE_COPY_MOVE(AwaitedReply)

public:
    AwaitedReply() { m_promise.start(); }
    ~AwaitedReply()
    {
        finish({Error(ErrorCode::Cancelled, QStringLiteral("the peer was destroyed")), {}});
    }

    QFuture<Reply> future() const { return m_promise.future(); }
    void finish(const Reply &reply)
    {
        if (std::exchange(m_isFinished, true))
            return;
        m_promise.addResult(reply);
        m_promise.finish();
    }

private:
    QPromise<Reply> m_promise;
    bool m_isFinished = false;
};
} // namespace

QFuture<Reply> Peer::request(const QByteArray &payload, std::chrono::milliseconds timeout)
{
    if (Q_LIKELY(d->isInOwnThread()))
        return d->requests().ask(payload, timeout);
    const auto awaited = std::make_shared<AwaitedReply>();
    d->tasksFromOtherThreads.put([this, payload, timeout, awaited] {
        d->requests().ask(payload, timeout).then([awaited](const Reply &reply) {
            awaited->finish(reply);
        });
    });
    return awaited->future();
}

Error Peer::setRequestHandler(RequestHandler handler)
{
    return d->requests().setHandler(std::move(handler));
}

qsizetype Peer::requestLimit() const
{
    return d->requestLimits.count;
}

void Peer::setRequestLimit(qsizetype count)
{
    d->setRequestLimits({count, d->requestLimits.bytes});
}

qint64 Peer::requestBytesLimit() const
{
    return d->requestLimits.bytes;
}

void Peer::setRequestBytesLimit(qint64 bytes)
{
    d->setRequestLimits({d->requestLimits.count, bytes});
}

bool Peer::answersFailedRequests() const
{
    return d->answersFailedRequests;
}

void Peer::setAnswersFailedRequests(bool answers)
{
    d->answersFailedRequests = answers;
}

} // namespace IpcPrims
