// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/unixsocket_p.h"

#include <IpcPrims/error.h>

#include <QtCore/qbytearray.h>

// What may be done to whatever is at the path of a socket. Links are never followed.

namespace IpcPrims {

/// No error if there is a socket at \a path, or nothing; else PathOccupied.
Error checkIsSocketOrAbsent(const QByteArray &path);

/// No error if no process has a socket at \a path, which is reached with \a address.
Error checkIsDead(const QByteArray &path, const SocketAddress &address);

/*!
    Makes sure that nothing is at \a path: removes a socket of this user's that no process has. The
    lock of the path must be held. Anything else stays there and is an error: AddressInUse,
    PathOccupied, PermissionDenied.
*/
Error removeDeadSocket(const QByteArray &path, const SocketAddress &address);

/// Of a server that is in the way.
Error socketInUseError(const QByteArray &path);

/// Of a call that has failed with \a reason, an errno value.
Error pathError(QLatin1String what, const QByteArray &path, int reason);

} // namespace IpcPrims
