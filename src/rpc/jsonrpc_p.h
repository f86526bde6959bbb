// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/channelhandlers_p.h"
#include "peer/sessionobserver_p.h"
#include "peer/taskbox_p.h"
#include "rpc/rpccalls_p.h"
#include "rpc/rpcmessage_p.h"
#include "rpc/rpcservice_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peer.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qpointer.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace IpcPrims {

struct RpcFrame;

/// Connects the calls of both sides with the peer.
class JsonRpcPrivate final : private SessionObserver
{
    Q_DISABLE_COPY_MOVE(JsonRpcPrivate)

public:
    JsonRpcPrivate(JsonRpc *rpc, Peer *itsPeer, quint16 itsChannel);
    ~JsonRpcPrivate();

    // From any thread

    QFuture<RpcResult> call(const QString &method, const QJsonValue &params,
                            std::chrono::milliseconds timeout);
    Error notify(const QString &method, const QJsonValue &params);
    Error sendBatch(RpcBatch batch, std::chrono::milliseconds timeout);
    Error send(const QByteArray &frame);
    RpcMessageLimits messageLimits() const;
    void setMessageLimits(const RpcMessageLimits &limits);

    // In the peer's thread

    /// This JsonRpc or its peer is about to be moved to another one, perhaps both.
    void leaveThread();
    /// Emits messageRefused(), from the event loop.
    void report(const Error &reason);
    /// Holds the other side back while it leaves answers unread, unless this side waits for some.
    void updateHold();

    JsonRpc *const q;
    QPointer<Peer> peer;
    const quint16 channel;
    int batchLimit = 1024;
    RpcService service;

private:
    ChannelUser asUser() const { return {this, "a JsonRpc", true}; }
    // SessionObserver
    void sessionEnded(const Error &reason) override;
    bool isEnding() const override { return m_endReason || m_calls.hasEnded(); }
    void goOnEnding() override;
    void sessionClosing() override { service.sendAllAnswers(); }
    void frameRefused(quint16 refusedChannel, QByteArrayView payload, const Error &reason) override;
    void readyToSend(quint16 readyChannel) override;
    void peerLeavesThread() override { leaveThread(); }
    void peerDestroyed(const std::optional<Error> &untoldEnd) override;

    void attach();
    void detach();
    void takeCallsOfOtherThreads();
    static Error detachedError();

    using Entries = std::vector<RpcBatchPrivate::Entry>;
    Error submit(Entries entries, bool isBatch, std::chrono::milliseconds timeout);
    void add(Entries entries, const RpcNumbers &numbers, std::chrono::milliseconds timeout);
    void finishEnded();
    void finishEndedLater();

    /// A batch that is being read.
    struct Reading
    {
        std::vector<RpcMessage> messages;
        RpcService::BatchPointer batch;
        size_t next = 0;
    };
    enum class Haste { None, Now };

    void receive(QByteArrayView payload, const Error &refusal = Error());
    void refuseRest(const Reading &reading);
    void goOnReading(Haste haste);
    void read(const std::shared_ptr<Reading> &reading, Haste haste);
    void dispatch(const RpcMessage &message, const RpcService::BatchPointer &batch);
    void handle(const RpcRequest &request, const RpcService::BatchPointer &batch);
    void handle(const RpcResponse &response, const RpcService::BatchPointer &batch);
    void handle(const InvalidRpcRequest &request, const RpcService::BatchPointer &batch);
    void refuse(const RpcFrame &frame, QByteArrayView payload);
    void endSession(const Error &reason);
    void tellReports();
    void tellReportsLater();

    std::atomic<bool> m_isAttached = false; // To the peer, whose channel it has.
    std::vector<std::shared_ptr<Reading>> m_readings; // All that are under way.
    std::shared_ptr<Reading> m_reading; // In a later turn; nothing is received before.
    quint64 m_session = 0; // Counts those that have ended.
    RpcCalls m_calls;
    bool m_isFinishingDue = false; // Of the calls that have ended.
    std::optional<Error> m_endReason; // The session is about to end.
    size_t m_tasksDue = 0; // Before it does.
    Error m_takenError; // The channel belongs to something else.
    TaskBox m_tasks; // Of other threads.
    mutable std::mutex m_mutex; // Of the limits.
    RpcMessageLimits m_limits;
    std::deque<Error> m_reports; // To be told.
    bool m_areReportsDue = false;
    qsizetype m_reportsDropped = 0;
};

} // namespace IpcPrims
