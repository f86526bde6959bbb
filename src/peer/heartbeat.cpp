// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/heartbeat_p.h"

#include "session/session_p.h"

#include <algorithm>

namespace IpcPrims {

void Heartbeat::configure(std::chrono::milliseconds interval, int missedLimit, Instant now)
{
    const bool isOff = interval <= std::chrono::milliseconds::zero();
    m_interval = isOff ? std::chrono::milliseconds::zero()
                       : std::max(boundedTimeout(interval), MinInterval);
    m_missedLimit = std::max(1, missedLimit);
    m_missed = 0;
    m_lastEvent = now;
}

void Heartbeat::start(Instant now)
{
    m_isRunning = true;
    m_lastEvent = now;
}

void Heartbeat::stop()
{
    m_isRunning = false;
    m_missed = 0;
}

bool Heartbeat::timePassed(Instant now, bool isPingUnderWay)
{
    const auto due = deadline();
    if (!due || now < *due)
        return false;
    m_lastEvent = now;
    if (!isPingUnderWay)
        return true;
    ++m_missed;
    return false;
}

std::optional<Heartbeat::Instant> Heartbeat::deadline() const
{
    // Once it is unresponsive, only a sign of life changes anything.
    if (!m_isRunning || m_interval == std::chrono::milliseconds::zero() || isUnresponsive())
        return std::nullopt;
    return m_lastEvent + m_interval;
}

} // namespace IpcPrims
