// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/socketfile_p.h"

#include "transport/deadsocket_p.h"
#include "transport/locknote_p.h"
#include "transport/replaceable_p.h"

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
    m_lock.setNote(LockNote::ofThisProcess(endpoint.serviceName().toLatin1()).toText());
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
        return pathError(QLatin1String("looking at"), path, errno);
    if (!S_ISSOCK(found.st_mode) || found.st_uid != ::geteuid())
        return occupiedError();
    m_name = path;
    m_adopted = FileIdentity(found);

    // On Linux the umask may have taken rights away, and nothing has ever added any. Elsewhere the
    // umask alone has decided so far.
    if ((found.st_mode & 07777) == mode)
        return Error();
    if (::fchmodat(AT_FDCWD, path.constData(), mode, AT_SYMLINK_NOFOLLOW) != 0)
        return pathError(QLatin1String("setting the access rights of"), path, errno);
    return Error();
}

Error SocketFile::publish()
{
    const QByteArray path = m_endpoint.nativeAddress();
    if (const int reason = m_birthplace.moveTo(path)) {
        const Error error
                = reason == EEXIST ? checkIsSocketOrAbsent(path)
                                   : pathError(QLatin1String("moving the socket to"), path, reason);
        return error ? error : socketInUseError(path); // One that ignores the lock.
    }
    m_name = path;
    m_birthplace = Birthplace(); // Its descriptor isn't needed any more.
    return Error();
}

Error SocketFile::occupiedError() const
{
    const Error error = checkIsSocketOrAbsent(m_birthplace.path());
    return error ? error : socketInUseError(m_birthplace.path());
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
