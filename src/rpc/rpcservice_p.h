// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/mailbox_p.h"
#include "rpc/rpccallstate_p.h"
#include "rpc/rpcmessage_p.h"

#include <IpcPrims/jsonrpc.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qstring.h>

#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

namespace IpcPrims {

class JsonRpcPrivate;

/*!
    What this side does for the other one: its methods, the calls that are being worked on, and the
    answers that wait for room in the send queue. All of it is bounded, in number and in bytes.
*/
class RpcService
{
    Q_DISABLE_COPY_MOVE(RpcService)

public:
    explicit RpcService(JsonRpcPrivate *rpc)
        : m_rpc(rpc)
    {}
    ~RpcService() { endSession(); }

    void setMethod(const QString &name, JsonRpc::AsyncMethod method);
    void removeMethod(const QString &name);
    bool hasMethod(const QString &name) const { return m_methods.contains(name); }

    int callLimit = 1024;
    qint64 heldBytesLimit = 32 * 1024 * 1024;

    /// Of answers that leave together.
    struct Message
    {
        std::vector<RpcReply> answers;
        bool isBatch = false;
    };
    /// The answers to one batch, which leave together when the last one is there.
    struct Batch
    {
        std::vector<RpcReply> answers;
        bool hasCalls = false;
        int open = 1; ///< The calls that are being worked on, and one for whoever reads the batch.
    };
    using BatchPointer = std::shared_ptr<Batch>; ///< None for a message on its own.

    /// For the calls of a message that is about to be read.
    BatchPointer openBatch();

    /// What is called may delete this object.
    void call(const RpcRequest &request, const BatchPointer &batch);
    void refuse(const RpcId &id, const RpcError &error, const BatchPointer &batch);
    /// The batch was read, or one of its calls answered.
    void close(const BatchPointer &batch);

    /// Sends what waits, as far as there is room.
    void sendWaiting();
    /// Whether the other side leaves answers unread: there is no room for more in the send queue.
    bool hasUnreadAnswers() const { return !m_waiting.empty(); }

    /// Sends at once what was answered, also in other threads.
    void sendAllAnswers();
    /// Answers the calls that are still being worked on with an error.
    void giveUpCalls();
    /// Nothing is answered any more; the next session starts with nothing.
    void endSession();

private:
    struct Call
    {
        RpcId id; // Empty for a notification.
        BatchPointer batch;
        qint64 cost = 0;
    };
    enum class Owed { No, Yes };

    QString overload(const RpcRequest &request) const;
    void deliverAnswers();
    void takeAnswers();
    void deliverAllAnswers();
    void deliverFirst();
    void post(const BatchPointer &batch);
    void add(RpcReply answer, const BatchPointer &batch, Owed owed);
    void post(Message message, Owed owed);
    void release(const Message &message);
    void replace(Message message, const Error &error);
    RpcReply toReply(const RpcId &id, const RpcResult &result);

    JsonRpcPrivate *const m_rpc;
    // Shared, as a method may replace itself while it runs.
    QHash<QString, std::shared_ptr<const JsonRpc::AsyncMethod>> m_methods;

    // Of this session
    std::shared_ptr<Mailbox<RpcAnswer>> m_mailbox;
    std::unordered_map<quint64, Call> m_calls;
    std::deque<RpcAnswer> m_answers; // From the mailbox.
    std::vector<BatchPointer> m_batches; // Of which not all is answered.
    bool m_isSending = false;
    quint64 m_lastCall = 0;
    std::deque<Message> m_waiting;
    qsizetype m_owed = 0; // Answers that have not left, from when they are owed.
    qint64 m_heldBytes = 0; // Of calls that are being worked on, and of answers that have not left.
};

} // namespace IpcPrims
