// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/*!
    When to ping a silent peer, and how many of its signs of life were missed. Takes the time and
    what happens; knows no I/O and no timers.

    An answer to a ping doesn't say which ping it answers, so at most one is to be under way: while
    there is one, whoever sent it, this asks for no other. Every received frame is a sign of life.
*/
class IPCPRIMS_AUTOTEST_EXPORT Heartbeat
{
public:
    using Clock = std::chrono::steady_clock;
    using Instant = Clock::time_point;

    static constexpr std::chrono::milliseconds MinInterval = std::chrono::milliseconds(50);

    /// Zero or less turns the heartbeat off. Forgets what was missed.
    void configure(std::chrono::milliseconds interval, int missedLimit, Instant now);
    std::chrono::milliseconds interval() const { return m_interval; }
    int missedLimit() const { return m_missedLimit; }

    /// Frames are received from now on, so silence means something.
    void start(Instant now);
    /// None are, for a reason of this side. What was missed stays so.
    void suspend() { m_isRunning = false; }
    /// The session is over.
    void stop();

    void received(Instant now)
    {
        m_missed = 0;
        m_lastEvent = now;
    }

    /// Somebody else has sent a ping, and none was under way: from now on silence is missed.
    void asked(Instant now) { m_lastEvent = now; }

    /// Whether a ping is to be sent. \a isPingUnderWay says whether one waits for its answer.
    bool timePassed(Instant now, bool isPingUnderWay);

    /// When timePassed() is to be called next, unless a frame is received before.
    std::optional<Instant> deadline() const;

    int missed() const { return m_missed; }
    bool isUnresponsive() const { return m_missed >= m_missedLimit; }

private:
    std::chrono::milliseconds m_interval = std::chrono::milliseconds::zero();
    int m_missedLimit = 3;
    bool m_isRunning = false;
    Instant m_lastEvent; // The last sign of life, or a ping or a miss since then.
    int m_missed = 0;
};

} // namespace IpcPrims
