// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/blockingclient.h"

namespace Bench {

void BlockingClient::roundTrips(qsizetype size, qint64 count)
{
    const QByteArray command(size, 'c');
    const int last = connections();
    m_next = last;
    for (int connection = 0; connection < last; ++connection)
        send(connection, Channel::Command, command);
    // Every connection has a command on its way, and gets the next one when the echo is here.
    std::vector<qint64> left(last, count);
    for (qint64 echoes = count * last; echoes > 0; --echoes) {
        const int connection = last == 1 ? 0 : nextConnection();
        const Frame frame = receive(connection);
        verify(frame.channel == Channel::Command, "a receipt arrived instead of an echo");
        verify(frame.payload.size() == size, "an echo of another size arrived");
        if (--left[connection] > 0)
            send(connection, Channel::Command, command);
    }
}

int BlockingClient::nextConnection()
{
    for (;;) {
        for (; m_next < connections(); ++m_next) {
            if (hasSomething(m_next))
                return m_next++;
        }
        waitForAny();
        m_next = 0;
    }
}

bool BlockingClient::hasSomething(int) const
{
    return true;
}

Receipt BlockingClient::oneWay(qsizetype size, qint64 count)
{
    const QByteArray data(size, 'd');
    for (qint64 left = count; left > 0; --left)
        send(0, Channel::Data, data);
    send(0, Channel::Data, {});
    const Frame frame = receive(0);
    verify(frame.channel == Channel::Data, "an echo arrived instead of the receipt");
    return Receipt::fromBytes(frame.payload);
}

} // namespace Bench
