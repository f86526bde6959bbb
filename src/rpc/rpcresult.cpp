// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/rpcresult.h>

namespace IpcPrims {

static QString standardText(int code)
{
    switch (code) {
    case RpcError::ParseError:
        return QStringLiteral("Parse error");
    case RpcError::InvalidRequest:
        return QStringLiteral("Invalid Request");
    case RpcError::MethodNotFound:
        return QStringLiteral("Method not found");
    case RpcError::InvalidParams:
        return QStringLiteral("Invalid params");
    case RpcError::InternalError:
        return QStringLiteral("Internal error");
    default:
        return QStringLiteral("Server error");
    }
}

RpcError::RpcError(int itsCode)
    : RpcError(itsCode, standardText(itsCode))
{}

RpcError::RpcError(int itsCode, const QString &itsMessage, const QJsonValue &itsData)
    : code(itsCode)
    , message(itsMessage)
    , data(itsData)
{}

} // namespace IpcPrims
