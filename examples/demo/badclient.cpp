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
    connect(&m_socket, &QLocalSocket::stateChanged, this, &BadClient::onStateChanged);
    m_socket.connectToServer(endpoint.path());
}

void BadClient::onStateChanged(QLocalSocket::LocalSocketState state)
{
    if (state == QLocalSocket::ConnectedState) {
        m_sinceConnected.start();
        m_socket.write(m_bytes);
    } else if (state == QLocalSocket::UnconnectedState) {
        m_connectedFor = elapsed(m_sinceConnected);
        Q_EMIT turnedAway();
    }
}

} // namespace Demo
