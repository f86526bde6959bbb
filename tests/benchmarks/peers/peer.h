// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "workload/workload.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <memory>
#include <vector>

/*
    What each of the compared systems implements: a client and a server, each the main object of a
    process of its own. The server's side of the agreement is in service.h.
*/
namespace Bench {

/// Frames carry one of these numbers, in whatever way is usual for a peer.
enum Channel : quint16 {
    Command = 1, ///< To be echoed.
    Data = 2, ///< To be counted; an empty payload asks for the Receipt.
};

/// What a receiver has counted since its last receipt.
struct Receipt
{
    qint64 frames = 0;
    qint64 bytes = 0;

    QByteArray toBytes() const
    {
        return QByteArray(reinterpret_cast<const char *>(this), sizeof(Receipt));
    }
    static Receipt fromBytes(QByteArrayView bytes);
};

/// One of the compared systems may come in several variants, each with a name of its own.
struct Setup
{
    QString variant;
    Workload workload;
    QString path; ///< Of the socket.
};

/*!
    The measuring side. Every function returns when what it names is done, and ends the process with
    fail() if it can't be done.
*/
class Client
{
public:
    using Latencies = std::vector<std::chrono::nanoseconds>;

    virtual ~Client() = default;

    /// Opens \a connections, handshakes included.
    virtual void open(int connections) = 0;
    /// Closes all of them.
    virtual void close() = 0;

    /// \a count commands of \a size bytes and their echoes on every connection, one at a time each,
    /// all connections at the same time.
    virtual void roundTrips(qsizetype size, qint64 count) = 0;

    /// \a count data frames of \a size bytes, then the wait for the receipt.
    virtual Receipt oneWay(qsizetype size, qint64 count) = 0;

    /// For \a duration, how long each round trip of a command took while data frames of \a dataSize
    /// bytes stream on the same connection; none if that is 0. Empty if the peer has no such mode.
    virtual Latencies commandsBeside(qsizetype dataSize, std::chrono::milliseconds duration);
};

/// The answering side.
class Server
{
public:
    virtual ~Server() = default;

    virtual void listen() = 0;
    /// Serves until the process is ended.
    virtual void run() = 0;
};

// Each peer's program defines these two.
std::unique_ptr<Client> makeClient(const Setup &setup);
std::unique_ptr<Server> makeServer(const Setup &setup);

/// Ends the process, telling the harness why there is no figure.
[[noreturn]] void fail(const QString &reason);

/// Fails unless \a holds: \a what was wrong with what arrived.
inline void verify(bool holds, const char *what)
{
    if (Q_UNLIKELY(!holds))
        fail(QString::fromLatin1(what));
}

} // namespace Bench
