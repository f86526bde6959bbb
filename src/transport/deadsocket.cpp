// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/deadsocket_p.h"

#include "transport/fileidentity_p.h"
#include "transport/notasocket_p.h"
#include "transport/systemerror_p.h"

#include <QtCore/qfile.h>

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace IpcPrims {

static Error notASocket(const QByteArray &path, const struct stat &found)
{
    return Error(ErrorCode::PathOccupied, notASocketText(QFile::decodeName(path), found));
}

Error pathError(QLatin1String what, const QByteArray &path, int reason)
{
    return Error::fromNative(
            errorCodeFor(reason),
            what + QLatin1Char(' ') + QFile::decodeName(path) + QStringLiteral(" failed"), reason);
}

Error socketInUseError(const QByteArray &path)
{
    return Error(ErrorCode::AddressInUse,
                 QStringLiteral("another server is listening at %1").arg(QFile::decodeName(path)));
}

Error checkIsDead(const QByteArray &path, const SocketAddress &address)
{
    const int reason = findBoundSocket(address);
    switch (reason) {
    case ECONNREFUSED:
    case ENOENT:
        return Error();
    case 0:
        return socketInUseError(path);
    default:
        return Error::fromNative(errorCodeFor(reason),
                                 QStringLiteral("can't tell whether a server is listening at %1")
                                         .arg(QFile::decodeName(path)),
                                 reason);
    }
}

Error checkIsSocketOrAbsent(const QByteArray &path)
{
    struct stat found = {};
    // If this fails, so will taking the lock, and that can say more about the directory.
    if (::lstat(path.constData(), &found) != 0 || S_ISSOCK(found.st_mode))
        return Error();
    return notASocket(path, found);
}

Error removeDeadSocket(const QByteArray &path, const SocketAddress &address)
{
    struct stat found = {};
    if (::lstat(path.constData(), &found) != 0)
        return errno == ENOENT ? Error() : pathError(QLatin1String("looking at"), path, errno);
    if (!S_ISSOCK(found.st_mode))
        return notASocket(path, found);
    if (const Error error = checkIsDead(path, address))
        return error;
    if (found.st_uid != ::geteuid()) {
        return Error(ErrorCode::PermissionDenied,
                     QStringLiteral("the dead socket %1 belongs to another user (uid %2), who has "
                                    "to remove it")
                             .arg(QFile::decodeName(path), QString::number(found.st_uid)));
    }
    // A server that ignores the lock may have come while we knocked.
    if (FileIdentity::at(path) != FileIdentity(found))
        return socketInUseError(path);
    if (::unlink(path.constData()) != 0 && errno != ENOENT)
        return pathError(QLatin1String("removing the dead socket"), path, errno);
    return Error();
}

} // namespace IpcPrims
