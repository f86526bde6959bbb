// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/notasocket_p.h"

#include <sys/stat.h>

namespace IpcPrims {

static QLatin1String kindOf(const struct stat &found)
{
    switch (found.st_mode & S_IFMT) {
    case S_IFREG:
        return QLatin1String("regular file");
    case S_IFDIR:
        return QLatin1String("directory");
    case S_IFLNK:
        return QLatin1String("symbolic link");
    case S_IFIFO:
        return QLatin1String("FIFO");
    default:
        return QLatin1String("device");
    }
}

QString notASocketText(const QString &path, const struct stat &found)
{
    return QStringLiteral("existing path is not a unix socket: %1 (a %2)").arg(path, kindOf(found));
}

} // namespace IpcPrims
