// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <string>
#include <string_view>

namespace IpcPrims::JsonSchema {

/// What PCRE2 calls the property between the braces of ECMA-262's \p{…}; empty if nobody knows it.
std::string pcreProperty(std::string_view property);

} // namespace IpcPrims::JsonSchema
