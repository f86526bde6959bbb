// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/*!
    How close together a client's attempts to connect may begin. As the end of one is reported by a
    signal in whose slot the next one may be asked for, nothing else keeps a program from making
    tens of thousands of them a second. Takes the time and what happens; knows no timers.

    After a failure, the next attempt begins 1 ms after the begin of the one that failed, after two
    in a row 2 ms, then 4 and so on up to 100 ms. What took a second was no such loop, and neither
    is what this side has ended itself.
*/
class IPCPRIMS_AUTOTEST_EXPORT AttemptPacing
{
public:
    using Clock = std::chrono::steady_clock;
    using Instant = Clock::time_point;

    static constexpr std::chrono::milliseconds ShortestPause = std::chrono::milliseconds(1);
    static constexpr std::chrono::milliseconds LongestPause = std::chrono::milliseconds(100);
    static constexpr std::chrono::seconds LongAttempt = std::chrono::seconds(1);

    void begun(Instant now) { m_lastBegin = now; }
    /// The attempt failed, or its session has ended.
    void ended(const Error &reason, Instant now);
    /// How long the next attempt has to wait; zero or more.
    std::chrono::milliseconds wait(Instant now) const;

private:
    std::optional<Instant> m_lastBegin;
    std::chrono::milliseconds m_pause = std::chrono::milliseconds::zero();
};

} // namespace IpcPrims
