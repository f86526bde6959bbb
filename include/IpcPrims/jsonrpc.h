// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/protocol.h>
#include <IpcPrims/rpcbatch.h>
#include <IpcPrims/rpccall.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qfuture.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <functional>
#include <memory>

namespace IpcPrims {

class JsonRpcPrivate;
class Peer;

/*!
    JSON-RPC 2.0 (https://www.jsonrpc.org/specification) over one channel of a peer, one message a
    frame: calls methods of the other side and answers its calls, both at the same time, in any
    order. At the other end may be anything that speaks JSON-RPC.

    It takes the frames of its channel with Peer::setFrameHandler(channel, …) for as long as it
    lives, over all sessions of the peer, and lives in the peer's thread, where all its functions
    are to be called. Messages of sessions before the present one are forgotten; so the channel is
    set to UnsentFrames::Report and has to stay so. A peer has at most one JsonRpc for each channel;
    with COMMAND, it can't have requests as well.

    What is no message of JSON-RPC is answered as the specification says and reported by
    messageRefused(); the session goes on.
*/
class IPCPRIMS_CORE_EXPORT JsonRpc : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JsonRpc)

public:
    /// \a peer may be destroyed first: then there is no session any more.
    explicit JsonRpc(Peer *peer, quint16 channel = Channel::Command, QObject *parent = nullptr);
    /// The calls that wait end with Cancelled.
    ~JsonRpc() override;

    Peer *peer() const;
    quint16 channel() const;

    // Calling the other side

    /*!
        Calls \a method with \a params, an array or an object, or undefined for none. The result has
        the errors of Peer::send() and InvalidArgument, with which nothing was sent; QueueFull also
        when MaxRequestsInFlight calls wait already. Afterwards it may be RequestFailed with an
        RpcError from the other side; ProtocolViolation, when its answer is none; Timeout;
        NotConnected, when the session ends first; and Cancelled when this object or the peer is
        destroyed. \a timeout is 0 to 24 days.

        The future finishes in the peer's thread, so never wait for it there, as result() does; give
        then() a context object to be called in that one's thread. Cancelling it only means that
        nobody waits any more.
    */
    QFuture<RpcResult> call(const QString &method,
                            const QJsonValue &params = QJsonValue(QJsonValue::Undefined),
                            std::chrono::milliseconds timeout = DefaultTimeout);

    /// A call that gets no answer. Returns the errors of Peer::send(), and InvalidArgument.
    Error notify(const QString &method,
                 const QJsonValue &params = QJsonValue(QJsonValue::Undefined));

    /*!
        Sends what \a batch holds in one message; the answers come together, too. With an error,
        those of call(), the futures of the batch have it as well.
    */
    Error send(RpcBatch batch, std::chrono::milliseconds timeout = DefaultTimeout);

    // Being called

    /*!
        Has calls and notifications of \a name answered with what \a method returns: a QJsonValue or
        an RpcError. It replaces the one before of that name, and may do anything, replace
        itself and delete this object or the peer included. An empty one is as removeMethod().
        Names with the prefix "rpc." are reserved by the specification.
    */
    using Method = std::function<RpcResult(const QJsonValue &params)>;
    void setMethod(const QString &name, Method method);

    /// As above for a method that answers later, perhaps in another thread: it keeps the call.
    using AsyncMethod = std::function<void(const RpcCall &call)>;
    void setMethod(const QString &name, AsyncMethod method);

    void removeMethod(const QString &name);

    /// How many calls of the other side may wait for their answers, those included whose answers it
    /// doesn't read; 1024 by default. Further ones are answered with RpcError::TooManyCalls.
    int callLimit() const;
    void setCallLimit(int calls);

    /// How many entries a batch of the other side may have; 1024 by default. A larger one is
    /// answered with RpcError::InvalidRequest as a whole.
    int batchLimit() const;
    void setBatchLimit(int entries);

Q_SIGNALS:
    /// A notification for which there is no method.
    void notificationReceived(const QString &method, const QJsonValue &params);
    /// A message was dropped: it was none of JSON-RPC, an answer to no call that waits (any more),
    /// or there was no room for what is to be answered. The reason is ProtocolViolation or
    /// QueueFull.
    void messageRefused(const IpcPrims::Error &reason);

private:
    std::unique_ptr<JsonRpcPrivate> d;
};

} // namespace IpcPrims
