// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/quartiles.h"

#include <algorithm>

namespace Bench {

std::optional<Quartiles> quartilesOf(std::vector<double> values)
{
    if (values.empty())
        return std::nullopt;
    std::sort(values.begin(), values.end());
    const auto at = [&values](double share) {
        const double rank = share * double(values.size() - 1);
        const auto below = size_t(rank);
        const size_t above = std::min(below + 1, values.size() - 1);
        return values[below] + (values[above] - values[below]) * (rank - double(below));
    };
    return Quartiles{at(0.25), at(0.5), at(0.75)};
}

} // namespace Bench
