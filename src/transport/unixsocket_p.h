// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"

#include <IpcPrims/endpoint.h>

#include <sys/socket.h>
#include <sys/un.h>

// The system's calls for stream sockets, with what differs from one Unix to another.

namespace IpcPrims {

/// An endpoint in the form that bind() and connect() take.
class SocketAddress
{
public:
    /// The longest path, or abstract name: one byte of the field is a NUL.
    static constexpr qsizetype MaxLength = sizeof(sockaddr_un::sun_path) - 1;

    /// \a endpoint must be valid.
    explicit SocketAddress(const Endpoint &endpoint)
        : SocketAddress(endpoint.nativeAddress(), endpoint.isAbstract())
    {}
    /// The socket at \a path, of at most MaxLength bytes.
    explicit SocketAddress(const QByteArray &path)
        : SocketAddress(path, false)
    {}

    const sockaddr *data() const { return reinterpret_cast<const sockaddr *>(&m_address); }
    socklen_t size() const { return m_size; }

private:
    SocketAddress(const QByteArray &address, bool isAbstract);

    sockaddr_un m_address = {};
    socklen_t m_size = 0;
};

// All descriptors made here are non-blocking and closed at exec(). Invalid ones mean a failure that
// errno tells about.

FileDescriptor openStreamSocket();
FileDescriptor acceptConnection(int listeningDescriptor);

/// Returns 0 or an errno value; EAGAIN when the server's backlog is full.
int connectSocket(const FileDescriptor &descriptor, const SocketAddress &address);

/*!
    Whether a process has bound a socket to \a address. Returns 0 if so, ECONNREFUSED or ENOENT if
    not, and another errno value if that can't be told. A server notices nothing of it.
*/
int findBoundSocket(const SocketAddress &address);

} // namespace IpcPrims
