// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/rpcresult.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

#include <variant>

namespace IpcPrims {

/*!
    The id of a message: a number, a string or null as it stands in the JSON text. So it goes back
    character for character, whatever number it is. Empty for none.
*/
using RpcId = QByteArray;

/// Longer ids, which have to be remembered and sent back, are refused.
inline constexpr qsizetype MaxRpcIdSize = 1024;

/// The id of an answer to what has none that could be read.
inline RpcId nullRpcId()
{
    return QByteArrayLiteral("null");
}

/// A call, or a notification if it has no id.
struct RpcRequest
{
    QString method;
    QJsonValue params;
    RpcId id;
    qint64 cost = 0; ///< About how many bytes of memory it takes.

    bool isNotification() const { return id.isEmpty(); }
};

struct RpcResponse
{
    RpcId id;
    RpcResult result;
};

/// None of them, or one that can't be kept as it is.
struct InvalidRpcRequest
{
    RpcId id; ///< As far as there is one.
    RpcError error = RpcError(RpcError::InvalidRequest);
    QString why; ///< For this side.
    bool isNotification = false; ///< Nobody waits for an answer.
};

/// This side's answer to a call.
struct RpcReply
{
    RpcId id;
    QByteArray text;
    bool isError = false;
};

using RpcMessage = std::variant<RpcRequest, RpcResponse, InvalidRpcRequest>;

} // namespace IpcPrims
