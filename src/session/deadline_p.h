// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/// When something is given up; nothing for never.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

// The one rule for time-outs, see NoTimeout: 0 ms to 24 days, and anything else is never.

/// \a timeout from \a now on.
IPCPRIMS_AUTOTEST_EXPORT Deadline deadlineAfter(std::chrono::milliseconds timeout,
                                                std::chrono::steady_clock::time_point now
                                                = std::chrono::steady_clock::now());

/// \a timeout for a setting: NoTimeout for never.
IPCPRIMS_AUTOTEST_EXPORT std::chrono::milliseconds
normalizedTimeout(std::chrono::milliseconds timeout);

/// The earlier of two.
IPCPRIMS_AUTOTEST_EXPORT Deadline earliest(const Deadline &a, const Deadline &b);

/// What a timer that wakes up early can count: 0 ms to 24 days.
IPCPRIMS_AUTOTEST_EXPORT std::chrono::milliseconds
boundedTimeout(std::chrono::milliseconds timeout);

} // namespace IpcPrims
