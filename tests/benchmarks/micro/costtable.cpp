// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/costtable.h"

#include <QtCore/qlocale.h>
#include <QtCore/qregularexpression.h>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace Bench {

QString withCosts(const QString &document, const Costs &costs)
{
    static const QRegularExpression row(u"^(\\|.*\\| `([^`]+)` \\|)[^|]*\\|[^|]*\\|[^|]*\\|$"_s);
    QLocale english(QLocale::English);
    QStringList lines = document.split(u'\n');
    for (QString &line : lines) {
        const QRegularExpressionMatch match = row.match(line);
        if (!match.hasMatch())
            continue;
        const auto cost = costs.find(match.captured(2));
        if (cost == costs.end())
            leave(EXIT_FAILURE, u"the table has a row for what isn't counted: "_s + line);
        line = u"%1 %2 | %3 | %4 |"_s.arg(match.captured(1),
                                          english.toString(qRound64(cost->second.instructions)),
                                          QString::number(cost->second.allocations),
                                          QString::number(cost->second.systemCalls));
    }
    return lines.join(u'\n');
}

} // namespace Bench
