// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/quotedexcerpt_p.h"

namespace IpcPrims {

QString quotedExcerpt(QAnyStringView untrusted)
{
    constexpr qsizetype maxSize = 64;
    const QString text = untrusted.toString();

    QString result = QStringLiteral("\"");
    for (const QChar character : QStringView(text).left(maxSize)) {
        const bool isPlain
                = character >= u' ' && character <= u'~' && character != u'"' && character != u'\\';
        result += isPlain ? QString(character)
                          : QStringLiteral("\\u%1").arg(character.unicode(), 4, 16,
                                                        QLatin1Char('0'));
    }
    result += u'"';
    if (text.size() > maxSize)
        result += QStringLiteral("...");
    return result;
}

} // namespace IpcPrims
