// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <limits>
#include <string_view>

namespace IpcPrims::JsonSchema {

using FormatCheck = bool (*)(std::string_view utf8);

/// More bytes than any host name's encoded form stands for.
constexpr std::size_t LargestIdnHostname = 1024;

struct Format
{
    std::string_view name;
    FormatCheck check;
    // What it takes, in steps of some nanoseconds.
    qsizetype stepsForText = 4;
    qsizetype bytesPerStep = 4;
    /// What is longer is refused without a look at it.
    std::size_t largestText = std::numeric_limits<std::size_t>::max();

    qsizetype steps(std::string_view text) const
    {
        const std::size_t size = text.size() <= largestText ? text.size() : 0;
        return stepsForText + qsizetype(size) / bytesPerStep;
    }
};

/// A format of draft 2020-12 or before; null for names that it does not define.
const Format *findFormat(std::string_view name);

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
