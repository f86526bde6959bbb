// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

#include <string_view>

namespace IpcPrims::JsonSchema {

/// The beginning of a foreign text for a message: at most \a maxLength UTF-16 units and an
/// ellipsis. What would break a line or change its direction is escaped as JSON does it.
QString shortText(const QString &text, qsizetype maxLength);
/// The same of UTF-8, however much of it there is.
QString cutText(std::string_view utf8, qsizetype maxLength);

} // namespace IpcPrims::JsonSchema
