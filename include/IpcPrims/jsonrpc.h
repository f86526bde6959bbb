// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/protocol.h>
#include <IpcPrims/rpcbatch.h>
#include <IpcPrims/rpccall.h>
#include <IpcPrims/rpcmessagelimits.h>
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
    lives, over all sessions of the peer, and lives in the peer's thread, where its functions are to
    be called; call(), notify() and send() may be called from any thread, as long as nobody deletes
    or moves it or the peer meanwhile. Messages of sessions before the present one are forgotten, so
    the channel is one of UnsentFrames::Report from then on. A peer has at most one JsonRpc for each
    channel; with COMMAND, it can't have requests as well.

    To move both to another thread, make it a child of the peer, or move it right after the peer.
    Calls that wait then end with InvalidArgument. While it lives in another thread than the peer it
    takes no frames, and its calls are refused with InvalidArgument.

    What is no message of JSON-RPC is answered as the specification says and reported by
    messageRefused(); the session goes on. So is what can't be kept as it is: QJsonValue holds
    integers of 64 bits and the numbers of a double, and an object has each name once. Ids go back
    as they came, character for character. A call that the peer's validator refuses is answered with
    InvalidRequest, and one whose answer it refuses ends with ValidationFailed.

    All that the other side can fill is bounded. While it leaves answers unread it is held back: no
    frame of its session is received, unless it owes answers itself.
*/
class IPCPRIMS_CORE_EXPORT JsonRpc : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JsonRpc)

public:
    /*!
        Adds \a channel to the channels that \a peer asks for when it connects next, if it isn't
        among Peer::requestedChannels(); the server offers it with Server::setChannels(). \a peer
        may be destroyed first: then there is no session any more.
    */
    explicit JsonRpc(Peer *peer, quint16 channel = Channel::Command, QObject *parent = nullptr);
    /// This side's calls that wait end with Cancelled, those of the other side, also those of a
    /// batch that were not read yet, with an internal error. What the peer has taken is still sent;
    /// answers that wait for room in its queue aren't.
    ~JsonRpc() override;

    Peer *peer() const;
    quint16 channel() const;

    // Calling the other side

    /*!
        Calls \a method with \a params, an array or an object, or undefined for none. The result has
        the errors of Peer::send() and InvalidArgument, with which nothing was sent; QueueFull also
        when MaxRequestsInFlight calls wait already, PayloadTooLarge and InvalidArgument also when
        the message exceeds messageLimits(), and InvalidArgument when \a params hold what JSON can't
        say: numbers that are infinite or none, half a surrogate pair. Afterwards it may be
        RequestFailed with an RpcError from the other side; ProtocolViolation, when its answer is
        none, or can't be kept as it is; Timeout; NotConnected, when the session ends first; and
        Cancelled when this object or the peer is destroyed before. \a timeout may be NoTimeout.

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

    /*!
        How many bytes the calls of the other side that wait for their answers and the answers that
        it doesn't read may take, each with something for what it is made of; 32 MiB by default, at
        least 1. One call is always taken. Further ones are answered with RpcError::TooManyCalls,
        and so are calls whose answers would be more.
    */
    qint64 heldBytesLimit() const;
    void setHeldBytesLimit(qint64 bytes);

    /// How large a message may be that is received, which is refused with RpcError::InvalidRequest
    /// else, or sent. An answer beyond this side's limits is sent as RpcError::InternalError, which
    /// says so. A call whose answer this side refuses ends with ProtocolViolation if the id comes
    /// before the result or the error, as it does from this library; so do all calls of a batch
    /// whose answers come together. An id may have 1024 bytes, as JSON text.
    RpcMessageLimits messageLimits() const;
    void setMessageLimits(const RpcMessageLimits &limits);

Q_SIGNALS:
    /// A notification for which there is no method.
    void notificationReceived(const QString &method, const QJsonValue &params);
    /// A message was dropped: it was none of JSON-RPC or can't be kept, an answer to no call that
    /// waits (any more), or there was no room for what is to be answered; or an answer of this side
    /// can't be sent. The reason says which. At most 64 reports wait for the event loop; of further
    /// messages only their number is reported.
    void messageRefused(const IpcPrims::Error &reason);

protected:
    bool event(QEvent *event) override;

private:
    std::unique_ptr<JsonRpcPrivate> d;
};

} // namespace IpcPrims
