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
    A pending call by the other side; see JsonRpc::setMethod(). Copies stand for the same call. Only
    the first reply() of any copy is sent. If the last copy is destroyed without one, the caller
    gets an internal error.

    It may be kept, and answered from another thread. It may outlive its session, its JsonRpc and
    its peer; reply() then does nothing.
*/
class IPCPRIMS_CORE_EXPORT RpcCall
{
public:
    /// No call; answering it does nothing.
    RpcCall() = default;

    QString method() const;
    /// An array or an object, or undefined if the caller gave none.
    QJsonValue params() const;
    /// Whether the caller expects no answer.
    bool isNotification() const;

    /// Answers with a value or an RpcError.
    void reply(const RpcResult &result) const;

private:
    friend class RpcService;
    explicit RpcCall(std::shared_ptr<RpcCallState> state);

    std::shared_ptr<RpcCallState> d;
};

} // namespace IpcPrims
