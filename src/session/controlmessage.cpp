// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/controlmessage_p.h"

#include "session/strictjson_p.h"

#include <algorithm>
#include <iterator>

namespace IpcPrims {

namespace {
using Type = ControlMessage::Type;

struct TypeName
{
    Type type;
    QByteArrayView name;
};

constexpr TypeName TypeNames[] = {
        {Type::Ping, "ping"},
        {Type::Pong, "pong"},
        {Type::ShutdownRequest, "shutdown_request"},
        {Type::ShutdownAck, "shutdown_ack"},
        {Type::ShutdownForce, "shutdown_force"},
};

constexpr qsizetype MaxTypeNameSize = 64;
// Levels of arrays and objects, the payload of a message being its second.
constexpr qsizetype MaxDepth = 127;

bool isShutdown(Type type)
{
    return type == Type::ShutdownRequest || type == Type::ShutdownAck
           || type == Type::ShutdownForce;
}

Type typeFromName(QByteArrayView name)
{
    const auto entry = std::find_if(std::begin(TypeNames), std::end(TypeNames),
                                    [&](const TypeName &known) { return known.name == name; });
    return entry == std::end(TypeNames) ? Type::Unknown : entry->type;
}

QByteArrayView nameOfType(Type type)
{
    const auto entry = std::find_if(std::begin(TypeNames), std::end(TypeNames),
                                    [&](const TypeName &known) { return known.type == type; });
    Q_ASSERT_X(entry != std::end(TypeNames), "encodeControl", "an unknown type has no name");
    return entry->name;
}

// The whole payload has to be sound, although only the reason is of interest.
void readPayload(StrictJsonReader &reader, QByteArray *reason)
{
    if (reader.next() != StrictJsonReader::Next::Object) {
        reader.checkValue(MaxDepth - 1);
        return;
    }
    reader.enterObject();
    QByteArray name;
    while (reader.nextMember(&name)) {
        if (name == "reason" && reader.next() == StrictJsonReader::Next::String)
            reader.readString(reason);
        else
            reader.checkValue(MaxDepth - 2);
    }
}

// Nobody asks for the time, but the form is the protocol's.
void readTimestamp(StrictJsonReader &reader)
{
    QByteArray timestamp;
    if (reader.next() == StrictJsonReader::Next::Null)
        reader.skipValue();
    else
        reader.readString(&timestamp);
}
} // namespace

QByteArray encodeControl(ControlMessage::Type type, const QString &reason)
{
    QByteArray json = "{\"type\":";
    appendJsonString(&json, nameOfType(type));
    if (isShutdown(type) && !reason.isEmpty()) {
        json += ",\"payload\":{\"reason\":";
        appendJsonString(&json, reason.toUtf8());
        json += '}';
    }
    json += '}';
    return json;
}

Error decodeControl(QByteArrayView json, ControlMessage *message)
{
    StrictJsonReader reader(json);
    QByteArray typeName;
    QByteArray reason;
    StrictJsonReader::Member members[] = {
            {"type", true, [&] { reader.readString(&typeName); }},
            {"payload", false, [&] { readPayload(reader, &reason); }},
            {"timestamp", false, [&] { readTimestamp(reader); }},
    };
    reader.readObject(members);
    if (!reader.readEnd()) {
        return Error(ErrorCode::ProtocolViolation,
                     QStringLiteral("invalid CONTROL JSON payload: ") + reader.errorString());
    }

    const Type type = typeFromName(typeName);
    message->type = type;
    message->typeName = QString::fromUtf8(typeName);
    if (type == Type::Unknown)
        message->typeName.truncate(MaxTypeNameSize);
    message->reason = isShutdown(type) ? QString::fromUtf8(reason) : QString();
    return Error();
}

} // namespace IpcPrims
