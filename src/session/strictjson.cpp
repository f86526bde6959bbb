// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/strictjson_p.h"

#include <QtCore/qnumeric.h>
#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace IpcPrims {

namespace {
// The escapes of one letter and what they stand for. The last one is only read.
constexpr QByteArrayView EscapeLetters = "\"\\bfnrt/";
constexpr QByteArrayView EscapedCharacters = "\"\\\b\f\n\r\t/";

constexpr bool isControlCharacter(char c)
{
    return uchar(c) < 0x20;
}

constexpr bool endsPlainText(char c)
{
    return c == '"' || c == '\\' || isControlCharacter(c);
}

constexpr bool isWhiteSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Whether a number is too large for a double; one too close to zero is in range.
bool isOutOfRange(QByteArrayView number)
{
    bool isRepresentable = false;
    static_cast<void>(number.toDouble(&isRepresentable));
    if (isRepresentable)
        return false;
    // Only QString's conversion tells the two ends apart. It is slow, and nothing that means well
    // needs it for a long number.
    constexpr qsizetype maxSize = 1024;
    return number.size() > maxSize || qIsInf(QString::fromLatin1(number).toDouble());
}
} // namespace

bool StrictJsonReader::fail(const QString &what)
{
    return failAt(m_pos, what);
}

bool StrictJsonReader::failAt(qsizetype position, const QString &what)
{
    if (!hasError())
        m_error = what + QStringLiteral(" at byte %1").arg(position);
    // With nothing left to read and no container just opened, everything else comes to nothing.
    m_pos = m_text.size();
    m_isFirstItem = false;
    return false;
}

// The next character that is not white space; NUL, which no JSON text holds, at the end.
char StrictJsonReader::peek()
{
    while (m_pos < m_text.size() && isWhiteSpace(m_text[m_pos]))
        ++m_pos;
    return m_pos < m_text.size() ? m_text[m_pos] : '\0';
}

bool StrictJsonReader::take(char c)
{
    if (m_pos == m_text.size() || m_text[m_pos] != c)
        return false;
    ++m_pos;
    return true;
}

bool StrictJsonReader::takeDigits()
{
    const qsizetype start = m_pos;
    while (m_pos < m_text.size() && m_text[m_pos] >= '0' && m_text[m_pos] <= '9')
        ++m_pos;
    return m_pos > start;
}

StrictJsonReader::Next StrictJsonReader::next()
{
    switch (const char c = peek()) {
    case '{':
        return Next::Object;
    case '[':
        return Next::Array;
    case '"':
        return Next::String;
    case 't':
    case 'f':
        return Next::Boolean;
    case 'n':
        return Next::Null;
    default:
        return c == '-' || (c >= '0' && c <= '9') ? Next::Number : Next::Nothing;
    }
}

bool StrictJsonReader::enter(char opening, QLatin1String what)
{
    peek();
    if (!take(opening))
        return fail(QStringLiteral("expected %1").arg(what));
    m_isFirstItem = true;
    return true;
}

bool StrictJsonReader::enterObject()
{
    return enter('{', QLatin1String("an object"));
}

bool StrictJsonReader::enterArray()
{
    return enter('[', QLatin1String("an array"));
}

bool StrictJsonReader::nextItem(char closing)
{
    const bool isFirst = m_isFirstItem;
    m_isFirstItem = false;
    peek();
    if (take(closing))
        return false;
    return isFirst || take(',')
           || fail(QStringLiteral("expected ',' or '%1'").arg(QLatin1Char(closing)));
}

bool StrictJsonReader::nextElement()
{
    return nextItem(']');
}

bool StrictJsonReader::nextMember(QByteArray *name)
{
    return nextItem('}') && readString(name) && readColon();
}

bool StrictJsonReader::nextMember(QByteArrayView *name, QByteArray *memory)
{
    return nextItem('}') && readString(name, memory) && readColon();
}

bool StrictJsonReader::readColon()
{
    peek();
    return take(':') || fail(QStringLiteral("expected ':'"));
}

bool StrictJsonReader::readString(QByteArrayView *utf8, QByteArray *memory)
{
    if (peek() == '"') {
        const auto begin = m_text.begin() + m_pos + 1;
        const auto end = std::find_if(begin, m_text.end(), endsPlainText);
        const QByteArrayView plain(begin, end);
        if (end != m_text.end() && *end == '"' && plain.isValidUtf8()) {
            m_pos += plain.size() + 2;
            *utf8 = plain;
            return true;
        }
    }
    const bool isString = readString(memory);
    *utf8 = *memory;
    return isString;
}

bool StrictJsonReader::readString(QByteArray *utf8)
{
    peek();
    if (!take('"'))
        return fail(QStringLiteral("expected a string"));
    if (utf8 && !utf8->isEmpty())
        utf8->resize(0); // Unlike clear(), this keeps the memory for the next name.

    const qsizetype start = m_pos;
    while (m_pos < m_text.size()) {
        const auto plainEnd = std::find_if(m_text.begin() + m_pos, m_text.end(), endsPlainText);
        const qsizetype plainSize = plainEnd - m_text.begin() - m_pos;
        if (utf8 && plainSize > 0)
            appendText(utf8, m_text.sliced(m_pos, plainSize));
        m_pos += plainSize;

        if (take('\\')) {
            readEscape(utf8);
        } else if (take('"')) {
            // Escapes are ASCII, so the raw text tells as much about the encoding as the result.
            if (utf8 && !m_text.sliced(start, m_pos - 1 - start).isValidUtf8())
                return failAt(start, QStringLiteral("ill-formed UTF-8 in the string"));
            return true;
        } else if (m_pos < m_text.size()) {
            return fail(QStringLiteral("control character in a string"));
        }
    }
    return fail(QStringLiteral("string without an end"));
}

void StrictJsonReader::readEscape(QByteArray *utf8)
{
    if (!take('u')) {
        const qsizetype index
                = m_pos < m_text.size() ? EscapeLetters.indexOf(m_text[m_pos]) : qsizetype(-1);
        if (index < 0) {
            fail(QStringLiteral("unknown escape in a string"));
            return;
        }
        ++m_pos;
        if (utf8)
            utf8->append(EscapedCharacters[index]);
        return;
    }

    char32_t character = readHexUnit();
    if (!utf8)
        return;
    if (QChar::isHighSurrogate(character) && take('\\') && take('u')) {
        const char32_t low = readHexUnit();
        if (QChar::isLowSurrogate(low))
            character = QChar::surrogateToUcs4(char16_t(character), char16_t(low));
    }
    if (QChar::isSurrogate(character))
        fail(QStringLiteral("unpaired surrogate in a string"));
    else
        utf8->append(QStringView(QChar::fromUcs4(character)).toUtf8());
}

char32_t StrictJsonReader::readHexUnit()
{
    constexpr qsizetype digits = 4;
    quint16 unit = 0;
    const char *begin = m_text.data() + m_pos;
    const char *end = begin + std::min(digits, m_text.size() - m_pos);
    if (std::from_chars(begin, end, unit, 16).ptr != begin + digits)
        fail(QStringLiteral("expected four hexadecimal digits"));
    else
        m_pos += digits;
    return unit;
}

// The number as it stands in the text.
QByteArrayView StrictJsonReader::readNumber()
{
    peek();
    const qsizetype start = m_pos;
    take('-');
    bool isNumber = take('0') || takeDigits();
    if (isNumber && take('.'))
        isNumber = takeDigits();
    if (isNumber && (take('e') || take('E'))) {
        if (!take('+'))
            take('-');
        isNumber = takeDigits();
    }
    if (isNumber)
        return m_text.sliced(start, m_pos - start);
    fail(QStringLiteral("expected a number"));
    return {};
}

bool StrictJsonReader::readInteger(quint16 max, quint16 *value)
{
    const bool isNumber = next() == Next::Number;
    const qsizetype start = m_pos;
    const QByteArrayView number = isNumber ? readNumber() : QByteArrayView();
    quint16 result = 0;
    const auto [end, error] = std::from_chars(number.begin(), number.end(), result);
    // What stops it early is a sign, a fraction or an exponent.
    if (error != std::errc() || end != number.end() || result > max)
        return failAt(start, QStringLiteral("expected an integer from 0 to %1").arg(max));
    *value = result;
    return true;
}

bool StrictJsonReader::skipLiteral()
{
    for (const QByteArrayView literal : {"true", "false", "null"}) {
        if (m_text.sliced(m_pos).startsWith(literal)) {
            m_pos += literal.size();
            return true;
        }
    }
    return fail(QStringLiteral("expected a value"));
}

void StrictJsonReader::skipValue()
{
    JsonVisitor formOnly(false);
    visitValue(&formOnly);
}

namespace {
/// Has a value be one that other parsers can represent.
class RepresentableValue final : public JsonVisitor
{
public:
    explicit RepresentableValue(qsizetype maxDepth)
        : JsonVisitor(true)
        , m_maxDepth(maxDepth)
    {}

    void entered(StrictJsonReader &reader, qsizetype depth) override
    {
        if (depth > m_maxDepth)
            reader.fail(QStringLiteral("nested deeper than %1 levels").arg(m_maxDepth));
    }
    void number(StrictJsonReader &reader, QByteArrayView token) override
    {
        if (isOutOfRange(token))
            reader.fail(QStringLiteral("number out of range before"));
    }

private:
    const qsizetype m_maxDepth;
};
} // namespace

void StrictJsonReader::checkValue(qsizetype maxDepth)
{
    RepresentableValue representable(maxDepth);
    visitValue(&representable);
}

// An explicit stack takes the place of recursion: depth is the sender's choice.
QByteArrayView StrictJsonReader::visitValue(JsonVisitor *visitor)
{
    QByteArray *const text = visitor->m_readsStrings ? &visitor->m_text : nullptr;
    QVarLengthArray<Next, 32> open;
    peek();
    const qsizetype start = m_pos;
    do {
        const Next kind = next();
        visitor->value(*this);
        switch (kind) {
        case Next::Object:
            enterObject();
            open.append(kind);
            visitor->entered(*this, open.size());
            break;
        case Next::Array:
            enterArray();
            open.append(kind);
            visitor->entered(*this, open.size());
            break;
        case Next::String:
            readString(text);
            break;
        case Next::Number:
            visitor->number(*this, readNumber());
            break;
        case Next::Boolean:
        case Next::Null:
        case Next::Nothing:
            skipLiteral();
            break;
        }

        // Leaves the containers that end here.
        while (!open.isEmpty() && !hasError()) {
            if (open.last() == Next::Array ? nextElement() : nextMember(text)) {
                if (open.last() == Next::Object)
                    visitor->member(*this, visitor->m_text);
                break;
            }
            open.removeLast();
            visitor->left(*this);
        }
    } while (!open.isEmpty() && !hasError());
    return hasError() ? QByteArrayView() : m_text.sliced(start, m_pos - start);
}

bool StrictJsonReader::readObject(std::span<Member> members)
{
    enterObject();
    QByteArrayView name;
    QByteArray memory;
    while (nextMember(&name, &memory)) {
        const auto member = std::find_if(members.begin(), members.end(),
                                         [&](const Member &known) { return known.name == name; });
        if (member == members.end()) {
            skipValue();
            continue;
        }
        const auto quotedName
                = [&] { return QStringLiteral("member \"%1\"").arg(QLatin1String(name)); };
        if (member->wasSeen)
            return fail(QStringLiteral("repeated %1").arg(quotedName()));
        member->wasSeen = true;
        member->read();
        if (hasError())
            m_error.prepend(QStringLiteral("in %1: ").arg(quotedName()));
    }
    for (const Member &member : members) {
        if (member.isRequired && !member.wasSeen)
            return fail(QStringLiteral("missing member \"%1\" of the object that ends")
                                .arg(QLatin1String(member.name)));
    }
    return !hasError();
}

bool StrictJsonReader::readEnd()
{
    peek();
    return m_pos == m_text.size() ? !hasError() : fail(QStringLiteral("expected the end"));
}

void appendText(QByteArray *json, QByteArrayView text)
{
    const qsizetype size = json->size();
    json->resize(size + text.size());
    std::copy(text.begin(), text.end(), json->data() + size);
}

void appendJsonString(QByteArray *json, QByteArrayView utf8)
{
    json->append('"');
    auto begin = utf8.begin();
    for (;;) {
        const auto plainEnd = std::find_if(begin, utf8.end(), endsPlainText);
        appendText(json, QByteArrayView(begin, plainEnd));
        if (plainEnd == utf8.end())
            break;
        const qsizetype index = EscapedCharacters.indexOf(*plainEnd);
        if (index >= 0)
            json->append('\\').append(EscapeLetters[index]);
        else
            json->append("\\u00").append(QByteArray(1, *plainEnd).toHex());
        begin = plainEnd + 1;
    }
    json->append('"');
}

void appendJsonInteger(QByteArray *json, quint16 number)
{
    std::array<char, std::numeric_limits<quint16>::digits10 + 1> digits;
    const char *const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    appendText(json, QByteArrayView(digits.data(), end));
}

} // namespace IpcPrims
