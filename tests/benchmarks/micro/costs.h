// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

#include <map>
#include <optional>

namespace Bench {

/// What one operation costs: a frame, or one side of a round trip.
struct Cost
{
    double instructions = 0;
    double allocations = 0;
    std::optional<double> systemCalls; ///< Without a value if they couldn't be counted.
};

using Costs = std::map<QString, Cost>; ///< By the case's name.

constexpr int Skipped = 77; ///< For CTest.

/// Ends the program, after a line that says why.
[[noreturn]] void leave(int code, const QString &reason);

} // namespace Bench
