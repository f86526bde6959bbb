// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "terminal.h"

#include <QtCore/QStringList>

#include <cstdio>

namespace Demo {

namespace {

void print(const QString &line)
{
    std::fputs(line.toLocal8Bit().constData(), stdout);
    std::fputc('\n', stdout);
    // The processes we start write to the same terminal; keep the order.
    std::fflush(stdout);
}

/// Three columns, the last one wrapped between words so that lines keep to 100 characters.
void printColumns(const char *verdict, const QString &label, const QString &text)
{
    constexpr int TextWidth = 77;
    QString prefix
            = QStringLiteral("   %1  %2  ")
                      .arg(QString::fromLatin1(verdict).leftJustified(4), label.leftJustified(12));
    QString line;
    for (const QString &word : text.split(QLatin1Char(' '))) {
        if (!line.isEmpty() && line.size() + 1 + word.size() > TextWidth) {
            print(prefix + line);
            prefix.fill(QLatin1Char(' '));
            line.clear();
        }
        line += line.isEmpty() ? word : QLatin1Char(' ') + word;
    }
    print(prefix + line);
}

} // namespace

void printHeading(const QString &text)
{
    print(text);
}

void printTitle(int number, const QString &title)
{
    print(QStringLiteral("\n%1  %2").arg(number).arg(title));
}

void printObservation(const QString &label, const QString &text)
{
    printColumns("ok", label, text);
}

void printFailure(const QString &label, const QString &why)
{
    printColumns("FAIL", label, why);
}

void printConclusion(const QString &text)
{
    print(QLatin1Char('\n') + text);
}

} // namespace Demo
