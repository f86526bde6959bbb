// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// Has one copy, allocation and system call too many done in each operation of \a programs, and
/// prints which of them exceed \a limits. False if one of them passes that should have been found.
bool plantsAreFound(const QStringList &programs, const Costs &limits);

} // namespace Bench
