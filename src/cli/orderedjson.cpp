// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/orderedjson.h"

#include <QtCore/qchar.h>
#include <QtCore/qlist.h>

#include <algorithm>

namespace IpcPrims::Tool {

namespace {

// The writer escapes the control characters of ASCII; but a terminal also obeys others, and others
// reverse the text. None of them can stand outside of a string.
QByteArray escapeUnprintable(const QByteArray &json)
{
    const auto isPlain = [](char byte) { return uchar(byte) < 0x7f; };
    if (std::all_of(json.cbegin(), json.cend(), isPlain))
        return json;
    QString escaped;
    for (const char32_t character : QString::fromUtf8(json).toUcs4()) {
        const auto units = QChar::fromUcs4(character);
        if (QChar::isPrint(character)) {
            escaped += units;
            continue;
        }
        for (const QChar unit : QStringView(units))
            escaped += QStringLiteral("\\u%1").arg(unit.unicode(), 4, 16, QLatin1Char('0'));
    }
    return escaped.toUtf8();
}

} // namespace

OrderedJson &OrderedJson::key(const char *name)
{
    m_writer.Key(name);
    return *this;
}

void OrderedJson::value(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    m_writer.String(utf8.constData(), rapidjson::SizeType(utf8.size()));
}

QByteArray OrderedJson::line() const
{
    const QByteArray json(m_buffer.GetString(), qsizetype(m_buffer.GetSize()));
    return escapeUnprintable(json) + '\n';
}

} // namespace IpcPrims::Tool
