// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/ratios.h"

#include <QtCore/qstringlist.h>

#include <algorithm>

namespace Bench {

using namespace Qt::StringLiterals;

const QString TheLimit = u"the limit"_s;
const QString TheBestPeer = u"the best peer"_s;
const QString Yardstick = u"raw-buffered"_s;
const QString YardstickAgain = u"raw-buffered-again"_s;

static constexpr double TooFar = 0.1;

QString yardstickOf(const Workload &workload)
{
    switch (workload.operation) {
    case Operation::OneWay:
        return TheLimit;
    case Operation::Connects:
        return u"raw-hello"_s;
    default:
        return Yardstick;
    }
}

static QStringList contestantsOf(const QString &yardstick)
{
    if (yardstick == TheLimit)
        return {u"raw-batched"_s, u"raw-writev"_s};
    if (yardstick == TheBestPeer) {
        return {u"qlocalsocket"_s, u"qtremoteobjects"_s, u"zeromq"_s, u"zeromq-push"_s, u"nng"_s,
                u"grpc"_s};
    }
    return {yardstick};
}

// The one whose median is the highest.
static QString bestOf(const Results &results, const QString &workload, const QStringList &all)
{
    return *std::max_element(all.begin(), all.end(), [&](const QString &a, const QString &b) {
        return results.median(workload, a, u"rate"_s) < results.median(workload, b, u"rate"_s);
    });
}

std::optional<Quartiles> ratio(const Results &results, const QString &workload,
                               const QString &contestant, const QString &yardstick)
{
    const std::vector<Sample> &ours = results.samples(workload, contestant);
    const std::vector<Sample> &theirs
            = results.samples(workload, bestOf(results, workload, contestantsOf(yardstick)));
    // Who fails takes no part in later rounds; and some workloads have no rate.
    std::vector<double> ratios;
    for (size_t round = 0; round < std::min(ours.size(), theirs.size()); ++round) {
        const auto our = ours[round].find(u"rate"_s);
        const auto their = theirs[round].find(u"rate"_s);
        if (our != ours[round].end() && their != theirs[round].end())
            ratios.push_back(our->second / their->second);
    }
    return quartilesOf(std::move(ratios));
}

std::optional<Quartiles> noise(const Results &results, const QString &workload)
{
    return ratio(results, workload, YardstickAgain, Yardstick);
}

bool isNoisy(const Results &results, const QString &workload)
{
    const auto strays = noise(results, workload);
    return strays && (strays->lower < 1 - TooFar || strays->upper > 1 + TooFar);
}

} // namespace Bench
