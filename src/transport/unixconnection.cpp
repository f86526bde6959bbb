// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/unixconnection_p.h"

#include "transport/connecterror_p.h"
#include "transport/logging_p.h"
#include "transport/peercredentials_p.h"
#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace IpcPrims {

// The pauses double up to this one, which leaves some time within a second.
static constexpr std::chrono::milliseconds LongestPause = std::chrono::milliseconds(800);

Error tryToConnect(const Endpoint &endpoint, UnixConnection *connection)
{
    FileDescriptor descriptor = openStreamSocket();
    const int reason
            = descriptor.isValid() ? connectSocket(descriptor, SocketAddress(endpoint)) : errno;
    if (reason == EAGAIN)
        return {};
    if (reason != 0)
        return connectError(endpoint, errorCodeFor(reason), reason);
    connection->credentials = readPeerCredentials(descriptor.get());
    connection->descriptor = std::move(descriptor);
    return {};
}

// Whether only the one connection that was to be accepted is lost.
static bool concernsOneConnection(int reason)
{
    return reason == EINTR || reason == ECONNABORTED || reason == EPROTO || reason == EPERM;
}

UnixAcceptor::Outcome UnixAcceptor::accept(int listeningDescriptor, const Endpoint &endpoint,
                                           UnixConnection *connection)
{
    connection->descriptor = acceptConnection(listeningDescriptor);
    if (!connection->descriptor.isValid()) {
        m_reason = errno;
        if (m_reason == EAGAIN || m_reason == EWOULDBLOCK) {
            m_isExhausted = false;
            return Outcome::Empty;
        }
        return concernsOneConnection(m_reason) ? Outcome::Dropped : Outcome::Exhausted;
    }
    m_nextPause = FirstPause;
    connection->credentials = readPeerCredentials(connection->descriptor.get());
    if (endpoint.isAbstract() && !isThisUser(connection->credentials)) {
        logForeignUser(endpoint);
        connection->descriptor.reset();
        return Outcome::Dropped;
    }
    return Outcome::Accepted;
}

UnixAcceptor::Exhaustion UnixAcceptor::exhaustion(const Endpoint &endpoint)
{
    const auto pause = std::exchange(m_nextPause, std::min(2 * m_nextPause, LongestPause));
    if (std::exchange(m_isExhausted, true))
        return {pause, Error()};
    return {pause,
            Error::fromNative(
                    errorCodeFor(m_reason),
                    QStringLiteral("can't accept connections to %1 for now").arg(endpoint.path()),
                    m_reason)};
}

} // namespace IpcPrims
