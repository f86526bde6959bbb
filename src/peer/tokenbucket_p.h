// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <algorithm>
#include <chrono>

namespace IpcPrims {

/*!
    Allows so many things a second and, after a quiet time, so many at once. Takes the time, and has
    no timer.
*/
class TokenBucket
{
public:
    using Clock = std::chrono::steady_clock;

    /// Starts full. Without a rate everything is allowed.
    TokenBucket(int perSecond, int burst, Clock::time_point now)
        : m_interval(perSecond > 0 ? std::chrono::nanoseconds(std::chrono::seconds(1)) / perSecond
                                   : std::chrono::nanoseconds::zero())
        , m_burst(burst)
        , m_fullAt(now)
    {}

    void take(Clock::time_point now) { m_fullAt = std::max(m_fullAt, now) + m_interval; }

    /// How long it takes until something is allowed; zero if it is now.
    std::chrono::milliseconds wait(Clock::time_point now) const
    {
        const auto allowedAt = m_fullAt - (m_burst - 1) * m_interval;
        return std::max(std::chrono::milliseconds::zero(),
                        std::chrono::ceil<std::chrono::milliseconds>(allowedAt - now));
    }

private:
    std::chrono::nanoseconds m_interval;
    int m_burst;
    Clock::time_point m_fullAt; // If nothing more is taken.
};

} // namespace IpcPrims
