// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contest.h"
#include "harness/results.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

namespace Bench {

/// One figure to reach, and what was.
struct Figure
{
    QString workload;
    QString contestant;
    QString yardstick; ///< "raw", "every peer".
    bool isCeiling = false; ///< At most the target rather than at least.
    double target = 0;
    std::optional<double> reached; ///< Nothing if one of the two was not measured.

    bool isMet() const { return reached && (isCeiling ? *reached <= target : *reached >= target); }
};

QList<Figure> figuresToReach(const Contest &contest, const Results &results);

QString figuresReport(const QList<Figure> &figures);

} // namespace Bench
