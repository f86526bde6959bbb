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

/// Something that is done again and again.
struct Case
{
    const char *name;
    qsizetype payloadSize; ///< Of the frames that it moves.
    /// Makes what the batches need, which lives as long as the returned function: event loops look
    /// at every socket that there is, so that one case must not have those of another.
    std::function<Batch()> prepare;
};

std::vector<Case> cases();

} // namespace Bench
