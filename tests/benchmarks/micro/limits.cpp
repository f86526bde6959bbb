// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/limits.h"

#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qsysinfo.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

// Instructions are other libraries', too, which choose some of theirs by the processor. Allocations
// and system calls are the same each time, but what is done once in a while falls into one run and
// not into the other, and another thread waits once more or less.
constexpr double InstructionTolerance = 0.03;
constexpr double CountTolerance = 0.05;
constexpr double SystemCallTolerance = 0.02;

// Limits are good for one compiler.
QString compiler()
{
#if defined(__clang__)
    return QStringLiteral("Clang %1, %2")
            .arg(__clang_major__)
            .arg(QSysInfo::buildCpuArchitecture());
#elif defined(__GNUC__)
    return QStringLiteral("GCC %1, %2").arg(__GNUC__).arg(QSysInfo::buildCpuArchitecture());
#else
    return QStringLiteral("unknown");
#endif
}

double rounded(double count)
{
    return std::round(count * 100) / 100;
}

double allowedInstructions(const Cost &limit)
{
    return limit.instructions * (1 + InstructionTolerance) + 2;
}

double allowedAllocations(const Cost &limit)
{
    return limit.allocations + CountTolerance;
}

double allowedSystemCalls(const Cost &limit)
{
    return limit.systemCalls * (1 + SystemCallTolerance) + CountTolerance;
}

QString text(const QString &name, double count, double limit, double allowed)
{
    const QString figures
            = QStringLiteral("%1 %2 of %3").arg(count, 0, 'f', 2).arg(name).arg(limit);
    if (count > allowed)
        return figures + u" TOO MUCH"_s;
    // As far below as it may be above.
    return count < 2 * limit - allowed ? figures + u" (lower the limit)"_s : figures;
}

bool compare(const QString &name, const Cost &cost, const Cost &limit)
{
    const QStringList all = {
            text(u"instructions"_s, cost.instructions, limit.instructions,
                 allowedInstructions(limit)),
            text(u"allocations"_s, cost.allocations, limit.allocations, allowedAllocations(limit)),
            text(u"system calls"_s, cost.systemCalls, limit.systemCalls, allowedSystemCalls(limit)),
    };
    std::printf("%-29s%s\n", qPrintable(name), qPrintable(all.join(u", "_s)));
    return !excessOf(cost, limit).isAny();
}

} // namespace

Costs readLimits(const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        leave(EXIT_FAILURE, file.errorString());
    const QJsonObject all = QJsonDocument::fromJson(file.readAll()).object();
    const QString expected = all.value(u"compiler"_s).toString();
    if (expected != compiler()) {
        leave(Skipped, QStringLiteral("skipped: the limits are for %1, this is %2")
                               .arg(expected, compiler()));
    }
    Costs limits;
    const QJsonObject perOperation = all.value(u"per operation"_s).toObject();
    for (auto it = perOperation.begin(); it != perOperation.end(); ++it) {
        const QJsonObject one = it.value().toObject();
        limits[it.key()]
                = {one.value(u"instructions"_s).toDouble(), one.value(u"allocations"_s).toDouble(),
                   one.value(u"system calls"_s).toDouble()};
    }
    return limits;
}

void writeLimits(const QString &fileName, const Costs &costs)
{
    QJsonObject perOperation;
    for (const auto &[name, cost] : costs) {
        perOperation.insert(name, QJsonObject{{u"instructions"_s, std::ceil(cost.instructions)},
                                              {u"allocations"_s, rounded(cost.allocations)},
                                              {u"system calls"_s, rounded(cost.systemCalls)}});
    }
    QFile file(fileName);
    const QJsonObject all = {{u"compiler"_s, compiler()}, {u"per operation"_s, perOperation}};
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(all).toJson()) < 0)
        leave(EXIT_FAILURE, file.errorString());
}

Excess excessOf(const Cost &cost, const Cost &limit)
{
    return {cost.instructions > allowedInstructions(limit),
            cost.allocations > allowedAllocations(limit),
            cost.systemCalls > allowedSystemCalls(limit)};
}

bool compare(const Costs &costs, const Costs &limits)
{
    bool isGood = true;
    for (const auto &[name, cost] : costs) {
        const auto limit = limits.find(name);
        if (limit == limits.end()) {
            std::printf("%-29shas no limit\n", qPrintable(name));
            isGood = false;
        } else if (!compare(name, cost, limit->second)) {
            isGood = false;
        }
    }
    for (const auto &[name, limit] : limits) {
        if (costs.find(name) == costs.end()) {
            std::printf("%-29shas a limit, but is not counted\n", qPrintable(name));
            isGood = false;
        }
    }
    return isGood;
}

} // namespace Bench
