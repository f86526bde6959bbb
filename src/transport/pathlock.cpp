// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/pathlock_p.h"

#include "transport/fileidentity_p.h"
#include "transport/systemerror_p.h"

#include <QtCore/qfile.h>

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace IpcPrims {

// How often the file may be removed by others between opening and locking it.
static constexpr int MaxAttempts = 16;

static Error heldElsewhere(const QByteArray &path)
{
    return Error(ErrorCode::AddressInUse,
                 QStringLiteral("another server is listening at %1: it holds the lock %2")
                         .arg(QFile::decodeName(path.chopped(PathLock::Suffix.size())),
                              QFile::decodeName(path)));
}

// Nobody but this user may be able to hold the lock: anybody can make a file in a directory for
// all.
static Error foreignError(const QByteArray &path, uid_t owner)
{
    return Error(ErrorCode::PermissionDenied,
                 QStringLiteral("the lock file %1 belongs to another user (uid %2), who has to "
                                "remove it; a directory of this user's own avoids that")
                         .arg(QFile::decodeName(path), QString::number(owner)));
}

static Error openError(const QByteArray &path, int reason)
{
    const QString name = QFile::decodeName(path);
    switch (reason) {
    case ENOENT:
    case ENOTDIR: {
        const QString directory = name.left(name.lastIndexOf(QLatin1Char('/')) + 1);
        return Error::fromNative(
                ErrorCode::NotFound,
                QStringLiteral("the socket's directory %1 does not exist").arg(directory), reason);
    }
    case ELOOP: // What O_NOFOLLOW gives for a link.
    case EISDIR:
    case ENXIO:
        return Error(ErrorCode::PathOccupied,
                     QStringLiteral("existing path is not a lock file: %1").arg(name), reason);
    case EACCES: {
        struct stat found = {};
        if (::lstat(path.constData(), &found) == 0 && found.st_uid != ::geteuid())
            return foreignError(path, found.st_uid);
        [[fallthrough]];
    }
    default:
        return Error::fromNative(errorCodeFor(reason),
                                 QStringLiteral("creating the lock file %1 failed").arg(name),
                                 reason);
    }
}

// The file may not be anything with side effects either.
static Error checkIsOwn(const QByteArray &path, const struct stat &found)
{
    // With a second name it may be any file of this user's, linked to here by somebody else.
    if (!S_ISREG(found.st_mode) || found.st_nlink > 1) {
        return Error(ErrorCode::PathOccupied, QStringLiteral("existing path is not a lock file: %1")
                                                      .arg(QFile::decodeName(path)));
    }
    if (found.st_uid != ::geteuid())
        return foreignError(path, found.st_uid);
    return Error();
}

Error PathLock::acquire(const QByteArray &path)
{
    release();
    m_path = path + Suffix.toByteArray();
    for (int attempt = 0; attempt < MaxAttempts; ++attempt) {
        const Error error = tryAcquire();
        if (error || m_file.isValid())
            return error;
    }
    return heldElsewhere(m_path);
}

// With neither an error nor a file, the lock that was got is one that nobody will look for any
// more.
Error PathLock::tryAcquire()
{
    // Not blocking matters for a FIFO of that name only.
    FileDescriptor file(::open(m_path.constData(),
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                               0600));
    if (!file.isValid())
        return openError(m_path, errno);

    struct stat opened = {};
    if (::fstat(file.get(), &opened) != 0)
        return openError(m_path, errno);
    if (const Error error = checkIsOwn(m_path, opened))
        return error;

    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        if (reason == EWOULDBLOCK)
            return heldElsewhere(m_path);
        return Error::fromNative(ErrorCode::SystemError,
                                 QStringLiteral("locking %1 failed").arg(QFile::decodeName(m_path)),
                                 reason);
    }
    if (FileIdentity::at(m_path) == FileIdentity(opened)) {
        m_file = std::move(file);
        m_owner = OwningProcess();
    }
    return Error();
}

void PathLock::release()
{
    if (!m_file.isValid())
        return;
    struct stat held = {};
    if (m_owner.isThisOne() && ::fstat(m_file.get(), &held) == 0
        && FileIdentity::at(m_path) == FileIdentity(held))
        ::unlink(m_path.constData());
    m_file.reset();
}

void PathLock::setNote(const QByteArray &text)
{
    if (::ftruncate(m_file.get(), 0) == 0)
        static_cast<void>(!::pwrite(m_file.get(), text.constData(), size_t(text.size()), 0));
}

} // namespace IpcPrims
