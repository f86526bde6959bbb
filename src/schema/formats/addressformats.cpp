// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include "schema/formats/textcursor_p.h"

#include <algorithm>
#include <charconv>

// Addresses in the Internet protocol's forms, and the mail addresses that are built on them.

namespace IpcPrims::JsonSchema {

namespace {
constexpr std::string_view AtomPunctuation = "!#$%&'*+-/=?^_`{|}~";

bool isDecimalByte(std::string_view text)
{
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number <= 255
           && (text.size() == 1 || !text.starts_with('0'));
}

bool isLabel(std::string_view label)
{
    constexpr std::size_t largestLabel = 63;
    return !label.empty() && label.size() <= largestLabel && label.front() != '-'
           && label.back() != '-' && std::ranges::all_of(label, [](char c) {
                  return isAsciiLetter(c) || isAsciiDigit(c) || c == '-';
              });
}

// As a mail address may have it: no hyphens are special, no name is decoded.
bool isDomain(std::string_view text)
{
    for (;;) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        if (!isLabel(text.substr(0, dot)))
            return false;
        if (dot == text.size())
            return true;
        text.remove_prefix(dot + 1);
    }
}

bool isAddressLiteral(std::string_view text)
{
    constexpr std::string_view ipv6 = "IPv6:";
    return text.starts_with(ipv6) ? isIpv6(text.substr(ipv6.size())) : isIpv4(text);
}

// RFC 5321's Local-part, with RFC 6531's characters if they are allowed.
bool isLocalPart(std::string_view text, bool allowsUnicode)
{
    TextCursor cursor(text);
    const auto isForeign
            = [&](char c) { return allowsUnicode && static_cast<unsigned char>(c) >= 0x80; };
    if (cursor.take("\"")) {
        while (!cursor.atEnd() && cursor.peek() != '"') {
            const bool isEscaped = cursor.take("\\");
            const char c = cursor.peek();
            if (!isForeign(c) && (c < ' ' || c > '~' || (!isEscaped && c == '\\')))
                return false;
            cursor.take(cursor.rest().substr(0, 1));
        }
        return cursor.take("\"") && cursor.atEnd();
    }
    do {
        const std::string_view atom = cursor.takeWhile([&](char c) {
            return isAsciiLetter(c) || isAsciiDigit(c) || isForeign(c)
                   || AtomPunctuation.find(c) != AtomPunctuation.npos;
        });
        if (atom.empty())
            return false;
    } while (cursor.take("."));
    return cursor.atEnd();
}

bool isMailAddress(std::string_view text, bool allowsUnicode)
{
    constexpr std::size_t largestLocalPart = 64; // npos, no '@' at all, is beyond it
    const std::size_t at = text.rfind('@');
    if (at > largestLocalPart || !isLocalPart(text.substr(0, at), allowsUnicode))
        return false;
    const std::string_view domain = text.substr(at + 1);
    if (domain.starts_with('[') && domain.ends_with(']'))
        return isAddressLiteral(domain.substr(1, domain.size() - 2));
    return isDomain(domain) || (allowsUnicode && isIdnHostname(domain));
}
} // namespace

bool isIpv4(std::string_view text)
{
    for (int byte = 0; byte < 4; ++byte) {
        const std::size_t end = byte < 3 ? text.find('.') : text.size();
        if (end > 3 || !isDecimalByte(text.substr(0, end))) // npos, no dot, is beyond it
            return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

bool isIpv6(std::string_view text)
{
    constexpr int allGroups = 8;
    TextCursor cursor(text);
    int groups = 0;
    bool hasGap = cursor.take("::");
    bool needsGroup = !hasGap;
    while (!cursor.atEnd() && groups < allGroups) {
        // The last two groups may be written as an IPv4 address.
        if (cursor.rest().find(':') == text.npos && cursor.rest().find('.') != text.npos) {
            groups += 2;
            needsGroup = false;
            if (!isIpv4(cursor.rest()))
                return false;
            cursor = TextCursor({});
            break;
        }
        const std::string_view group = cursor.takeWhile(isAsciiHexDigit);
        if (group.empty() || group.size() > 4)
            return false;
        ++groups;
        needsGroup = false;
        if (cursor.take("::")) {
            if (hasGap)
                return false;
            hasGap = true;
        } else if (cursor.take(":")) {
            needsGroup = true;
        } else {
            break;
        }
    }
    return cursor.atEnd() && !needsGroup && (hasGap ? groups < allGroups : groups == allGroups);
}

bool isHostname(std::string_view text)
{
    constexpr std::size_t largestName = 253;
    if (text.size() > largestName)
        return false;
    for (;;) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        const std::string_view label = text.substr(0, dot);
        // Two hyphens there mark an encoding, of which only one is defined.
        const bool isEncoded = label.size() >= 4 && label.substr(2, 2) == "--";
        if (!isLabel(label) || (isEncoded && !isIdnHostname(label)))
            return false;
        if (dot == text.size())
            return true;
        text.remove_prefix(dot + 1);
    }
}

bool isEmail(std::string_view text)
{
    return isMailAddress(text, false);
}

bool isIdnEmail(std::string_view text)
{
    return isMailAddress(text, true);
}

} // namespace IpcPrims::JsonSchema
