// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

namespace Bench {

// Descriptors of blocking Unix stream sockets.
int connectTo(const QString &path);
int listenAt(const QString &path);
int acceptFrom(int listener);

} // namespace Bench
