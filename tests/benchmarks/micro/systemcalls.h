// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// Adds to \a costs, which are of \a program's cases, the system calls, counted by strace. Prints
/// why, where that isn't possible.
void countSystemCalls(const QString &program, Costs *costs);

} // namespace Bench
