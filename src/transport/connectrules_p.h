// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/peercredentials.h>

#include <chrono>
#include <optional>

// What clients do and refuse when they connect, whether an event loop waits or a thread.

namespace IpcPrims {

/// Before a connection is tried: whether \a endpoint may be connected to at all.
Error checkBeforeConnecting(const Endpoint &endpoint);

/// Once there is one: whether the server is one to talk to.
Error checkServer(const Endpoint &endpoint, const std::optional<PeerCredentials> &credentials);

/// Of a client that has tried for \a timeout.
Error backlogFullError(const Endpoint &endpoint, std::chrono::milliseconds timeout);

/// The pauses between tries against a full backlog: they double from the first to the longest.
class RetryPause
{
public:
    std::chrono::milliseconds next();

private:
    std::chrono::milliseconds m_next = std::chrono::milliseconds(1);
};

} // namespace IpcPrims
