// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

namespace Bench {

/// How often the calling thread has asked for memory since it began.
qint64 allocations();

} // namespace Bench
