// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/spin_p.h"

#include <algorithm>
#include <thread>

namespace IpcPrims {

using namespace std::chrono_literals;

static constexpr std::chrono::microseconds LongestLimit = 1h;

// Giving way takes less than 1 us if nobody wants the processor, and some more if the other side
// uses it to answer. A thread that computes takes its whole time slice, of 700 us at least.
static constexpr auto LongAbsence = 300us;

// The price of trying again is a time slice at most.
static constexpr auto CrowdedPause = 100ms;

void Spin::setLimit(std::chrono::microseconds limit)
{
    m_limit = std::clamp<std::chrono::microseconds>(limit, 0us, LongestLimit);
    m_crowdedUntil = {};
}

bool Spin::begin(Clock::time_point latest)
{
    const auto now = Clock::now();
    if (now < m_crowdedUntil)
        return false;
    m_end = std::min(now + m_limit, latest);
    return now < m_end;
}

bool Spin::goesOn()
{
    const auto before = Clock::now();
    std::this_thread::yield();
    const auto now = Clock::now();
    if (now - before >= LongAbsence) {
        m_crowdedUntil = now + CrowdedPause;
        return false;
    }
    return now < m_end;
}

} // namespace IpcPrims
