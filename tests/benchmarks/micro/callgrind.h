// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// Runs all cases of \a program under callgrind, for their instructions and allocations. Leaves
/// with Skipped where there is no valgrind.
Costs countUnderCallgrind(const QString &program);

} // namespace Bench
