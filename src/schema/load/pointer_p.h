// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <functional>
#include <span>
#include <string_view>

namespace IpcPrims::JsonSchema {

/*!
    Follows a JSON pointer (RFC 6901), without percent escapes, from \a root. \a pass is called with
    each value on the way, \a root and the result included. A null pointer if there is no such
    place.
*/
const Value *followPointer(const Value &root, std::string_view pointer,
                           const std::function<void(const Value &)> &pass);

/*!
    The pointer that leads from \a root to \a target, which may also be a member's name: that has
    the place of its member. Searching costs nothing until somebody wants to know. Names longer than
    \a longestName are cut, and so is a pointer of more than a few hundred characters.
*/
QString pointerTo(const Value &root, const Value &target, qsizetype longestName);
/// The same for several targets, in one search.
QStringList pointersTo(const Value &root, std::span<const Value *const> targets,
                       qsizetype longestName);

} // namespace IpcPrims::JsonSchema
