// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

// A program that links allocations.cpp has the C library's functions replaced, in the libraries it
// uses as well. Sanitizers replace them, too.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#    define IPCPRIMS_COUNTS_ALLOCATIONS 1
#else
#    define IPCPRIMS_COUNTS_ALLOCATIONS 0
#endif

/// How often the calling thread has asked for memory; 0 where that isn't counted.
qint64 allocations();
