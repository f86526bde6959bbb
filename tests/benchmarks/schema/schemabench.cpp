// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What it takes to judge a message, parsing included, compared with valijson as it comes.

#include "plainvalijson.h"
#include "schemaworkload.h"

#include <IpcPrims/SchemaRegistry>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {
constexpr quint16 Channel = 1;
constexpr int Rounds = 9;
constexpr auto RoundTime = std::chrono::milliseconds(60);

using Clock = std::chrono::steady_clock;

// Nanoseconds for each message, of one round.
double measure(const Validate &validate, const SchemaWorkload &workload)
{
    qint64 count = 0;
    const auto start = Clock::now();
    auto now = start;
    while (now - start < RoundTime) {
        for (int i = 0; i < 100; ++i, ++count) {
            if (validate(workload.messages[count % workload.messages.size()]) != workload.isValid)
                std::abort();
        }
        now = Clock::now();
    }
    return std::chrono::duration<double, std::nano>(now - start).count() / double(count);
}
} // namespace

int main()
{
    std::printf("%-16s %12s %12s %12s\n", "ns per message", "IpcPrims", "RapidJSON", "QtJson");
    const QList<SchemaWorkload> workloads = schemaWorkloads();
    for (const SchemaWorkload &workload : workloads) {
        IpcPrims::SchemaRegistryBuilder builder;
        static_cast<void>(builder.registerSchema(Channel, workload.schema));
        const auto registry = builder.build();
        const Validate candidates[] = {
                [&](const QByteArray &message) { return !registry->validate(Channel, message); },
                plainValijsonOnRapidJson(workload.schema),
                plainValijsonOnQtJson(workload.schema),
        };
        // The fastest of several rounds, taken in turn, as the machine is never quite quiet.
        double best[] = {1e12, 1e12, 1e12};
        for (int round = 0; round < Rounds; ++round) {
            for (std::size_t i = 0; i < std::size(candidates); ++i)
                best[i] = std::min(best[i], measure(candidates[i], workload));
        }
        std::printf("%-16s %12.0f %12.0f %12.0f   valijson takes %.1f and %.1f times as long\n",
                    workload.name, best[0], best[1], best[2], best[1] / best[0], best[2] / best[0]);
    }
}
