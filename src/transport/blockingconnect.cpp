// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/blockingconnect_p.h"

#include "transport/connectrules_p.h"

#include <array>

#include <poll.h>

namespace IpcPrims {

Error connectAndWait(const Endpoint &endpoint, std::chrono::milliseconds timeout, Waiter &waiter,
                     UnixConnection *connection)
{
    const Deadline deadline = deadlineAfter(timeout);
    RetryPause pause;
    if (const Error error = checkBeforeConnecting(endpoint))
        return error;
    for (;;) {
        if (const Error error = tryToConnect(endpoint, connection))
            return error;
        if (connection->descriptor.isValid())
            return checkServer(endpoint, connection->credentials);
        if (deadline && std::chrono::steady_clock::now() >= *deadline)
            return backlogFullError(endpoint, timeout);

        std::array<pollfd, 1> nothing = {};
        if (waiter.wait(nothing, earliest(deadline, deadlineAfter(pause.next())))
            == Waiter::Outcome::Cancelled)
            return Error(ErrorCode::Cancelled, QStringLiteral("connecting was cancelled"));
    }
}

} // namespace IpcPrims
