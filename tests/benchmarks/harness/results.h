// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/quartiles.h"

#include <QtCore/qstring.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace Bench {

/*!
    The named numbers of one round: "rate" (operations per second) for W1 to W5; "p99", "p99 alone"
    and "frame" (all in microseconds) for W6; "KiB" (per connection) for W7.
*/
using Sample = std::map<QString, double>;

/// What all rounds have brought, by workload and contestant.
class Results
{
public:
    void add(const QString &workload, const QString &contestant, const Sample &sample);
    void addFailure(const QString &workload, const QString &contestant, const QString &reason);

    std::optional<Quartiles> quartiles(const QString &workload, const QString &contestant,
                                       const QString &name) const;
    std::optional<double> median(const QString &workload, const QString &contestant,
                                 const QString &name) const;

    const std::vector<Sample> &samples(const QString &workload, const QString &contestant) const;
    /// Why there is no figure, if there is none.
    QString failure(const QString &workload, const QString &contestant) const;

private:
    using Key = std::pair<QString, QString>;

    std::map<Key, std::vector<Sample>> m_samples;
    std::map<Key, QString> m_failures;
};

} // namespace Bench
