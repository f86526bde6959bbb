// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/tokenbucket_p.h"

#include <algorithm>
#include <limits>

namespace IpcPrims {

using Seconds = std::chrono::duration<double>;

TokenBucket::TokenBucket(qint64 perSecond, qint64 burst, Clock::time_point now)
    : m_perSecond(double(perSecond))
    , m_most(perSecond > 0 ? double(burst) : std::numeric_limits<double>::infinity())
    , m_tokens(m_most)
    , m_filledAt(now)
{}

void TokenBucket::refill(Clock::time_point now)
{
    m_tokens = std::min(m_most, m_tokens + m_perSecond * Seconds(now - m_filledAt).count());
    m_filledAt = now;
}

std::chrono::milliseconds TokenBucket::wait(Clock::time_point now)
{
    refill(now);
    if (!isEmpty())
        return std::chrono::milliseconds::zero();
    return std::chrono::ceil<std::chrono::milliseconds>(
            Seconds((OneToken - m_tokens) / m_perSecond));
}

} // namespace IpcPrims
