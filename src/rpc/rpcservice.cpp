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
        if (m_owed >= callLimit) {
            refuse(request.id,
                   RpcError(RpcError::TooManyCalls,
                            QStringLiteral("Too many calls at once (at most %1)").arg(callLimit)),
                   batch);
            return;
        }
        ++m_owed;
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
    ++m_owed;
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

static qsizetype answersIn(const QJsonValue &message)
{
    return message.isArray() ? message.toArray().size() : 1;
}

// The calls that were accepted are counted, and each is answered in the end. Whatever else the
// other side says, without reading the answers, must not make this side collect them without limit.
void RpcService::post(const QJsonValue &message, Owed owed)
{
    const qsizetype answers = answersIn(message);
    if (owed == Owed::No && !m_waiting.empty() && m_owed - answers >= callLimit) {
        m_owed -= answers;
        m_rpc->report(Error(ErrorCode::QueueFull,
                            QStringLiteral("the other side doesn't read its answers; one that "
                                           "refuses a message was dropped")));
        return;
    }
    enqueue(message);
    sendWaiting();
}

void RpcService::enqueue(const QJsonValue &message)
{
    m_waiting.push_back({toRpcFrame(message), answersIn(message)});
}

void RpcService::sendWaiting()
{
    while (!m_waiting.empty()) {
        const Error error = m_rpc->send(m_waiting.front().frame);
        if (error.code() == ErrorCode::QueueFull)
            return;
        const Waiting message = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (error)
            replace(message, error);
        else
            m_owed -= message.answers;
    }
}

// Finds something else to say instead of a message that can't be sent.
void RpcService::replace(const Waiting &message, const Error &error)
{
    if (error.code() != ErrorCode::PayloadTooLarge && error.code() != ErrorCode::ValidationFailed)
        return; // The session is ending.
    const RpcFrame frame = readRpcFrame(message.frame);
    if (frame.isBatch) {
        for (const auto &answer : frame.messages)
            enqueue(answer);
        return;
    }
    const QJsonValue answer = frame.messages.at(0);
    if (frame.error || isRpcError(answer)) {
        m_owed -= message.answers;
        m_rpc->report(error);
    } else {
        enqueue(rpcResponse(rpcId(answer), RpcError(RpcError::InternalError, error.message())));
    }
}

void RpcService::endSession()
{
    if (const auto mailbox = std::exchange(m_mailbox, nullptr))
        mailbox->close();
    m_calls.clear();
    m_waiting.clear();
    m_owed = 0;
}

} // namespace IpcPrims
