// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/connectiontext.h"

#include "cli/displaytext.h"
#include "cli/orderedjson.h"

#include <IpcPrims/protocol.h>

#include <QtCore/qstringlist.h>

#include <cmath>

namespace IpcPrims::Tool {

namespace {

double milliseconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

QByteArray json(const ConnectionInfo &info)
{
    OrderedJson json;
    json.beginObject();
    json.key("schema_id")
            .value(QStringLiteral("https://schemas.3leaps.dev/ipcprims/cli/v1/"
                                  "connection-info.schema.json"));
    json.key("peer_id").value(info.peerId);
    if (!info.peerName.isEmpty()) // This library's own.
        json.key("peer_name").value(info.peerName);
    json.key("protocol_version").value(info.protocolVersion);
    json.key("channels").beginArray();
    for (const quint16 channel : info.channels) {
        json.beginObject();
        json.key("id").value(qint64(channel));
        json.key("name").value(Channel::name(channel));
        json.endObject();
    }
    json.endArray();
    json.key("ping_latency_ms");
    if (info.pingTime)
        json.value(std::round(milliseconds(*info.pingTime) * 100) / 100);
    else
        json.value(nullptr);
    json.key("peer_credentials");
    if (info.credentials) {
        json.beginObject();
        json.key("uid").value(qint64(info.credentials->uid));
        json.key("gid").value(qint64(info.credentials->gid));
        json.key("pid").value(info.credentials->pid);
        json.endObject();
    } else {
        json.value(nullptr);
    }
    json.key("connected").value(true);
    json.endObject();
    return json.line();
}

QByteArray lines(const ConnectionInfo &info)
{
    const QString unavailable = QStringLiteral("unavailable");

    QStringList channels;
    for (const quint16 channel : info.channels)
        channels += QStringLiteral("%1 (%2)").arg(Channel::name(channel), QString::number(channel));
    const QString ping
            = info.pingTime ? QStringLiteral("%1ms").arg(milliseconds(*info.pingTime), 0, 'f', 2)
                            : unavailable;
    const QString credentials = info.credentials ? QStringLiteral("uid=%1 gid=%2 pid=%3")
                                                           .arg(info.credentials->uid)
                                                           .arg(info.credentials->gid)
                                                           .arg(info.credentials->pid)
                                                 : unavailable;
    const QString name
            = info.peerName.isEmpty()
                      ? QString()
                      : QStringLiteral("  Peer name: %1\n").arg(displayText(info.peerName));
    return QStringLiteral("Connection\n"
                          "  Peer ID: %1\n"
                          "%6"
                          "  Protocol: ipcprims %2\n"
                          "  Channels: %3\n"
                          "  Ping: %4\n"
                          "  Peer credentials: %5\n")
            .arg(displayText(info.peerId), displayText(info.protocolVersion),
                 channels.join(QStringLiteral(", ")), ping, credentials, name)
            .toUtf8();
}

} // namespace

QByteArray connectionText(const ConnectionInfo &info, OutputFormat format)
{
    switch (format) {
    case OutputFormat::Json:
        return json(info);
    case OutputFormat::Table:
    case OutputFormat::Pretty:
        return lines(info);
    case OutputFormat::Raw:
        return displayText(info.peerId).toUtf8() + '\n';
    }
    Q_UNREACHABLE();
}

} // namespace IpcPrims::Tool
