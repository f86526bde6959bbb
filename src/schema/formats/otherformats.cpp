// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include "schema/formats/textcursor_p.h"
#include "schema/pattern/ecmapattern_p.h"

namespace IpcPrims::JsonSchema {

bool isUuid(std::string_view text)
{
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() != form.size())
        return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] == 'x' ? !isAsciiHexDigit(text[i]) : text[i] != form[i])
            return false;
    }
    return true;
}

bool isJsonPointer(std::string_view text)
{
    if (!text.empty() && !text.starts_with('/'))
        return false;
    for (std::size_t at = text.find('~'); at != text.npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1'))
            return false;
    }
    return true;
}

bool isRelativeJsonPointer(std::string_view text)
{
    TextCursor cursor(text);
    const std::string_view levels = cursor.takeWhile(isAsciiDigit);
    if (levels.empty() || (levels.size() > 1 && levels.starts_with('0')))
        return false;
    return cursor.rest() == "#" || isJsonPointer(cursor.rest());
}

bool isRegularExpression(std::string_view text)
{
    return translateEcmaPattern(text).error.isEmpty();
}

} // namespace IpcPrims::JsonSchema
