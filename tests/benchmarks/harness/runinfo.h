// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

namespace Bench {

/// Where a figure comes from: without this it says nothing.
struct RunInfo
{
    QString command;
    QString date;
    QString machine; ///< Processors, system, Qt.
    QString load; ///< What else the machine did meanwhile; to be filled in at the end.

    static RunInfo now(const QStringList &arguments);
};

} // namespace Bench
