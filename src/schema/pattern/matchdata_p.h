// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/evaluation_p.h"

#define PCRE2_CODE_UNIT_WIDTH 0 // each function is called by its full name
#include <pcre2.h>

namespace IpcPrims::JsonSchema {

/// What PCRE2 needs for a match, to be used for one after the other.
struct Workspace::MatchData
{
    MatchData();
    ~MatchData();
    Q_DISABLE_COPY_MOVE(MatchData)

    /// A stack for what the just-in-time compiler's own one is too small for.
    void enlargeStack();

    pcre2_match_data_8 *block;
    pcre2_match_context_8 *context;
    pcre2_jit_stack_8 *stack = nullptr;
};

} // namespace IpcPrims::JsonSchema
