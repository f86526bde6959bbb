// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/deadline_p.h"

#include <IpcPrims/protocol.h>

#include <algorithm>

namespace IpcPrims {

// In milliseconds, what an int holds.
static constexpr std::chrono::milliseconds LongestTimeout = std::chrono::hours(24 * 24);

std::chrono::milliseconds normalizedTimeout(std::chrono::milliseconds timeout)
{
    const bool isNever = timeout < std::chrono::milliseconds::zero() || timeout > LongestTimeout;
    return isNever ? NoTimeout : timeout;
}

Deadline deadlineAfter(std::chrono::milliseconds timeout, std::chrono::steady_clock::time_point now)
{
    if (normalizedTimeout(timeout) == NoTimeout)
        return std::nullopt;
    return now + timeout;
}

Deadline earliest(const Deadline &a, const Deadline &b)
{
    if (a && b)
        return std::min(*a, *b);
    return a ? a : b;
}

std::chrono::milliseconds boundedTimeout(std::chrono::milliseconds timeout)
{
    return std::clamp(timeout, std::chrono::milliseconds::zero(), LongestTimeout);
}

} // namespace IpcPrims
