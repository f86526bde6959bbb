// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// Runs all cases of \a counted under callgrind, for their instructions and allocations. Leaves
/// with Skipped where there is no valgrind.
Costs countUnderCallgrind(const Counted &counted);

/// Runs all cases of \a counted by themselves, for their allocations.
Costs countAllocations(const Counted &counted);

} // namespace Bench
