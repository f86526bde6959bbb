// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <QtCore/qeventloop.h>

#include <functional>

namespace Bench {

/// The workloads for a peer that lives in Qt's event loop.
class EventLoopClient : public Client
{
public:
    void open(int connections) final;
    void roundTrips(qsizetype size, qint64 count) final;
    Receipt oneWay(qsizetype size, qint64 count) final;
    Latencies commandsBeside(qsizetype dataSize, std::chrono::milliseconds duration) final;

protected:
    /// Ends in opened(), from the event loop.
    virtual void startConnection(int connection) = 0;
    /// False if the frame was not accepted, as too much waits; writable() says when to go on.
    virtual bool send(int connection, quint16 channel, const QByteArray &payload) = 0;

    void opened();
    void arrived(int connection, quint16 channel, QByteArrayView payload);
    void writable();

private:
    void waitUntilDone();
    void sendCommand(int connection, const QByteArray &command);

    QEventLoop m_loop;
    bool m_isDone = false;
    int m_connections = 0;
    int m_open = 0;
    std::function<void(int connection, quint16 channel, QByteArrayView payload)> m_onArrived;
    std::function<void()> m_onWritable;
};

} // namespace Bench
