// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"

#include <IpcPrims/error.h>

#include <QtCore/qbytearray.h>

namespace IpcPrims {

/*!
    An advisory lock that keeps two servers from making room for themselves at one path at the same
    time. The kernel drops it when the process ends, however that happens, so it is never stale. A
    forked child neither has it nor keeps it up.

    The file of the lock is removed when the lock is released. That is safe because whoever gets the
    lock then looks whether the file still has its name, and starts over if it hasn't. After a crash
    the file stays, and serves the next server.
*/
class PathLock
{
    Q_DISABLE_COPY_MOVE(PathLock)

public:
    /// The file's name is that of the path and this.
    static constexpr QByteArrayView Suffix = ".lock";

    PathLock() = default;
    ~PathLock() { release(); }

    /// Locks `path` with the file `path`.lock; AddressInUse if somebody else holds that lock.
    Error acquire(const QByteArray &path);
    void release();
    /// Replaces what is in the lock's file, which must be held. Whether that works matters to
    /// nobody.
    void setNote(const QByteArray &text);

    QByteArray filePath() const { return m_path; }

private:
    Error tryAcquire();

    QByteArray m_path; // Of the lock file.
    FileDescriptor m_file;
    OwningProcess m_owner;
};

} // namespace IpcPrims
