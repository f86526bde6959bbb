// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearrayview.h>

namespace IpcPrims::Tool {

enum StandardStream { StandardInput, StandardOutput, StandardError };

enum class WriteResult {
    Written,
    Interrupted, ///< A termination signal came while the reader kept us waiting.
    Failed, ///< errno tells why.
};

/*!
    Prepares the standard streams: a closed one is replaced, so that no socket gets its number and
    results never end up in it, and writing to a closed pipe becomes an error instead of a signal
    that would end the process before it could clean up.
*/
void prepareStandardStreams();

/*!
    Writes all of \a bytes. Waits for a slow reader, but not past a termination signal (see
    TerminationSignals): a terminal that has been stopped must not keep a server from ending.
*/
WriteResult writeAll(StandardStream stream, QByteArrayView bytes);

bool isTerminal(StandardStream stream);

} // namespace IpcPrims::Tool
