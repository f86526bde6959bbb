// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/raw/socket.h"

#include "peers/peer.h"

#include <QtCore/qfile.h>

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace Bench {

static sockaddr_un addressOf(const QString &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray bytes = QFile::encodeName(path);
    verify(bytes.size() < qsizetype(sizeof(address.sun_path)), "the path is too long");
    std::memcpy(address.sun_path, bytes.constData(), bytes.size());
    return address;
}

static int newSocket()
{
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    verify(descriptor >= 0, "no socket");
    return descriptor;
}

int connectTo(const QString &path)
{
    const int descriptor = newSocket();
    const sockaddr_un address = addressOf(path);
    verify(::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address))
                   == 0,
           "connecting failed");
    return descriptor;
}

int listenAt(const QString &path)
{
    const int descriptor = newSocket();
    const sockaddr_un address = addressOf(path);
    verify(::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address)) == 0
                   && ::listen(descriptor, SOMAXCONN) == 0,
           "listening failed");
    return descriptor;
}

int acceptFrom(int listener)
{
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    verify(descriptor >= 0, "accepting failed");
    return descriptor;
}

void raiseSendBuffer(int descriptor, const Workload &workload)
{
    if (workload.operation == Operation::Connects)
        return;
    const int size = 208 * 1024;
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

} // namespace Bench
