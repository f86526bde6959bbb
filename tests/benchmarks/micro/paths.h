// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/case.h"

#include <IpcPrims/Error>

#include <QtCore/qstring.h>

namespace Bench {

constexpr qsizetype SmallSize = 64; ///< Of a payload, in bytes.
constexpr qsizetype FramesAtOnce = 256; ///< Fit into the socket: sent before any is received.

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
std::vector<Case> blockingCases();

} // namespace Bench
