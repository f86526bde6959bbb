// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qstring.h>

namespace IpcPrims::Tool {

/// The exit codes of the tool; scripts rely on them.
enum ExitCode {
    ExitSuccess = 0,
    ExitDisconnected = 1, ///< Nobody listens, or the other side went away.
    ExitTransport = 3, ///< The path does not fit a socket address.
    ExitPermissionDenied = 50,
    ExitBadData = 60, ///< Too large, or not the JSON that the protocol asks for.
    ExitUsage = 64, ///< A command line, value or channel that can't be meant.
    ExitTimeout = 124,
    ExitOther = 125,
};

/// Why the tool gives up: what it tells the user and what it tells the shell.
struct Failure
{
    int exitCode = ExitOther;
    QString text;
};

/// The exit code for \a error, and its message behind the name of the family it belongs to.
Failure toFailure(const Error &error);

/// Writes "error: TEXT" to standard error.
void report(const Failure &failure);

} // namespace IpcPrims::Tool
