// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/reconnectpolicy.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/*!
    When to try again, by the rules of a policy. Knows no timers: it is told what happened when, and
    says how long to wait.
*/
class IPCPRIMS_AUTOTEST_EXPORT ReconnectSchedule
{
public:
    using Clock = std::chrono::steady_clock;
    using Instant = Clock::time_point;
    /// Returns numbers from 0 to 1.
    using Random = double (*)();

    explicit ReconnectSchedule(const ReconnectPolicy &policy = {}, Random random = nullptr);

    void sessionOpened(Instant now) { m_openedAt = now; }

    /// The session or the attempt is over. The pause until the next attempt, or nothing if it is
    /// over for good.
    std::optional<std::chrono::milliseconds> ended(const Error &reason, Instant now);

    /// Failed attempts in a row, the end of the session included; none while there is one.
    int attempts() const { return m_openedAt ? 0 : m_attempts; }

private:
    bool goesOn(const Error &reason);
    void reset();

    ReconnectPolicy m_policy;
    Random m_random;
    std::optional<Instant> m_openedAt; // While there is a session.
    std::optional<Instant> m_firstFailureAt;
    std::chrono::duration<double, std::milli> m_pause;
    int m_attempts = 0;
    int m_refusals = 0;
};

} // namespace IpcPrims
