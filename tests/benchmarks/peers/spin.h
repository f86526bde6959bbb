// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <chrono>

namespace Bench {

/// How long a variant with "-spin" looks before it sleeps: twice what waking up takes.
inline std::chrono::microseconds spinTimeOf(const Setup &setup)
{
    return std::chrono::microseconds(setup.variant.endsWith(u"-spin") ? 100 : 0);
}

} // namespace Bench
