// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include <algorithm>
#include <array>

namespace IpcPrims::JsonSchema {

namespace {
// Names are encoded, normalised and looked up in tables of Unicode.
constexpr qsizetype StepsForIdn = 400;

constexpr std::array<Format, 19> Formats = {{
        {"date", isDate},
        {"time", isTime},
        {"date-time", isDateTime},
        {"duration", isDuration},
        {"ipv4", isIpv4},
        {"ipv6", isIpv6},
        {"hostname", isHostname},
        {"idn-hostname", isIdnHostname, StepsForIdn, 1, LargestIdnHostname},
        {"email", isEmail},
        {"idn-email", isIdnEmail, StepsForIdn, 1},
        {"uri", isUri, 4, 2},
        {"uri-reference", isUriReference, 4, 2},
        {"iri", isIri, 4, 2},
        {"iri-reference", isIriReference, 4, 2},
        {"uri-template", isUriTemplate, 4, 2},
        {"uuid", isUuid},
        {"json-pointer", isJsonPointer},
        {"relative-json-pointer", isRelativeJsonPointer},
        {"regex", isRegularExpression, 20, 1},
}};
} // namespace

const Format *findFormat(std::string_view name)
{
    const auto format = std::ranges::find(Formats, name, &Format::name);
    return format == Formats.end() ? nullptr : &*format;
}

} // namespace IpcPrims::JsonSchema
