// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"
#include "transport/listener_p.h"
#include "transport/serversocket_p.h"

#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <memory>

namespace IpcPrims {

/*!
    Listens on a Unix socket and hands connections out as NativeStream.

    Short of descriptors or memory it leaves connections in the backlog rather than dropping them,
    and looks again after a growing pause: they can be served as soon as something is released.
*/
class UnixListener final : public Listener
{
    Q_OBJECT

public:
    explicit UnixListener(QObject *parent = nullptr);

    Error listen(const Endpoint &endpoint, const ListenOptions &options) override;
    bool isListening() const override { return m_socket.isOpen(); }
    void close() override;
    void setAccepting(bool accepting) override;

private:
    void acceptWaiting();
    void handOver(FileDescriptor descriptor);
    void pauseAfter(int reason);
    void resume();

    Endpoint m_endpoint;
    ServerSocket m_socket;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_pauseTimer;
    std::chrono::milliseconds m_nextPause;
    bool m_isAccepting = true;
    bool m_isExhausted = false; // Reported; until the backlog is empty again.
};

} // namespace IpcPrims
