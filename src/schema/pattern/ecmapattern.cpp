// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/pattern/ecmapattern_p.h"

#include "schema/pattern/unicodeproperty_p.h"

#include <QtCore/qchar.h>
#include <QtCore/qlist.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <set>
#include <string>

namespace IpcPrims::JsonSchema {

namespace {
constexpr std::string_view SpaceRanges = "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}"
                                         "\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
constexpr std::string_view NotSpaceRanges
        = "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"
          "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"
          "\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
constexpr std::string_view AnyButLineEnd = "[^\\n\\r\\x{2028}\\x{2029}]";
constexpr std::string_view Never = "(?!)";
constexpr std::string_view AnyCharacter = "(?s:.)";

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isPunctuation(char c)
{
    return c > ' ' && c < '\x7f' && !isDigit(c) && !isLetter(c);
}

class Translator
{
public:
    explicit Translator(std::string_view expression)
        : m_text(expression)
    {}

    EcmaPattern translate()
    {
        while (m_error.isEmpty() && !atEnd())
            translateTerm();
        if (m_openGroups > 0)
            fail("a group without an end");
        if (!std::ranges::includes(m_names, m_references))
            fail("a reference to a group that does not exist");
        // Anchored, with one repetition of a single character: there is nothing to multiply.
        const bool isLinear = m_text.starts_with('^') && !m_hasBranches && m_quantifiers <= 1;
        return {std::move(m_out), m_error, isLinear, m_largestMinimum};
    }

private:
    bool atEnd() const { return m_pos == m_text.size(); }
    char peek(std::size_t ahead = 0) const
    {
        return m_pos + ahead < m_text.size() ? m_text[m_pos + ahead] : '\0';
    }
    bool take(std::string_view text)
    {
        if (!m_text.substr(m_pos).starts_with(text))
            return false;
        m_pos += text.size();
        return true;
    }
    void fail(const char *what)
    {
        if (m_error.isEmpty())
            m_error = QStringLiteral("%1, before byte %2")
                              .arg(QLatin1String(what), QString::number(m_pos));
    }

    void translateTerm();
    void translateGroup();
    std::string translateGroupName(std::string_view opening);
    void translateQuantifier();
    void endQuantifier();
    bool takeRepetition();
    void translateEscape();
    void translateClass();
    bool translateClassAtom(char32_t *character);
    bool takeCharacterEscape(char32_t *character);
    bool takeHex(std::size_t digits, char32_t *character);
    bool takeUnicodeEscape(char32_t *character);
    bool takeProperty();
    void append(char32_t character);

    const std::string_view m_text;
    std::size_t m_pos = 0;
    std::string m_out;
    QString m_error;
    int m_openGroups = 0;
    bool m_isQuantifiable = false; ///< Something to repeat stands before.
    bool m_hasBranches = false; ///< Groups or alternatives.
    int m_quantifiers = 0;
    unsigned m_largestMinimum = 0; ///< Of a repetition.
    std::set<std::string> m_names; ///< Of groups.
    std::set<std::string> m_references;
};

void Translator::append(char32_t character)
{
    std::array<char, 16> escape;
    const int size = std::snprintf(escape.data(), escape.size(), "\\x{%x}", unsigned(character));
    m_out.append(escape.data(), std::size_t(size));
}

void Translator::translateTerm()
{
    const char c = peek();
    switch (c) {
    case '(':
        translateGroup();
        return;
    case ')':
        if (m_openGroups-- == 0)
            fail("a ')' without its '('");
        m_isQuantifiable = true;
        break;
    case '|':
        m_hasBranches = true;
        [[fallthrough]];
    case '^':
    case '$':
        m_isQuantifiable = false;
        break;
    case '[':
        translateClass();
        m_isQuantifiable = true;
        return;
    case '\\':
        translateEscape();
        return;
    case '.':
        ++m_pos;
        m_out += AnyButLineEnd;
        m_isQuantifiable = true;
        return;
    case '*':
    case '+':
    case '?':
        translateQuantifier();
        return;
    case '{':
        if (takeRepetition())
            return;
        m_out += '\\';
        m_isQuantifiable = true;
        break;
    case '}':
    case ']':
    case '#':
        m_out += '\\';
        m_isQuantifiable = true;
        break;
    default:
        m_isQuantifiable = true;
        break;
    }
    m_out += c;
    ++m_pos;
    // A character of several bytes is repeated as one.
    while (uchar(c) >= 0xc0 && (peek() & 0xc0) == 0x80)
        m_out += m_text[m_pos++];
}

void Translator::translateGroup()
{
    ++m_openGroups;
    m_hasBranches = true;
    m_isQuantifiable = false;
    for (const std::string_view opening : {"(?:", "(?=", "(?!", "(?<=", "(?<!"}) {
        if (take(opening)) {
            m_out += opening;
            return;
        }
    }
    if (peek(1) == '?') {
        if (peek(2) == '<')
            m_names.insert(translateGroupName("(?<"));
        else
            fail("an unknown kind of group");
        return;
    }
    ++m_pos;
    m_out += '(';
}

std::string Translator::translateGroupName(std::string_view opening)
{
    if (!take(opening)) {
        fail("expected a group's name");
        return {};
    }
    const std::size_t end = m_text.find('>', m_pos);
    const std::string_view name = m_text.substr(m_pos, end == m_text.npos ? 0 : end - m_pos);
    if (name.empty() || isDigit(name.front())) {
        fail("expected a group's name");
        return {};
    }
    // PCRE2 has fewer characters for names, and limits their length.
    std::string plainName;
    for (const char c : name)
        plainName += isLetter(c) || isDigit(c) || c == '_' ? c : '_';
    m_pos = end + 1;
    m_out.append(opening).append(plainName).append(">");
    return std::string(name);
}

void Translator::translateQuantifier()
{
    if (!m_isQuantifiable) {
        fail("nothing to repeat");
        return;
    }
    m_out += m_text[m_pos++];
    endQuantifier();
}

void Translator::endQuantifier()
{
    if (take("?"))
        m_out += '?';
    m_isQuantifiable = false;
    ++m_quantifiers;
}

// Whether the brace begins a repetition; if not it stands for itself.
bool Translator::takeRepetition()
{
    // Looks no further than a repetition goes: the text may be full of braces.
    if (!isDigit(peek(1)))
        return false;
    const std::size_t end = m_text.find_first_not_of("0123456789,", m_pos + 1);
    if (end == m_text.npos || m_text[end] != '}')
        return false;
    const std::string_view range = m_text.substr(m_pos + 1, end - m_pos - 1);
    const std::size_t comma = std::min(range.find(','), range.size());
    unsigned min = 0;
    unsigned max = 0;
    const auto *minEnd = std::from_chars(range.data(), range.data() + comma, min).ptr;
    if (minEnd != range.data() + comma)
        return false;
    if (comma + 1 < range.size()) {
        const auto *maxEnd
                = std::from_chars(range.data() + comma + 1, range.data() + range.size(), max).ptr;
        if (maxEnd != range.data() + range.size())
            return false;
        if (max < min)
            fail("a range of repetitions that is out of order");
    }
    if (!m_isQuantifiable)
        fail("nothing to repeat");
    m_out += m_text.substr(m_pos, end + 1 - m_pos);
    m_pos = end + 1;
    m_largestMinimum = std::max(m_largestMinimum, min);
    endQuantifier();
    return true;
}

void Translator::translateEscape()
{
    ++m_pos;
    const char c = peek();
    m_isQuantifiable = c != 'b' && c != 'B';
    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 'b':
    case 'B':
        m_out += {'\\', c};
        ++m_pos;
        return;
    case 's':
    case 'S':
        m_out.append(c == 's' ? "[" : "[^").append(SpaceRanges).append("]");
        ++m_pos;
        return;
    case 'k':
        ++m_pos;
        m_out += "\\k";
        m_references.insert(translateGroupName("<"));
        return;
    case 'p':
    case 'P':
        if (!takeProperty())
            fail("an unknown Unicode property");
        return;
    default:
        break;
    }
    if (c >= '1' && c <= '9') {
        m_out += "\\g{";
        while (isDigit(peek()))
            m_out += m_text[m_pos++];
        m_out += '}';
        return;
    }
    char32_t character = 0;
    if (takeCharacterEscape(&character))
        append(character);
    else
        fail("an unknown escape");
}

// What stands for one character, in a class or outside; m_pos is after the backslash.
bool Translator::takeCharacterEscape(char32_t *character)
{
    constexpr std::string_view letters = "tnvfr";
    constexpr std::string_view characters = "\t\n\v\f\r";
    if (atEnd())
        return false;
    const char c = m_text[m_pos++];
    if (const std::size_t index = letters.find(c); index != letters.npos) {
        *character = char32_t(characters[index]);
        return true;
    }
    switch (c) {
    case '0':
        *character = 0;
        return !isDigit(peek());
    case 'c':
        *character = char32_t(peek() & 0x1f);
        return isLetter(peek()) && ++m_pos > 0;
    case 'x':
        return takeHex(2, character);
    case 'u':
        return takeUnicodeEscape(character);
    default:
        *character = char32_t(c);
        return isPunctuation(c);
    }
}

bool Translator::takeHex(std::size_t digits, char32_t *character)
{
    const std::string_view text = m_text.substr(m_pos, digits);
    quint32 number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (digits == 0 || text.size() != digits || error != std::errc()
        || end != text.data() + text.size() || number > QChar::LastValidCodePoint)
        return false;
    m_pos += digits;
    *character = number;
    return true;
}

bool Translator::takeUnicodeEscape(char32_t *character)
{
    if (take("{")) {
        const std::size_t end = m_text.find('}', m_pos);
        return end != m_text.npos && takeHex(end - m_pos, character) && take("}")
               && !QChar::isSurrogate(*character);
    }
    if (!takeHex(4, character))
        return false;
    char32_t low = 0;
    if (QChar::isHighSurrogate(*character) && take("\\u") && takeHex(4, &low)
        && QChar::isLowSurrogate(low))
        *character = QChar::surrogateToUcs4(char16_t(*character), char16_t(low));
    // Half a pair is no character of a JSON text.
    return !QChar::isSurrogate(*character);
}

bool Translator::takeProperty()
{
    const bool isNegated = peek() == 'P';
    ++m_pos;
    const std::size_t end = m_text.find('}', m_pos);
    if (!take("{") || end == m_text.npos)
        return false;
    const std::string pcre = pcreProperty(m_text.substr(m_pos, end - m_pos));
    if (pcre.empty())
        return false;
    m_pos = end + 1;
    m_out.append(isNegated ? "\\P{" : "\\p{").append(pcre).append("}");
    return true;
}

void Translator::translateClass()
{
    if (take("[]")) {
        m_out += Never;
        return;
    }
    if (take("[^]")) {
        m_out += AnyCharacter;
        return;
    }
    m_out += '[';
    ++m_pos;
    if (take("^"))
        m_out += '^';
    while (m_error.isEmpty() && !take("]")) {
        if (atEnd()) {
            fail("a class without an end");
            return;
        }
        char32_t first = 0;
        const bool isCharacter = translateClassAtom(&first);
        if (peek() != '-' || peek(1) == ']' || m_pos + 1 >= m_text.size())
            continue;
        ++m_pos;
        if (!isCharacter) { // such as \w-: the hyphen stands for itself
            append('-');
            continue;
        }
        m_out += '-';
        char32_t last = 0;
        if (!translateClassAtom(&last) || last < first)
            fail("a range of characters that is out of order");
    }
    m_out += ']';
}

// Whether the atom is one character rather than a set of them.
bool Translator::translateClassAtom(char32_t *character)
{
    if (!take("\\")) {
        const uchar lead = uchar(m_text[m_pos]);
        const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        const QList<uint> decoded
                = QString::fromUtf8(m_text.data() + m_pos, qsizetype(size)).toUcs4();
        m_pos += size;
        *character = decoded.value(0);
        append(*character);
        return true;
    }
    const char c = peek();
    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
        m_out += {'\\', c};
        ++m_pos;
        return false;
    case 's':
    case 'S':
        m_out += c == 's' ? SpaceRanges : NotSpaceRanges;
        ++m_pos;
        return false;
    case 'p':
    case 'P':
        if (!takeProperty())
            fail("an unknown Unicode property");
        return false;
    case 'b':
        ++m_pos;
        *character = '\b';
        append(*character);
        return true;
    default:
        if (!takeCharacterEscape(character))
            fail("an unknown escape");
        append(*character);
        return true;
    }
}
} // namespace

EcmaPattern translateEcmaPattern(std::string_view expression)
{
    return Translator(expression).translate();
}

} // namespace IpcPrims::JsonSchema
