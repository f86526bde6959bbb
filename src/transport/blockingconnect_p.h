// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/unixconnection_p.h"
#include "transport/waiter_p.h"

namespace IpcPrims {

/*!
    Connects to \a endpoint and waits while its backlog is full, at most for \a timeout. Fails as a
    Connector does, and with Cancelled.
*/
Error connectAndWait(const Endpoint &endpoint, std::chrono::milliseconds timeout, Waiter &waiter,
                     UnixConnection *connection);

} // namespace IpcPrims
