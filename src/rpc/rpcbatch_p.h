// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/rpcbatch.h>

#include <QtCore/qjsonvalue.h>
#include <QtCore/qpromise.h>
#include <QtCore/qstring.h>

#include <optional>
#include <utility>
#include <vector>

namespace IpcPrims {

class RpcBatchPrivate
{
    Q_DISABLE_COPY_MOVE(RpcBatchPrivate)

public:
    struct Entry
    {
        QString method;
        QJsonValue params;
        std::optional<QPromise<RpcResult>> promise; ///< None for a notification.
    };

    RpcBatchPrivate() = default;
    explicit RpcBatchPrivate(std::vector<Entry> itsEntries)
        : entries(std::move(itsEntries))
    {}
    /// Those that are left end with Cancelled.
    ~RpcBatchPrivate();

    std::vector<Entry> entries;
};

/// Tells whoever waits. As that may delete anything, it is always the last that is done.
void finishRpc(QPromise<RpcResult> promise, const RpcResult &result);
/// The same for all calls of a batch.
void finishRpc(std::vector<RpcBatchPrivate::Entry> entries, const Error &error);

} // namespace IpcPrims
