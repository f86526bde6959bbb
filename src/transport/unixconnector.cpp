// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/unixconnector_p.h"

#include "transport/connecterror_p.h"
#include "transport/nativestream_p.h"
#include "transport/peercredentials_p.h"
#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <cerrno>

namespace IpcPrims {

RetryingConnector::Outcome UnixConnector::tryOnce(const Endpoint &endpoint)
{
    FileDescriptor descriptor = openStreamSocket();
    const int reason
            = descriptor.isValid() ? connectSocket(descriptor, SocketAddress(endpoint)) : errno;
    if (reason == EAGAIN)
        return {};
    if (reason != 0)
        return {std::nullopt, connectError(endpoint, errorCodeFor(reason), reason)};

    Connection connection;
    connection.credentials = readPeerCredentials(descriptor.get());
    connection.stream = std::make_unique<NativeStream>(std::move(descriptor));
    return {std::move(connection), Error()};
}

} // namespace IpcPrims
