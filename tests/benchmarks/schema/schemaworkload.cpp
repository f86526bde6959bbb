// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schemaworkload.h"

#include <QtCore/qrandom.h>

namespace {
const QByteArray CommandSchema = R"({
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 64},
        "cmd": {"enum": ["start", "stop", "status", "configure"]},
        "priority": {"type": "integer", "minimum": 0, "maximum": 9},
        "target": {
            "type": "object",
            "properties": {
                "host": {"type": "string", "pattern": "^[a-z0-9.-]+$"},
                "port": {"type": "integer", "minimum": 1, "maximum": 65535}
            },
            "required": ["host", "port"],
            "additionalProperties": false
        },
        "args": {"type": "array", "items": {"type": "string"}, "maxItems": 16},
        "dry_run": {"type": "boolean"}
    },
    "required": ["id", "cmd"],
    "additionalProperties": false
})";

const QByteArray TelemetrySchema = R"({
    "type": "object",
    "properties": {
        "source": {"type": "string"},
        "seq": {"type": "integer", "minimum": 0},
        "samples": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "t": {"type": "integer"},
                    "name": {"type": "string", "maxLength": 40},
                    "value": {"type": "number"},
                    "unit": {"enum": ["C", "V", "A", "rpm"]},
                    "ok": {"type": "boolean"}
                },
                "required": ["t", "name", "value"],
                "additionalProperties": false
            }
        }
    },
    "required": ["source", "seq", "samples"]
})";

const QByteArray Command
        = R"({"id":"c-000001","cmd":"configure","priority":5,"target":{"host":"node-7.local",)"
          R"("port":8080},"args":["--verbose","fast","x=1"],"dry_run":false})";

const QByteArray BadCommand
        = R"({"id":"c-000001","cmd":"configure","priority":12,"target":{"host":"node-7.local",)"
          R"("port":"80"},"args":["--verbose","fast","x=1"],"zz":false})";

QByteArrayList mixedCommands()
{
    QRandomGenerator random(7);
    const QByteArrayList commands = {"start", "stop", "status", "configure"};
    QByteArrayList messages;
    for (int i = 0; i < 512; ++i) {
        const QByteArray number = QByteArray::number(i);
        QByteArray message = "{\"id\":\"c-" + number.rightJustified(6, '0') + "\",\"cmd\":\""
                             + commands[random.bounded(4)] + '"';
        if (random.bounded(2) == 0)
            message += ",\"priority\":" + QByteArray::number(random.bounded(10));
        if (random.bounded(2) == 0)
            message += ",\"target\":{\"host\":\"node-" + number
                       + ".local\",\"port\":" + QByteArray::number(1 + random.bounded(65535)) + '}';
        if (random.bounded(2) == 0)
            message += R"(,"args":["a0","a1","a2"])";
        messages.append(message + '}');
    }
    return messages;
}

QByteArray telemetry()
{
    constexpr qsizetype size = 3200;
    QRandomGenerator random(7);
    QByteArray samples;
    for (int i = 0; samples.size() < size; ++i) {
        samples += (i > 0 ? "," : "") + QByteArray("{\"t\":170000000") + QByteArray::number(i % 10)
                   + ",\"name\":\"sensor_" + QByteArray::number(i)
                   + "\",\"value\":" + QByteArray::number(random.bounded(100000) / 1000.0)
                   + R"(,"unit":"C","ok":true})";
    }
    return R"({"source":"unit-12","seq":123456,"samples":[)" + samples + "]}";
}
} // namespace

QList<SchemaWorkload> schemaWorkloads()
{
    return {
            {"command", CommandSchema, {Command}, true},
            {"mixed commands", CommandSchema, mixedCommands(), true},
            {"telemetry", TelemetrySchema, {telemetry()}, true},
            {"bad command", CommandSchema, {BadCommand}, false},
    };
}
