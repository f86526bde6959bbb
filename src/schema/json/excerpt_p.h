// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

#include <QtCore/qstring.h>

namespace IpcPrims::JsonSchema {

/// The beginning of a value as JSON, of at most \a maxLength characters and an ellipsis.
QString excerpt(const Value &value, int maxLength);

} // namespace IpcPrims::JsonSchema
