// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

#include <type_traits>

namespace IpcPrims {

/// The error object of JSON-RPC 2.0: why the called side failed.
struct IPCPRIMS_CORE_EXPORT RpcError
{
    /// The codes that the specification defines. It leaves -32099 to -32000 to libraries, and all
    /// numbers outside of -32768 to -32000 to applications.
    enum Code {
        ParseError = -32700, ///< The message is not JSON.
        InvalidRequest = -32600, ///< It is JSON, but not a request.
        MethodNotFound = -32601,
        InvalidParams = -32602,
        InternalError = -32603, ///< Also of this library, for a call dropped without an answer.
        TooManyCalls = -32000, ///< Of this library: see JsonRpc::setCallLimit().
    };

    RpcError() = default;
    /// With the specification's own text for \a itsCode.
    explicit RpcError(int itsCode);
    RpcError(int itsCode, const QString &itsMessage,
             const QJsonValue &itsData = QJsonValue(QJsonValue::Undefined));

    int code = 0;
    QString message;
    QJsonValue data = QJsonValue(QJsonValue::Undefined); ///< Optional details of the application.
};

/// The result of a call: a value, or why there is none.
struct RpcResult
{
    RpcResult() = default;
    // NOLINTBEGIN(google-explicit-constructor): so that a method just returns one or the other.
    template<typename Value,
             std::enable_if_t<std::is_convertible_v<const Value &, QJsonValue>, bool> = true>
    RpcResult(const Value &itsValue)
        : value(itsValue)
    {}
    RpcResult(const RpcError &itsError)
        : error(ErrorCode::RequestFailed, itsError.message)
        , rpcError(itsError)
    {}
    // NOLINTEND(google-explicit-constructor)
    /// There was no answer.
    explicit RpcResult(const Error &why)
        : error(why)
    {}

    Error error; ///< Why there is no value; RequestFailed if the other side said so.
    QJsonValue value;
    RpcError rpcError; ///< The other side's error object then.
};

} // namespace IpcPrims
