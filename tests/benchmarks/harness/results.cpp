// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/results.h"

namespace Bench {

void Results::add(const QString &workload, const QString &contestant, const Sample &sample)
{
    m_samples[{workload, contestant}].push_back(sample);
}

void Results::addFailure(const QString &workload, const QString &contestant, const QString &reason)
{
    m_failures[{workload, contestant}] = reason;
}

const std::vector<Sample> &Results::samples(const QString &workload,
                                            const QString &contestant) const
{
    static const std::vector<Sample> none;
    const auto it = m_samples.find({workload, contestant});
    return it == m_samples.end() ? none : it->second;
}

QString Results::failure(const QString &workload, const QString &contestant) const
{
    const auto it = m_failures.find({workload, contestant});
    return it == m_failures.end() ? QString() : it->second;
}

std::optional<Quartiles> Results::quartiles(const QString &workload, const QString &contestant,
                                            const QString &name) const
{
    std::vector<double> values;
    for (const Sample &sample : samples(workload, contestant)) {
        if (const auto it = sample.find(name); it != sample.end())
            values.push_back(it->second);
    }
    return quartilesOf(std::move(values));
}

std::optional<double> Results::median(const QString &workload, const QString &contestant,
                                      const QString &name) const
{
    const auto all = quartiles(workload, contestant, name);
    return all ? std::optional(all->median) : std::nullopt;
}

} // namespace Bench
