// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/payloadlimits_p.h"

#include <IpcPrims/receivelimits.h>

namespace IpcPrims {

class ReceiveLimitsData : public QSharedData
{
public:
    PayloadLimits payloads;
    qint64 bytesPerSecond = 0;
    qint64 framesPerSecond = 0;
    ReceiveLimits::RatePolicy policy = ReceiveLimits::RatePolicy::Wait;
    std::chrono::milliseconds burst = std::chrono::seconds(1);
};

} // namespace IpcPrims
