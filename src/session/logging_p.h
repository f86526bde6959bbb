// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qloggingcategory.h>

namespace IpcPrims {

/// "ipcprims.session": handshakes and how sessions end; silent below warnings unless a logging rule
/// asks for more.
Q_DECLARE_LOGGING_CATEGORY(lcSession)

} // namespace IpcPrims
