// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/shorttext_p.h"

#include <QtCore/qlist.h>

#include <algorithm>

namespace IpcPrims::JsonSchema {

namespace {
bool isHarmless(char32_t character)
{
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

QString escaped(const QString &character)
{
    QString result;
    for (const QChar unit : character)
        result += QStringLiteral("\\u%1").arg(unit.unicode(), 4, 16, QLatin1Char('0'));
    return result;
}
} // namespace

QString shortText(const QString &text, qsizetype maxLength)
{
    const auto isPrintableAscii = [](QChar c) { return c >= u' ' && c <= u'~'; };
    if (text.size() <= maxLength && std::ranges::all_of(text, isPrintableAscii))
        return text;
    QString result;
    // A unit more than there is room for, so that no pair is taken apart.
    for (const char32_t character : text.left(maxLength + 1).toUcs4()) {
        const QString unescaped = QString::fromUcs4(&character, 1);
        const QString shown = isHarmless(character) ? unescaped : escaped(unescaped);
        if (result.size() + shown.size() > maxLength)
            return result + QChar(0x2026);
        result += shown;
    }
    return result;
}

QString cutText(std::string_view utf8, qsizetype maxLength)
{
    // A character has four bytes at most; one more shows that there are more.
    const std::string_view beginning = utf8.substr(0, 4 * std::size_t(maxLength + 1));
    return shortText(QString::fromUtf8(beginning.data(), qsizetype(beginning.size())), maxLength);
}

} // namespace IpcPrims::JsonSchema
