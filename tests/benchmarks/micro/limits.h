// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// The costs that \a fileName allows. Leaves with Skipped if they are for another compiler than
/// this program's.
Costs readLimits(const QString &fileName);

void writeLimits(const QString &fileName, const Costs &costs);

/// In which respects something costs more than is allowed.
struct Excess
{
    bool instructions = false;
    bool allocations = false;
    bool systemCalls = false;

    bool isAny() const { return instructions || allocations || systemCalls; }
};
Excess excessOf(const Cost &cost, const Cost &limit);

/// Prints the comparison; false if something costs more than is allowed, has no limit, or is no
/// longer counted.
bool compare(const Costs &costs, const Costs &limits);

} // namespace Bench
