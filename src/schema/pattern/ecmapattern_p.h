// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

#include <string>
#include <string_view>

namespace IpcPrims::JsonSchema {

/// A pattern in PCRE2's syntax, or what is wrong with the original.
struct EcmaPattern
{
    std::string pcre;
    QString error;
    /// Whether a match passes over a text a fixed number of times at most, whatever the text is.
    bool isLinear = false;
    /// The most characters that one item of the pattern needs before it agrees or not.
    unsigned largestMinimum = 0;
};

/*!
    Translates a regular expression of ECMA-262 (with the u flag) to one with the same meaning for
    PCRE2: the two differ in what stands for white space, line ends and any character, in escapes,
    and in the empty class. Of what only the older grammar without the u flag allows, superfluous
    backslashes before punctuation and brackets that open nothing are understood, since many
    schemas have them.
*/
EcmaPattern translateEcmaPattern(std::string_view expression);

} // namespace IpcPrims::JsonSchema
