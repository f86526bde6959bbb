// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/case.h"

#include <IpcPrims/Error>

#include <QtCore/qstring.h>

#include <algorithm>

namespace Bench {

// Of payloads, in bytes.
constexpr qsizetype SmallSize = 64;
constexpr qsizetype MediumSize = 1024;
constexpr qsizetype LargeSize = 64 * 1024;
constexpr qsizetype HugeSize = 1024 * 1024;

/// So many fit into the socket: they are sent before any is received.
constexpr qsizetype framesAtOnce(qsizetype size)
{
    return std::clamp<qsizetype>(2 * LargeSize / size, 1, 256);
}

/// Enough for a steady count.
constexpr int roundTripsAtOnce(qsizetype size)
{
    return size >= LargeSize ? 20 : 200;
}

/// A path of its own for each caller, in a folder that is removed at the end.
QString newSocketPath();

[[noreturn]] void giveUp(const QString &reason);

/// Ends the program if there is an error. Inline, as it is a part of what is counted.
inline void checked(const IpcPrims::Error &error)
{
    if (error)
        giveUp(error.message());
}

std::vector<Case> eventLoopCases();
std::vector<Case> crowdCases();
std::vector<Case> blockingCases();
/// The same by hand, with nothing of the library: what the system and Qt take by themselves.
std::vector<Case> bareCases();
std::vector<Case> bareCrowdCases();

} // namespace Bench
