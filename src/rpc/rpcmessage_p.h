// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

#include <optional>
#include <variant>

namespace IpcPrims {

/// A call, or a notification if it has no id.
struct RpcRequest
{
    QString method;
    QJsonValue params;
    QJsonValue id;

    bool isNotification() const { return id.isUndefined(); }
};

struct RpcResponse
{
    QJsonValue id;
    RpcResult result;
};

/// None of them, but the one who sent it waits for an answer.
struct InvalidRpcRequest
{
    QJsonValue id; ///< As far as there is one.
};

using RpcMessage = std::variant<RpcRequest, RpcResponse, InvalidRpcRequest>;

/// What \a json says: sections 4 and 5 of the specification.
IPCPRIMS_AUTOTEST_EXPORT RpcMessage parseRpcMessage(const QJsonValue &json);

/// The JSON of a frame.
struct RpcFrame
{
    std::optional<RpcError> error; ///< It is none.
    bool isBatch = false;
    QJsonArray messages; ///< One if it isn't a batch.
};

IPCPRIMS_AUTOTEST_EXPORT RpcFrame readRpcFrame(QByteArrayView payload);

QJsonObject rpcRequest(const QString &method, const QJsonValue &params, const QJsonValue &id);
QJsonObject rpcResponse(const QJsonValue &id, const RpcResult &result);

/// What those of one that was made here say.
QJsonValue rpcId(const QJsonValue &response);
bool isRpcError(const QJsonValue &response);

/// \a message is an object, or an array of them.
QByteArray toRpcFrame(const QJsonValue &message);

/// Whether a method can be called with them: an array or an object, or undefined for none.
bool areRpcParams(const QJsonValue &params);

} // namespace IpcPrims
