// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpccalls_p.h"

#include "rpc/rpcreader_p.h"
#include "session/deadline_p.h"

#include <IpcPrims/protocol.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

RpcCalls::RpcCalls(QObject *parent, quint64 lastOfOthers)
    : m_lastOfOthers(lastOfOthers)
    , m_deadlines(parent)
    , m_last(lastOfOthers)
{
    QObject::connect(&m_deadlines, &DeadlineTimer::passed, parent,
                     [this](quint64 number) { onDeadline(number); });
}

Error RpcCalls::reserve(qsizetype calls)
{
    const qsizetype others = m_reserved.fetch_add(calls);
    if (others + calls <= MaxRequestsInFlight)
        return {};
    release(calls);
    return Error(ErrorCode::QueueFull,
                 QStringLiteral("%1 calls wait for their answers already").arg(others));
}

void RpcCalls::add(quint64 number, const RpcNumbers &message, QPromise<RpcResult> promise,
                   std::chrono::milliseconds timeout)
{
    const Deadline deadline = deadlineAfter(timeout);
    m_deadlines.add(deadline, number);
    m_calls.emplace_hint(m_calls.end(), number,
                         Call{deadline, timeout, message, std::move(promise)});
    m_last = std::max(m_last, number);
    ++m_due;
}

QPromise<RpcResult> RpcCalls::take(std::map<quint64, Call>::iterator call)
{
    release(1);
    auto node = m_calls.extract(call);
    m_deadlines.remove(node.mapped().deadline, node.key());
    return std::move(node.mapped().promise);
}

bool RpcCalls::isAwaited(const RpcResponse &response) const
{
    const auto number = callOfRpcId(response.id);
    return number && m_calls.count(*number) > 0;
}

bool RpcCalls::finish(const RpcResponse &response)
{
    const auto number = callOfRpcId(response.id);
    if (!number || *number > m_last)
        return false;
    if (*number <= m_lastOfOthers)
        return true;
    m_due = std::max<qsizetype>(m_due - 1, 0);
    const auto call = m_calls.find(*number);
    if (call == m_calls.end())
        return false;
    finishRpc(take(call), response.result);
    return true;
}

void RpcCalls::end(const RpcNumbers &message, const Error &error)
{
    auto call = m_calls.lower_bound(message.first);
    while (call != m_calls.end() && call->first - message.first < message.count) {
        m_due = std::max<qsizetype>(m_due - 1, 0);
        m_ended.emplace_back(take(call++), error);
    }
}

void RpcCalls::endMessageOf(quint64 number, const Error &error)
{
    const auto call = m_calls.find(number);
    if (call != m_calls.end())
        end(RpcNumbers(call->second.message), error);
}

void RpcCalls::endAll(const Error &error)
{
    m_deadlines.clear();
    m_due = 0;
    release(qsizetype(m_calls.size()));
    for (auto &[number, call] : std::exchange(m_calls, {}))
        m_ended.emplace_back(std::move(call.promise), error);
}

void RpcCalls::finishFirstEnded()
{
    auto [promise, error] = std::move(m_ended.front());
    m_ended.pop_front();
    finishRpc(std::move(promise), RpcResult(error));
}

void RpcCalls::onDeadline(quint64 number)
{
    const auto call = m_calls.find(number);
    if (call == m_calls.end())
        return;
    const Error error(
            ErrorCode::Timeout,
            QStringLiteral("no answer to a call within %1 ms").arg(call->second.timeout.count()));
    finishRpc(take(call), RpcResult(error));
}

} // namespace IpcPrims
