// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "figures.h"

#include <QtCore/QLocale>

namespace Demo {

std::chrono::nanoseconds elapsed(const QElapsedTimer &timer)
{
    return std::chrono::nanoseconds(timer.nsecsElapsed());
}

QString count(qint64 number)
{
    return QLocale(QLocale::English).toString(number);
}

QString milliseconds(std::chrono::nanoseconds time)
{
    const double ms = std::chrono::duration<double, std::milli>(time).count();
    return QStringLiteral("%1 ms").arg(ms, 0, 'f', ms < 1 ? 3 : 1);
}

} // namespace Demo
