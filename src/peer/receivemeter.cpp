// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/receivemeter_p.h"

#include <QtCore/qstringlist.h>

#include <algorithm>

namespace IpcPrims {

// What may arrive at once, of a rate.
static qint64 burstOf(qint64 perSecond, std::chrono::milliseconds duration)
{
    const auto seconds = std::chrono::duration<double>(duration).count();
    // In a double, as the product of both may be beyond any number of bytes.
    return qint64(std::clamp(double(perSecond) * seconds, 1.0, 1e18));
}

static TokenBucket bucketFor(qint64 perSecond, std::chrono::milliseconds burst,
                             TokenBucket::Clock::time_point now)
{
    return {perSecond, burstOf(perSecond, burst), now};
}

bool ReceiveMeter::isNeededFor(const ReceiveLimits &limits)
{
    return limits.bytesPerSecond() > 0 || limits.framesPerSecond() > 0;
}

ReceiveMeter::ReceiveMeter(const ReceiveLimits &limits, Now now)
    : m_limits(limits)
    , m_now(now)
    , m_frames(bucketFor(limits.framesPerSecond(), limits.rateBurst(), now()))
    , m_bytes(bucketFor(limits.bytesPerSecond(), limits.rateBurst(), now()))
{}

void ReceiveMeter::refill()
{
    const auto now = m_now();
    m_frames.refill(now);
    m_bytes.refill(now);
}

std::chrono::milliseconds ReceiveMeter::pauseWhenExhausted()
{
    if (m_limits.ratePolicy() == ReceiveLimits::RatePolicy::Disconnect)
        return std::chrono::milliseconds::zero();
    const auto now = m_now();
    return std::max(m_frames.wait(now), m_bytes.wait(now));
}

Error ReceiveMeter::error(quint16 channel, qint64 payloadSize) const
{
    QStringList rates;
    if (const qint64 bytes = m_limits.bytesPerSecond())
        rates.append(QStringLiteral("%1 bytes").arg(bytes));
    if (const qint64 frames = m_limits.framesPerSecond())
        rates.append(QStringLiteral("%1 frames").arg(frames));
    return Error(ErrorCode::RateExceeded,
                 QStringLiteral("the other side sends too fast: a frame of %1 bytes on channel %2 "
                                "is more than this side's limit of %3 per second allows, with "
                                "bursts of %4 ms")
                         .arg(QString::number(payloadSize), QString::number(channel),
                              rates.join(QLatin1String(" and ")),
                              QString::number(m_limits.rateBurst().count())));
}

} // namespace IpcPrims
