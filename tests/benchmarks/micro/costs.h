// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <map>

namespace Bench {

/// What one operation costs: a frame, or one side of a round trip.
struct Cost
{
    double instructions = 0;
    double allocations = 0;
    double systemCalls = 0;
    qint64 payloadSize = 0; ///< Of the frames that are moved.
};

using Costs = std::map<QString, Cost>; ///< By the case's name.

/// What is counted: a program, and options that come before all others.
struct Counted
{
    QString program;
    QStringList options;
};

constexpr int Skipped = 77; ///< For CTest.

/// Ends the program, after a line that says why.
[[noreturn]] void leave(int code, const QString &reason);

} // namespace Bench
