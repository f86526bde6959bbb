// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpccalls_p.h"

#include "session/session_p.h"

#include <utility>

namespace IpcPrims {

RpcCalls::RpcCalls(QObject *parent)
    : m_deadlines(parent)
{
    QObject::connect(&m_deadlines, &DeadlineTimer::passed, parent,
                     [this](quint64 id) { onDeadline(qint64(id)); });
}

void RpcCalls::add(qint64 id, QPromise<RpcResult> promise, std::chrono::milliseconds timeout)
{
    timeout = boundedTimeout(timeout);
    const auto deadline = DeadlineTimer::Clock::now() + timeout;
    m_deadlines.add(deadline, quint64(id));
    m_calls.emplace_hint(m_calls.end(), id, Call{deadline, timeout, std::move(promise)});
}

bool RpcCalls::finish(const RpcResponse &response)
{
    if (!response.id.isDouble())
        return false;
    auto node = m_calls.extract(response.id.toInteger(-1));
    if (node.empty())
        return false;
    m_deadlines.remove(node.mapped().deadline, quint64(node.key()));
    finishRpc(std::move(node.mapped().promise), response.result);
    return true;
}

void RpcCalls::drop(const Error &error)
{
    m_deadlines.clear();
    for (auto &[id, call] : std::exchange(m_calls, {}))
        finishRpc(std::move(call.promise), RpcResult(error));
}

void RpcCalls::onDeadline(qint64 id)
{
    auto node = m_calls.extract(id);
    if (node.empty())
        return;
    const Error error(
            ErrorCode::Timeout,
            QStringLiteral("no answer to a call within %1 ms").arg(node.mapped().timeout.count()));
    finishRpc(std::move(node.mapped().promise), RpcResult(error));
}

} // namespace IpcPrims
