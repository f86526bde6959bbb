// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/reconnectschedule_p.h"

#include <QtCore/qrandom.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// What timers can count; see boundedTimeout().
static constexpr milliseconds LongestPause = std::chrono::hours(24);

// Longer than any program runs, and still something that nanoseconds can count.
static constexpr milliseconds LongestTime = std::chrono::hours(24 * 365 * 100);

static double randomPart()
{
    return QRandomGenerator::global()->generateDouble();
}

ReconnectPolicy ReconnectPolicy::exponential(milliseconds firstPause, milliseconds longestPause)
{
    ReconnectPolicy policy;
    policy.isEnabled = true;
    policy.firstPause = firstPause;
    policy.longestPause = longestPause;
    return policy;
}

bool ReconnectPolicy::isTransient(const Error &reason)
{
    switch (reason.code()) {
    case ErrorCode::NotFound:
    case ErrorCode::ConnectionRefused:
    case ErrorCode::ResourcesExhausted:
    case ErrorCode::TruncatedFrame:
    case ErrorCode::StreamError:
    case ErrorCode::HandshakeRefused:
    case ErrorCode::Timeout:
    case ErrorCode::Disconnected:
    case ErrorCode::ShutdownRequested:
        return true;
    default:
        return false;
    }
}

ReconnectSchedule::ReconnectSchedule(const ReconnectPolicy &policy, Random random)
    : m_policy(policy)
    , m_random(random ? random : randomPart)
{
    m_policy.firstPause = std::clamp<milliseconds>(policy.firstPause, 0ms, LongestPause);
    m_policy.longestPause
            = std::clamp<milliseconds>(policy.longestPause, m_policy.firstPause, LongestPause);
    m_policy.maxTime = std::min(policy.maxTime, LongestTime);
    m_policy.factor = std::max(1.0, policy.factor);
    m_policy.jitter = std::clamp(policy.jitter, 0.0, 1.0);
    reset();
}

std::optional<milliseconds> ReconnectSchedule::ended(const Error &reason, Instant now)
{
    // A server that lets clients in only to drop them isn't to be asked over and over again.
    const auto openedAt = std::exchange(m_openedAt, std::nullopt);
    if (openedAt && now - *openedAt >= m_policy.longestPause)
        reset();
    m_refusals = reason.code() == ErrorCode::HandshakeRefused ? m_refusals + 1 : 0;
    if (!m_firstFailureAt)
        m_firstFailureAt = now;
    if (!goesOn(reason))
        return std::nullopt;

    const auto pause
            = std::chrono::ceil<milliseconds>(m_pause * (1 - m_policy.jitter * m_random()));
    if (m_policy.maxTime > 0ms && now + pause - *m_firstFailureAt > m_policy.maxTime)
        return std::nullopt;
    ++m_attempts;
    // From nothing, too, or it would never end.
    m_pause = std::min<decltype(m_pause)>(
            std::max<decltype(m_pause)>(m_pause, 1ms) * m_policy.factor, m_policy.longestPause);
    return pause;
}

bool ReconnectSchedule::goesOn(const Error &reason)
{
    if (!m_policy.isEnabled || (m_policy.maxAttempts > 0 && m_attempts >= m_policy.maxAttempts))
        return false;
    switch (reason.code()) {
    case ErrorCode::NoError:
    case ErrorCode::Cancelled:
    case ErrorCode::ShutdownFailed:
        return false; // This side wanted it to end.
    case ErrorCode::ShutdownRequested:
        return m_policy.afterShutdown;
    default:
        break;
    }
    return m_policy.afterPermanentErrors
           || (ReconnectPolicy::isTransient(reason) && m_refusals < m_policy.maxRefusals);
}

void ReconnectSchedule::reset()
{
    m_pause = m_policy.firstPause;
    m_attempts = 0;
    m_refusals = 0;
    m_firstFailureAt.reset();
}

} // namespace IpcPrims
