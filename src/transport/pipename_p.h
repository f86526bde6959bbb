// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

// Named pipes of Windows. Their names share one flat space on the whole machine.

namespace IpcPrims {

/// What every full name begins with.
inline constexpr char PipePrefix[] = R"(\\.\pipe\)";

/// The longest full name that the system takes.
inline constexpr qsizetype MaxPipeNameLength = 256;

/// Whether some server, this process' or another's, offers the pipe \a name now.
bool isPipeServed(const QString &name);

/// What the names of this user's services begin with; empty if the system does not name the user.
QByteArray servicePipePrefix();

} // namespace IpcPrims
