// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "terminal.h"

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

QString inColumns(const char *verdict, const QString &label, const QString &text)
{
    return QStringLiteral("   %1  %2  %3")
            .arg(QLatin1String(verdict), -4)
            .arg(label, -14)
            .arg(text);
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
    print(inColumns("ok", label, text));
}

void printFailure(const QString &label, const QString &why)
{
    print(inColumns("FAIL", label, why));
}

void printConclusion(const QString &text)
{
    print(QLatin1Char('\n') + text);
}

} // namespace Demo
