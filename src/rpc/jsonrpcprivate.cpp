// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/jsonrpc_p.h"

#include <utility>

namespace IpcPrims {

JsonRpcPrivate::JsonRpcPrivate(JsonRpc *rpc, Peer *itsPeer, quint16 itsChannel)
    : q(rpc)
    , peer(itsPeer)
    , channel(itsChannel)
    , service(this)
    , m_calls(rpc)
{
    // The ids of an answer mean nothing to another session.
    peer->setUnsentFrames(channel, Peer::UnsentFrames::Report);
    peer->setFrameHandler(channel, [this](quint16, QByteArrayView payload) { receive(payload); });
    QObject::connect(peer, &Peer::disconnected, q, [this](const Error &reason) {
        const QString text = QStringLiteral("the session ended before the answer");
        endSession(Error(ErrorCode::NotConnected,
                         reason ? text + QLatin1String(": ") + reason.message() : text));
    });
    QObject::connect(peer, &QObject::destroyed, q, [this] {
        endSession(Error(ErrorCode::Cancelled, QStringLiteral("the peer was destroyed")));
    });
    QObject::connect(peer, &Peer::readyToSend, q, [this](quint16 readyChannel) {
        if (readyChannel == channel)
            service.sendWaiting();
    });
}

JsonRpcPrivate::~JsonRpcPrivate()
{
    // From here on whoever waited finds nothing that it could call with.
    if (Peer *const lastPeer = std::exchange(peer, nullptr)) {
        lastPeer->disconnect(q);
        lastPeer->setFrameHandler(channel, {});
    }
    endSession(Error(ErrorCode::Cancelled, QStringLiteral("the JsonRpc was destroyed")));
}

void JsonRpcPrivate::endSession(const Error &reason)
{
    service.endSession();
    m_calls.drop(reason);
}

Error JsonRpcPrivate::send(const QByteArray &frame)
{
    return peer ? peer->send(channel, frame)
                : Error(ErrorCode::NotConnected, QStringLiteral("the peer was destroyed"));
}

void JsonRpcPrivate::report(const Error &reason)
{
    QMetaObject::invokeMethod(
            q, [rpc = q, reason] { Q_EMIT rpc->messageRefused(reason); }, Qt::QueuedConnection);
}

// Calls of the other side's methods

Error JsonRpcPrivate::checkCall(const QJsonValue &params, qsizetype calls) const
{
    if (!areRpcParams(params)) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("the parameters of a call are an array or an object"));
    }
    if (m_calls.size() + calls > MaxRequestsInFlight) {
        return Error(ErrorCode::QueueFull,
                     QStringLiteral("%1 calls wait for their answers already").arg(m_calls.size()));
    }
    return {};
}

QFuture<RpcResult> JsonRpcPrivate::call(const QString &method, const QJsonValue &params,
                                        std::chrono::milliseconds timeout)
{
    QPromise<RpcResult> promise;
    QFuture<RpcResult> future = promise.future();
    promise.start();
    const qint64 id = m_calls.nextId();
    Error error = checkCall(params, 1);
    if (!error)
        error = send(toRpcFrame(rpcRequest(method, params, id)));
    if (error)
        finishRpc(std::move(promise), RpcResult(error));
    else
        m_calls.add(id, std::move(promise), timeout);
    return future;
}

Error JsonRpcPrivate::notify(const QString &method, const QJsonValue &params)
{
    const Error error = checkCall(params, 0);
    return error ? error : send(toRpcFrame(rpcRequest(method, params, QJsonValue::Undefined)));
}

Error JsonRpcPrivate::sendBatch(RpcBatch batch, std::chrono::milliseconds timeout)
{
    auto entries
            = batch.d ? std::exchange(batch.d->entries, {}) : std::vector<RpcBatchPrivate::Entry>();
    Error error;
    if (entries.empty())
        error = Error(ErrorCode::InvalidArgument, QStringLiteral("the batch is empty"));
    QJsonArray messages;
    std::vector<qint64> ids;
    for (const RpcBatchPrivate::Entry &entry : entries) {
        ids.push_back(entry.promise ? m_calls.nextId() : 0);
        messages.append(rpcRequest(entry.method, entry.params,
                                   entry.promise ? QJsonValue(ids.back())
                                                 : QJsonValue(QJsonValue::Undefined)));
        if (!error)
            error = checkCall(entry.params, qsizetype(entries.size()));
    }
    if (!error)
        error = send(toRpcFrame(messages));
    if (error) {
        finishRpc(std::move(entries), error);
        return error;
    }
    for (size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].promise)
            m_calls.add(ids[i], std::move(*entries[i].promise), timeout);
    }
    return error;
}

// What the other side says

void JsonRpcPrivate::receive(QByteArrayView payload)
{
    const QPointer<JsonRpc> alive(q);
    RpcFrame frame = readRpcFrame(payload);
    if (!frame.error && frame.isBatch) {
        const qsizetype size = frame.messages.size();
        if (size == 0) {
            frame.error = RpcError(RpcError::InvalidRequest);
        } else if (size > batchLimit) {
            frame.error = RpcError(RpcError::InvalidRequest,
                                   QStringLiteral("Too large a batch (%1 entries, at most %2)")
                                           .arg(size)
                                           .arg(batchLimit));
        }
    }
    if (frame.error) {
        report(Error(ErrorCode::ProtocolViolation,
                     QStringLiteral("no message of JSON-RPC 2.0: ") + frame.error->message));
        service.refuse(QJsonValue(), *frame.error, nullptr);
        return;
    }
    const quint64 session = peer->generation();
    const auto batch = frame.isBatch ? std::make_shared<RpcService::Batch>() : nullptr;
    for (const auto &message : std::as_const(frame.messages)) {
        dispatch(parseRpcMessage(message), batch);
        // Whoever was called may have run an event loop.
        if (!alive || !peer || peer->generation() != session)
            return;
    }
    if (batch)
        service.close(batch);
}

void JsonRpcPrivate::dispatch(const RpcMessage &message, const RpcService::BatchPointer &batch)
{
    std::visit([&](const auto &one) { handle(one, batch); }, message);
}

void JsonRpcPrivate::handle(const RpcRequest &request, const RpcService::BatchPointer &batch)
{
    if (request.isNotification() && !service.hasMethod(request.method))
        Q_EMIT q->notificationReceived(request.method, request.params);
    else
        service.call(request, batch);
}

void JsonRpcPrivate::handle(const RpcResponse &response, const RpcService::BatchPointer &)
{
    if (m_calls.finish(response))
        return; // Whoever waited may have deleted everything.
    report(Error(ErrorCode::ProtocolViolation,
                 QStringLiteral("an answer to no call that waits (any more)")));
}

void JsonRpcPrivate::handle(const InvalidRpcRequest &request, const RpcService::BatchPointer &batch)
{
    report(Error(ErrorCode::ProtocolViolation,
                 QStringLiteral("no message of JSON-RPC 2.0: neither a request nor an answer")));
    service.refuse(request.id, RpcError(RpcError::InvalidRequest), batch);
}

} // namespace IpcPrims
