// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/eventloopclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qelapsedtimer.h>

#include <algorithm>
#include <utility>

namespace Bench {

// One after the other, as servers may limit how many shake hands at the same time.
void EventLoopClient::open(int connections)
{
    m_connections = connections;
    m_open = 0;
    startConnection(0);
    waitUntilDone();
}

// Not by exec() and quit(), which wake the loop up once more: applications stay in theirs. What a
// posted event has done, processEvents() would sleep over, so these are delivered before.
void EventLoopClient::waitUntilDone()
{
    QCoreApplication::sendPostedEvents();
    while (!std::exchange(m_isDone, false)) {
        m_loop.processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents();
    }
    // Without exec(), what deleteLater() was called for would stay, and be looked at in every turn.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

void EventLoopClient::opened()
{
    ++m_open;
    if (m_open < m_connections)
        startConnection(m_open);
    else
        m_isDone = true;
}

void EventLoopClient::arrived(int connection, quint16 channel, QByteArrayView payload)
{
    verify(bool(m_onArrived), "a frame arrived that nobody asked for");
    m_onArrived(connection, channel, payload);
}

void EventLoopClient::writable()
{
    if (m_onWritable)
        m_onWritable();
}

void EventLoopClient::sendCommand(int connection, const QByteArray &command)
{
    verify(send(connection, Channel::Command, command), "a command was not accepted");
}

void EventLoopClient::roundTrips(qsizetype size, qint64 count)
{
    const QByteArray command(size, 'c');
    std::vector<qint64> left(m_connections, count);
    int busy = m_connections;

    m_onArrived = [&](int connection, quint16 channel, QByteArrayView payload) {
        verify(channel == Channel::Command, "a receipt arrived instead of an echo");
        verify(payload.size() == size, "an echo of another size arrived");
        if (--left[connection] > 0)
            sendCommand(connection, command);
        else if (--busy == 0)
            m_isDone = true;
    };
    for (int connection = 0; connection < m_connections; ++connection)
        sendCommand(connection, command);
    waitUntilDone();
    m_onArrived = nullptr;
}

Receipt EventLoopClient::oneWay(qsizetype size, qint64 count)
{
    const QByteArray data(size, 'd');
    qint64 left = count;
    bool isAsked = false; // For the receipt.
    Receipt receipt;

    m_onArrived = [&](int, quint16 channel, QByteArrayView payload) {
        verify(channel == Channel::Data, "an echo arrived instead of the receipt");
        receipt = Receipt::fromBytes(payload);
        m_isDone = true;
    };
    m_onWritable = [&] {
        while (left > 0 && send(0, Channel::Data, data))
            --left;
        if (left == 0 && !isAsked)
            isAsked = send(0, Channel::Data, {});
    };
    m_onWritable();
    waitUntilDone();
    m_onArrived = nullptr;
    m_onWritable = nullptr;
    return receipt;
}

Client::Latencies EventLoopClient::commandsBeside(qsizetype dataSize,
                                                  std::chrono::milliseconds duration)
{
    // The receiver acknowledges each data frame, and so many are on their way at a time: enough to
    // keep the connection busy, and little enough for the queue to have room for a command.
    static constexpr qsizetype Window = 256 * 1024;
    const qsizetype unanswered = dataSize == 0 ? 0 : std::max<qsizetype>(Window / dataSize, 2);

    const QByteArray command(64, 'c');
    const QByteArray data(dataSize, 'd');
    const QDeadlineTimer end(duration);
    qsizetype onTheirWay = 0; // Data frames.
    QElapsedTimer sinceCommand;
    bool isCommandOnItsWay = true;
    Latencies latencies;

    const auto sendData = [&] {
        verify(send(0, Channel::Data, data) && send(0, Channel::Data, {}),
               "a data frame was not accepted");
        ++onTheirWay;
    };
    m_onArrived = [&](int, quint16 channel, QByteArrayView payload) {
        if (channel == Channel::Command) {
            latencies.emplace_back(sinceCommand.nsecsElapsed());
            isCommandOnItsWay = !end.hasExpired();
            if (isCommandOnItsWay) {
                sinceCommand.start();
                sendCommand(0, command);
            }
        } else {
            verify(Receipt::fromBytes(payload).bytes == dataSize, "a data frame was not counted");
            --onTheirWay;
            if (isCommandOnItsWay)
                sendData();
        }
        if (!isCommandOnItsWay && onTheirWay == 0)
            m_isDone = true;
    };
    for (qsizetype i = 0; i < unanswered; ++i)
        sendData();
    sinceCommand.start();
    sendCommand(0, command);
    waitUntilDone();
    m_onArrived = nullptr;
    return latencies;
}

} // namespace Bench
