// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/jsonrpc_p.h"

#include "frame/turntime_p.h"
#include "peer/logging_p.h"
#include "peer/peer_p.h"
#include "rpc/rpcreader_p.h"
#include "rpc/rpcvaluerules_p.h"
#include "rpc/rpcwriter_p.h"

#include <QtCore/qdebug.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

// Reports of messageRefused(); the other side decides how much there is to report.
static constexpr size_t MaxWaitingReports = 64;

JsonRpcPrivate::JsonRpcPrivate(JsonRpc *rpc, Peer *itsPeer, quint16 itsChannel)
    : q(rpc)
    , peer(itsPeer)
    , channel(itsChannel)
    , service(this)
    , m_calls(rpc, itsPeer->d->lastRpcCall)
    , m_tasks(rpc)
{
    if (QList<quint16> channels = peer->requestedChannels(); !channels.contains(channel)) {
        channels.append(channel);
        peer->setRequestedChannels(channels);
    }
    // The ids of an answer mean nothing to another session.
    peer->d->reconnection.outbox.neverKeep(channel);
    attach();
}

JsonRpcPrivate::~JsonRpcPrivate()
{
    detach();
    // From here on whoever waited finds nothing that it could call with.
    peer = nullptr;
    endSession(Error(ErrorCode::Cancelled, QStringLiteral("the JsonRpc was destroyed")));
    while (m_calls.hasEnded())
        m_calls.finishFirstEnded();
}

// Takes the channel, if the peer lives in this thread, too.
void JsonRpcPrivate::attach()
{
    if (!peer || m_isAttached || peer->thread() != q->thread())
        return;
    m_takenError = peer->d->setFrameHandler(
            channel, [this](quint16, QByteArrayView payload) { receive(payload); }, asUser());
    if (m_takenError)
        qCWarning(lcPeer) << "JsonRpc can't be used:" << m_takenError;
    peer->d->observers.add(this);
    m_isAttached = true;
}

void JsonRpcPrivate::detach()
{
    if (!peer || !m_isAttached)
        return;
    for (const auto &reading : std::exchange(m_readings, {}))
        refuseRest(*reading);
    service.giveUpCalls();
    m_isAttached = false;
    PeerPrivate *const ofPeer = peer->d.get();
    ofPeer->observers.remove(this);
    ofPeer->holdBack(this, false);
    ofPeer->holdBack(&m_reading, false);
    ofPeer->setFrameHandler(channel, {}, asUser());
}

void JsonRpcPrivate::leaveThread()
{
    if (!m_isAttached)
        return;
    detach();
    takeCallsOfOtherThreads();
    const Error moved(ErrorCode::InvalidArgument,
                      QStringLiteral("the JsonRpc or its peer was moved to another thread"));
    endSession(std::exchange(m_endReason, std::nullopt).value_or(moved));
    finishEndedLater();
    // There, as nothing says here where either is moved to.
    QMetaObject::invokeMethod(
            q,
            [this] {
                attach();
                if (peer && !m_isAttached)
                    qCWarning(lcPeer) << detachedError();
            },
            Qt::QueuedConnection);
}

Error JsonRpcPrivate::detachedError()
{
    return Error(ErrorCode::InvalidArgument,
                 QStringLiteral("the JsonRpc lives in another thread than its peer: move it right "
                                "after the peer, or as its child"));
}

void JsonRpcPrivate::sessionEnded(const Error &reason)
{
    m_endReason = sessionEndedError(reason);
    m_tasksDue = m_tasks.collect(); // Calls that other threads have sent in this session.
}

void JsonRpcPrivate::goOnEnding()
{
    if (m_reading) {
        goOnReading(Haste::None);
    } else if (m_tasksDue > 0) {
        --m_tasksDue;
        m_tasks.runFirst();
    } else if (m_endReason) {
        endSession(*std::exchange(m_endReason, std::nullopt));
    } else {
        m_calls.finishFirstEnded();
    }
}

void JsonRpcPrivate::readyToSend(quint16 readyChannel)
{
    if (readyChannel == channel)
        service.sendWaiting();
}

void JsonRpcPrivate::peerDestroyed(const std::optional<Error> &untoldEnd)
{
    peer = nullptr;
    m_isAttached = false;
    m_endReason.reset();
    takeCallsOfOtherThreads();
    endSession(untoldEnd ? sessionEndedError(*untoldEnd) : peerDestroyedError());
    const QPointer<JsonRpc> alive(q);
    while (alive && m_calls.hasEnded())
        m_calls.finishFirstEnded();
}

// They are in the box, and nobody else would end them.
void JsonRpcPrivate::takeCallsOfOtherThreads()
{
    for (size_t left = m_tasks.collect(); left > 0; --left)
        m_tasks.runFirst();
}

void JsonRpcPrivate::endSession(const Error &reason)
{
    m_reading.reset();
    m_readings.clear();
    ++m_session;
    service.endSession();
    m_calls.endAll(reason);
}

RpcMessageLimits JsonRpcPrivate::messageLimits() const
{
    const std::lock_guard lock(m_mutex);
    return m_limits;
}

void JsonRpcPrivate::setMessageLimits(const RpcMessageLimits &limits)
{
    constexpr int DeepestOfQt = 1000;
    const std::lock_guard lock(m_mutex);
    m_limits.bytes = std::clamp<qint64>(limits.bytes, 1, MaxPayloadSize);
    m_limits.depth = std::clamp(limits.depth, 1, DeepestOfQt);
    m_limits.values = std::max(limits.values, 1);
}

Error JsonRpcPrivate::send(const QByteArray &frame)
{
    if (!peer)
        return Error(ErrorCode::NotConnected, QStringLiteral("the peer was destroyed"));
    if (Q_UNLIKELY(!m_isAttached)) {
        if (q->thread() == QThread::currentThread())
            attach();
        if (!m_isAttached)
            return detachedError();
    }
    if (m_takenError)
        return m_takenError;
    const Error error = peer->send(channel, frame);
    if (error.code() != ErrorCode::UnsupportedChannel)
        return error;
    return Error(error.code(),
                 error.message()
                         + QStringLiteral("; a JsonRpc that is made before its peer connects asks "
                                          "for its channel itself"));
}

// Reports

void JsonRpcPrivate::report(const Error &reason)
{
    if (m_reports.size() >= MaxWaitingReports) {
        ++m_reportsDropped;
        return;
    }
    m_reports.push_back(reason);
    tellReportsLater();
}

void JsonRpcPrivate::tellReportsLater()
{
    if (!std::exchange(m_areReportsDue, true))
        QMetaObject::invokeMethod(
                q, [this] { tellReports(); }, Qt::QueuedConnection);
}

void JsonRpcPrivate::tellReports()
{
    const QPointer<JsonRpc> alive(q);
    TurnShare share;
    m_areReportsDue = false;
    if (const qsizetype dropped = std::exchange(m_reportsDropped, 0)) {
        m_reports.push_back(Error(ErrorCode::QueueFull,
                                  QStringLiteral("%1 more messages were refused").arg(dropped)));
    }
    while (!m_reports.empty()) {
        const Error reason = std::move(m_reports.front());
        m_reports.pop_front();
        if (!m_reports.empty())
            tellReportsLater(); // A slot may run an event loop.
        Q_EMIT q->messageRefused(reason);
        if (!alive || share.spend())
            return;
    }
}

void JsonRpcPrivate::updateHold()
{
    // If both sides held each other back while they owe answers, none would ever come.
    if (peer && m_isAttached)
        peer->d->holdBack(this, service.hasUnreadAnswers() && !m_calls.areAnswersDue());
}

// Calls of the other side's methods

QFuture<RpcResult> JsonRpcPrivate::call(const QString &method, const QJsonValue &params,
                                        std::chrono::milliseconds timeout)
{
    QPromise<RpcResult> promise;
    QFuture<RpcResult> future = promise.future();
    promise.start();
    Entries entries;
    entries.push_back({method, params, std::move(promise)});
    submit(std::move(entries), false, timeout);
    return future;
}

Error JsonRpcPrivate::notify(const QString &method, const QJsonValue &params)
{
    Entries entries;
    entries.push_back({method, params, std::nullopt});
    return submit(std::move(entries), false, DefaultTimeout);
}

Error JsonRpcPrivate::sendBatch(RpcBatch batch, std::chrono::milliseconds timeout)
{
    return submit(batch.d ? std::exchange(batch.d->entries, {}) : Entries(), true, timeout);
}

static Error checkEntry(const RpcBatchPrivate::Entry &entry, const QByteArray &text)
{
    if (!areRpcParams(entry.params)) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("the parameters of a call are an array or an object"));
    }
    if (mayHideLoss(text) && !(hasJsonText(entry.params) && hasJsonText(entry.method))) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("JSON can't say the call: it holds a number that is infinite "
                                    "or none, or half a surrogate pair"));
    }
    return {};
}

Error JsonRpcPrivate::submit(Entries entries, bool isBatch, std::chrono::milliseconds timeout)
{
    const auto calls = std::count_if(
            entries.begin(), entries.end(),
            [](const RpcBatchPrivate::Entry &entry) { return bool(entry.promise); });
    const RpcNumbers numbers{peer ? peer->d->lastRpcCall.fetch_add(quint64(calls)) + 1 : 0,
                             quint64(calls)};
    Error error;
    if (entries.empty())
        error = Error(ErrorCode::InvalidArgument, QStringLiteral("the batch is empty"));
    QByteArrayList messages;
    quint64 number = numbers.first;
    for (const RpcBatchPrivate::Entry &entry : entries) {
        messages.append(rpcRequestText(entry.method, entry.params,
                                       entry.promise ? RpcId::number(number++) : RpcId()));
        if (!error)
            error = checkEntry(entry, messages.last());
    }
    const QByteArray text = isBatch ? rpcBatchText(messages) : messages.value(0);
    if (!error)
        error = checkRpcText(text, messageLimits());
    if (!error)
        error = m_calls.reserve(calls);
    if (error) {
        finishRpc(std::move(entries), error);
        return error;
    }

    if (q->thread() == QThread::currentThread()) {
        error = send(text);
        if (!error) {
            add(std::move(entries), numbers, timeout);
            return {};
        }
        m_calls.release(calls);
        finishRpc(std::move(entries), error);
        return error;
    }
    // The calls have to wait for their answers before the first of these can come.
    if (calls > 0) {
        const auto batch = std::make_shared<RpcBatchPrivate>(std::move(entries));
        m_tasks.put([this, batch, numbers, timeout] {
            add(std::exchange(batch->entries, {}), numbers, timeout);
        });
    }
    error = send(text);
    if (error && calls > 0) {
        m_tasks.put([this, numbers, error] {
            m_calls.end(numbers, error);
            finishEndedLater();
        });
    }
    return error;
}

void JsonRpcPrivate::add(Entries entries, const RpcNumbers &numbers,
                         std::chrono::milliseconds timeout)
{
    quint64 number = numbers.first;
    for (RpcBatchPrivate::Entry &entry : entries) {
        if (entry.promise)
            m_calls.add(number++, numbers, std::move(*entry.promise), timeout);
    }
    if (numbers.count > 0)
        updateHold();
}

void JsonRpcPrivate::finishEndedLater()
{
    if (!std::exchange(m_isFinishingDue, true))
        QMetaObject::invokeMethod(
                q, [this] { finishEnded(); }, Qt::QueuedConnection);
}

// Whoever waits may run an event loop, from which the others follow.
void JsonRpcPrivate::finishEnded()
{
    const QPointer<JsonRpc> alive(q);
    TurnShare share;
    m_isFinishingDue = false;
    while (m_calls.hasEnded()) {
        finishEndedLater();
        m_calls.finishFirstEnded();
        if (!alive || share.spend())
            return;
    }
}

} // namespace IpcPrims
