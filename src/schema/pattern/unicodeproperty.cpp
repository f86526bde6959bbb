// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/pattern/unicodeproperty_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// PCRE2 only knows the short names of categories.
constexpr std::array<std::pair<std::string_view, std::string_view>, 42> Categories = {{
        {"Any", "Any"},
        {"Letter", "L"},
        {"Cased_Letter", "L&"},
        {"LC", "L&"},
        {"Uppercase_Letter", "Lu"},
        {"Lowercase_Letter", "Ll"},
        {"Titlecase_Letter", "Lt"},
        {"Modifier_Letter", "Lm"},
        {"Other_Letter", "Lo"},
        {"Mark", "M"},
        {"Combining_Mark", "M"},
        {"Nonspacing_Mark", "Mn"},
        {"Spacing_Mark", "Mc"},
        {"Enclosing_Mark", "Me"},
        {"Number", "N"},
        {"Decimal_Number", "Nd"},
        {"digit", "Nd"},
        {"Letter_Number", "Nl"},
        {"Other_Number", "No"},
        {"Punctuation", "P"},
        {"punct", "P"},
        {"Connector_Punctuation", "Pc"},
        {"Dash_Punctuation", "Pd"},
        {"Open_Punctuation", "Ps"},
        {"Close_Punctuation", "Pe"},
        {"Initial_Punctuation", "Pi"},
        {"Final_Punctuation", "Pf"},
        {"Other_Punctuation", "Po"},
        {"Symbol", "S"},
        {"Math_Symbol", "Sm"},
        {"Currency_Symbol", "Sc"},
        {"Modifier_Symbol", "Sk"},
        {"Other_Symbol", "So"},
        {"Separator", "Z"},
        {"Space_Separator", "Zs"},
        {"Line_Separator", "Zl"},
        {"Paragraph_Separator", "Zp"},
        {"Other", "C"},
        {"Control", "Cc"},
        {"Format", "Cf"},
        {"Unassigned", "Cn"},
        {"Private_Use", "Co"},
}};

bool isPlainName(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '_';
    });
}
} // namespace

std::string pcreProperty(std::string_view property)
{
    // PCRE2 itself judges what is passed on: scripts and short names.
    const std::size_t equals = property.find('=');
    std::string_view value = property;
    bool isScript = false;
    if (equals != property.npos) {
        const std::string_view name = property.substr(0, equals);
        constexpr std::array<std::string_view, 6> known
                = {"General_Category", "gc", "Script", "sc", "Script_Extensions", "scx"};
        if (std::ranges::find(known, name) == known.end())
            return {};
        value = property.substr(equals + 1);
        isScript = name == "Script" || name == "sc";
    }
    const auto category
            = std::ranges::find(Categories, value, [](const auto &c) { return c.first; });
    if (category != Categories.end())
        return std::string(category->second);
    if (!isPlainName(value))
        return {};
    // By itself PCRE2 takes a script's name for its extensions.
    return (isScript ? "sc:" : "") + std::string(value);
}

} // namespace IpcPrims::JsonSchema
