// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace IpcPrims::JsonSchema {

/// A URI reference, cut at its fragment.
struct UriParts
{
    std::string_view uri;
    std::string_view fragment; ///< Without the number sign; empty if there is none.
};

/// In bytes. What is longer is refused, as each reference is compared with many.
constexpr std::size_t LongestUri = 4096;

UriParts splitFragment(std::string_view reference);

/*!
    \a reference as seen from \a base, as RFC 3986, section 5.2, says; both without fragment. Text
    only: nothing is opened, and no scheme has rules of its own.
*/
std::string resolveUri(std::string_view base, std::string_view reference);

/// Resolves percent escapes; what only looks like one stays as it is.
std::string percentDecoded(std::string_view text);

} // namespace IpcPrims::JsonSchema
