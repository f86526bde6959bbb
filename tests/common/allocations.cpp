// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "allocations.h"

#include <cstddef>

namespace {

thread_local constinit qint64 count = 0;

} // namespace

qint64 allocations()
{
    return count;
}

#if IPCPRIMS_COUNTS_ALLOCATIONS
// The program's own definitions come before those of the C library, for all libraries; what Qt and
// operator new take passes through here. The functions behind them are the C library's by another
// name.
extern "C" {

void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t number, std::size_t size);
void *__libc_realloc(void *memory, std::size_t size);

void *malloc(std::size_t size)
{
    ++count;
    return __libc_malloc(size);
}

void *calloc(std::size_t number, std::size_t size)
{
    ++count;
    return __libc_calloc(number, size);
}

void *realloc(void *memory, std::size_t size)
{
    ++count;
    return __libc_realloc(memory, size);
}

} // extern "C"
#endif
