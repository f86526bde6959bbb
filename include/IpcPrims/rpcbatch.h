// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qfuture.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

#include <memory>

namespace IpcPrims {

class RpcBatchPrivate;

/*!
    Calls and notifications for one message; see JsonRpc::send(). If a batch is destroyed instead of
    being sent, its futures end with Cancelled.
*/
class IPCPRIMS_CORE_EXPORT RpcBatch
{
public:
    RpcBatch();
    ~RpcBatch();
    RpcBatch(RpcBatch &&other) noexcept;
    RpcBatch &operator=(RpcBatch &&other) noexcept;

    /// See JsonRpc::call().
    QFuture<RpcResult> call(const QString &method,
                            const QJsonValue &params = QJsonValue(QJsonValue::Undefined));
    /// See JsonRpc::notify().
    void notify(const QString &method,
                const QJsonValue &params = QJsonValue(QJsonValue::Undefined));

    /// The number of calls and notifications.
    qsizetype size() const;
    bool isEmpty() const { return size() == 0; }

private:
    Q_DISABLE_COPY(RpcBatch)
    friend class JsonRpcPrivate;
    std::unique_ptr<RpcBatchPrivate> d;
};

} // namespace IpcPrims
