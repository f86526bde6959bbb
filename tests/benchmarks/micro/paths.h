// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/case.h"

#include <QtCore/qstring.h>

namespace Bench {

constexpr qsizetype SmallSize = 64; ///< Of a payload, in bytes.
constexpr qsizetype FramesAtOnce = 256; ///< Fit into the socket: sent before any is received.

/// A path of its own for each caller, in a folder that is removed at the end.
QString newSocketPath();

[[noreturn]] void giveUp(const QString &reason);

std::vector<Case> eventLoopCases();
std::vector<Case> blockingCases();

} // namespace Bench
