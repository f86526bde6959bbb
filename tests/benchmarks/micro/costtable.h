// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/costs.h"

namespace Bench {

/// The Markdown text \a document with the figures of \a costs in its rows that end in the name of a
/// case and three cells: "| anything | `send` | 284 | 0 | 0.02 |".
QString withCosts(const QString &document, const Costs &costs);

} // namespace Bench
