// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contestant.h"
#include "harness/results.h"

#include <chrono>

namespace Bench {

/// Lets contestants do workloads, each time in two new processes.
class Contest
{
public:
    QList<Contestant> contestants; ///< Only installed ones.
    QList<Workload> workloads;
    int rounds = 5;
    std::chrono::milliseconds duration{250};
    bool useGlib = false; ///< Has all of Qt's programs use the event dispatcher based on GLib.

    /// Round by round, and within one the contestants side by side, so that whatever else the
    /// machine does meets all of them. Tells on stderr how far it is.
    Results run() const;

private:
    void runOnce(const Workload &workload, const Contestant &contestant, Results *results) const;
};

} // namespace Bench
