// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/header_p.h"
#include "peer/tokenbucket_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/receivelimits.h>

#include <QtCore/qglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    Counts what a session receives against the rate of its limits, and says what is too much. Has no
    timer, and looks at the clock only when that may change the outcome.
*/
class IPCPRIMS_AUTOTEST_EXPORT ReceiveMeter
{
public:
    using Clock = TokenBucket::Clock;
    using Now = Clock::time_point (*)();

    /// Whether there is anything to count.
    static bool isNeededFor(const ReceiveLimits &limits);

    explicit ReceiveMeter(const ReceiveLimits &limits, Now now = &Clock::now);

    /// To be called before frames are counted that have arrived together.
    void beginBatch() { refill(); }

    /// Counts a frame. \c false if it came too early and the session has to end for that.
    bool admits(qint64 payloadSize)
    {
        if (Q_UNLIKELY(isExhausted())) {
            refill();
            if (isExhausted() && m_limits.ratePolicy() == ReceiveLimits::RatePolicy::Disconnect)
                return false;
        }
        m_frames.take();
        m_bytes.take(FrameHeader::Size + payloadSize);
        return true;
    }
    /// Why admits() says no.
    Error error(quint16 channel, qint64 payloadSize) const;

    /// How long nothing more is to be received; mostly zero.
    std::chrono::milliseconds pause()
    {
        if (Q_LIKELY(!isExhausted()))
            return std::chrono::milliseconds::zero();
        return pauseWhenExhausted();
    }

private:
    bool isExhausted() const { return m_frames.isEmpty() || m_bytes.isEmpty(); }
    void refill();
    std::chrono::milliseconds pauseWhenExhausted();

    ReceiveLimits m_limits;
    Now m_now;
    TokenBucket m_frames;
    TokenBucket m_bytes;
};

} // namespace IpcPrims
