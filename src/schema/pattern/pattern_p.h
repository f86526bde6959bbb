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
    How long that may take is limited in proportion to the text: whoever writes a message must not
    be able to keep its receiver busy.
*/
class Pattern
{
public:
    /// Nothing if \a expression isn't valid; \a error says why.
    static std::optional<Pattern> compile(std::string_view expression, QString *error);

    /// Gives the \a evaluation up if the limit is reached.
    bool matches(std::string_view text, Evaluation &evaluation) const;

private:
    struct Deleter
    {
        void operator()(pcre2_real_code_8 *code) const;
    };
    explicit Pattern(pcre2_real_code_8 *code)
        : m_code(code)
    {}

    int match(std::string_view text, quint32 limit, Workspace &workspace) const;

    std::unique_ptr<pcre2_real_code_8, Deleter> m_code;
};

} // namespace IpcPrims::JsonSchema
