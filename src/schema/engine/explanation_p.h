// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/evaluation_p.h"

#include <IpcPrims/validationerror.h>

#include <QtCore/qstring.h>

namespace IpcPrims::JsonSchema {

/// What is wrong, for people. With \a excerptLength, up to so many characters of the bad value.
QString describe(const Issue &issue, int excerptLength);

/// The issues with their places, \a message being the value that was validated.
QList<ValidationError> explain(const std::vector<Issue> &issues, const Value &message,
                               int excerptLength);

} // namespace IpcPrims::JsonSchema
