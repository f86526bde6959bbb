// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/jsonrpc.h>

#include "rpc/jsonrpc_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

JsonRpc::JsonRpc(Peer *peer, quint16 channel, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<JsonRpcPrivate>(this, peer, channel))
{}

JsonRpc::~JsonRpc() = default;

bool JsonRpc::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QObject::event(event);
}

Peer *JsonRpc::peer() const
{
    return d->peer;
}

quint16 JsonRpc::channel() const
{
    return d->channel;
}

QFuture<RpcResult> JsonRpc::call(const QString &method, const QJsonValue &params,
                                 std::chrono::milliseconds timeout)
{
    return d->call(method, params, timeout);
}

Error JsonRpc::notify(const QString &method, const QJsonValue &params)
{
    return d->notify(method, params);
}

Error JsonRpc::send(RpcBatch batch, std::chrono::milliseconds timeout)
{
    return d->sendBatch(std::move(batch), timeout);
}

void JsonRpc::setMethod(const QString &name, Method method)
{
    if (!method) {
        removeMethod(name);
        return;
    }
    setMethod(name, [answer = std::move(method)](const RpcCall &call) {
        call.reply(answer(call.params()));
    });
}

void JsonRpc::setMethod(const QString &name, AsyncMethod method)
{
    d->service.setMethod(name, std::move(method));
}

void JsonRpc::removeMethod(const QString &name)
{
    d->service.removeMethod(name);
}

int JsonRpc::callLimit() const
{
    return d->service.callLimit;
}

void JsonRpc::setCallLimit(int calls)
{
    d->service.callLimit = std::max(calls, 1);
}

int JsonRpc::batchLimit() const
{
    return d->batchLimit;
}

void JsonRpc::setBatchLimit(int entries)
{
    d->batchLimit = std::max(entries, 1);
}

qint64 JsonRpc::heldBytesLimit() const
{
    return d->service.heldBytesLimit;
}

void JsonRpc::setHeldBytesLimit(qint64 bytes)
{
    d->service.heldBytesLimit = std::max<qint64>(bytes, 1);
}

RpcMessageLimits JsonRpc::messageLimits() const
{
    return d->messageLimits();
}

void JsonRpc::setMessageLimits(const RpcMessageLimits &limits)
{
    d->setMessageLimits(limits);
}

} // namespace IpcPrims
