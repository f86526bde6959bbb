// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

namespace Bench {

/// The workloads for a peer whose calls block.
class BlockingClient : public Client
{
public:
    void roundTrips(qsizetype size, qint64 count) final;
    Receipt oneWay(qsizetype size, qint64 count) final;

protected:
    struct Frame
    {
        quint16 channel = 0;
        QByteArrayView payload; ///< Valid until the next call.
    };

    virtual int connections() const = 0;
    /// May gather; receive() sees to it that everything has left.
    virtual void send(int connection, quint16 channel, QByteArrayView payload) = 0;
    virtual Frame receive(int connection) = 0;

    // Several connections are served as an event loop does it: whichever has something to read,
    // each once per wait. Who leaves these as they are takes all in turn.
    virtual void waitForAny() {}
    virtual bool hasSomething(int connection) const;

private:
    int nextConnection();

    int m_next = 0; // Those before it have had their turn since the last wait.
};

} // namespace Bench
