// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the other side says to a JsonRpc.

#include "rpc/jsonrpc_p.h"

#include "frame/turntime_p.h"
#include "peer/peer_p.h"
#include "rpc/rpcreader_p.h"

#include <QtCore/qmetaobject.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace IpcPrims {

// What is left of a message that the peer's validator has refused: whoever waits has to learn it.
static RpcMessage refusedMessage(const RpcMessage &message, const Error &reason)
{
    if (const auto *const response = std::get_if<RpcResponse>(&message))
        return RpcResponse{response->id, RpcResult(reason)};
    if (const auto *const request = std::get_if<RpcRequest>(&message)) {
        return InvalidRpcRequest{
                request->id,
                RpcError(RpcError::InvalidRequest,
                         QStringLiteral("Invalid Request: refused by the receiver's validator")),
                reason.message(), request->isNotification()};
    }
    return message;
}

void JsonRpcPrivate::frameRefused(quint16 refusedChannel, QByteArrayView payload,
                                  const Error &reason)
{
    if (refusedChannel == channel && !m_takenError)
        receive(payload, reason);
}

void JsonRpcPrivate::receive(QByteArrayView payload, const Error &refusal)
{
    const QPointer<JsonRpc> alive(q);
    const quint64 session = m_session;
    if (m_reading) // The session is closing, which holds nothing back.
        goOnReading(Haste::Now);
    // Whoever was called may have run an event loop, in which the session has ended.
    if (!alive || !peer || m_session != session)
        return;
    RpcFrame frame = readRpcFrame(payload, messageLimits(), batchLimit);
    if (frame.error) {
        refuse(frame, payload);
        return;
    }
    if (refusal) {
        for (RpcMessage &message : frame.messages)
            message = refusedMessage(message, refusal);
    }
    if (!frame.isBatch) {
        for (const RpcMessage &message : frame.messages)
            dispatch(message, nullptr);
        return;
    }
    const auto reading = std::make_shared<Reading>();
    reading->messages = {std::make_move_iterator(frame.messages.begin()),
                         std::make_move_iterator(frame.messages.end())};
    reading->batch = service.openBatch();
    m_readings.push_back(reading);
    read(reading, Haste::None);
}

// An answer is never answered, but whoever waits for it has to learn that it can't be had. Those to
// a batch come together, so one stands for all; unless they are too large for that, and come alone.
void JsonRpcPrivate::refuse(const RpcFrame &frame, QByteArrayView payload)
{
    report(Error(ErrorCode::ProtocolViolation,
                 QStringLiteral("no message of JSON-RPC 2.0: ") + frame.why));
    if (const auto call = callOfRefusedAnswer(payload)) {
        const Error refused(ErrorCode::ProtocolViolation,
                            QStringLiteral("the answer was refused: ") + frame.why);
        if (call->isOfBatch)
            m_calls.endMessageOf(call->number, refused);
        else
            m_calls.end({call->number, 1}, refused);
        updateHold();
        finishEndedLater();
        return;
    }
    service.refuse({}, *frame.error, nullptr);
}

void JsonRpcPrivate::goOnReading(Haste haste)
{
    if (const auto reading = std::exchange(m_reading, nullptr))
        read(reading, haste);
}

// A batch may call a method a thousand times, so it is interrupted like a thousand frames.
void JsonRpcPrivate::read(const std::shared_ptr<Reading> &reading, Haste haste)
{
    const QPointer<JsonRpc> alive(q);
    const quint64 session = m_session;
    TurnShare share;
    while (reading->next < reading->messages.size()) {
        dispatch(reading->messages[reading->next++], reading->batch);
        // Whoever was called may have run an event loop, in which the session has ended.
        if (!alive || !peer || m_session != session)
            return;
        // Only one batch can wait, and another may have come in that event loop.
        if (haste == Haste::Now || m_reading || !share.spend())
            continue;
        m_reading = reading;
        peer->d->holdBack(&m_reading, true);
        QMetaObject::invokeMethod(
                q, [this] { goOnReading(Haste::None); }, Qt::QueuedConnection);
        return;
    }
    peer->d->holdBack(&m_reading, bool(m_reading));
    m_readings.erase(std::remove(m_readings.begin(), m_readings.end(), reading), m_readings.end());
    service.close(reading->batch);
}

// Of a batch that nobody will read any further.
void JsonRpcPrivate::refuseRest(const Reading &reading)
{
    for (size_t i = reading.next; i < reading.messages.size(); ++i) {
        const auto *const request = std::get_if<RpcRequest>(&reading.messages[i]);
        if (request && !request->isNotification())
            service.refuse(request->id, RpcError(RpcError::InternalError), reading.batch);
        const auto *const invalid = std::get_if<InvalidRpcRequest>(&reading.messages[i]);
        if (invalid && !invalid->isNotification)
            service.refuse(invalid->id, invalid->error, reading.batch);
    }
    service.close(reading.batch);
}

void JsonRpcPrivate::dispatch(const RpcMessage &message, const RpcService::BatchPointer &batch)
{
    std::visit([&](const auto &one) { handle(one, batch); }, message);
}

void JsonRpcPrivate::handle(const RpcRequest &request, const RpcService::BatchPointer &batch)
{
    if (request.isNotification() && !service.hasMethod(request.method))
        Q_EMIT q->notificationReceived(request.method, request.params);
    else
        service.call(request, batch);
}

void JsonRpcPrivate::handle(const RpcResponse &response, const RpcService::BatchPointer &)
{
    const QPointer<JsonRpc> alive(q);
    // That of another thread may still be in the box.
    for (size_t left = m_tasks.collect(); left > 0 && !m_calls.isAwaited(response); --left)
        m_tasks.runFirst();
    const bool isExpected = m_calls.finish(response);
    if (!alive)
        return; // Whoever waited may have deleted everything.
    updateHold();
    if (!isExpected) {
        report(Error(ErrorCode::ProtocolViolation,
                     QStringLiteral("an answer to no call that waits (any more)")));
    }
}

void JsonRpcPrivate::handle(const InvalidRpcRequest &request, const RpcService::BatchPointer &batch)
{
    report(Error(ErrorCode::ProtocolViolation,
                 QStringLiteral("no message of JSON-RPC 2.0 that can be used: ") + request.why));
    if (!request.isNotification)
        service.refuse(request.id, request.error, batch);
}

} // namespace IpcPrims
