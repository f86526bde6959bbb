// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include "schema/formats/textcursor_p.h"

#include <QtCore/qglobal.h>

// RFC 3986, and RFC 3987 for what may have characters beyond ASCII.

namespace IpcPrims::JsonSchema {

namespace {
enum class Characters : bool { Ascii, Unicode };

constexpr std::string_view UnreservedPunctuation = "-._~";
constexpr std::string_view SubDelimiters = "!$&'()*+,;=";

bool isUnreserved(char c)
{
    return isAsciiLetter(c) || isAsciiDigit(c)
           || UnreservedPunctuation.find(c) != UnreservedPunctuation.npos;
}

bool isPrivateUse(char32_t c)
{
    return (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xf0000 && c <= 0x10ffff);
}

// RFC 3987's ucschar.
bool isUcsCharacter(char32_t c)
{
    if (c < 0x10000)
        return (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf)
               || (c >= 0xfdf0 && c <= 0xffef);
    return (c & 0xffff) <= 0xfffd && c < 0xf0000 && (c < 0xe0000 || c >= 0xe1000);
}

char32_t takeCharacter(TextCursor *cursor)
{
    const std::string_view text = cursor->rest();
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t character = size == 1 ? lead : lead & (0x7f >> size);
    for (std::size_t i = 1; i < size; ++i)
        character = (character << 6) | char32_t(text[i] & 0x3f);
    cursor->take(text.substr(0, size));
    return character;
}

bool takePercentEncoded(TextCursor *cursor)
{
    const std::string_view text = cursor->rest();
    return text.size() >= 3 && text[0] == '%' && isAsciiHexDigit(text[1])
           && isAsciiHexDigit(text[2]) && cursor->take(text.substr(0, 3));
}

// Whether all of \a text is what may stand in every part, or one of \a others.
bool isMadeOf(std::string_view text, std::string_view others, Characters characters,
              bool allowsPrivateUse = false)
{
    TextCursor cursor(text);
    while (!cursor.atEnd()) {
        const char c = cursor.peek();
        if (static_cast<unsigned char>(c) >= 0x80) {
            const char32_t character = takeCharacter(&cursor);
            if (characters == Characters::Ascii
                || !(isUcsCharacter(character) || (allowsPrivateUse && isPrivateUse(character))))
                return false;
        } else if (c == '%') {
            if (!takePercentEncoded(&cursor))
                return false;
        } else if (isUnreserved(c) || SubDelimiters.find(c) != SubDelimiters.npos
                   || others.find(c) != others.npos) {
            cursor.takeOneOf(std::string_view(&c, 1));
        } else {
            return false;
        }
    }
    return true;
}

bool isFutureAddress(std::string_view text)
{
    TextCursor cursor(text);
    return cursor.takeOneOf("vV") && !cursor.takeWhile(isAsciiHexDigit).empty() && cursor.take(".")
           && !cursor.atEnd() && cursor.rest().find('%') == text.npos
           && isMadeOf(cursor.rest(), ":", Characters::Ascii);
}

bool isAuthority(std::string_view text, Characters characters)
{
    const std::size_t at = text.find('@');
    if (at != text.npos) {
        if (!isMadeOf(text.substr(0, at), ":", characters))
            return false;
        text.remove_prefix(at + 1);
    }
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == text.npos)
            return false;
        const std::string_view address = text.substr(1, end - 1);
        if (!isIpv6(address) && !isFutureAddress(address))
            return false;
        port = text.substr(end + 1);
    } else {
        const std::size_t colon = std::min(text.find(':'), text.size());
        if (!isMadeOf(text.substr(0, colon), {}, characters))
            return false;
        port = text.substr(colon);
    }
    TextCursor cursor(port);
    if (cursor.take(":"))
        cursor.takeWhile(isAsciiDigit);
    return cursor.atEnd();
}

bool isScheme(std::string_view text)
{
    TextCursor cursor(text);
    if (!isAsciiLetter(cursor.peek()))
        return false;
    cursor.takeWhile([](char c) {
        return isAsciiLetter(c) || isAsciiDigit(c) || c == '+' || c == '-' || c == '.';
    });
    return cursor.atEnd();
}

bool isReference(std::string_view text, Characters characters, bool needsScheme)
{
    const std::size_t schemeEnd = text.find_first_of(":/?#");
    const bool hasScheme = schemeEnd != text.npos && text[schemeEnd] == ':';
    if (hasScheme ? !isScheme(text.substr(0, schemeEnd)) : needsScheme)
        return false;
    if (hasScheme)
        text.remove_prefix(schemeEnd + 1);

    const std::size_t fragment = std::min(text.find('#'), text.size());
    if (fragment < text.size() && !isMadeOf(text.substr(fragment + 1), ":@/?", characters))
        return false;
    text = text.substr(0, fragment);
    const std::size_t query = std::min(text.find('?'), text.size());
    if (query < text.size() && !isMadeOf(text.substr(query + 1), ":@/?", characters, true))
        return false;
    text = text.substr(0, query);

    if (text.starts_with("//")) {
        const std::size_t path = std::min(text.find('/', 2), text.size());
        if (!isAuthority(text.substr(2, path - 2), characters))
            return false;
        text.remove_prefix(path);
    }
    return isMadeOf(text, ":@/", characters);
}

bool isVariableName(TextCursor *cursor)
{
    do {
        bool isEmpty = true;
        while (takePercentEncoded(cursor) || !cursor->takeWhile([](char c) {
                                                        return isAsciiLetter(c) || isAsciiDigit(c)
                                                               || c == '_';
                                                    }).empty())
            isEmpty = false;
        if (isEmpty)
            return false;
    } while (cursor->take("."));
    return true;
}

// RFC 6570, what stands between braces.
bool isTemplateExpression(std::string_view text)
{
    TextCursor cursor(text);
    cursor.takeOneOf("+#./;?&=,!@|");
    do {
        if (!isVariableName(&cursor))
            return false;
        if (cursor.take(":")) {
            const std::string_view length = cursor.takeWhile(isAsciiDigit);
            if (length.empty() || length.size() > 4 || length.front() == '0')
                return false;
        } else {
            cursor.take("*");
        }
    } while (cursor.take(","));
    return cursor.atEnd();
}

bool isTemplateLiteral(char32_t c)
{
    constexpr std::string_view excluded = " \"%<>\\^`{|}";
    return c < 0x80 ? c > ' ' && c < 0x7f && excluded.find(char(c)) == excluded.npos
                    : isUcsCharacter(c) || isPrivateUse(c);
}
} // namespace

bool isUri(std::string_view text)
{
    return isReference(text, Characters::Ascii, true);
}

bool isUriReference(std::string_view text)
{
    return isReference(text, Characters::Ascii, false);
}

bool isIri(std::string_view text)
{
    return isReference(text, Characters::Unicode, true);
}

bool isIriReference(std::string_view text)
{
    return isReference(text, Characters::Unicode, false);
}

bool isUriTemplate(std::string_view text)
{
    TextCursor cursor(text);
    while (!cursor.atEnd()) {
        if (cursor.take("{")) {
            const std::string_view expression = cursor.takeWhile([](char c) { return c != '}'; });
            if (!cursor.take("}") || !isTemplateExpression(expression))
                return false;
        } else if (!takePercentEncoded(&cursor) && !isTemplateLiteral(takeCharacter(&cursor))) {
            return false;
        }
    }
    return true;
}

} // namespace IpcPrims::JsonSchema
