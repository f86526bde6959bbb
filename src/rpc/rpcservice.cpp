// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcservice_p.h"

#include "frame/turntime_p.h"
#include "rpc/jsonrpc_p.h"
#include "rpc/rpcreader_p.h"
#include "rpc/rpcvaluerules_p.h"
#include "rpc/rpcwriter_p.h"

#include <algorithm>
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

// Calls

void RpcService::call(const RpcRequest &request, const BatchPointer &batch)
{
    const auto method = m_methods.value(request.method);
    if (!method) {
        refuse(request.id, RpcError(RpcError::MethodNotFound), batch);
        return;
    }
    if (const QString why = overload(request); !why.isEmpty()) {
        m_rpc->report(Error(ErrorCode::QueueFull, QStringLiteral("a call was refused: ") + why));
        if (!request.isNotification())
            refuse(request.id, RpcError(RpcError::TooManyCalls, why), batch);
        return;
    }
    const quint64 number = ++m_lastCall;
    m_calls.emplace(number, Call{request.id, batch, request.cost});
    ++m_owed;
    m_heldBytes += request.cost;
    if (batch && !request.isNotification()) {
        ++batch->open;
        batch->hasCalls = true;
    }
    if (!m_mailbox) {
        m_mailbox = std::make_shared<Mailbox<RpcAnswer>>(m_rpc->q, [this] { deliverAnswers(); });
    }
    (*method)(RpcCall(std::make_shared<RpcCallState>(request, number, m_mailbox)));
}

// Why no more can be done at once; empty if it can.
QString RpcService::overload(const RpcRequest &request) const
{
    if (m_owed >= callLimit)
        return QStringLiteral("Too many calls at once (at most %1)").arg(callLimit);
    if (m_owed > 0 && m_heldBytes + request.cost > heldBytesLimit)
        return QStringLiteral("Too many bytes of calls and answers at once (at most %1)")
                .arg(heldBytesLimit);
    return {};
}

void RpcService::refuse(const RpcId &id, const RpcError &error, const BatchPointer &batch)
{
    const RpcId answered = id.isEmpty() ? nullRpcId() : id;
    ++m_owed;
    add({answered, rpcErrorText(answered, error), true}, batch, Owed::No);
}

void RpcService::deliverAnswers()
{
    takeAnswers();
    TurnShare share;
    while (!m_answers.empty()) {
        deliverFirst();
        if (!m_answers.empty() && m_mailbox && share.spend()) {
            m_mailbox->ring();
            return;
        }
    }
}

void RpcService::sendAllAnswers()
{
    deliverAllAnswers();
    // A validator may answer the last call of another one meanwhile.
    const std::vector<BatchPointer> batches = m_batches;
    for (const BatchPointer &batch : batches) {
        if (std::find(m_batches.begin(), m_batches.end(), batch) != m_batches.end())
            post(batch); // Without those that will come too late.
    }
    sendWaiting();
}

void RpcService::deliverAllAnswers()
{
    takeAnswers();
    while (!m_answers.empty())
        deliverFirst();
}

void RpcService::takeAnswers()
{
    if (!m_mailbox)
        return;
    for (RpcAnswer &answer : m_mailbox->take())
        m_answers.push_back(std::move(answer));
}

// A validator may answer another call meanwhile, and end the session.
void RpcService::deliverFirst()
{
    const RpcAnswer answer = std::move(m_answers.front());
    m_answers.pop_front();
    const auto node = m_calls.extract(answer.call);
    if (node.empty())
        return;
    const auto &[id, batch, cost] = node.mapped();
    m_heldBytes -= cost;
    if (id.isEmpty()) {
        --m_owed;
        return;
    }
    add(toReply(id, answer.result), batch, Owed::Yes);
    if (batch)
        close(batch);
}

RpcReply RpcService::toReply(const RpcId &id, const RpcResult &result)
{
    RpcReply answer{id, {}, bool(result.error)};
    Error failure;
    if (result.error.code() == ErrorCode::NoError) {
        answer.text = rpcResultText(id, result.value);
        if (mayHideLoss(answer.text) && !hasJsonText(result.value))
            failure = Error(ErrorCode::InvalidArgument,
                            QStringLiteral("JSON can't say the result"));
    } else if (result.error.code() == ErrorCode::RequestFailed) {
        answer.text = rpcErrorText(id, result.rpcError);
        const bool isSaid
                = hasJsonText(result.rpcError.data) && hasJsonText(result.rpcError.message);
        if (mayHideLoss(answer.text) && !isSaid)
            failure = Error(ErrorCode::InvalidArgument, QStringLiteral("JSON can't say the error"));
    } else {
        // What has failed on this side is told without details: they are not the caller's business.
        answer.text = rpcErrorText(id, RpcError(RpcError::InternalError));
    }
    if (!failure)
        failure = checkRpcText(answer.text, m_rpc->messageLimits());
    RpcError::Code code = RpcError::InternalError;
    if (!failure && hasUnreadAnswers() && m_heldBytes + answer.text.size() > heldBytesLimit) {
        failure = Error(ErrorCode::QueueFull,
                        QStringLiteral("%1 bytes of answers are unread").arg(m_heldBytes));
        code = RpcError::TooManyCalls;
    }
    if (!failure)
        return answer;
    m_rpc->report(
            Error(failure.code(), QStringLiteral("an answer was not sent: ") + failure.message()));
    return {id, rpcErrorText(id, RpcError(code, failure.message())), true};
}

void RpcService::giveUpCalls()
{
    deliverAllAnswers();
    if (const auto mailbox = std::exchange(m_mailbox, nullptr))
        mailbox->close();
    for (const auto &[number, call] : std::exchange(m_calls, {})) {
        m_heldBytes -= call.cost;
        if (call.id.isEmpty()) {
            --m_owed;
            continue;
        }
        add({call.id, rpcErrorText(call.id, RpcError(RpcError::InternalError)), true}, call.batch,
            Owed::Yes);
        if (call.batch)
            close(call.batch);
    }
    sendWaiting();
}

// Answers

void RpcService::add(RpcReply answer, const BatchPointer &batch, Owed owed)
{
    if (batch) {
        m_heldBytes += answer.text.size();
        batch->answers.push_back(std::move(answer));
        return;
    }
    Message message;
    m_heldBytes += answer.text.size();
    message.answers.push_back(std::move(answer));
    post(std::move(message), owed);
}

RpcService::BatchPointer RpcService::openBatch()
{
    m_batches.push_back(std::make_shared<Batch>());
    return m_batches.back();
}

void RpcService::close(const BatchPointer &batch)
{
    if (--batch->open > 0)
        return;
    m_batches.erase(std::remove(m_batches.begin(), m_batches.end(), batch), m_batches.end());
    post(batch);
}

void RpcService::post(const BatchPointer &batch)
{
    if (!batch->answers.empty())
        post({std::exchange(batch->answers, {}), true}, batch->hasCalls ? Owed::Yes : Owed::No);
}

// The calls that were accepted are counted, and each is answered in the end. Whatever else the
// other side says, without reading the answers, must not make this side collect them without limit.
void RpcService::post(Message message, Owed owed)
{
    const auto answers = qsizetype(message.answers.size());
    if (owed == Owed::No && !m_waiting.empty()
        && (m_owed - answers >= callLimit || m_heldBytes > heldBytesLimit)) {
        release(message);
        m_owed -= answers;
        m_rpc->report(Error(ErrorCode::QueueFull,
                            QStringLiteral("the other side doesn't read its answers; one that "
                                           "refuses a message was dropped")));
        return;
    }
    m_waiting.push_back(std::move(message));
    sendWaiting();
}

void RpcService::release(const Message &message)
{
    for (const RpcReply &answer : message.answers)
        m_heldBytes -= answer.text.size();
}

static QByteArray textOf(const RpcService::Message &message)
{
    if (!message.isBatch)
        return message.answers.front().text;
    QByteArrayList texts;
    for (const RpcReply &answer : message.answers)
        texts.append(answer.text);
    return rpcBatchText(texts);
}

// A validator may answer another call, and end the session.
void RpcService::sendWaiting()
{
    if (m_isSending)
        return;
    while (!m_waiting.empty()) {
        const QByteArray text = textOf(m_waiting.front());
        Error error;
        if (m_waiting.front().isBatch)
            error = checkRpcText(text, m_rpc->messageLimits());
        if (!error) {
            m_isSending = true;
            error = m_rpc->send(text);
            m_isSending = false;
        }
        if (error.code() == ErrorCode::QueueFull || m_waiting.empty())
            break;
        Message message = std::move(m_waiting.front());
        m_waiting.pop_front();
        release(message);
        if (error)
            replace(std::move(message), error);
        else
            m_owed -= qsizetype(message.answers.size());
    }
    m_rpc->updateHold();
}

// Finds something else to say instead of a message that can't be sent.
void RpcService::replace(Message message, const Error &error)
{
    const auto wait = [this](RpcReply answer) {
        m_heldBytes += answer.text.size();
        Message one;
        one.answers.push_back(std::move(answer));
        m_waiting.push_back(std::move(one));
    };
    const bool isOfTheMessage = error.code() == ErrorCode::PayloadTooLarge
                                || error.code() == ErrorCode::ValidationFailed
                                || error.code() == ErrorCode::InvalidArgument;
    if (!isOfTheMessage) { // The session is ending.
        m_owed -= qsizetype(message.answers.size());
        return;
    }
    if (message.isBatch) {
        for (RpcReply &answer : message.answers)
            wait(std::move(answer));
        return;
    }
    const RpcReply &answer = message.answers.front();
    if (answer.isError) {
        --m_owed;
        m_rpc->report(error);
    } else {
        wait({answer.id,
              rpcErrorText(answer.id, RpcError(RpcError::InternalError, error.message())), true});
    }
}

void RpcService::endSession()
{
    if (const auto mailbox = std::exchange(m_mailbox, nullptr))
        mailbox->close();
    m_calls.clear();
    m_answers.clear();
    m_batches.clear();
    m_waiting.clear();
    m_owed = 0;
    m_heldBytes = 0;
}

} // namespace IpcPrims
