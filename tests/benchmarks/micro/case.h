// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <functional>
#include <vector>

/*
    What is counted: each program of this folder defines some cases, and casemain.cpp runs them.
*/
namespace Bench {

/// Counts between start() and stop(), so that a case can leave out what is not its subject. Counted
/// is the thread that calls these.
class Meter
{
public:
    void start();
    void stop();
    qint64 allocations() const { return m_allocations; }

private:
    qint64 m_allocations = 0;
    qint64 m_atStart = 0;
};

/// Does something a few hundred times, and returns how often.
using Batch = std::function<qsizetype(Meter &)>;

struct Case
{
    const char *name;
    /// Makes what the batch needs, which lasts as long as the batch. So nothing of the other cases
    /// is there: an event loop would wait for their sockets, too, which costs instructions.
    std::function<Batch()> prepare;
};

std::vector<Case> cases();

} // namespace Bench
