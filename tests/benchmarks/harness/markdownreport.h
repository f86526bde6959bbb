// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "harness/contest.h"
#include "harness/results.h"
#include "harness/runinfo.h"

#include <QtCore/qstring.h>

namespace Bench {

/// The tables of README.md.
QString shortMarkdown(const RunInfo &info, const Contest &contest, const Results &results);
/// Those of docs/performance.md.
QString fullMarkdown(const RunInfo &info, const Contest &contest, const Results &results);

/// \a document with \a text between the lines "<!-- bench: NAME -->" and "<!-- bench: end -->";
/// empty if these are not there.
QString withBlock(const QString &document, const QString &name, const QString &text);

} // namespace Bench
