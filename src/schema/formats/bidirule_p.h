// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

namespace IpcPrims::JsonSchema {

/*!
    Whether the labels of a decoded host name read the same wherever they are displayed, as RFC 5893
    demands of all of them as soon as one is written from right to left. libidn2 looks at each label
    alone, and not at all of these conditions.
*/
bool satisfiesBidiRule(const QString &name);

} // namespace IpcPrims::JsonSchema
