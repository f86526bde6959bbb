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
    frame. It calls methods of the other side and answers the other side's calls, at the same time
    and in any order. The other end may be any implementation of JSON-RPC.

    It uses its channel over all sessions of the peer, from its creation to its end, with
    Peer::setFrameHandler(channel, …). It lives in the peer's thread. Call its functions there; only
    call(), notify() and send() may be called from any thread, as long as neither this object nor
    the peer is deleted or moved meanwhile. Messages mean nothing to a later session, so the channel
    is one of UnsentFrames::Report. A peer has at most one JsonRpc for each channel; one on COMMAND
    excludes requests.

    To move both to another thread, make it a child of the peer, or move it right after the peer.
    Pending calls then end with InvalidArgument. While it lives in another thread than the peer it
    receives nothing, and its calls return InvalidArgument.

    A message that isn't JSON-RPC gets the error of the specification and is reported by
    messageRefused(); the session continues. The same holds for values that can't be stored exactly:
    QJsonValue holds integers of 64 bits and doubles, and an object has each name once. Ids are
    returned character for character. A call that the peer's validator refuses gets InvalidRequest,
    and one whose answer it refuses ends with ValidationFailed.

    Everything that the other side can fill is bounded. While it leaves answers unread, no frame of
    its session is received, unless this side waits for answers itself.
*/
class IPCPRIMS_CORE_EXPORT JsonRpc : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JsonRpc)

public:
    /*!
        Adds \a channel to Peer::requestedChannels(), for the next time that \a peer connects. A
        server has to offer it with Server::setChannels(). \a peer may be destroyed first; calls
        then return NotConnected.
    */
    explicit JsonRpc(Peer *peer, quint16 channel = Channel::Command, QObject *parent = nullptr);
    /// Pending calls of this side end with Cancelled. Those of the other side, also in a batch that
    /// was not completely read, get an internal error. Messages in the peer's queue are still sent,
    /// answers that wait for room in that queue are dropped.
    ~JsonRpc() override;

    Peer *peer() const;
    quint16 channel() const;

    // Calling the other side

    /*!
        Calls \a method with \a params: an array, an object, or undefined for none. If nothing was
        sent, the result has an error of Peer::send() or InvalidArgument; QueueFull also for more
        than MaxRequestsInFlight pending calls, PayloadTooLarge or InvalidArgument for a message
        beyond messageLimits(), and InvalidArgument if JSON can't express \a params: infinite
        numbers or NaN, half a surrogate pair. Later errors are RequestFailed with the other side's
        RpcError; ProtocolViolation if the answer is malformed or can't be stored exactly; Timeout
        (\a timeout may be NoTimeout); NotConnected if the session ends first; and Cancelled if this
        object or the peer is destroyed.

        The future finishes in the peer's thread: never wait for it there, as result() does. Give
        then() a context object to be called in that object's thread. Cancelling the future doesn't
        cancel the call.
    */
    QFuture<RpcResult> call(const QString &method,
                            const QJsonValue &params = QJsonValue(QJsonValue::Undefined),
                            std::chrono::milliseconds timeout = DefaultTimeout);

    /// A call that gets no answer. Returns the errors of Peer::send(), and InvalidArgument.
    Error notify(const QString &method,
                 const QJsonValue &params = QJsonValue(QJsonValue::Undefined));

    /*!
        Sends all calls and notifications of \a batch in one message; the answers arrive in one,
        too. Returns the errors of call(), which the futures of the batch then have as well.
    */
    Error send(RpcBatch batch, std::chrono::milliseconds timeout = DefaultTimeout);

    // Being called

    /*!
        Answers calls of \a name with the value or RpcError that \a method returns; notifications of
        that name call it, too. Replaces the previous method of that name. It may do anything, also
        replace itself or delete this object or the peer. An empty \a method acts as removeMethod().
        Names with the prefix "rpc." are reserved by the specification.
    */
    using Method = std::function<RpcResult(const QJsonValue &params)>;
    void setMethod(const QString &name, Method method);

    /// As above for a method that keeps the call and answers later, from any thread.
    using AsyncMethod = std::function<void(const RpcCall &call)>;
    void setMethod(const QString &name, AsyncMethod method);

    void removeMethod(const QString &name);

    /// Maximum of pending calls of the other side, including those whose answers it hasn't read;
    /// 1024 by default. More get RpcError::TooManyCalls.
    int callLimit() const;
    void setCallLimit(int calls);

    /// Maximum of entries in a batch of the other side; 1024 by default. A larger batch gets
    /// RpcError::InvalidRequest as a whole.
    int batchLimit() const;
    void setBatchLimit(int entries);

    /*!
        Maximum of memory for the other side's pending calls and unread answers, their overhead
        included; 32 MiB by default, at least 1 byte. One call is always accepted. More calls, and
        calls whose answers don't fit, get RpcError::TooManyCalls.
    */
    qint64 heldBytesLimit() const;
    void setHeldBytesLimit(qint64 bytes);

    /// Limits of received and sent messages. A larger received message gets
    /// RpcError::InvalidRequest. Instead of an answer beyond this side's limits,
    /// RpcError::InternalError is sent, with the limit. A call whose answer exceeds the limits ends
    /// with ProtocolViolation if the id comes before the result or the error, as it does from this
    /// library; so do all calls of a batch whose answers arrive together. An id may have 1024 bytes
    /// of JSON text.
    RpcMessageLimits messageLimits() const;
    void setMessageLimits(const RpcMessageLimits &limits);

Q_SIGNALS:
    /// A notification that has no method.
    void notificationReceived(const QString &method, const QJsonValue &params);
    /// A message was dropped, or an answer of this side can't be sent. \a reason says why: not a
    /// message of JSON-RPC, a value that can't be stored exactly, an answer to no pending call, no
    /// room for the error that is due. At most 64 reports are queued in a turn of the event loop;
    /// of the others only the number is reported.
    void messageRefused(const IpcPrims::Error &reason);

protected:
    bool event(QEvent *event) override;

private:
    std::unique_ptr<JsonRpcPrivate> d;
};

} // namespace IpcPrims
