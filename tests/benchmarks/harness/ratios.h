// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/quartiles.h"
#include "harness/results.h"
#include "workload/workload.h"

#include <QtCore/qstring.h>

/*
    How fast something is beside something else. Rates are compared round by round, as a machine has
    faster and slower minutes; what is reported is how these ratios lie.
*/
namespace Bench {

/// What sockets can do: the better one of the peers by hand that gather frames or don't copy them.
extern const QString TheLimit;
/// The better one of what people would use instead.
extern const QString TheBestPeer;
/// The yardstick of most workloads, which is also measured against itself.
extern const QString Yardstick;
extern const QString YardstickAgain;

/// The hardest comparison that is fair in \a workload: sockets by hand that do the same work.
QString yardstickOf(const Workload &workload);

/// The rate of \a contestant divided by that of \a yardstick, which may be TheLimit or TheBestPeer.
std::optional<Quartiles> ratio(const Results &results, const QString &workload,
                               const QString &contestant, const QString &yardstick);

/// The yardstick's rate at the end of a round divided by that at its beginning: 1 on a machine that
/// does nothing else.
std::optional<Quartiles> noise(const Results &results, const QString &workload);

/// Whether the yardstick strays from itself by so much that its workload can't be judged: by more
/// than a tenth in a quarter of all rounds.
bool isNoisy(const Results &results, const QString &workload);

} // namespace Bench
