// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

namespace IpcPrims {

/// How many names of a directory are read at most: whatever has gathered there, it is quick.
inline constexpr int MaxFileNames = 4096;

/// The names in \a directory, in no order. \a reason is an errno value if it can't be read,
/// EOVERFLOW if there are more, else 0.
QList<QByteArray> fileNamesIn(const QByteArray &directory, int *reason = nullptr);

} // namespace IpcPrims
