// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/receivelimits_p.h"

#include <IpcPrims/protocol.h>

#include <algorithm>

namespace IpcPrims {

// Those without a setting, which most sessions have, share one.
static QSharedDataPointer<ReceiveLimitsData> noLimits()
{
    static const QSharedDataPointer<ReceiveLimitsData> shared = [] {
        auto data = QSharedDataPointer<ReceiveLimitsData>(new ReceiveLimitsData);
        data->payloads.set(Channel::Control, MaxControlPayloadSize);
        return data;
    }();
    return shared;
}

ReceiveLimits::ReceiveLimits()
    : d(noLimits())
{}

ReceiveLimits::~ReceiveLimits() = default;
ReceiveLimits::ReceiveLimits(const ReceiveLimits &other) = default;
ReceiveLimits &ReceiveLimits::operator=(const ReceiveLimits &other) = default;
ReceiveLimits::ReceiveLimits(ReceiveLimits &&other) noexcept = default;
ReceiveLimits &ReceiveLimits::operator=(ReceiveLimits &&other) noexcept = default;

qint64 ReceiveLimits::maxPayloadSize() const
{
    return d->payloads.common();
}

void ReceiveLimits::setMaxPayloadSize(qint64 bytes)
{
    d->payloads.setCommon(std::clamp<qint64>(bytes, 0, MaxPayloadSize));
}

qint64 ReceiveLimits::maxPayloadSize(quint16 channel) const
{
    return d->payloads.of(channel);
}

void ReceiveLimits::setMaxPayloadSize(quint16 channel, qint64 bytes)
{
    if (channel != Channel::Control)
        d->payloads.set(channel, std::clamp<qint64>(bytes, 0, MaxPayloadSize));
}

void ReceiveLimits::setRate(qint64 bytesPerSecond, qint64 framesPerSecond, RatePolicy policy,
                            std::chrono::milliseconds burst)
{
    d->bytesPerSecond = std::max<qint64>(0, bytesPerSecond);
    d->framesPerSecond = std::max<qint64>(0, framesPerSecond);
    d->policy = policy;
    d->burst = std::max(std::chrono::milliseconds::zero(), burst);
}

qint64 ReceiveLimits::bytesPerSecond() const
{
    return d->bytesPerSecond;
}

qint64 ReceiveLimits::framesPerSecond() const
{
    return d->framesPerSecond;
}

ReceiveLimits::RatePolicy ReceiveLimits::ratePolicy() const
{
    return d->policy;
}

std::chrono::milliseconds ReceiveLimits::rateBurst() const
{
    return d->burst;
}

bool ReceiveLimits::equals(const ReceiveLimits &other) const
{
    return d == other.d
           || (d->payloads == other.d->payloads && d->bytesPerSecond == other.d->bytesPerSecond
               && d->framesPerSecond == other.d->framesPerSecond && d->policy == other.d->policy
               && d->burst == other.d->burst);
}

} // namespace IpcPrims
