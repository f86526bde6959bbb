// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "workload/workload.h"

#include <algorithm>

namespace Bench {

using namespace Qt::StringLiterals;

static constexpr qint64 KiB = 1024;
static constexpr qint64 MiB = 1024 * KiB;

const QList<Workload> &Workload::all()
{
    using enum Operation;
    using enum Placement;
    static const QList<Workload> workloads = {
            {u"W1-64B-same"_s, u"round trip, 64 B, same core"_s, RoundTrips, 64, 1, Same},
            {u"W1-64B-split"_s, u"round trip, 64 B, one core each"_s, RoundTrips, 64, 1, Split},
            {u"W1-64B-free"_s, u"round trip, 64 B, any core"_s, RoundTrips, 64, 1, Free},
            {u"W1-1KiB-same"_s, u"round trip, 1 KiB, same core"_s, RoundTrips, KiB, 1, Same},
            {u"W1-64KiB-same"_s, u"round trip, 64 KiB, same core"_s, RoundTrips, 64 * KiB, 1, Same},
            {u"W2-64B"_s, u"one way, 64 B"_s, OneWay, 64, 1, Free},
            {u"W2-1KiB"_s, u"one way, 1 KiB"_s, OneWay, KiB, 1, Free},
            {u"W3-1MiB"_s, u"one way, 1 MiB"_s, OneWay, MiB, 1, Free},
            {u"W3-8MiB"_s, u"one way, 8 MiB"_s, OneWay, 8 * MiB, 1, Free},
            {u"W4"_s, u"50 connections, round trips of 64 B"_s, RoundTrips, 64, 50, Free},
            {u"W5"_s, u"connect, handshake, one echo of 64 B, close"_s, Connects, 64, 1, Free},
            {u"W6-64KiB"_s, u"commands of 64 B beside data frames of 64 KiB"_s, CommandsBesideData,
             64 * KiB, 1, Split},
            {u"W6-8MiB"_s, u"commands of 64 B beside data frames of 8 MiB"_s, CommandsBesideData,
             8 * MiB, 1, Split},
            {u"W7"_s, u"1,000 idle connections"_s, IdleConnections, 64, 1000, Free},
    };
    return workloads;
}

const Workload *Workload::find(const QString &id)
{
    const auto it = std::find_if(all().begin(), all().end(),
                                 [&id](const Workload &one) { return one.id == id; });
    return it == all().end() ? nullptr : &*it;
}

} // namespace Bench
