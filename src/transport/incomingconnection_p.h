// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/connection_p.h"

#include <QtCore/qglobal.h>

#include <memory>
#include <optional>

namespace IpcPrims {

/*!
    A connection that was accepted and belongs to no thread yet, so that it may be handed to one.
    What nobody opens is closed.
*/
class IncomingConnection
{
    Q_DISABLE_COPY_MOVE(IncomingConnection)

public:
    explicit IncomingConnection(const std::optional<PeerCredentials> &itsCredentials)
        : credentials(itsCredentials)
    {}
    virtual ~IncomingConnection() = default;

    /// To be called once, in the thread in which the connection is to live. Without a stream if the
    /// system refuses.
    Connection open() { return {openStream(), credentials}; }

    const std::optional<PeerCredentials> credentials;

private:
    virtual std::unique_ptr<ByteStream> openStream() = 0;
};

} // namespace IpcPrims
