// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contest.h"
#include "harness/quartiles.h"
#include "harness/results.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

namespace Bench {

/// One figure to reach, and what was.
struct Figure
{
    enum class Verdict {
        NotMeasured, ///< One of the two is missing.
        Pass, ///< Three quarters of the rounds reach the target.
        Miss, ///< Three quarters of the rounds don't.
        Unclear, ///< The target lies between the quartiles: more rounds may tell.
        Noisy, ///< The machine strays too far to tell.
    };

    QString workload;
    QString contestant;
    QString yardstick; ///< "raw-buffered", "the best peer".
    bool isCeiling = false; ///< At most the target rather than at least.
    double target = 0;
    std::optional<Quartiles> reached;
    bool isNoisy = false;

    Verdict verdict() const;
};

QList<Figure> figuresToReach(const Contest &contest, const Results &results);

QString verdictName(Figure::Verdict verdict);

QString figuresReport(const QList<Figure> &figures);

} // namespace Bench
