// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

#include <memory>
#include <optional>
#include <string_view>

struct pcre2_real_code_8;

namespace IpcPrims::JsonSchema {

class Evaluation;
struct Workspace;

/*!
    A regular expression as ECMA-262 defines it (with the u flag), searched for anywhere in a text.
    All matches of a message draw from its steps: whoever writes it must not be able to keep its
    receiver busy.
*/
class Pattern
{
public:
    /// Nothing if \a expression isn't valid; \a error says why.
    static std::optional<Pattern> compile(std::string_view expression, QString *error);

    /// What it takes in bytes, compiled for the machine included.
    std::size_t memory() const;

    /// Gives the \a evaluation up if its steps or the memory for a match don't suffice.
    bool matches(std::string_view text, Evaluation &evaluation) const;

private:
    struct Deleter
    {
        void operator()(pcre2_real_code_8 *code) const;
    };
    explicit Pattern(pcre2_real_code_8 *code)
        : m_code(code)
    {}

    int match(std::string_view text, Workspace &workspace) const;

    std::unique_ptr<pcre2_real_code_8, Deleter> m_code;
    std::size_t m_largestMinimum = 0; ///< The most characters that an item of it needs.
    bool m_isMetered = false;
    bool m_hasBackReferences = false;
};

} // namespace IpcPrims::JsonSchema
