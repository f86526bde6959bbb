// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <string>

namespace IpcPrims::Tool {

/// "ipcprims X.Y.Z"
std::string versionText();

/// Everything that a bug report should name, one "name: value" a line.
std::string extendedVersionText();

} // namespace IpcPrims::Tool
