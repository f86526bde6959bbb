// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    Allows so many things a second and, after a quiet time, so many at once. What is taken although
    it wasn't there has to be waited for afterwards. Takes the time, and has no timer.
*/
class IPCPRIMS_AUTOTEST_EXPORT TokenBucket
{
public:
    using Clock = std::chrono::steady_clock;

    /// Starts full. Without a rate everything is allowed.
    TokenBucket(qint64 perSecond, qint64 burst, Clock::time_point now);

    /// Adds what has come together since the last time.
    void refill(Clock::time_point now);
    void take(qint64 tokens = 1) { m_tokens -= double(tokens); }
    /// Whether nothing is allowed, as of the last refill.
    bool isEmpty() const { return m_tokens < OneToken; }

    /// How long it takes until something is allowed; zero if it is now.
    std::chrono::milliseconds wait(Clock::time_point now);

private:
    // Parts of it come in with each refill, and the sum may be off by what a double can't hold.
    static constexpr double OneToken = 1 - 1e-6;

    double m_perSecond;
    double m_most;
    double m_tokens; // Less than none after more was taken than there was.
    Clock::time_point m_filledAt;
};

} // namespace IpcPrims
