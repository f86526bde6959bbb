// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/deadlinetimer_p.h"
#include "rpc/rpcbatch_p.h"
#include "rpc/rpcmessage_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qjsonobject.h>
#include <QtCore/qpromise.h>

#include <chrono>
#include <map>

namespace IpcPrims {

/*!
    The calls that this side has made and that have no answer yet. Each function that finishes one
    may find this object deleted afterwards, by whoever waited.
*/
class RpcCalls
{
    Q_DISABLE_COPY_MOVE(RpcCalls)

public:
    explicit RpcCalls(QObject *parent);
    ~RpcCalls() = default;

    qsizetype size() const { return qsizetype(m_calls.size()); }

    /// The id for a call that is about to be made.
    qint64 nextId() { return ++m_lastId; }

    void add(qint64 id, QPromise<RpcResult> promise, std::chrono::milliseconds timeout);

    /// Whether a call was waiting for that answer.
    bool finish(const RpcResponse &response);

    /// Nothing will be answered any more.
    void drop(const Error &error);

private:
    struct Call
    {
        DeadlineTimer::Instant deadline;
        std::chrono::milliseconds timeout;
        QPromise<RpcResult> promise;
    };

    void onDeadline(qint64 id);

    std::map<qint64, Call> m_calls; // Sorted, to be dropped in the order in which they were made.
    DeadlineTimer m_deadlines;
    qint64 m_lastId = 0;
};

} // namespace IpcPrims
