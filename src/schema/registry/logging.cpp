// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/registry/logging_p.h"

namespace IpcPrims {

Q_LOGGING_CATEGORY(lcSchema, "ipcprims.schema", QtWarningMsg)

} // namespace IpcPrims
