// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <chrono>

namespace IpcPrims {

/// The answer to a ping: the time it took, or why there was none.
struct PingReply
{
    Error error;
    std::chrono::nanoseconds roundTripTime = std::chrono::nanoseconds::zero();
};

} // namespace IpcPrims
