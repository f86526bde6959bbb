// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

#include <memory>

namespace IpcPrims {

class RpcCallState;

/*!
    A call of a method by the other side that waits for its answer; see JsonRpc::setMethod(). Copies
    are the same call. It is answered once: the first reply() of any copy counts, later ones do
    nothing. When the last copy is destroyed without an answer, the caller gets an internal error.

    It may be kept, handed to another thread and answered there. It may outlive its session, its
    JsonRpc and its peer: an answer that comes too late goes nowhere.
*/
class IPCPRIMS_CORE_EXPORT RpcCall
{
public:
    /// No call; answering it does nothing.
    RpcCall() = default;

    QString method() const;
    /// An array or an object, or undefined if the caller gave none.
    QJsonValue params() const;
    /// Whether nobody waits for an answer.
    bool isNotification() const;

    /// Answers with a value or an RpcError.
    void reply(const RpcResult &result) const;

private:
    friend class RpcService;
    explicit RpcCall(std::shared_ptr<RpcCallState> state);

    std::shared_ptr<RpcCallState> d;
};

} // namespace IpcPrims
