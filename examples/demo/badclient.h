// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/Endpoint>

#include <QtCore/QByteArray>
#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtNetwork/QLocalSocket>

namespace Demo {

/// A client that doesn't keep to the protocol: sends some bytes and looks what it gets for them.
class BadClient : public QObject
{
    Q_OBJECT

public:
    BadClient(const IpcPrims::Endpoint &endpoint, const QByteArray &bytes);

    /// How long the connection was left open.
    std::chrono::nanoseconds connectedFor() const { return m_connectedFor; }
    qint64 bytesReceived() const { return m_bytesReceived; }

Q_SIGNALS:
    void turnedAway();

private:
    const QByteArray m_bytes;
    QLocalSocket m_socket;
    QElapsedTimer m_sinceConnected;
    std::chrono::nanoseconds m_connectedFor = std::chrono::nanoseconds::zero();
    qint64 m_bytesReceived = 0;
};

} // namespace Demo
