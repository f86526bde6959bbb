// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/document_p.h"

#include "schema/json/memberindex_p.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// What a thread keeps for its next message.
constexpr std::size_t LargestKeptStack = 65536;

bool endsPlainText(char c)
{
    return c == '"' || c == '\\' || uchar(c) < 0x20;
}

// Where the next quote, backslash or control character is, or the end: eight characters at a time,
// with a borrow into a byte's highest bit where a subtraction finds one. Borrows only go on to the
// bytes after that.
const char *endOfPlainText(const char *pos, const char *end)
{
    constexpr quint64 ones = 0x0101010101010101U;
    constexpr quint64 highBits = 0x80 * ones;
    for (; end - pos >= 8; pos += 8) {
        const auto bytes = qFromLittleEndian<quint64>(pos);
        const quint64 quotes = bytes ^ ('"' * ones);
        const quint64 backslashes = bytes ^ ('\\' * ones);
        const quint64 found = ((quotes - ones) | (backslashes - ones) | (bytes - 0x20 * ones))
                              & ~bytes & highBits;
        if (found != 0)
            return pos + std::countr_zero(found) / 8;
    }
    return std::find_if(pos, end, endsPlainText);
}
} // namespace

bool Document::parse(QByteArrayView text)
{
    m_begin = m_pos = text.data();
    m_end = text.data() + text.size();
    m_error = nullptr;
    m_valueCount = 0;
    clear();
    return text.isValidUtf8() ? parseText() : fail("ill-formed UTF-8");
}

void Document::clear()
{
    m_root = Value();
    m_arena.clear();
    m_open.clear();
    m_stack.clear(LargestKeptStack);
}

QString Document::errorString() const
{
    return QStringLiteral("%1 at byte %2")
            .arg(QLatin1String(m_error), QString::number(m_pos - m_begin));
}

bool Document::fail(const char *what)
{
    m_error = what;
    return false;
}

void Document::skipWhiteSpace()
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    const char *pos = m_pos;
    while (pos != m_end && uchar(*pos) <= ' ' && isSpace(*pos))
        ++pos;
    m_pos = pos;
}

inline bool Document::parseString()
{
    const char *start = m_pos + 1;
    const char *end = endOfPlainText(start, m_end);
    if (end == m_end || *end != '"')
        return parseEscapedString(start);
    m_pos = end + 1;
    push(Value::fromString({start, std::size_t(end - start)}));
    return true;
}

// Containers are on an explicit stack instead of in calls: their depth is the sender's choice.
bool Document::parseText()
{
    bool isComplete = false;
    while (!isComplete) {
        if (!beginValue() || !endValue(&isComplete))
            return false;
    }
    m_root = m_stack.front();
    skipWhiteSpace();
    return m_pos == m_end || fail("expected the end");
}

// Reads a scalar, or the brackets up to and including the first scalar or empty container.
bool Document::beginValue()
{
    for (;;) {
        skipWhiteSpace();
        if (take('{')) {
            if (!open(true))
                return false;
            skipWhiteSpace();
            if (take('}')) {
                close();
                return true;
            }
            if (!parseName())
                return false;
        } else if (take('[')) {
            if (!open(false))
                return false;
            skipWhiteSpace();
            if (take(']')) {
                close();
                return true;
            }
        } else {
            break;
        }
    }

    switch (m_pos == m_end ? '\0' : *m_pos) {
    case '"':
        return parseString();
    case 't':
        return parseLiteral("true", Value::fromBoolean(true));
    case 'f':
        return parseLiteral("false", Value::fromBoolean(false));
    case 'n':
        return parseLiteral("null", Value());
    default:
        return parseNumber();
    }
}

// Reads on after a value: closing brackets, then what leads to the next value.
bool Document::endValue(bool *isComplete)
{
    while (!m_open.empty()) {
        skipWhiteSpace();
        const bool isObject = m_open.back().isObject;
        if (take(',')) {
            skipWhiteSpace();
            return !isObject || parseName();
        }
        if (!take(isObject ? '}' : ']'))
            return fail(isObject ? "expected ',' or '}'" : "expected ',' or ']'");
        close();
    }
    *isComplete = true;
    return true;
}

bool Document::open(bool isObject)
{
    if (m_open.size() == LargestDepth)
        return fail("nested deeper than 256 levels");
    m_open.push_back({m_stack.size(), isObject});
    return true;
}

void Document::close()
{
    const Container container = m_open.back();
    m_open.pop_back();
    const std::span<const Value> content = m_stack.from(container.start);
    Value value;
    if (!container.isObject) {
        auto *elements = m_arena.allocate<Value>(content.size());
        std::copy(content.begin(), content.end(), elements);
        value = Value::fromElements({elements, content.size()});
    } else {
        std::size_t count = content.size() / 2;
        const bool isIndexed = count > LargestUnindexedObject;
        const std::size_t slots = isIndexed ? slotCount(count) : 0;
        static_assert(sizeof(Member) % sizeof(HashSlot) == 0);
        auto *members
                = m_arena.allocate<Member>(count + slots * sizeof(HashSlot) / sizeof(Member) + 1);
        for (std::size_t i = 0; i < count; ++i)
            members[i] = {content[2 * i], content[2 * i + 1]};
        if (isIndexed) {
            const auto index = [&] {
                auto *first = reinterpret_cast<HashSlot *>(members + count);
                return makeIndex({members, count}, {first, slotCount(count)});
            };
            // The table is expected right after the members, in the size that belongs to them.
            if (const std::size_t unique = index(); unique < std::exchange(count, unique))
                index();
        } else {
            count = mergeRepeated({members, count});
        }
        value = Value::fromMembers({members, count}, isIndexed);
    }
    m_stack.cut(container.start);
    push(value);
}

bool Document::parseName()
{
    if (m_pos == m_end || *m_pos != '"')
        return fail("expected a member's name");
    if (!parseString())
        return false;
    skipWhiteSpace();
    return take(':') || fail("expected ':'");
}

bool Document::parseLiteral(std::string_view literal, const Value &value)
{
    if (!std::string_view(m_pos, std::size_t(m_end - m_pos)).starts_with(literal))
        return fail("expected a value");
    m_pos += literal.size();
    push(value);
    return true;
}

bool Document::parseNumber()
{
    constexpr std::ptrdiff_t maxIntegerDigits = 18;
    const char *start = m_pos;
    const bool isNegative = take('-');
    const char *digits = m_pos;
    const quint64 integer = takeDigits();
    if (m_pos == digits)
        return fail(isNegative ? "expected a digit" : "expected a value");
    if (*digits == '0') // nothing but a fraction or an exponent may follow
        m_pos = digits + 1;
    bool isInteger = m_pos - digits <= maxIntegerDigits;
    if (take('.')) {
        isInteger = false;
        const char *fraction = m_pos;
        takeDigits();
        if (m_pos == fraction)
            return fail("expected a digit");
    }
    if (take('e') || take('E')) {
        // The digits that Decimal can count with, and so that a sum with any text's size fits.
        constexpr std::ptrdiff_t maxExponentDigits = 9;
        isInteger = false;
        if (!take('+'))
            take('-');
        const char *exponent = m_pos;
        takeDigits();
        if (m_pos == exponent)
            return fail("expected a digit");
        exponent = std::find_if(exponent, m_pos, [](char c) { return c != '0'; });
        if (m_pos - exponent > maxExponentDigits)
            return fail("number out of range");
    }
    push(isInteger ? Value::fromInteger(isNegative ? -qint64(integer) : qint64(integer))
                   : Value::fromDecimal({start, std::size_t(m_pos - start)}));
    return true;
}

// What they are worth as a whole number, modulo 2^64.
quint64 Document::takeDigits()
{
    quint64 number = 0;
    const char *pos = m_pos;
    for (; pos != m_end && *pos >= '0' && *pos <= '9'; ++pos)
        number = number * 10 + quint64(*pos - '0');
    m_pos = pos;
    return number;
}

} // namespace IpcPrims::JsonSchema
