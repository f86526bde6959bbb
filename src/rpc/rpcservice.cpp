// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcservice_p.h"

#include "rpc/jsonrpc_p.h"

#include <utility>

namespace IpcPrims {

void RpcService::setMethod(const QString &name, JsonRpc::AsyncMethod method)
{
    if (!method) {
        removeMethod(name);
        return;
    }
    auto next = std::make_shared<const JsonRpc::AsyncMethod>(std::move(method));
    m_methods[name].swap(next);
    // Destroying what the previous one has captured comes last: it may destroy this object.
}

void RpcService::removeMethod(const QString &name)
{
    const auto previous = m_methods.take(name);
}

void RpcService::call(const RpcRequest &request, const BatchPointer &batch)
{
    const auto method = m_methods.value(request.method);
    if (!method) {
        refuse(request.id, RpcError(RpcError::MethodNotFound), batch);
        return;
    }
    quint64 number = 0;
    if (!request.isNotification()) {
        if (isBusy()) {
            refuse(request.id,
                   RpcError(RpcError::TooManyCalls,
                            QStringLiteral("Too many calls at once (at most %1)").arg(callLimit)),
                   batch);
            return;
        }
        number = ++m_lastCall;
        m_calls.emplace(number, Call{request.id, batch});
        if (batch) {
            ++batch->open;
            batch->hasCalls = true;
        }
    }
    if (!m_mailbox) {
        m_mailbox = std::make_shared<Mailbox<RpcAnswer>>(m_rpc->q, [this] { deliverAnswers(); });
    }
    (*method)(RpcCall(std::make_shared<RpcCallState>(request, number, m_mailbox)));
}

void RpcService::refuse(const QJsonValue &id, const RpcError &error, const BatchPointer &batch)
{
    const QJsonObject response = rpcResponse(id, error);
    if (batch)
        batch->answers.append(response);
    else
        post(response, Owed::No);
}

void RpcService::close(const BatchPointer &batch)
{
    if (--batch->open == 0 && !batch->answers.isEmpty())
        post(batch->answers, batch->hasCalls ? Owed::Yes : Owed::No);
}

void RpcService::deliverAnswers()
{
    if (!m_mailbox)
        return;
    for (const RpcAnswer &answer : m_mailbox->take()) {
        const auto node = m_calls.extract(answer.call);
        if (node.empty())
            continue; // A notification.
        const auto &[id, batch] = node.mapped();
        const QJsonObject response = rpcResponse(id, answer.result);
        if (batch) {
            batch->answers.append(response);
            close(batch);
        } else {
            post(response, Owed::Yes);
        }
    }
}

// The calls that were accepted are counted, and each is answered in the end. Whatever else the
// other side says, without reading the answers, must not make this side collect them without limit.
void RpcService::post(const QJsonValue &message, Owed owed)
{
    if (owed == Owed::No && !m_waiting.empty() && isBusy()) {
        m_rpc->report(Error(ErrorCode::QueueFull,
                            QStringLiteral("the other side doesn't read its answers; one that "
                                           "refuses a message was dropped")));
        return;
    }
    m_waiting.push_back(message);
    sendWaiting();
}

void RpcService::sendWaiting()
{
    while (!m_waiting.empty()) {
        const Error error = m_rpc->send(m_waiting.front());
        if (error.code() == ErrorCode::QueueFull)
            return;
        if (error)
            replace(m_waiting.front(), error);
        m_waiting.pop_front();
    }
}

// Finds something else to say instead of a message that can't be sent.
void RpcService::replace(const QJsonValue &message, const Error &error)
{
    if (error.code() != ErrorCode::PayloadTooLarge && error.code() != ErrorCode::ValidationFailed)
        return; // The session is ending.
    if (message.isArray()) {
        const QJsonArray answers = message.toArray();
        m_waiting.insert(m_waiting.end(), answers.begin(), answers.end());
    } else if (isRpcError(message)) {
        m_rpc->report(error);
    } else {
        m_waiting.emplace_back(
                rpcResponse(rpcId(message), RpcError(RpcError::InternalError, error.message())));
    }
}

void RpcService::endSession()
{
    if (const auto mailbox = std::exchange(m_mailbox, nullptr))
        mailbox->close();
    m_calls.clear();
    m_waiting.clear();
}

} // namespace IpcPrims
