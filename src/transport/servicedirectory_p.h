// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

#include <QtCore/qbytearray.h>

// The directory of the sockets that Endpoint::forService() names: private to this user.

namespace IpcPrims {

/// Its absolute path, by the rules in docs/endpoints.md: by the environment, and by what the file
/// system has of it. Makes nothing there.
QByteArray serviceDirectory();

/// Whether \a endpoint is that of a service.
bool isInServiceDirectory(const Endpoint &endpoint);

/// Why nobody should look for services in \a directory: it is somebody else's, or others can change
/// it. No error if it isn't there.
Error checkIsPrivate(const QByteArray &directory);

/*!
    For a server, before it binds \a endpoint: creates the directory if the endpoint lies in it, and
    refuses one that others could change. Endpoints elsewhere are none of its business.
*/
Error prepareServiceDirectory(const Endpoint &endpoint);

/*!
    For a client: anybody may create a directory below the temporary one, and offer a service there
    in this user's name. So refuses a service there if the directory is somebody else's.
*/
Error checkServiceDirectory(const Endpoint &endpoint);

} // namespace IpcPrims
