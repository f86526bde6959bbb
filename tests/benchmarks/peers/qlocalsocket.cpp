// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    The usual Qt program: QLocalSocket, and QDataStream with transactions.
*/
#include "peers/eventloopclient.h"
#include "peers/raw/socket.h"
#include "peers/service.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdatastream.h>
#include <QtNetwork/qlocalserver.h>
#include <QtNetwork/qlocalsocket.h>

namespace Bench {
namespace {

// From so many bytes on a sender waits until the socket has taken what was written.
qint64 highWaterMark(const Workload &workload)
{
    // There, a command never waits for the application, only behind what was written before it.
    return workload.operation == Operation::CommandsBesideData ? 64 * 1024 * 1024 : 1024 * 1024;
}

/// One end of a connection.
class MessageSocket : public QObject
{
    Q_OBJECT

public:
    /// Takes ownership of \a socket.
    MessageSocket(QLocalSocket *socket, const Workload &workload, QObject *parent = nullptr)
        : QObject(parent)
        , m_socket(socket)
        , m_in(socket)
        , m_out(socket)
        , m_highWaterMark(highWaterMark(workload))
    {
        socket->setParent(this);
        connect(socket, &QLocalSocket::readyRead, this, &MessageSocket::read);
        connect(socket, &QLocalSocket::bytesWritten, this, [this] {
            if (m_isFull && m_socket->bytesToWrite() < m_highWaterMark / 4) {
                m_isFull = false;
                Q_EMIT writable();
            }
        });
    }

    bool send(quint16 channel, const QByteArray &payload)
    {
        m_isFull = m_isFull || m_socket->bytesToWrite() >= m_highWaterMark;
        if (m_isFull)
            return false;
        m_out << channel << payload;
        return true;
    }

Q_SIGNALS:
    void received(quint16 channel, const QByteArray &payload);
    void writable();

private:
    void read()
    {
        for (;;) {
            quint16 channel = 0;
            QByteArray payload;
            m_in.startTransaction();
            m_in >> channel >> payload;
            if (!m_in.commitTransaction())
                return;
            Q_EMIT received(channel, payload);
        }
    }

    QLocalSocket *const m_socket;
    QDataStream m_in; // Of its own, as nothing can be written through a stream that met the end.
    QDataStream m_out;
    const qint64 m_highWaterMark;
    bool m_isFull = false;
};

class LocalSocketClient : public EventLoopClient
{
public:
    explicit LocalSocketClient(const Setup &setup)
        : m_setup(setup)
    {}

    void close() override { m_connections.clear(); }

protected:
    void startConnection(int connection) override
    {
        auto *const socket = new QLocalSocket;
        auto &messages = m_connections.emplace_back(
                std::make_unique<MessageSocket>(socket, m_setup.workload));
        QObject::connect(messages.get(), &MessageSocket::received, socket,
                         [this, connection](quint16 channel, const QByteArray &payload) {
                             arrived(connection, channel, payload);
                         });
        QObject::connect(messages.get(), &MessageSocket::writable, socket, [this] { writable(); });
        QObject::connect(
                socket, &QLocalSocket::connected, socket,
                [this, socket] {
                    raiseSendBuffer(int(socket->socketDescriptor()), m_setup.workload);
                    opened();
                },
                Qt::QueuedConnection); // It comes from inside the call.
        QObject::connect(socket, &QLocalSocket::errorOccurred, socket,
                         [socket] { fail(socket->errorString()); });
        socket->connectToServer(m_setup.path);
    }

    bool send(int connection, quint16 channel, const QByteArray &payload) override
    {
        return m_connections[connection]->send(channel, payload);
    }

private:
    const Setup m_setup;
    std::vector<std::unique_ptr<MessageSocket>> m_connections;
};

class LocalSocketServer : public Server
{
public:
    explicit LocalSocketServer(const Setup &setup)
        : m_setup(setup)
    {
        QObject::connect(&m_server, &QLocalServer::newConnection, &m_server, [this] {
            while (QLocalSocket *const socket = m_server.nextPendingConnection())
                serve(socket);
        });
    }

    void listen() override
    {
        m_server.setMaxPendingConnections(1000);
        if (!m_server.listen(m_setup.path))
            fail(m_server.errorString());
    }

    void run() override { QCoreApplication::exec(); }

private:
    void serve(QLocalSocket *socket)
    {
        raiseSendBuffer(int(socket->socketDescriptor()), m_setup.workload);
        auto *const messages = new MessageSocket(socket, m_setup.workload, &m_server);
        QObject::connect(messages, &MessageSocket::received, messages,
                         [this, messages](quint16 channel, const QByteArray &payload) {
                             m_service.serve(channel, payload, [&](const QByteArray &answer) {
                                 messages->send(channel, answer);
                             });
                         });
        QObject::connect(socket, &QLocalSocket::disconnected, messages, &QObject::deleteLater);
    }

    const Setup m_setup;
    Service m_service;
    QLocalServer m_server;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<LocalSocketClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<LocalSocketServer>(setup);
}

} // namespace Bench

#include "qlocalsocket.moc"
