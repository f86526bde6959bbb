// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/quantity.h"

#include <cmath>

namespace Bench::Quantity {

using namespace Qt::StringLiterals;

static constexpr double GiB = 1024.0 * 1024 * 1024;

// Sizes from which on the bytes count rather than the frames.
static bool isBulk(const Workload &workload)
{
    return workload.operation == Operation::OneWay && workload.size >= 64 * 1024;
}

bool isRate(const Workload &workload)
{
    return workload.operation == Operation::RoundTrips || workload.operation == Operation::OneWay
           || workload.operation == Operation::Connects;
}

QString unit(const Workload &workload)
{
    if (isBulk(workload))
        return u"GiB/s"_s;
    if (workload.operation == Operation::Connects)
        return u"/s"_s;
    if (workload.operation == Operation::RoundTrips && workload.connections == 1)
        return u"µs"_s;
    return u"k/s"_s;
}

double inUnit(const Workload &workload, double rate)
{
    if (isBulk(workload))
        return rate * double(workload.size) / GiB;
    if (workload.operation == Operation::Connects)
        return rate;
    if (workload.operation == Operation::RoundTrips && workload.connections == 1)
        return 1e6 / rate;
    return rate / 1e3;
}

QString number(double value)
{
    const int digits = value == 0 ? 0 : int(std::floor(std::log10(std::abs(value)))) + 1;
    return QString::number(value, 'f', qBound(0, 3 - qMax(digits, 1), 2));
}

QString text(const Quartiles &quartiles)
{
    if (quartiles.lower == quartiles.upper) // Of one round.
        return number(quartiles.median);
    return QStringLiteral("%1 (%2-%3)")
            .arg(number(quartiles.median), number(quartiles.lower), number(quartiles.upper));
}

QString bytes(qint64 size)
{
    if (size >= 1024 * 1024)
        return QStringLiteral("%1 MiB").arg(size / (1024 * 1024));
    if (size >= 1024)
        return QStringLiteral("%1 KiB").arg(size / 1024);
    return QStringLiteral("%1 B").arg(size);
}

} // namespace Bench::Quantity
