// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/unixconnector_p.h"

#include "transport/nativestream_p.h"
#include "transport/unixconnection_p.h"

namespace IpcPrims {

RetryingConnector::Outcome UnixConnector::tryOnce(const Endpoint &endpoint)
{
    UnixConnection made;
    if (const Error error = tryToConnect(endpoint, &made))
        return {std::nullopt, error};
    if (!made.descriptor.isValid())
        return {};

    Connection connection;
    connection.credentials = made.credentials;
    connection.stream = std::make_unique<NativeStream>(std::move(made.descriptor));
    return {std::move(connection), Error()};
}

} // namespace IpcPrims
