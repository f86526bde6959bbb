// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

namespace IpcPrims::Tool {

/*!
    \a text on one line, with everything that isn't printable written as an escape: what the other
    side sent must not move the cursor, or recolour or retitle the user's terminal.
*/
QString displayText(const QString &text);

/// displayText() in double quotes, with quotes and backslashes in it escaped.
QString quotedText(const QString &text);

/// The text that \a payload is, or "<binary N bytes>" if it isn't UTF-8.
QString payloadText(const QByteArray &payload);

} // namespace IpcPrims::Tool
