// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

namespace IpcPrims::JsonSchema {

/// The beginning of a foreign text for a message: at most \a maxLength UTF-16 units and an
/// ellipsis. What would break a line or change its direction is escaped as JSON does it.
QString shortText(const QString &text, qsizetype maxLength);

} // namespace IpcPrims::JsonSchema
