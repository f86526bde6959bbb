// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawserver.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>

using namespace Qt::StringLiterals;

namespace {

QByteArray listText(const QList<int> &channels)
{
    QByteArrayList numbers;
    for (const int channel : channels)
        numbers += QByteArray::number(channel);
    return '[' + numbers.join(',') + ']';
}

} // namespace

QJsonObject RawServer::acceptRequest()
{
    m_socket = m_listener.accept();
    const auto request = m_socket.readFrame();
    return request ? QJsonDocument::fromJson(request->payload).object() : QJsonObject();
}

bool RawServer::grant(const QList<int> &channels)
{
    return m_socket.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":)"
                                          + listText(channels) + R"(,"peer_id":"peer-7"})");
}

bool RawServer::acceptClient()
{
    QList<int> channels;
    for (const QJsonValue &channel : acceptRequest().value("channels"_L1).toArray())
        channels += channel.toInt();
    return !channels.isEmpty() && grant(channels);
}

bool RawServer::acknowledgeShutdown()
{
    const auto request = m_socket.readFrame();
    return request && request->channel == 0 && request->payload.contains("shutdown_request")
           && m_socket.writeFrame(0, R"({"type":"shutdown_ack"})");
}

bool agreeToShutdown(RawSocket &client)
{
    while (const auto frame = client.readFrame()) {
        if (frame->channel == 0 && frame->payload.contains("shutdown_request"))
            return client.writeFrame(0, R"({"type":"shutdown_ack"})");
    }
    return false;
}

RawSocket connectRawClient(const QString &path, const QList<int> &channels)
{
    RawSocket socket = RawSocket::connectTo(path);
    const QByteArray request
            = R"({"protocol":"ipcprims","version":"1.0","channels":)" + listText(channels) + '}';
    if (!socket.writeFrame(0, request) || !socket.readFrame())
        return RawSocket();
    return socket;
}

bool isEchoed(RawSocket &client, quint16 channel, const QByteArray &payload)
{
    return client.writeFrame(channel, payload)
           && client.readFrame() == RawSocket::Frame{channel, payload};
}
