// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/socketfile_p.h"

#include "transport/notasocket_p.h"
#include "transport/replaceable_p.h"
#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <QtCore/qfile.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

namespace IpcPrims {

using namespace std::chrono_literals;

// How long another server may hold the lock without listening, and how often it is looked at.
static constexpr std::chrono::milliseconds LongestTransition = 2s;
static constexpr std::chrono::milliseconds LookInterval = 1ms;

static Error notASocket(const QByteArray &path, const struct stat &found)
{
    return Error(ErrorCode::PathOccupied, notASocketText(QFile::decodeName(path), found));
}

static Error failed(const char *what, const QByteArray &path, int reason)
{
    return Error::fromNative(errorCodeFor(reason),
                             QLatin1String(what) + QLatin1Char(' ') + QFile::decodeName(path)
                                     + QStringLiteral(" failed"),
                             reason);
}

static Error inUse(const QByteArray &path)
{
    return Error(ErrorCode::AddressInUse,
                 QStringLiteral("another server is listening at %1").arg(QFile::decodeName(path)));
}

// No error if no process has the socket at \a path, or nothing is there.
static Error checkIsDead(const QByteArray &path, const SocketAddress &address)
{
    const int reason = findBoundSocket(address);
    switch (reason) {
    case ECONNREFUSED:
    case ENOENT:
        return Error();
    case 0:
        return inUse(path);
    default:
        return Error::fromNative(errorCodeFor(reason),
                                 QStringLiteral("can't tell whether a server is listening at %1")
                                         .arg(QFile::decodeName(path)),
                                 reason);
    }
}

static Error checkIsSocketOrAbsent(const QByteArray &path)
{
    struct stat found = {};
    // If this fails, so will taking the lock, and that can say more about the directory.
    if (::lstat(path.constData(), &found) != 0 || S_ISSOCK(found.st_mode))
        return Error();
    return notASocket(path, found);
}

static Error removeDeadSocket(const QByteArray &path, const SocketAddress &address)
{
    struct stat found = {};
    if (::lstat(path.constData(), &found) != 0)
        return errno == ENOENT ? Error() : failed("looking at", path, errno);
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
        return inUse(path);
    if (::unlink(path.constData()) != 0 && errno != ENOENT)
        return failed("removing the dead socket", path, errno);
    return Error();
}

Error SocketFile::claim(const Endpoint &endpoint)
{
    remove();
    m_endpoint = endpoint;
    const QByteArray path = endpoint.nativeAddress();
    // Without the lock, so that no lock file is left beside something that isn't ours.
    if (const Error error = checkIsSocketOrAbsent(path))
        return error;
    warnIfOthersCanReplace(path);
    if (const Error error = lockPath())
        return error;
    m_owner = OwningProcess();
    if (const Error error = removeDeadSocket(path, SocketAddress(path)))
        return error;
    m_birthplace = Birthplace(path);
    return removeDeadSocket(m_birthplace.path(), m_birthplace.address());
}

Error SocketFile::lockPath()
{
    const QByteArray path = m_endpoint.nativeAddress();
    const auto start = std::chrono::steady_clock::now();
    for (;;) {
        const Error held = m_lock.acquire(path);
        if (held.code() != ErrorCode::AddressInUse)
            return held;
        if (checkIsDead(path, SocketAddress(path)))
            return held;
        if (std::chrono::steady_clock::now() - start >= LongestTransition) {
            return Error(ErrorCode::AddressInUse,
                         QStringLiteral("another server holds the lock %1 and has not listened for "
                                        "%2 ms")
                                 .arg(QFile::decodeName(m_lock.filePath()),
                                      QString::number(LongestTransition.count())));
        }
        std::this_thread::sleep_for(LookInterval);
    }
}

Error SocketFile::adopt(unsigned mode)
{
    const QByteArray path = m_birthplace.path();
    struct stat found = {};
    if (::lstat(path.constData(), &found) != 0)
        return failed("looking at", path, errno);
    if (!S_ISSOCK(found.st_mode) || found.st_uid != ::geteuid())
        return occupiedError();
    m_name = path;
    m_adopted = FileIdentity(found);

    // On Linux the umask may have taken rights away, and nothing has ever added any. Elsewhere the
    // umask alone has decided so far.
    if ((found.st_mode & 07777) == mode)
        return Error();
    if (::fchmodat(AT_FDCWD, path.constData(), mode, AT_SYMLINK_NOFOLLOW) != 0)
        return failed("setting the access rights of", path, errno);
    return Error();
}

Error SocketFile::publish()
{
    const QByteArray path = m_endpoint.nativeAddress();
    if (const int reason = m_birthplace.moveTo(path)) {
        const Error error = reason == EEXIST ? checkIsSocketOrAbsent(path)
                                             : failed("moving the socket to", path, reason);
        return error ? error : inUse(path); // One that ignores the lock.
    }
    m_name = path;
    m_birthplace = Birthplace(); // Its descriptor isn't needed any more.
    return Error();
}

Error SocketFile::occupiedError() const
{
    const Error error = checkIsSocketOrAbsent(m_birthplace.path());
    return error ? error : inUse(m_birthplace.path());
}

void SocketFile::remove()
{
    if (m_adopted && m_owner.isThisOne() && FileIdentity::at(m_name) == m_adopted)
        ::unlink(m_name.constData());
    m_adopted.reset();
    m_birthplace = Birthplace();
    m_lock.release();
}

} // namespace IpcPrims
