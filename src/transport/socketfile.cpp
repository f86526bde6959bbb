// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/socketfile_p.h"

#include "transport/logging_p.h"
#include "transport/notasocket_p.h"
#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <QtCore/qfile.h>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace IpcPrims {

static Error notASocket(const Endpoint &endpoint, const struct stat &found)
{
    return Error(ErrorCode::PathOccupied, notASocketText(endpoint, found));
}

static Error lookError(const Endpoint &endpoint, int reason)
{
    return Error::fromNative(errorCodeFor(reason),
                             QStringLiteral("looking at %1 failed").arg(endpoint.path()), reason);
}

static Error inUse(const Endpoint &endpoint)
{
    return Error(ErrorCode::AddressInUse,
                 QStringLiteral("another server is listening at %1").arg(endpoint.path()));
}

// No error if nobody listens on the socket at the endpoint.
static Error checkIsDead(const Endpoint &endpoint)
{
    const FileDescriptor probe = openStreamSocket();
    const int reason = probe.isValid() ? connectSocket(probe, SocketAddress(endpoint)) : errno;
    switch (reason) {
    case ECONNREFUSED:
    case ENOENT:
        return Error();
    case 0:
    case EAGAIN: // Alive, with a full backlog.
    case EPROTOTYPE: // Alive, but not a stream socket.
        return inUse(endpoint);
    default:
        return Error::fromNative(errorCodeFor(reason),
                                 QStringLiteral("can't tell whether a server is listening at %1")
                                         .arg(endpoint.path()),
                                 reason);
    }
}

static void warnIfOthersCanReplace(const QByteArray &path)
{
    const QByteArray directory = path.left(path.lastIndexOf('/') + 1);
    struct stat found = {};
    if (::stat(directory.constData(), &found) == 0 && (found.st_mode & S_IWOTH)
        && !(found.st_mode & S_ISVTX)) {
        qCWarning(lcTransport).nospace()
                << "Every user can replace the socket, as every user can write to its directory "
                << QFile::decodeName(directory);
    }
}

Error SocketFile::claim(const Endpoint &endpoint)
{
    remove();
    m_endpoint = endpoint;
    // Without the lock, so that no lock file is left beside something that isn't ours.
    if (const Error error = checkIsSocketOrAbsent())
        return error;
    warnIfOthersCanReplace(endpoint.nativeAddress());
    if (const Error error = m_lock.acquire(endpoint.nativeAddress()))
        return error;
    return removeDeadSocket();
}

Error SocketFile::checkIsSocketOrAbsent() const
{
    struct stat found = {};
    // If this fails, so will taking the lock, and that can say more about the directory.
    if (::lstat(m_endpoint.nativeAddress().constData(), &found) != 0 || S_ISSOCK(found.st_mode))
        return Error();
    return notASocket(m_endpoint, found);
}

Error SocketFile::removeDeadSocket()
{
    const QByteArray path = m_endpoint.nativeAddress();
    struct stat found = {};
    if (::lstat(path.constData(), &found) != 0)
        return errno == ENOENT ? Error() : lookError(m_endpoint, errno);
    if (!S_ISSOCK(found.st_mode))
        return notASocket(m_endpoint, found);
    if (const Error error = checkIsDead(m_endpoint))
        return error;
    if (found.st_uid != ::geteuid()) {
        return Error(ErrorCode::PermissionDenied,
                     QStringLiteral("the dead socket %1 belongs to another user (uid %2), who has "
                                    "to remove it")
                             .arg(m_endpoint.path(), QString::number(found.st_uid)));
    }
    // A server that ignores the lock may have come while we knocked.
    if (FileIdentity::at(path) != FileIdentity(found))
        return inUse(m_endpoint);
    if (::unlink(path.constData()) != 0 && errno != ENOENT) {
        const int reason = errno;
        return Error::fromNative(
                errorCodeFor(reason),
                QStringLiteral("removing the dead socket %1 failed").arg(m_endpoint.path()),
                reason);
    }
    return Error();
}

Error SocketFile::adopt(unsigned mode)
{
    const QByteArray path = m_endpoint.nativeAddress();
    struct stat found = {};
    if (::lstat(path.constData(), &found) != 0)
        return lookError(m_endpoint, errno);
    if (!S_ISSOCK(found.st_mode) || found.st_uid != ::geteuid())
        return occupiedError();
    m_adopted = FileIdentity(found);

    // On Linux the umask may have taken rights away, and nothing has ever added any. Elsewhere the
    // umask alone has decided so far.
    if ((found.st_mode & 07777) == mode)
        return Error();
    if (::fchmodat(AT_FDCWD, path.constData(), mode, AT_SYMLINK_NOFOLLOW) != 0) {
        const int reason = errno;
        return Error::fromNative(
                errorCodeFor(reason),
                QStringLiteral("setting the access rights of %1 failed").arg(m_endpoint.path()),
                reason);
    }
    return Error();
}

Error SocketFile::occupiedError() const
{
    const Error error = checkIsSocketOrAbsent();
    return error ? error : inUse(m_endpoint);
}

void SocketFile::remove()
{
    const QByteArray path = m_endpoint.nativeAddress();
    if (m_adopted && FileIdentity::at(path) == m_adopted)
        ::unlink(path.constData());
    m_adopted.reset();
    m_lock.release();
}

} // namespace IpcPrims
