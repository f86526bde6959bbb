// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/connecterror_p.h"

#ifdef Q_OS_UNIX
#    include <sys/stat.h>
#endif

namespace IpcPrims {

// The system refuses connections to files of other types in the same way as to dead sockets.
static bool isOtherThanSocket(const Endpoint &endpoint)
{
#ifdef Q_OS_UNIX
    struct stat found = {};
    return !endpoint.isAbstract() && ::stat(endpoint.nativeAddress().constData(), &found) == 0
           && !S_ISSOCK(found.st_mode);
#else
    Q_UNUSED(endpoint);
    return false;
#endif
}

static QString explanation(const Endpoint &endpoint, ErrorCode code)
{
    switch (code) {
    case ErrorCode::NotFound:
        return QStringLiteral("nothing is at %1: is the server running?");
    case ErrorCode::ConnectionRefused:
        return isOtherThanSocket(endpoint)
                       ? QStringLiteral("existing path is not a unix socket: %1")
                       : QStringLiteral("nobody listens at %1: has the server ended?");
    case ErrorCode::PermissionDenied:
        return QStringLiteral("no permission to connect to %1: it needs the right to write to the "
                              "socket and to search its directories");
    case ErrorCode::ResourcesExhausted:
        return QStringLiteral("no descriptor or memory is left to connect to %1");
    default:
        return QStringLiteral("connecting to %1 failed");
    }
}

Error connectError(const Endpoint &endpoint, ErrorCode code, int nativeError)
{
    const QString message = explanation(endpoint, code).arg(endpoint.path());
    return nativeError == 0 ? Error(code, message) : Error::fromNative(code, message, nativeError);
}

} // namespace IpcPrims
