// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsnamespace.h>

namespace IpcPrims {

/// The code that stands for the errno value \a nativeError of a call that has to do with a socket.
ErrorCode errorCodeFor(int nativeError);

} // namespace IpcPrims
