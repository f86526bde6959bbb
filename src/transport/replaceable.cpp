// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/replaceable_p.h"

#include "transport/logging_p.h"

#include <QtCore/qfile.h>

#include <sys/stat.h>
#include <unistd.h>

namespace IpcPrims {

// Many systems give each user a group of the same number, of which nobody else is a member, and
// make that group's directories writable to it.
static bool isTrustedGroup(gid_t group)
{
    return group == 0 || group == ::geteuid();
}

// Who else can change what is in such a directory; empty if nobody can.
static QString othersWhoCanWriteTo(const struct stat &directory)
{
    if (directory.st_uid != 0 && directory.st_uid != ::geteuid())
        return QStringLiteral("User %1").arg(directory.st_uid);
    if (directory.st_mode & S_ISVTX)
        return QString();
    if (directory.st_mode & S_IWOTH)
        return QStringLiteral("Every user");
    if ((directory.st_mode & S_IWGRP) && !isTrustedGroup(directory.st_gid))
        return QStringLiteral("Every member of group %1").arg(directory.st_gid);
    return QString();
}

void warnIfOthersCanReplace(const QByteArray &path)
{
    for (qsizetype end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
        const QByteArray directory = path.left(qMax<qsizetype>(1, end));
        struct stat found = {};
        if (::stat(directory.constData(), &found) != 0)
            continue;
        const QString others = othersWhoCanWriteTo(found);
        if (!others.isEmpty()) {
            qCWarning(lcTransport).noquote().nospace()
                    << others << " can replace the socket " << QFile::decodeName(path)
                    << ", having the right to write to the directory "
                    << QFile::decodeName(directory);
            return;
        }
        if (end == 0)
            return;
    }
}

} // namespace IpcPrims
