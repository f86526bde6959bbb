// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/logging_p.h"

namespace IpcPrims {

Q_LOGGING_CATEGORY(lcTransport, "ipcprims.transport", QtWarningMsg)

} // namespace IpcPrims
