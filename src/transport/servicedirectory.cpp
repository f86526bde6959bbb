// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/servicedirectory_p.h"

#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <QtCore/qfile.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

namespace IpcPrims {

// What the environment says is believed only where it holds for this process: it may come from
// another user's session (su, sudo) or out of a sandbox. Else the next rule counts.
// docs/endpoints.md has them as a table; both have to change together, and clients with servers.

static QByteArray absolutePathFrom(const char *variable)
{
    QByteArray path = qgetenv(variable);
    while (path.size() > 1 && path.endsWith('/'))
        path.chop(1);
    return path.startsWith('/') ? path : QByteArray();
}

static bool isOwnDirectory(const QByteArray &path, mode_t forbidden)
{
    struct stat found = {};
    return !path.isEmpty() && ::stat(path.constData(), &found) == 0 && S_ISDIR(found.st_mode)
           && found.st_uid == ::geteuid() && (found.st_mode & forbidden) == 0;
}

static constexpr mode_t WritableByOthers = S_IWGRP | S_IWOTH;
static constexpr mode_t OpenToOthers = S_IRWXG | S_IRWXO;

// Whether nobody but its owner can remove a directory that is made there.
static bool isFitForTemporaries(const QByteArray &path)
{
    if (isOwnDirectory(path, WritableByOthers))
        return true;
    struct stat found = {};
    return !path.isEmpty() && ::stat(path.constData(), &found) == 0 && S_ISDIR(found.st_mode)
           && found.st_uid == 0 && (found.st_mode & S_ISVTX);
}

// Programs that are started out of a snap with classic confinement, which is no sandbox, have its
// variables, too.
static bool isInsideSnap()
{
    const QByteArray snap = absolutePathFrom("SNAP");
    if (snap.isEmpty())
        return false;
    QFile description(QFile::decodeName(snap + "/meta/snap.yaml"));
    if (!description.open(QIODevice::ReadOnly))
        return false;
    const QByteArray text = '\n' + description.read(64 * 1024);
    return !text.contains("\nconfinement: classic");
}

static QByteArray directoryOfSnap()
{
    const QByteArray common = absolutePathFrom("SNAP_USER_COMMON");
    return isOwnDirectory(common, WritableByOthers) && isInsideSnap() ? common + "/ipcprims"
                                                                      : QByteArray();
}

// Only this one is shared between the application's processes inside and outside.
static QByteArray directoryOfFlatpak()
{
    const QByteArray id = qgetenv("FLATPAK_ID");
    if (id.isEmpty() || id.contains('/') || id.startsWith('.'))
        return QByteArray();
    struct stat found = {};
    if (::lstat("/.flatpak-info", &found) != 0 || !S_ISREG(found.st_mode))
        return QByteArray();
    const QByteArray shared = absolutePathFrom("XDG_RUNTIME_DIR") + "/app/" + id;
    return isOwnDirectory(shared, WritableByOthers) ? shared + "/ipcprims" : QByteArray();
}

static QByteArray directoryOfSession()
{
    const QByteArray runtime = absolutePathFrom("XDG_RUNTIME_DIR");
    return isOwnDirectory(runtime, OpenToOthers) ? runtime + "/ipcprims" : QByteArray();
}

// So that processes without the variable (of su, cron or a service manager) find those with it.
static QByteArray directoryOfUser()
{
    const QByteArray runtime = "/run/user/" + QByteArray::number(::geteuid());
    return isOwnDirectory(runtime, OpenToOthers) ? runtime + "/ipcprims" : QByteArray();
}

// The user's number follows because the temporary directory may be shared by all of them.
static QByteArray directoryBelow(const QByteArray &temporary)
{
    return temporary + "/ipcprims-" + QByteArray::number(::geteuid());
}

static QByteArray directoryOfTemporaries()
{
    const QByteArray temporary = absolutePathFrom("TMPDIR");
    return isFitForTemporaries(temporary) ? directoryBelow(temporary) : QByteArray();
}

// Whether a service of any name has an address there: at the least, a hash in the place of its
// name.
static bool hasRoom(const QByteArray &directory)
{
    constexpr qsizetype Shortest = sizeof("/0123456789abcdef.sock") - 1;
    return directory.size() + Shortest < SocketAddress::MaxLength;
}

QByteArray serviceDirectory()
{
    for (const auto rule : {directoryOfSnap, directoryOfFlatpak, directoryOfSession,
                            directoryOfUser, directoryOfTemporaries}) {
        const QByteArray directory = rule();
        if (!directory.isEmpty() && hasRoom(directory))
            return directory;
    }
    return directoryBelow("/tmp");
}

static bool liesIn(const Endpoint &endpoint, const QByteArray &directory)
{
    const QByteArray path = endpoint.nativeAddress();
    return !endpoint.isAbstract() && path.lastIndexOf('/') == directory.size()
           && path.startsWith(directory);
}

Error checkIsPrivate(const QByteArray &directory)
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

bool isInServiceDirectory(const Endpoint &endpoint)
{
    return liesIn(endpoint, serviceDirectory());
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

// Whether it looks like an address below directoryBelow(), for any user: most don't, and then there
// is no need to ask for this one's number.
static bool mayBeBelowTemporaries(const QByteArray &path)
{
    constexpr std::string_view Name = "/ipcprims-";
    const std::string_view text(path.constData(), size_t(path.size()));
    const size_t end = text.rfind('/');
    const size_t begin = end == 0 || end == text.npos ? text.npos : text.rfind('/', end - 1);
    if (begin == text.npos || text.substr(begin, Name.size()) != Name)
        return false;
    const char first = text[begin + Name.size()];
    return first >= '0' && first <= '9';
}

Error checkServiceDirectory(const Endpoint &endpoint)
{
    if (!mayBeBelowTemporaries(endpoint.nativeAddress()))
        return Error();
    const std::array<QByteArray, 2> directories
            = {directoryBelow("/tmp"), directoryBelow(absolutePathFrom("TMPDIR"))};
    for (const QByteArray &directory : directories) {
        if (liesIn(endpoint, directory))
            return checkIsPrivate(directory);
    }
    return Error();
}

} // namespace IpcPrims
