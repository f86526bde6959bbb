// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"
#include "transport/unixsocket_p.h"

#include <QtCore/qbytearray.h>

namespace IpcPrims {

/*!
    Where a socket is bound before it listens, beside the path at which clients will find it: that
    path and ".new". Only who has the path's lock binds there, so what is found there is left over.
*/
class Birthplace
{
public:
    static constexpr QByteArrayView Suffix = ".new";

    Birthplace() = default;
    explicit Birthplace(const QByteArray &finalPath);

    const QByteArray &path() const { return m_path; }
    /// What bind() takes for path(), which may be longer than a socket address.
    SocketAddress address() const { return SocketAddress(m_addressPath); }

    /// Gives the file there the final path, unless that name is taken. 0 or an errno value.
    int moveTo(const QByteArray &finalPath) const;

private:
    QByteArray m_path;
    QByteArray m_addressPath;
    FileDescriptor m_directory; // What that address goes through, if it has to.
};

} // namespace IpcPrims
