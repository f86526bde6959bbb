// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/serviceinfo.h>

#ifdef Q_OS_UNIX
#    include "transport/deadsocket_p.h"
#    include "transport/filedescriptor_p.h"
#    include "transport/filenames_p.h"
#    include "transport/locknote_p.h"
#    include "transport/pathlock_p.h"
#    include "transport/servicedirectory_p.h"
#    include "transport/servicename_p.h"
#    include "transport/unixsocket_p.h"

#    include <QtCore/qdir.h>
#    include <QtCore/qfile.h>

#    include <algorithm>
#    include <array>
#    include <cerrno>

#    include <fcntl.h>
#    include <sys/file.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

namespace IpcPrims {

#ifdef Q_OS_UNIX

static ServiceInfo::State stateOf(const QByteArray &path)
{
    if (path.size() > SocketAddress::MaxLength)
        return ServiceInfo::State::Unknown;
    switch (findBoundSocket(SocketAddress(path))) {
    case 0:
        return ServiceInfo::State::Running;
    case ECONNREFUSED:
        return ServiceInfo::State::Dead;
    default:
        return ServiceInfo::State::Unknown;
    }
}

// The note in the lock beside a socket of \a owner's. Nobody else's says anything about it. The
// process that it names counts only while somebody holds the lock: else it is gone.
static LockNote readNote(const QByteArray &socketPath, uid_t owner)
{
    const QByteArray path = socketPath + PathLock::Suffix.toByteArray();
    const FileDescriptor file(
            ::open(path.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat found = {};
    if (!file.isValid() || ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)
        || found.st_uid != owner || found.st_size > LockNote::MaxSize)
        return {};
    // Shared, so that two that look don't see each other, and for a moment: a server that wants to
    // start meanwhile tries again.
    const bool isHeld = ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    std::array<char, LockNote::MaxSize> buffer;
    const ssize_t size = ::pread(file.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0)
        return {};
    LockNote note = LockNote::fromText({buffer.data(), qsizetype(size)}).value_or(LockNote());
    if (!isHeld)
        note.pid = 0;
    return note;
}

// Nothing if there is no socket. Its state is looked at before the note: a server writes that
// before its socket is there.
static std::optional<ServiceInfo> lookAt(const QByteArray &directory, const QByteArray &file)
{
    const QByteArray path = directory + '/' + file;
    struct stat found = {};
    if (::lstat(path.constData(), &found) != 0 || !S_ISSOCK(found.st_mode))
        return std::nullopt;
    ServiceInfo info;
    info.endpoint = Endpoint::fromPath(QFile::decodeName(path));
    // A name that isn't text would come out as that of another socket.
    if (info.endpoint.nativeAddress() != path)
        return std::nullopt;
    info.state = stateOf(path);
    info.uid = found.st_uid;
    info.since = QDateTime::fromSecsSinceEpoch(found.st_mtime);
    const LockNote note = readNote(path, found.st_uid);
    if (info.state == ServiceInfo::State::Running)
        info.pid = note.pid;
    const QByteArray suffix = ServiceSuffix.toByteArray();
    if (!note.service.isEmpty() && serviceAddress(directory + '/', note.service, suffix) == path)
        info.name = QString::fromLatin1(note.service);
    return info;
}

static QList<ServiceInfo> lookInto(const QByteArray &directory, int *reason)
{
    QList<ServiceInfo> found;
    QList<QByteArray> files = fileNamesIn(directory, reason);
    std::sort(files.begin(), files.end());
    for (const QByteArray &file : std::as_const(files)) {
        if (const auto info = lookAt(directory, file))
            found.append(*info);
    }
    return found;
}

// Why not everything in \a directory was looked at.
static Error lookError(const QByteArray &directory, int reason)
{
    if (reason == EOVERFLOW) {
        return Error(ErrorCode::ResourcesExhausted,
                     QStringLiteral("more than %1 files are in %2: the others were not looked at")
                             .arg(QString::number(MaxFileNames), QFile::decodeName(directory)));
    }
    return pathError(QLatin1String("reading the directory"), directory, reason);
}

QList<ServiceInfo> ServiceInfo::find(Error *error)
{
    const QByteArray directory = serviceDirectory();
    const Error problem = checkIsPrivate(directory);
    int reason = 0;
    const QList<ServiceInfo> found = problem ? QList<ServiceInfo>() : lookInto(directory, &reason);
    if (error) {
        *error = reason == 0 || reason == ENOENT ? problem : lookError(directory, reason);
    }
    QList<ServiceInfo> services;
    for (ServiceInfo info : found) {
        const QByteArray path = info.endpoint.nativeAddress();
        const QByteArray file = path.sliced(path.lastIndexOf('/') + 1);
        if (!isServiceSocketName(file))
            continue;
        if (info.name.isEmpty()) // A short one is a part of the path.
            info.name = QString::fromLatin1(file.chopped(ServiceSuffix.size()));
        services.append(info);
    }
    return services;
}

QList<ServiceInfo> ServiceInfo::findIn(const QString &directory, Error *error)
{
    const QByteArray path = QFile::encodeName(QDir(directory).absolutePath());
    int reason = 0;
    const QList<ServiceInfo> found = lookInto(path, &reason);
    if (error) {
        *error = reason == 0 ? Error() : lookError(path, reason);
    }
    return found;
}

#else

QList<ServiceInfo> ServiceInfo::find(Error *error)
{
    if (error)
        *error = Error();
    return {};
}

QList<ServiceInfo> ServiceInfo::findIn(const QString &, Error *error)
{
    return find(error);
}

#endif

} // namespace IpcPrims
