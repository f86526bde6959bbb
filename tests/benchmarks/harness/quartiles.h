// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <optional>
#include <vector>

namespace Bench {

/// How far several measurements of the same thing lie apart: half of them are between the outer
/// two.
struct Quartiles
{
    double lower = 0;
    double median = 0;
    double upper = 0;
};

/// Nothing if \a values is empty. Between two values that are nearest by their rank, in proportion.
std::optional<Quartiles> quartilesOf(std::vector<double> values);

} // namespace Bench
