// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/turntime_p.h"
#include "transport/listener_p.h"
#include "transport/serversocket_p.h"
#include "transport/unixconnection_p.h"

#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>

#include <memory>

namespace IpcPrims {

/// Listens on a Unix socket and hands connections out as NativeStream.
class UnixListener final : public Listener, private TurnTime::Waiter
{
    Q_OBJECT

public:
    explicit UnixListener(QObject *parent = nullptr);
    ~UnixListener() override;

    Error listen(const Endpoint &endpoint, const ListenOptions &options) override;
    bool isListening() const override { return m_socket.isOpen(); }
    void close() override;
    void setAccepting(bool accepting) override;

private:
    void acceptWaiting();
    void waitForTurn();
    void turnCame() override;
    void handOver(UnixConnection accepted);
    void pause();
    void resume();

    Endpoint m_endpoint;
    ServerSocket m_socket;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_pauseTimer;
    UnixAcceptor m_acceptor;
    bool m_isAccepting = true;
    bool m_waitsForTurn = false;
};

} // namespace IpcPrims
