// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace Bench {

/// What is done again and again.
enum class Operation {
    RoundTrips, ///< A command and its echo, one at a time on every connection.
    OneWay, ///< Data frames, counted by the receiver, one acknowledgement at the end.
    Connects, ///< Connect, handshake, one echo, close.
    CommandsBesideData, ///< Round trips while data frames stream on the same connection.
    IdleConnections, ///< Connections that do nothing: what do they cost the server?
};

/// Which processors the two processes may run on.
enum class Placement {
    Same, ///< Both on one: the cost of the code path, and the most repeatable.
    Split, ///< One each: dominated by waking an idle processor.
    Free, ///< Wherever the system puts them.
};

/// One thing to measure: a column of the table.
struct Workload
{
    QString id; ///< For options and file names: "W1-64B-same".
    QString title;
    Operation operation = Operation::RoundTrips;
    qint64 size = 0; ///< Of a payload, in bytes.
    int connections = 1;
    Placement placement = Placement::Free;

    /// The group that the id begins with: "W1".
    QString group() const { return id.section(u'-', 0, 0); }

    static const QList<Workload> &all();
    static const Workload *find(const QString &id);
};

} // namespace Bench
