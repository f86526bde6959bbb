// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcwriter_p.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace IpcPrims {

bool areRpcParams(const QJsonValue &params)
{
    return params.isArray() || params.isObject() || params.isUndefined();
}

// QJsonValue has no text of its own in Qt 6.4.
static QByteArray jsonText(const QJsonValue &value)
{
    if (value.isObject())
        return QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
    const QByteArray array = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return array.sliced(1, array.size() - 2);
}

QByteArray rpcRequestText(const QString &method, const QJsonValue &params, const RpcId &id)
{
    QByteArray text = "{";
    if (!id.isEmpty())
        text += "\"id\":" + id + ',';
    text += R"("jsonrpc":"2.0","method":)" + jsonText(method);
    if (!params.isUndefined())
        text += ",\"params\":" + jsonText(params);
    return text + '}';
}

// The id comes first: whoever finds what follows too large to be read still learns which call it
// is.
static QByteArray responseText(const RpcId &id, QByteArrayView member, const QByteArray &text)
{
    constexpr QByteArrayView Version = R"(,"jsonrpc":"2.0",")";
    QByteArray response = "{\"id\":";
    response.reserve(response.size() + id.size() + Version.size() + member.size() + text.size()
                     + 3);
    response.append(id).append(Version).append(member).append("\":").append(text).append('}');
    return response;
}

QByteArray rpcResultText(const RpcId &id, const QJsonValue &value)
{
    return responseText(id, "result", jsonText(value));
}

QByteArray rpcErrorText(const RpcId &id, const RpcError &error)
{
    const QJsonObject object{{QLatin1String("code"), error.code},
                             {QLatin1String("message"), error.message},
                             {QLatin1String("data"), error.data}}; // Left out if undefined.
    return responseText(id, "error", jsonText(object));
}

QByteArray rpcBatchText(const QByteArrayList &messages)
{
    return '[' + messages.join(',') + ']';
}

bool mayHideLoss(const QByteArray &text)
{
    return text.contains("null") || text.contains("\\ud");
}

} // namespace IpcPrims
