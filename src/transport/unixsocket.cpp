// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/unixsocket_p.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include <fcntl.h>

namespace IpcPrims {

SocketAddress::SocketAddress(const QByteArray &address, bool isAbstract)
{
    Q_ASSERT(address.size() <= MaxLength);
    // An abstract name starts after a NUL and ends with the address, a path ends with a NUL.
    char *const start = m_address.sun_path + (isAbstract ? 1 : 0);
    std::copy(address.begin(), address.end(), start);
    m_address.sun_family = AF_UNIX;
    m_size = socklen_t(offsetof(sockaddr_un, sun_path) + size_t(address.size()) + 1);
}

#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)

static FileDescriptor openSocket(int type)
{
    return FileDescriptor(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                          ForkGuard::Check::IsSocket);
}

FileDescriptor acceptConnection(int listeningDescriptor)
{
    return FileDescriptor(
            ::accept4(listeningDescriptor, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK),
            ForkGuard::Check::IsSocket);
}

#else

static FileDescriptor prepared(FileDescriptor descriptor)
{
    if (!descriptor.isValid())
        return descriptor;
    ::fcntl(descriptor.get(), F_SETFD, FD_CLOEXEC);
    ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
    return descriptor;
}

static FileDescriptor openSocket(int type)
{
    return prepared(FileDescriptor(::socket(AF_UNIX, type, 0), ForkGuard::Check::IsSocket));
}

FileDescriptor acceptConnection(int listeningDescriptor)
{
    return prepared(FileDescriptor(::accept(listeningDescriptor, nullptr, nullptr),
                                   ForkGuard::Check::IsSocket));
}

#endif

FileDescriptor openStreamSocket()
{
    return openSocket(SOCK_STREAM);
}

int connectSocket(const FileDescriptor &descriptor, const SocketAddress &address)
{
    int result = 0;
    do {
        result = ::connect(descriptor.get(), address.data(), address.size());
    } while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

// A connection would be one more client for the server, and refused while it does not listen yet. A
// socket of another type finds the server and is not let in.
int findBoundSocket(const SocketAddress &address)
{
    const FileDescriptor probe = openSocket(SOCK_DGRAM);
    const int reason = probe.isValid() ? connectSocket(probe, address) : errno;
    // Two that don't mean what they say: another type, and a datagram socket that is taken.
    return reason == EPROTOTYPE || reason == EPERM ? 0 : reason;
}

} // namespace IpcPrims
