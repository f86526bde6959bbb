// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/peercredentials.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/// A connected socket, and who is at its other end if the kernel could tell.
struct UnixConnection
{
    FileDescriptor descriptor;
    std::optional<PeerCredentials> credentials;
};

/// Tries once to connect to \a endpoint, which is valid, without waiting. With neither an error nor
/// a connection the server's backlog was full.
Error tryToConnect(const Endpoint &endpoint, UnixConnection *connection);

/// Takes connections from the backlog of a listening socket, however it is waited for.
class UnixAcceptor
{
public:
    enum class Outcome {
        Accepted,
        Dropped, ///< That connection is lost, or was not to be let in; there may be others.
        Empty, ///< None is waiting.
        Exhausted, ///< The process lacks descriptors or memory; exhaustion() tells more.
    };
    Outcome accept(int listeningDescriptor, const Endpoint &endpoint, UnixConnection *connection);

    /// What to do when nothing can be accepted: leave connections in the backlog and look again
    /// after a pause, which grows: they can be served as soon as something is released.
    struct Exhaustion
    {
        std::chrono::milliseconds pause;
        Error news; ///< None if it was told before and has lasted since.
    };
    Exhaustion exhaustion(const Endpoint &endpoint);

private:
    static constexpr std::chrono::milliseconds FirstPause = std::chrono::milliseconds(100);

    std::chrono::milliseconds m_nextPause = FirstPause;
    int m_reason = 0;
    bool m_isExhausted = false; // Told; until the backlog is empty again.
};

} // namespace IpcPrims
