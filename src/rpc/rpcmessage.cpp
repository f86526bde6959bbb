// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcmessage_p.h"

#include "session/quotedexcerpt_p.h"

#include <QtCore/qjsondocument.h>

namespace IpcPrims {

static const QLatin1String Version("jsonrpc");
static const QLatin1String Method("method");
static const QLatin1String Params("params");
static const QLatin1String Id("id");
static const QLatin1String Result("result");
static const QLatin1String ErrorObject("error");

bool areRpcParams(const QJsonValue &params)
{
    return params.isArray() || params.isObject() || params.isUndefined();
}

static bool isId(const QJsonValue &value)
{
    return value.isString() || value.isDouble() || value.isNull();
}

static bool hasVersion(const QJsonObject &object)
{
    return object.value(Version) == QLatin1String("2.0");
}

static RpcResult parseResult(const QJsonObject &object)
{
    const QJsonValue error = object.value(ErrorObject);
    const QJsonValue code = error[QLatin1String("code")];
    const QJsonValue message = error[QLatin1String("message")];
    const bool isError = error.isObject() && code.isDouble() && message.isString();
    if (!hasVersion(object) || object.contains(Result) == object.contains(ErrorObject)
        || (object.contains(ErrorObject) && !isError)) {
        return RpcResult(Error(ErrorCode::ProtocolViolation,
                               QStringLiteral("the answer is not one of JSON-RPC 2.0")));
    }
    if (!isError)
        return object.value(Result);
    RpcResult result = RpcError(code.toInt(), message.toString(), error[QLatin1String("data")]);
    result.error = Error(ErrorCode::RequestFailed,
                         QStringLiteral("the other side answered with error %1: %2")
                                 .arg(result.rpcError.code)
                                 .arg(quotedExcerpt(result.rpcError.message)));
    return result;
}

RpcMessage parseRpcMessage(const QJsonValue &json)
{
    const QJsonObject object = json.toObject();
    const QJsonValue method = object.value(Method);
    const QJsonValue params = object.value(Params);
    const QJsonValue id = object.value(Id);
    // Whatever looks like an answer is one, perhaps a bad one: answers are never answered.
    if (method.isUndefined() && (object.contains(Result) || object.contains(ErrorObject)))
        return RpcResponse{id, parseResult(object)};
    if (hasVersion(object) && method.isString() && areRpcParams(params)
        && (id.isUndefined() || isId(id)))
        return RpcRequest{method.toString(), params, id};
    return InvalidRpcRequest{isId(id) ? id : QJsonValue()};
}

RpcFrame readRpcFrame(QByteArrayView payload)
{
    const auto json = QByteArray::fromRawData(payload.data(), payload.size());
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (document.isArray())
        return {std::nullopt, true, document.array()};
    if (document.isObject())
        return {std::nullopt, false, {document.object()}};
    // A lone string or number, which Qt 6.4 reads in an array only, is JSON, too.
    const QJsonArray values = QJsonDocument::fromJson('[' + json + ']').array();
    return {RpcError(values.size() == 1 ? RpcError::InvalidRequest : RpcError::ParseError),
            false,
            {}};
}

QJsonObject rpcRequest(const QString &method, const QJsonValue &params, const QJsonValue &id)
{
    // Undefined members are left out.
    return {{Version, QLatin1String("2.0")}, {Method, method}, {Params, params}, {Id, id}};
}

QJsonObject rpcResponse(const QJsonValue &id, const RpcResult &result)
{
    QJsonObject response = {{Version, QLatin1String("2.0")}, {Id, id}};
    if (!result.error) {
        response.insert(Result, result.value.isUndefined() ? QJsonValue() : result.value);
        return response;
    }
    // What has failed on this side is told without details, as they are not the caller's business.
    const RpcError error = result.error.code() == ErrorCode::RequestFailed
                                   ? result.rpcError
                                   : RpcError(RpcError::InternalError);
    response.insert(ErrorObject, QJsonObject{{QLatin1String("code"), error.code},
                                             {QLatin1String("message"), error.message},
                                             {QLatin1String("data"), error.data}});
    return response;
}

QJsonValue rpcId(const QJsonValue &response)
{
    return response[Id];
}

bool isRpcError(const QJsonValue &response)
{
    return response.toObject().contains(ErrorObject);
}

QByteArray toRpcFrame(const QJsonValue &message)
{
    const QJsonDocument document = message.isArray() ? QJsonDocument(message.toArray())
                                                     : QJsonDocument(message.toObject());
    return document.toJson(QJsonDocument::Compact);
}

} // namespace IpcPrims
