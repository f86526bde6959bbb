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

    pcre2_match_data_8 *block;
    pcre2_match_context_8 *context;
};

} // namespace IpcPrims::JsonSchema
