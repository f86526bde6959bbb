// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/plant.h"

#include <QtCore/qbytearray.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace Bench {
namespace {

// Out of the compiler's sight, which would leave out what has no effect.
void *volatile seen = nullptr;

void copy(qsizetype size)
{
    static QByteArray from;
    static QByteArray to;
    if (from.size() < size) {
        from.fill('p', size);
        to.fill('q', size);
    }
    seen = std::memcpy(to.data(), from.constData(), size_t(size));
}

void allocate(qsizetype size)
{
    seen = std::malloc(size_t(size));
    std::free(seen);
}

} // namespace

Plant plantNamed(const char *name)
{
    if (qstrcmp(name, "copy") == 0)
        return Plant::Copy;
    if (qstrcmp(name, "allocation") == 0)
        return Plant::Allocation;
    if (qstrcmp(name, "call") == 0)
        return Plant::SystemCall;
    std::fprintf(stderr, "no such plant: %s\n", name);
    std::exit(EXIT_FAILURE);
}

void doPlanted(Plant plant, qsizetype payloadSize)
{
    switch (plant) {
    case Plant::Copy:
        copy(payloadSize);
        break;
    case Plant::Allocation:
        allocate(payloadSize);
        break;
    case Plant::SystemCall:
        ::getppid(); // Nothing keeps the answer of this one.
        break;
    case Plant::None:
        break;
    }
}

} // namespace Bench
