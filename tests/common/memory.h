// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

/// How many bytes of this process are in memory. Zero where that tells nothing about the program:
/// with a sanitizer, which keeps memory for longer and more of it, and on systems other than Linux.
qint64 residentBytes();
