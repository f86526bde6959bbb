// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/turntime_p.h"
#include "transport/listener_p.h"
#ifdef Q_OS_LINUX
#    include "transport/serversocket_p.h"
#endif

#include <QtCore/qlist.h>
#include <QtCore/qtimer.h>

#include <memory>

namespace IpcPrims {

/*!
    Accepts connections with QLocalServer and hands them out as LocalSocketStream.

    On Windows QLocalServer does everything. On Linux it only accepts, from a socket that is bound
    by the rules of ServerSocket and stays open whatever becomes of QLocalServer.

    That matters because QLocalServer closes itself when it fails to accept, and says nothing. The
    listener looks after it now and then, and starts another.
*/
class LocalSocketListener final : public Listener, private TurnTime::Waiter
{
    Q_OBJECT

public:
    explicit LocalSocketListener(QObject *parent = nullptr);
    ~LocalSocketListener() override;

    Error listen(const Endpoint &endpoint, const ListenOptions &options) override;
    bool isListening() const override;
    void close() override;
    void setAccepting(bool accepting) override;

private:
    class Server;

    Error open(const ListenOptions &options);
    Error startServer();
    void stopServer();
    void lookAfterServer();
    void enqueue(const std::shared_ptr<IncomingConnection> &connection);
    void deliver();
    void turnCame() override;
    void handOver(const std::shared_ptr<IncomingConnection> &connection);

    Endpoint m_endpoint;
#ifdef Q_OS_LINUX
    ServerSocket m_socket;
#endif
    std::unique_ptr<Server> m_server;
    QTimer m_watch;
    QList<std::shared_ptr<IncomingConnection>> m_accepted; // Still to be handed out.
    bool m_isListening = false;
    bool m_isAccepting = true;
    bool m_waitsForTurn = false;
    bool m_isFailing = false; // Reported; until the next connection.
};

} // namespace IpcPrims
