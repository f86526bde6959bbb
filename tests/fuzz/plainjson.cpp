// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "plainjson.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace {
using Kind = PlainJson::Kind;

// What is left of the text.
struct Rest
{
    QByteArrayView text;

    bool startsWith(QByteArrayView part) const { return text.startsWith(part); }
    bool take(QByteArrayView part)
    {
        if (!text.startsWith(part))
            return false;
        text = text.sliced(part.size());
        return true;
    }
    void skipSpace()
    {
        while (take(" ") || take("\t") || take("\n") || take("\r")) {
        }
    }
    bool takeDigits(QByteArray *to)
    {
        const qsizetype before = text.size();
        while (!text.isEmpty() && text[0] >= '0' && text[0] <= '9') {
            to->append(text[0]);
            text = text.sliced(1);
        }
        return text.size() < before;
    }
};

std::optional<char32_t> takeUnit(Rest *rest)
{
    if (rest->text.size() < 4)
        return std::nullopt;
    char32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = rest->text[i];
        const bool isDigit = c >= '0' && c <= '9';
        const bool isLetter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!isDigit && !isLetter)
            return std::nullopt;
        unit = unit * 16 + char32_t(isDigit ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    rest->text = rest->text.sliced(4);
    return unit;
}

void appendCharacter(QByteArray *utf8, char32_t c)
{
    if (c < 0x80) {
        utf8->append(char(c));
    } else if (c < 0x800) {
        utf8->append(char(0xc0 | c >> 6)).append(char(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        utf8->append(char(0xe0 | c >> 12)).append(char(0x80 | (c >> 6 & 0x3f)));
        utf8->append(char(0x80 | (c & 0x3f)));
    } else {
        utf8->append(char(0xf0 | c >> 18)).append(char(0x80 | (c >> 12 & 0x3f)));
        utf8->append(char(0x80 | (c >> 6 & 0x3f))).append(char(0x80 | (c & 0x3f)));
    }
}

// A sequence of bytes that stands for a character, and for nothing shorter or no character at all.
bool isWellFormed(const QByteArray &utf8)
{
    for (qsizetype i = 0; i < utf8.size();) {
        const auto first = uchar(utf8[i]);
        const int length = first < 0x80             ? 1
                           : (first & 0xe0) == 0xc0 ? 2
                           : (first & 0xf0) == 0xe0 ? 3
                           : (first & 0xf8) == 0xf0 ? 4
                                                    : 0;
        if (length == 0 || i + length > utf8.size())
            return false;
        char32_t character = length == 1 ? first : first & (0x7f >> length);
        for (int k = 1; k < length; ++k) {
            if ((uchar(utf8[i + k]) & 0xc0) != 0x80)
                return false;
            character = character << 6 | (uchar(utf8[i + k]) & 0x3f);
        }
        constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (character < least[length] || character > 0x10ffff
            || (character >= 0xd800 && character <= 0xdfff))
            return false;
        i += length;
    }
    return true;
}

std::optional<PlainJson> takeString(Rest *rest)
{
    PlainJson string;
    string.kind = Kind::String;
    QByteArray raw; // The encoding is that of the text; an escape is ASCII.
    if (!rest->take("\""))
        return std::nullopt;
    while (!rest->take("\"")) {
        if (rest->text.isEmpty() || uchar(rest->text[0]) < 0x20)
            return std::nullopt;
        if (!rest->take("\\")) {
            string.text.append(rest->text[0]);
            raw.append(rest->text[0]);
            rest->text = rest->text.sliced(1);
            continue;
        }
        constexpr QByteArrayView letters = "\"\\/bfnrt";
        constexpr QByteArrayView meanings = "\"\\/\b\f\n\r\t";
        const qsizetype letter = rest->text.isEmpty() ? -1 : letters.indexOf(rest->text[0]);
        if (letter >= 0) {
            string.text.append(meanings[letter]);
            rest->text = rest->text.sliced(1);
            continue;
        }
        if (!rest->take("u"))
            return std::nullopt;
        const auto unit = takeUnit(rest);
        if (!unit)
            return std::nullopt;
        char32_t character = *unit;
        if (character >= 0xd800 && character <= 0xdfff) {
            Rest further = *rest;
            const bool isFirst = character < 0xdc00 && further.take("\\u");
            const auto second = isFirst ? takeUnit(&further) : std::nullopt;
            if (second && *second >= 0xdc00 && *second <= 0xdfff) {
                character = 0x10000 + ((character - 0xd800) << 10) + (*second - 0xdc00);
                *rest = further;
            } else {
                string.isSound = false;
                continue;
            }
        }
        appendCharacter(&string.text, character);
    }
    string.isSound = string.isSound && isWellFormed(raw);
    return string;
}

std::optional<PlainJson> takeNumber(Rest *rest)
{
    PlainJson number;
    number.kind = Kind::Number;
    if (rest->take("-"))
        number.text.append('-');
    if (rest->take("0"))
        number.text.append('0');
    else if (!rest->takeDigits(&number.text))
        return std::nullopt;
    if (rest->take(".")) {
        number.text.append('.');
        if (!rest->takeDigits(&number.text))
            return std::nullopt;
    }
    if (rest->take("e") || rest->take("E")) {
        number.text.append('e');
        if (rest->take("-"))
            number.text.append('-');
        else
            rest->take("+");
        if (!rest->takeDigits(&number.text))
            return std::nullopt;
    }
    return number;
}

std::optional<PlainJson> takeValue(Rest *rest);

std::optional<PlainJson> takeContainer(Rest *rest, Kind kind)
{
    PlainJson container;
    container.kind = kind;
    const QByteArrayView closing = kind == Kind::Array ? "]" : "}";
    rest->skipSpace();
    if (rest->take(closing))
        return container;
    do {
        PlainJson name;
        if (kind == Kind::Object) {
            rest->skipSpace();
            auto taken = takeString(rest);
            rest->skipSpace();
            if (!taken || !rest->take(":"))
                return std::nullopt;
            name = std::move(*taken);
        }
        auto value = takeValue(rest);
        if (!value)
            return std::nullopt;
        if (kind == Kind::Object)
            container.members.push_back({std::move(name), std::move(*value)});
        else
            container.elements.push_back(std::move(*value));
        rest->skipSpace();
    } while (rest->take(","));
    return rest->take(closing) ? std::optional(std::move(container)) : std::nullopt;
}

std::optional<PlainJson> takeValue(Rest *rest)
{
    rest->skipSpace();
    PlainJson word;
    if (rest->take("null"))
        return word;
    word.kind = Kind::Boolean;
    for (const char *text : {"true", "false"}) {
        word.text = text;
        if (rest->take(word.text))
            return word;
    }
    if (rest->take("["))
        return takeContainer(rest, Kind::Array);
    if (rest->take("{"))
        return takeContainer(rest, Kind::Object);
    return rest->startsWith("\"") ? takeString(rest) : takeNumber(rest);
}
} // namespace

std::optional<PlainJson> PlainJson::parse(QByteArrayView json)
{
    Rest rest{json};
    std::optional<PlainJson> value = takeValue(&rest);
    rest.skipSpace();
    return rest.text.isEmpty() ? value : std::nullopt;
}

std::optional<quint32> PlainJson::integer(quint32 max) const
{
    if (kind != Kind::Number || text.size() > 5)
        return std::nullopt;
    quint32 number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        number = 10 * number + quint32(c - '0');
    }
    return number <= max ? std::optional(number) : std::nullopt;
}

const PlainJson *PlainJson::member(QByteArrayView name, int *count) const
{
    const PlainJson *found = nullptr;
    if (count)
        *count = 0;
    for (const auto &[key, value] : members) {
        if (key.text != name)
            continue;
        found = &value;
        if (count)
            ++*count;
    }
    return found;
}

bool PlainJson::isRepresentable() const
{
    if (kind == Kind::Number && std::isinf(std::strtod(text.constData(), nullptr)))
        return false;
    return isSound
           && std::all_of(elements.begin(), elements.end(),
                          [](const PlainJson &element) { return element.isRepresentable(); })
           && std::all_of(members.begin(), members.end(), [](const auto &member) {
                  return member.name.isSound && member.value.isRepresentable();
              });
}

int PlainJson::depth() const
{
    if (kind != Kind::Array && kind != Kind::Object)
        return 0;
    int deepest = 0;
    for (const PlainJson &element : elements)
        deepest = std::max(deepest, element.depth());
    for (const auto &[name, value] : members)
        deepest = std::max(deepest, value.depth());
    return 1 + deepest;
}
