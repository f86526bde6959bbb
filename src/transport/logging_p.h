// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qloggingcategory.h>

namespace IpcPrims {

class Endpoint;
class Error;

/// "ipcprims.transport"; silent below warnings unless a logging rule asks for more.
Q_DECLARE_LOGGING_CATEGORY(lcTransport)

// What clients can bring about; limited in number.

void logForeignUser(const Endpoint &endpoint);
void logAcceptError(const Error &error);

} // namespace IpcPrims
