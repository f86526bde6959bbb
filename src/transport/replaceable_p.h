// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

namespace IpcPrims {

/*!
    Warns if others than this user and root can put another socket in the place of the one at
    \a path: by writing to its directory, or to one further up. A directory with the sticky bit, as
    /tmp is, doesn't count: there only a file's owner can do so.
*/
void warnIfOthersCanReplace(const QByteArray &path);

} // namespace IpcPrims
