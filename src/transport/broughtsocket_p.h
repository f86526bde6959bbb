// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/incomingconnection_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsnamespace.h>

#include <memory>

// Connected sockets that the application brings, of socketpair() or its parent for example.

namespace IpcPrims {

/// Whether a session can go over \a descriptor: InvalidArgument if it isn't open, no stream socket
/// or not connected. From now on it is closed at exec().
Error prepareBroughtSocket(qintptr descriptor);

/// What a session over \a descriptor begins with; takes it over, and closes it on an error.
struct BroughtSocket
{
    BroughtSocket(Transport transport, qintptr descriptor);

    std::shared_ptr<IncomingConnection> connection; ///< Null on an error.
    Error error;
};

} // namespace IpcPrims
