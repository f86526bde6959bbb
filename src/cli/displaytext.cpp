// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/displaytext.h"

#include <QtCore/qlist.h>

namespace IpcPrims::Tool {

namespace {

QString escape(char32_t character)
{
    switch (character) {
    case U'\n':
        return QStringLiteral("\\n");
    case U'\r':
        return QStringLiteral("\\r");
    case U'\t':
        return QStringLiteral("\\t");
    default:
        return QStringLiteral("\\u{%1}").arg(uint(character), 0, 16);
    }
}

} // namespace

QString displayText(const QString &text)
{
    QString result;
    result.reserve(text.size());
    for (const char32_t character : text.toUcs4()) {
        if (QChar::isPrint(character))
            result += QChar::fromUcs4(character);
        else
            result += escape(character);
    }
    return result;
}

QString quotedText(const QString &text)
{
    QString escaped = text;
    escaped.replace(u'\\', QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\""));
    return u'"' + displayText(escaped) + u'"';
}

QString payloadText(const QByteArray &payload)
{
    if (payload.isValidUtf8())
        return QString::fromUtf8(payload);
    return QStringLiteral("<binary %1 bytes>").arg(payload.size());
}

} // namespace IpcPrims::Tool
