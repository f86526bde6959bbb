// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include <algorithm>
#include <array>
#include <limits>

namespace IpcPrims::JsonSchema {

namespace {
constexpr std::size_t AnySize = std::numeric_limits<std::size_t>::max();
// Names are encoded, normalised and looked up in tables of Unicode.
constexpr qsizetype StepsForIdn = 400;

constexpr std::array<Format, 19> Formats = {{
        {"date", isDate, 4, 4, AnySize},
        {"time", isTime, 4, 4, AnySize},
        {"date-time", isDateTime, 4, 4, AnySize},
        {"duration", isDuration, 4, 4, AnySize},
        {"ipv4", isIpv4, 4, 4, AnySize},
        {"ipv6", isIpv6, 4, 4, AnySize},
        {"hostname", isHostname, 4, 4, AnySize},
        {"idn-hostname", isIdnHostname, StepsForIdn, 1, LargestIdnHostname},
        {"email", isEmail, 4, 4, AnySize},
        {"idn-email", isIdnEmail, StepsForIdn, 1, AnySize},
        {"uri", isUri, 4, 2, AnySize},
        {"uri-reference", isUriReference, 4, 2, AnySize},
        {"iri", isIri, 4, 2, AnySize},
        {"iri-reference", isIriReference, 4, 2, AnySize},
        {"uri-template", isUriTemplate, 4, 2, AnySize},
        {"uuid", isUuid, 4, 4, AnySize},
        {"json-pointer", isJsonPointer, 4, 4, AnySize},
        {"relative-json-pointer", isRelativeJsonPointer, 4, 4, AnySize},
        {"regex", isRegularExpression, 20, 1, AnySize},
}};
} // namespace

const Format *findFormat(std::string_view name)
{
    const auto format = std::ranges::find(Formats, name, &Format::name);
    return format == Formats.end() ? nullptr : &*format;
}

} // namespace IpcPrims::JsonSchema
