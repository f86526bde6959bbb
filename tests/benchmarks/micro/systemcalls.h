// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// Sets the system calls of \a costs, which are of the cases of \a counted, as strace counts them.
/// Leaves with Skipped where that isn't possible.
void countSystemCalls(const Counted &counted, Costs *costs);

} // namespace Bench
