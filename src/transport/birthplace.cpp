// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/birthplace_p.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace IpcPrims {

Birthplace::Birthplace(const QByteArray &finalPath)
    : m_path(finalPath + Suffix.toByteArray())
    , m_addressPath(m_path)
{
    if (m_path.size() <= SocketAddress::MaxLength)
        return;
#ifdef Q_OS_LINUX
    // A short name for the directory.
    const qsizetype slash = m_path.lastIndexOf('/');
    const QByteArray directory = m_path.left(slash + 1);
    m_directory = FileDescriptor(::open(directory.constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    m_addressPath = "/proc/self/fd/" + QByteArray::number(m_directory.get()) + m_path.mid(slash);
    if (m_directory.isValid() && m_addressPath.size() <= SocketAddress::MaxLength
        && ::access("/proc/self/fd", X_OK) == 0)
        return;
#endif
    // The best that can be done: clients that come before it listens are refused.
    m_path = m_addressPath = finalPath;
}

#ifdef RENAME_NOREPLACE
static int renameUnlessTaken(const char *from, const char *to)
{
    return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? 0 : errno;
}
#else
static int renameUnlessTaken(const char *, const char *)
{
    return EINVAL;
}
#endif

int Birthplace::moveTo(const QByteArray &finalPath) const
{
    if (m_path == finalPath)
        return 0;
    const int reason = renameUnlessTaken(m_path.constData(), finalPath.constData());
    if (reason != EINVAL && reason != ENOSYS)
        return reason;
    // A file system, or a system, that can't do it in one step.
    if (::link(m_path.constData(), finalPath.constData()) != 0)
        return errno;
    ::unlink(m_path.constData());
    return 0;
}

} // namespace IpcPrims
