// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/attemptpacing_p.h"

#include <algorithm>

namespace IpcPrims {

using std::chrono::milliseconds;

void AttemptPacing::ended(const Error &reason, Instant now)
{
    if (reason.code() == ErrorCode::Cancelled)
        return;
    if (!reason || !m_lastBegin || now - *m_lastBegin >= LongAttempt)
        m_pause = milliseconds::zero();
    else
        m_pause = std::clamp(m_pause * 2, ShortestPause, LongestPause);
}

milliseconds AttemptPacing::wait(Instant now) const
{
    if (!m_lastBegin || m_pause == milliseconds::zero())
        return milliseconds::zero();
    return std::max(milliseconds::zero(),
                    std::chrono::ceil<milliseconds>(*m_lastBegin + m_pause - now));
}

} // namespace IpcPrims
