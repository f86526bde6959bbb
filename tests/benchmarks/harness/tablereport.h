// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contest.h"
#include "harness/results.h"

#include <QtCore/qstring.h>

namespace Bench {

/// The text for the terminal: medians, ratios with their quartiles, and what W6 and W7 brought.
QString tableReport(const Contest &contest, const Results &results);

} // namespace Bench
