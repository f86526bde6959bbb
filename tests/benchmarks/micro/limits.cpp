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

// Instructions are other libraries', too. Allocations and system calls are the same each time, but
// what is done once in a while falls into one run and not into the other, and another thread waits
// once more or less.
constexpr double InstructionTolerance = 0.05;
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

enum class Verdict { AsExpected, Less, TooMuch };

Verdict verdict(double count, double limit, double tolerance)
{
    if (count > limit + tolerance)
        return Verdict::TooMuch;
    return count < limit - tolerance ? Verdict::Less : Verdict::AsExpected;
}

QString text(const QString &name, double count, double limit, Verdict verdict)
{
    const QString figures
            = QStringLiteral("%1 %2 of %3").arg(count, 0, 'f', 2).arg(name).arg(limit);
    switch (verdict) {
    case Verdict::TooMuch:
        return figures + u" TOO MUCH"_s;
    case Verdict::Less:
        return figures + u" (lower the limit)"_s;
    case Verdict::AsExpected:
        break;
    }
    return figures;
}

bool compare(const QString &name, const Cost &cost, const Cost &limit)
{
    const Verdict instructions = verdict(cost.instructions, limit.instructions,
                                         limit.instructions * InstructionTolerance + 2);
    const Verdict allocations = verdict(cost.allocations, limit.allocations, CountTolerance);
    QStringList all = {text(u"instructions"_s, cost.instructions, limit.instructions, instructions),
                       text(u"allocations"_s, cost.allocations, limit.allocations, allocations)};
    bool isGood = instructions != Verdict::TooMuch && allocations != Verdict::TooMuch;
    if (cost.systemCalls) {
        const double allowed = limit.systemCalls.value_or(0);
        const Verdict calls = verdict(*cost.systemCalls, allowed,
                                      allowed * SystemCallTolerance + CountTolerance);
        all.append(text(u"system calls"_s, *cost.systemCalls, allowed, calls));
        isGood = isGood && calls != Verdict::TooMuch;
    }
    std::printf("%-24s%s\n", qPrintable(name), qPrintable(all.join(u", "_s)));
    return isGood;
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
        perOperation.insert(
                name, QJsonObject{{u"instructions"_s, std::ceil(cost.instructions)},
                                  {u"allocations"_s, rounded(cost.allocations)},
                                  {u"system calls"_s, rounded(cost.systemCalls.value_or(0))}});
    }
    QFile file(fileName);
    const QJsonObject all = {{u"compiler"_s, compiler()}, {u"per operation"_s, perOperation}};
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(all).toJson()) < 0)
        leave(EXIT_FAILURE, file.errorString());
}

bool compare(const Costs &costs, const Costs &limits)
{
    bool isGood = true;
    for (const auto &[name, cost] : costs) {
        const auto limit = limits.find(name);
        if (limit == limits.end()) {
            std::printf("%-24shas no limit\n", qPrintable(name));
            isGood = false;
        } else if (!compare(name, cost, limit->second)) {
            isGood = false;
        }
    }
    return isGood;
}

} // namespace Bench
