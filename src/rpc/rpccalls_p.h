// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/deadlinetimer_p.h"
#include "rpc/rpcbatch_p.h"
#include "rpc/rpcmessage_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qpromise.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <utility>

namespace IpcPrims {

/// The calls that are sent in one message.
struct RpcNumbers
{
    quint64 first = 0;
    quint64 count = 0;
};

/*!
    The calls that this side has made and that have no answer yet. Each function that finishes one
    may find this object deleted afterwards, by whoever waited. Where there may be many, they are
    only noted to have ended, and finished one by one.
*/
class RpcCalls
{
    Q_DISABLE_COPY_MOVE(RpcCalls)

public:
    /// Calls of numbers up to \a lastOfOthers were made by somebody else.
    RpcCalls(QObject *parent, quint64 lastOfOthers);
    ~RpcCalls() = default;

    // From any thread

    /// Takes room for \a calls that are about to be made: QueueFull if there is none.
    Error reserve(qsizetype calls);
    /// They were not made.
    void release(qsizetype calls) { m_reserved -= calls; }

    // In the thread of the JsonRpc

    /// There has to be room for it. It is sent together with the others of \a message.
    void add(quint64 number, const RpcNumbers &message, QPromise<RpcResult> promise,
             std::chrono::milliseconds timeout);

    /// Whether an answer is that of a call that waits.
    bool isAwaited(const RpcResponse &response) const;
    /// Whether there is nothing wrong with an answer: it is that of a call that was waiting, or of
    /// one of which this object never knew.
    bool finish(const RpcResponse &response);

    /// Whether the other side has to send answers, be they too late.
    bool areAnswersDue() const { return m_due > 0; }

    // What ends many calls; see finishFirstEnded().

    /// Those of \a message that still wait have come to nothing.
    void end(const RpcNumbers &message, const Error &error);
    /// So have all that were sent together with that of \a number, if it still waits.
    void endMessageOf(quint64 number, const Error &error);
    /// Nothing will be answered any more.
    void endAll(const Error &error);

    bool hasEnded() const { return !m_ended.empty(); }
    void finishFirstEnded();

private:
    struct Call
    {
        Deadline deadline;
        std::chrono::milliseconds timeout;
        RpcNumbers message;
        QPromise<RpcResult> promise;
    };

    void onDeadline(quint64 number);
    QPromise<RpcResult> take(std::map<quint64, Call>::iterator call);

    const quint64 m_lastOfOthers;
    std::map<quint64, Call> m_calls; // Sorted, to end in the order in which they were made.
    std::deque<std::pair<QPromise<RpcResult>, Error>> m_ended; // To be finished.
    DeadlineTimer m_deadlines;
    quint64 m_last;
    qsizetype m_due = 0;
    std::atomic<qsizetype> m_reserved = 0;
};

} // namespace IpcPrims
