// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

namespace Bench {

/// What is done once more than necessary, to see whether the limits notice.
enum class Plant { None, Copy, Allocation, SystemCall };

/// "copy", "allocation" or "call"; ends the program if \a name is none of these.
Plant plantNamed(const char *name);

/// Does it once. A copy is one of \a payloadSize bytes, between two places that are there already.
void doPlanted(Plant plant, qsizetype payloadSize);

} // namespace Bench
