// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/document_p.h"

#include <QtCore/qchar.h>

#include <string_view>

namespace IpcPrims::JsonSchema {

namespace {
char *encodeUtf8(char32_t c, char *out)
{
    const auto continuation = [&](int shift) { return char(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) {
        *out++ = char(c);
    } else if (c < 0x800) {
        *out++ = char(0xc0 | (c >> 6));
        *out++ = continuation(0);
    } else if (c < 0x10000) {
        *out++ = char(0xe0 | (c >> 12));
        *out++ = continuation(6);
        *out++ = continuation(0);
    } else {
        *out++ = char(0xf0 | (c >> 18));
        *out++ = continuation(12);
        *out++ = continuation(6);
        *out++ = continuation(0);
    }
    return out;
}
} // namespace

// The text with its escapes resolved is never longer than with them.
bool Document::parseEscapedString(const char *start)
{
    const char *end = start;
    while (end != m_end && *end != '"' && uchar(*end) >= 0x20)
        end += *end == '\\' && end + 1 != m_end ? 2 : 1;
    char *decoded = m_arena.allocate<char>(std::size_t(end - start));
    char *out = decoded;
    for (m_pos = start; m_pos != m_end && *m_pos != '"';) {
        if (uchar(*m_pos) < 0x20)
            return fail("control character in a string");
        if (!take('\\')) {
            *out++ = *m_pos++;
        } else {
            out = decodeEscape(out);
            if (!out)
                return false;
        }
    }
    if (!take('"'))
        return fail("string without an end");
    push(Value::fromString({decoded, std::size_t(out - decoded)}));
    return true;
}

char *Document::decodeEscape(char *out)
{
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view characters = "\"\\/\b\f\n\r\t";
    const char c = m_pos == m_end ? '\0' : *m_pos;
    if (const std::size_t index = letters.find(c); index != letters.npos) {
        ++m_pos;
        *out++ = characters[index];
        return out;
    }
    if (!take('u')) {
        fail("unknown escape in a string");
        return nullptr;
    }
    char32_t character = 0;
    if (!readHexUnit(&character))
        return nullptr;
    if (QChar::isHighSurrogate(character) && take('\\') && take('u')) {
        char32_t low = 0;
        if (!readHexUnit(&low))
            return nullptr;
        if (QChar::isLowSurrogate(low))
            character = QChar::surrogateToUcs4(char16_t(character), char16_t(low));
    }
    if (QChar::isSurrogate(character)) {
        fail("unpaired surrogate in a string");
        return nullptr;
    }
    return encodeUtf8(character, out);
}

bool Document::readHexUnit(char32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = m_pos == m_end ? '\0' : *m_pos;
        const char lower = char(c | 0x20);
        if (c >= '0' && c <= '9')
            *unit = *unit * 16 + char32_t(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            *unit = *unit * 16 + char32_t(lower - 'a' + 10);
        else
            return fail("expected four hexadecimal digits");
        ++m_pos;
    }
    return true;
}

} // namespace IpcPrims::JsonSchema
