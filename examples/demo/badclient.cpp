// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "badclient.h"

#include "figures.h"

namespace Demo {

BadClient::BadClient(const IpcPrims::Endpoint &endpoint, const QByteArray &bytes)
    : m_bytes(bytes)
{
    connect(&m_socket, &QLocalSocket::readyRead, this,
            [this] { m_bytesReceived += m_socket.readAll().size(); });
    connect(&m_socket, &QLocalSocket::connected, this, [this] {
        m_sinceConnected.start();
        m_socket.write(m_bytes);
    });
    connect(&m_socket, &QLocalSocket::disconnected, this, [this] {
        m_connectedFor = elapsed(m_sinceConnected);
        Q_EMIT turnedAway();
    });
    m_socket.connectToServer(endpoint.path());
}

} // namespace Demo
