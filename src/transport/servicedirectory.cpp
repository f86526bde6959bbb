// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/servicedirectory_p.h"

#include "transport/systemerror_p.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace IpcPrims {

static QByteArray absolutePathFrom(const char *variable)
{
    const QByteArray path = qgetenv(variable);
    return path.startsWith('/') ? path : QByteArray();
}

// The user's number follows because the temporary directory may be shared by all of them.
static constexpr QByteArrayView NameBelowTemp = "/ipcprims-";

static QByteArray directoryBelowTemp()
{
    return QFile::encodeName(QDir::tempPath()) + NameBelowTemp.toByteArray()
           + QByteArray::number(::geteuid());
}

QByteArray serviceDirectory()
{
    // In a sandbox, the runtime directory itself is not shared between the application's processes
    // inside and outside; these are.
    if (const QByteArray snap = absolutePathFrom("SNAP_USER_COMMON"); !snap.isEmpty())
        return snap + "/ipcprims";
    const QByteArray runtime = absolutePathFrom("XDG_RUNTIME_DIR");
    if (runtime.isEmpty())
        return directoryBelowTemp();
    if (const QByteArray flatpak = qgetenv("FLATPAK_ID"); !flatpak.isEmpty())
        return runtime + "/app/" + flatpak + "/ipcprims";
    return runtime + "/ipcprims";
}

static bool liesIn(const Endpoint &endpoint, const QByteArray &directory)
{
    const QByteArray path = endpoint.nativeAddress();
    return !endpoint.isAbstract() && path.lastIndexOf('/') == directory.size()
           && path.startsWith(directory);
}

// An absent directory is no error here.
static Error checkIsPrivate(const QByteArray &directory)
{
    const QString name = QFile::decodeName(directory);
    struct stat found = {};
    if (::lstat(directory.constData(), &found) != 0) {
        if (errno == ENOENT)
            return Error();
        const int reason = errno;
        return Error::fromNative(errorCodeFor(reason),
                                 QStringLiteral("looking at the directory %1 failed").arg(name),
                                 reason);
    }
    if (!S_ISDIR(found.st_mode)) {
        return Error(ErrorCode::PathOccupied,
                     QStringLiteral("existing path is not a directory: %1").arg(name));
    }
    if (found.st_uid != ::geteuid()) {
        return Error(
                ErrorCode::PermissionDenied,
                QStringLiteral("the directory %1 belongs to uid %2, not to uid %3")
                        .arg(name, QString::number(found.st_uid), QString::number(::geteuid())));
    }
    if (found.st_mode & (S_IWGRP | S_IWOTH)) {
        return Error(ErrorCode::PermissionDenied,
                     QStringLiteral("the directory %1 can be written by others; its mode "
                                    "should be 0700")
                             .arg(name));
    }
    return Error();
}

Error prepareServiceDirectory(const Endpoint &endpoint)
{
    const QByteArray directory = serviceDirectory();
    if (!liesIn(endpoint, directory))
        return Error();
    if (::mkdir(directory.constData(), 0700) != 0 && errno != EEXIST) {
        const int reason = errno;
        return Error::fromNative(errorCodeFor(reason),
                                 QStringLiteral("creating the directory %1 failed")
                                         .arg(QFile::decodeName(directory)),
                                 reason);
    }
    return checkIsPrivate(directory);
}

Error checkServiceDirectory(const Endpoint &endpoint)
{
    // Finding out the temporary directory takes longer than connecting.
    if (!endpoint.nativeAddress().contains(NameBelowTemp))
        return Error();
    const QByteArray directory = directoryBelowTemp();
    return liesIn(endpoint, directory) ? checkIsPrivate(directory) : Error();
}

} // namespace IpcPrims
