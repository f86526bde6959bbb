// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/logging_p.h"

#include "frame/limitedlog_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

namespace IpcPrims {

Q_LOGGING_CATEGORY(lcTransport, "ipcprims.transport", QtWarningMsg)

void logForeignUser(const Endpoint &endpoint)
{
    static LimitedLog log(lcTransport(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("refused another user's connection to %1").arg(endpoint.path()));
}

// A warning, as it takes a person to give the process what it lacks.
void logAcceptError(const Error &error)
{
    static LimitedLog log(lcTransport(), QtWarningMsg);
    if (log.isEnabled())
        log.write(error.message());
}

} // namespace IpcPrims
