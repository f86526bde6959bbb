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
    QString name; ///< For options and tables.
    QString title;
    QString program; ///< Which peer's program this is a variant of.
    QString package; ///< The Debian package without which the program is not built.
    QStringList groups; ///< The only groups of workloads that it takes part in; empty for all.
    QString variant = name; ///< For the program.
    bool usesGlib = false; ///< Which of Qt's event dispatchers its processes use.
    QString folder = {}; ///< Where its program is; empty for this one's.

    bool takesPartIn(const Workload &workload) const
    {
        return groups.isEmpty() || groups.contains(workload.group());
    }
    bool isOurs() const { return program.startsWith(QLatin1String("ipcprims")); }
    QString programPath() const;
    /// The same out of another build, named after \a build.
    Contestant outOf(const QString &otherFolder, const QString &build) const;
    bool isInstalled() const;

    /// In the order in which they are to be measured.
    static const QList<Contestant> &all();
};

} // namespace Bench
