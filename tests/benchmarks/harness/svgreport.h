// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contest.h"
#include "harness/results.h"
#include "harness/runinfo.h"

#include <QtCore/qbytearray.h>

namespace Bench {

/// A picture of the rates: one panel of bars for each workload.
QByteArray svgReport(const RunInfo &info, const Contest &contest, const Results &results);

} // namespace Bench
