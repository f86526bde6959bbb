// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

FormatCheck formatCheck(std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, FormatCheck>, 19> formats = {{
            {"date", isDate},
            {"time", isTime},
            {"date-time", isDateTime},
            {"duration", isDuration},
            {"ipv4", isIpv4},
            {"ipv6", isIpv6},
            {"hostname", isHostname},
            {"idn-hostname", isIdnHostname},
            {"email", isEmail},
            {"idn-email", isIdnEmail},
            {"uri", isUri},
            {"uri-reference", isUriReference},
            {"iri", isIri},
            {"iri-reference", isIriReference},
            {"uri-template", isUriTemplate},
            {"uuid", isUuid},
            {"json-pointer", isJsonPointer},
            {"relative-json-pointer", isRelativeJsonPointer},
            {"regex", isRegularExpression},
    }};
    const auto format = std::ranges::find(formats, name, [](const auto &f) { return f.first; });
    return format == formats.end() ? nullptr : format->second;
}

} // namespace IpcPrims::JsonSchema
