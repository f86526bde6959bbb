// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contest.h"
#include "harness/figures.h"
#include "harness/results.h"
#include "harness/runinfo.h"

#include <QtCore/qbytearray.h>

namespace Bench {

/// Everything: every round's numbers, their medians, what is missing, and the goals.
QByteArray jsonReport(const RunInfo &info, const Contest &contest, const Results &results,
                      const QList<Figure> &figures);

} // namespace Bench
