// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/quartiles.h"
#include "workload/workload.h"

#include <QtCore/qstring.h>

/// How figures are written.
namespace Bench::Quantity {

/// Whether \a workload is measured as a rate, which then can be compared with raw's.
bool isRate(const Workload &workload);

/// What people say instead of operations per second: "µs", "k/s", "GiB/s".
QString unit(const Workload &workload);
double inUnit(const Workload &workload, double rate);

/// With three digits.
QString number(double value);
/// "0.87 (0.85-0.90)".
QString text(const Quartiles &quartiles);
/// "64 B", "8 MiB".
QString bytes(qint64 size);

} // namespace Bench::Quantity
