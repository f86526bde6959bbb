// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <cstdio>
#include <cstdlib>

/// What has to hold for every input. Where it doesn't the program ends and libFuzzer keeps the
/// input. Not an assertion, as those are compiled out of some builds.
inline void require(bool holds, const char *what)
{
    if (holds)
        return;
    std::fprintf(stderr, "This has to hold, and doesn't: %s\n", what);
    std::abort();
}
