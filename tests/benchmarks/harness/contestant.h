// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "workload/workload.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace Bench {

/// A peer in one of its variants: a row of the table.
struct Contestant
{
    QString name; ///< Of the variant, for options and tables.
    QString title;
    QString program; ///< Which peer's program this is a variant of.
    QString package; ///< The Debian package without which the program is not built.
    QStringList groups; ///< The only groups of workloads that it takes part in; empty for all.

    bool takesPartIn(const Workload &workload) const
    {
        return groups.isEmpty() || groups.contains(workload.group());
    }
    /// The program next to this one.
    QString programPath() const;
    bool isInstalled() const;

    static const QList<Contestant> &all();
};

} // namespace Bench
