// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Messages of any kind to a JsonRpc: what it answers is JSON-RPC, and it answers each call once.

#include "plainjson.h"
#include "require.h"
#include "servedpeer.h"

#include "conversation.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peer.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>

#include <algorithm>

using namespace IpcPrims;

namespace {
constexpr quint16 RpcChannel = 1;

void appendFrame(QByteArray *script, quint16 channel, const QByteArray &payload)
{
    const auto size = quint32(payload.size());
    script->append("IP");
    for (int shift = 0; shift < 32; shift += 8)
        script->append(char(size >> shift & 0xff));
    script->append(char(channel & 0xff)).append(char(channel >> 8)).append(payload);
}

// A response of the specification, and no other message.
void checkResponse(const PlainJson &response)
{
    require(response.kind == PlainJson::Kind::Object, "a response is an object");
    const PlainJson *version = response.member("jsonrpc");
    require(version && version->isString() && version->text == "2.0", "a response has its version");
    const PlainJson *id = response.member("id");
    require(id
                    && (id->isString() || id->kind == PlainJson::Kind::Number
                        || id->kind == PlainJson::Kind::Null),
            "a response has an id");
    const PlainJson *error = response.member("error");
    require((response.member("result") == nullptr) != (error == nullptr),
            "a response has a result or an error");
    if (!error)
        return;
    const PlainJson *code = error->member("code");
    const PlainJson *message = error->member("message");
    require(code && code->kind == PlainJson::Kind::Number && !code->text.contains('.'),
            "an error has a code");
    require(message && message->isString(), "an error has a message");
}

// How many responses a message may be answered with.
qsizetype mostResponses(const QByteArray &message)
{
    const auto json = PlainJson::parse(message);
    if (!json || json->kind != PlainJson::Kind::Array)
        return 1;
    return std::max<qsizetype>(1, qsizetype(json->elements.size())); // An empty batch is refused.
}

void serve(JsonRpc *rpc)
{
    rpc->setMethod(QStringLiteral("echo"),
                   [](const QJsonValue &params) -> RpcResult { return params; });
    rpc->setMethod(QStringLiteral("fail"), [](const QJsonValue &) -> RpcResult {
        return RpcError(RpcError::InvalidParams);
    });
    rpc->setMethod(QStringLiteral("forget"), [](const RpcCall &) {});
}
} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static QCoreApplication app(*argc, *argv);
    return 0;
}

// Each line is a message.
extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    const QList<QByteArray> messages
            = QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)).split('\n');
    QByteArray script;
    appendFrame(&script, 0, R"({"protocol":"ipcprims","version":"1.0","channels":[1]})");
    qsizetype most = 0;
    for (const QByteArray &message : messages) {
        appendFrame(&script, RpcChannel, message);
        most += mostResponses(message);
    }

    ScriptedSocket socket(script, 1);
    {
        ServedPeer server(socket.takeOther());
        std::unique_ptr<JsonRpc> rpc;
        // Until the session has ended with its connection.
        QElapsedTimer time;
        time.start();
        bool hasOpened = false;
        while (time.elapsed() < 5000 && (!hasOpened || server.peer())) {
            if (hasOpened)
                socket.writeNext();
            else
                socket.writeHandshake();
            QCoreApplication::processEvents();
            if (!hasOpened && server.peer()) {
                hasOpened = true;
                rpc = std::make_unique<JsonRpc>(server.peer(), RpcChannel);
                serve(rpc.get());
            }
        }
        require(hasOpened && !server.peer(), "a session opens, and ends with its connection");
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);

    qsizetype count = 0;
    for (const Frame &frame : socket.readAnswers()) {
        if (frame.channel != RpcChannel)
            continue;
        const auto json = PlainJson::parse(frame.payload);
        require(json.has_value(), "what is sent is JSON");
        if (json->kind != PlainJson::Kind::Array) {
            checkResponse(*json);
            ++count;
            continue;
        }
        require(!json->elements.empty(), "no empty batch is sent");
        for (const PlainJson &response : json->elements)
            checkResponse(response);
        count += qsizetype(json->elements.size());
    }
    require(count <= most, "no call is answered twice");
    return 0;
}
