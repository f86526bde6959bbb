// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/connecterror_p.h"

#ifdef Q_OS_UNIX
#    include "transport/notasocket_p.h"

#    include <sys/stat.h>
#endif

namespace IpcPrims {

// The system refuses connections to files of other types in the same way as to dead sockets, which
// is nothing to tell people. Empty if \a endpoint is a socket.
static QString otherThanSocket(const Endpoint &endpoint)
{
#ifdef Q_OS_UNIX
    struct stat found = {};
    if (!endpoint.isAbstract() && ::stat(endpoint.nativeAddress().constData(), &found) == 0
        && !S_ISSOCK(found.st_mode))
        return notASocketText(endpoint.path(), found);
#else
    Q_UNUSED(endpoint);
#endif
    return QString();
}

static QString explanation(ErrorCode code)
{
    switch (code) {
    case ErrorCode::NotFound:
        return QStringLiteral("nothing is at %1 (is the server running?)");
    case ErrorCode::ConnectionRefused:
        return QStringLiteral("nobody listens at %1 (has the server ended?)");
    case ErrorCode::PermissionDenied:
        return QStringLiteral("no permission to connect to %1, which needs the right to write to "
                              "the socket and to search its directories");
    case ErrorCode::ResourcesExhausted:
        return QStringLiteral("no descriptor or memory is left to connect to %1");
    default:
        return QStringLiteral("connecting to %1 failed");
    }
}

Error connectError(const Endpoint &endpoint, ErrorCode code, int nativeError)
{
    if (code == ErrorCode::ConnectionRefused) {
        const QString message = otherThanSocket(endpoint);
        if (!message.isEmpty())
            return Error(code, message, nativeError);
    }
    const QString message = explanation(code).arg(endpoint.path());
    return nativeError == 0 ? Error(code, message) : Error::fromNative(code, message, nativeError);
}

} // namespace IpcPrims
