// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <string_view>

namespace IpcPrims::JsonSchema {

using FormatCheck = bool (*)(std::string_view utf8);

/// The check for a format of draft 2020-12 or before; null for names that it does not define.
FormatCheck formatCheck(std::string_view name);

bool isDate(std::string_view text);
bool isTime(std::string_view text);
bool isDateTime(std::string_view text);
bool isDuration(std::string_view text);

bool isIpv4(std::string_view text);
bool isIpv6(std::string_view text);
bool isHostname(std::string_view text);
bool isIdnHostname(std::string_view text);
bool isEmail(std::string_view text);
bool isIdnEmail(std::string_view text);

bool isUri(std::string_view text);
bool isUriReference(std::string_view text);
bool isIri(std::string_view text);
bool isIriReference(std::string_view text);
bool isUriTemplate(std::string_view text);

bool isUuid(std::string_view text);
bool isJsonPointer(std::string_view text);
bool isRelativeJsonPointer(std::string_view text);
bool isRegularExpression(std::string_view text);

} // namespace IpcPrims::JsonSchema
