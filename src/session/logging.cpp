// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/logging_p.h"

namespace IpcPrims {

Q_LOGGING_CATEGORY(lcSession, "ipcprims.session", QtWarningMsg)

} // namespace IpcPrims
