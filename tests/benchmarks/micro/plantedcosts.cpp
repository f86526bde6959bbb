// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/plantedcosts.h"

#include "micro/callgrind.h"
#include "micro/limits.h"
#include "micro/systemcalls.h"

#include <cstdio>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

// A copy of less is a few instructions: as much as the compiler's next release may make of it. Each
// path has a case with as much.
constexpr qint64 SmallestCopy = 1024;

bool printFinding(const QString &name, const char *plant, bool isFound)
{
    if (!isFound)
        std::printf("%-29sone more %s is NOT FOUND\n", qPrintable(name), plant);
    return isFound;
}

bool plantsAreFound(const QString &program, const Costs &limits)
{
    const Counted copying = {program, {u"--plant"_s, u"copy"_s}};
    const Counted allocating = {program, {u"--plant"_s, u"allocation"_s}};
    const Counted calling = {program, {u"--plant"_s, u"call"_s}};
    const Costs withCopies = countUnderCallgrind(copying);
    const Costs withAllocations = countAllocations(allocating);
    Costs withCalls = withAllocations;
    countSystemCalls(calling, &withCalls);

    bool areFound = true;
    for (const auto &[name, cost] : withCopies) {
        const auto limit = limits.find(name);
        if (limit == limits.end())
            continue; // compare() complains.
        const auto excess
                = [&](const Costs &costs) { return excessOf(costs.at(name), limit->second); };
        if (cost.payloadSize >= SmallestCopy
            && !printFinding(name, "copy", excess(withCopies).instructions))
            areFound = false;
        if (!printFinding(name, "allocation", excess(withAllocations).allocations))
            areFound = false;
        if (!printFinding(name, "system call", excess(withCalls).systemCalls))
            areFound = false;
    }
    return areFound;
}

} // namespace

bool plantsAreFound(const QStringList &programs, const Costs &limits)
{
    bool areFound = true;
    for (const QString &program : programs) {
        if (!plantsAreFound(program, limits))
            areFound = false;
    }
    if (areFound)
        std::printf("one more copy, allocation or system call is found wherever it is\n");
    return areFound;
}

} // namespace Bench
