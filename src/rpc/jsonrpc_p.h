// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rpc/rpccalls_p.h"
#include "rpc/rpcmessage_p.h"
#include "rpc/rpcservice_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peer.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qpointer.h>

#include <chrono>

namespace IpcPrims {

/// Connects the calls of both sides with the peer.
class JsonRpcPrivate
{
    Q_DISABLE_COPY_MOVE(JsonRpcPrivate)

public:
    JsonRpcPrivate(JsonRpc *rpc, Peer *itsPeer, quint16 itsChannel);
    ~JsonRpcPrivate();

    QFuture<RpcResult> call(const QString &method, const QJsonValue &params,
                            std::chrono::milliseconds timeout);
    Error notify(const QString &method, const QJsonValue &params);
    Error sendBatch(RpcBatch batch, std::chrono::milliseconds timeout);

    Error send(const QByteArray &frame);
    /// Emits messageRefused(), from the event loop.
    void report(const Error &reason);

    JsonRpc *const q;
    QPointer<Peer> peer;
    const quint16 channel;
    int batchLimit = 1024;
    RpcService service;

private:
    void receive(QByteArrayView payload);
    void dispatch(const RpcMessage &message, const RpcService::BatchPointer &batch);
    void handle(const RpcRequest &request, const RpcService::BatchPointer &batch);
    void handle(const RpcResponse &response, const RpcService::BatchPointer &batch);
    void handle(const InvalidRpcRequest &request, const RpcService::BatchPointer &batch);
    void endSession(const Error &reason);
    Error checkCall(const QJsonValue &params, qsizetype calls) const;

    RpcCalls m_calls;
};

} // namespace IpcPrims
