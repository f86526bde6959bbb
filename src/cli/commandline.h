// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/options.h"

#include <string>
#include <variant>

namespace IpcPrims::Tool {

/// The run ends with the command line: help or a version was asked for, or it was wrong.
struct Conclusion
{
    int exitCode = 0;
    std::string text; ///< For standard output on success, else for standard error.
};

std::variant<Options, Conclusion> parseCommandLine(int argc, const char *const *argv);

} // namespace IpcPrims::Tool
