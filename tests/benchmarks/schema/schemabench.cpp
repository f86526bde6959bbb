// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What it takes to judge a message, parsing included, compared with valijson as it comes, and with
// the reference implementation if the environment variable IPCPRIMS_ADDON names its npm package.

#include "plainvalijson.h"
#include "reference.h"
#include "schemaworkload.h"

#include <IpcPrims/SchemaRegistry>

#include <QtCore/qcoreapplication.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {
constexpr quint16 Channel = 1;
constexpr int Rounds = 15;
constexpr auto RoundTime = std::chrono::milliseconds(40);
constexpr double Never = 1e12;

struct Result
{
    double ours = Never; ///< All in nanoseconds for each message.
    double rapidJson = Never;
    double qtJson = Never;
    Reference::Cost reference = {Never, Never};
};

// Of the processor: others may be busy on the machine, too.
double now()
{
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

// Keeps the fastest round, which the machine disturbed least.
void measure(const Validate &validate, const SchemaWorkload &workload, double *best)
{
    const double roundTime = std::chrono::duration<double, std::nano>(RoundTime).count();
    qsizetype count = 0;
    const double start = now();
    double time = 0;
    while (time < roundTime) {
        for (int i = 0; i < 100; ++i, ++count) {
            if (validate(workload.messages[count % workload.messages.size()]) != workload.isValid)
                qFatal("Wrong verdict on %s", workload.name);
        }
        time = now() - start;
    }
    *best = std::min(*best, time / double(count));
}

// All take turns, so that whatever else the machine does meets each of them.
Result compare(const QList<SchemaWorkload> &workloads, qsizetype index, Reference &reference)
{
    const SchemaWorkload &workload = workloads[index];
    IpcPrims::SchemaRegistryBuilder builder;
    static_cast<void>(builder.registerSchema(Channel, workload.schema));
    const auto registry = builder.build();
    const Validate ours
            = [&](const QByteArray &message) { return !registry->validate(Channel, message); };
    const Validate rapidJson = plainValijsonOnRapidJson(workload.schema);
    const Validate qtJson = plainValijsonOnQtJson(workload.schema);
    Result best;
    for (int round = 0; round < Rounds; ++round) {
        measure(ours, workload, &best.ours);
        measure(rapidJson, workload, &best.rapidJson);
        measure(qtJson, workload, &best.qtJson);
        if (reference.isThere()) {
            const Reference::Cost cost = reference.measure(index, RoundTime);
            best.reference.message = std::min(best.reference.message, cost.message);
            best.reference.call = std::min(best.reference.call, cost.call);
        }
    }
    return best;
}

void print(const char *name, const Result &result, bool hasReference)
{
    std::printf("%-15s %9.0f %9.0f (%4.1f) %9.0f (%4.1f)", name, result.ours, result.rapidJson,
                result.rapidJson / result.ours, result.qtJson, result.qtJson / result.ours);
    if (hasReference) {
        const double reference = result.reference.message - result.reference.call;
        std::printf(" %9.0f (%4.1f) %9.0f", reference, reference / result.ours,
                    result.reference.call);
    }
    std::printf("\n");
}
} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QList<SchemaWorkload> workloads = schemaWorkloads();
    Reference reference(workloads);
    std::printf(
            "Nanoseconds of processor time per message, parsed and validated; in parentheses, how "
            "many\ntimes as long as IpcPrims it takes. The reference runs in Node.js: what a call "
            "of its addon\ntakes by itself has been subtracted, and stands in the last "
            "column.\n\n");
    std::printf("%-15s %9s %16s %16s", "", "IpcPrims", "valijson", "valijson");
    std::printf(reference.isThere() ? " %16s %9s\n" : "\n", "reference", "its call");
    std::printf("%-15s %9s %16s %16s\n", "", "", "on RapidJSON", "on QtJson");
    for (qsizetype i = 0; i < workloads.size(); ++i)
        print(workloads[i].name, compare(workloads, i, reference), reference.isThere());
    if (!reference.isThere())
        std::printf(
                "\nWithout the reference: IPCPRIMS_ADDON names no package, or there is no node.\n");
}
