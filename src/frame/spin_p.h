// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    How long a thread looks again and again before it sleeps. Waking up a processor that has gone
    idle takes longer than a whole round trip between two that haven't.

    After each look it gives way to whoever else wants its processor, which may be the one it waits
    for: with both on one processor, each look without that would cost a time slice of some
    milliseconds. If somebody keeps the processor for long, sleeping is better for a while: the
    system prefers threads that wake up to those that have given way.
*/
class IPCPRIMS_AUTOTEST_EXPORT Spin
{
public:
    using Clock = std::chrono::steady_clock;

    /// 0 for none.
    std::chrono::microseconds limit() const { return m_limit; }
    void setLimit(std::chrono::microseconds limit);
    bool isOn() const { return m_limit > m_limit.zero(); }

    /// Whether to look, before \a latest and the limit.
    bool begin(Clock::time_point latest = Clock::time_point::max());
    /// To be called after a look that found nothing. Returns whether to look again.
    bool goesOn();

private:
    std::chrono::microseconds m_limit = std::chrono::microseconds(0);
    Clock::time_point m_end;
    Clock::time_point m_crowdedUntil; // Sleeping is better until then.
};

} // namespace IpcPrims
