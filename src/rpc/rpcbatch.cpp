// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcbatch_p.h"

#include <utility>

namespace IpcPrims {

void finishRpc(QPromise<RpcResult> promise, const RpcResult &result)
{
    promise.addResult(result);
    promise.finish();
}

void finishRpc(std::vector<RpcBatchPrivate::Entry> entries, const Error &error)
{
    for (RpcBatchPrivate::Entry &entry : entries) {
        if (entry.promise)
            finishRpc(std::move(*entry.promise), RpcResult(error));
    }
}

RpcBatchPrivate::~RpcBatchPrivate()
{
    finishRpc(std::move(entries),
              Error(ErrorCode::Cancelled, QStringLiteral("the batch was not sent")));
}

RpcBatch::RpcBatch()
    : d(std::make_unique<RpcBatchPrivate>())
{}

RpcBatch::RpcBatch(RpcBatch &&other) noexcept = default;

RpcBatch &RpcBatch::operator=(RpcBatch &&other) noexcept
{
    RpcBatch(std::move(other)).d.swap(d);
    return *this;
}

RpcBatch::~RpcBatch() = default;

QFuture<RpcResult> RpcBatch::call(const QString &method, const QJsonValue &params)
{
    QPromise<RpcResult> promise;
    QFuture<RpcResult> future = promise.future();
    promise.start();
    d->entries.push_back({method, params, std::move(promise)});
    return future;
}

void RpcBatch::notify(const QString &method, const QJsonValue &params)
{
    d->entries.push_back({method, params, std::nullopt});
}

qsizetype RpcBatch::size() const
{
    return d ? qsizetype(d->entries.size()) : 0;
}

} // namespace IpcPrims
