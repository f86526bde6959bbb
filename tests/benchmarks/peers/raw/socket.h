// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "workload/workload.h"

#include <QtCore/qstring.h>

namespace Bench {

// Descriptors of blocking Unix stream sockets.
int connectTo(const QString &path);
int listenAt(const QString &path);
int acceptFrom(int listener);

/// Has the socket hold as much as one of this library does, but where a connection is only opened
/// and closed: there it would be one system call for nothing.
void raiseSendBuffer(int descriptor, const Workload &workload);

} // namespace Bench
