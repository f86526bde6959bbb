// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/broughtsocket_p.h"

#include "transport/incominglocalsocket_p.h"
#include "transport/transportfactory_p.h"
#ifdef Q_OS_UNIX
#    include "transport/incomingsocket_p.h"
#    include "transport/peercredentials_p.h"

#    include <cerrno>
#    include <fcntl.h>
#    include <sys/socket.h>
#    include <unistd.h>
#endif

namespace IpcPrims {

#ifdef Q_OS_UNIX

static Error unfit(qintptr descriptor, const QString &why, int reason = 0)
{
    return Error(ErrorCode::InvalidArgument,
                 QStringLiteral("no session can go over the descriptor %1, which %2")
                         .arg(QString::number(descriptor), why),
                 reason);
}

Error prepareBroughtSocket(qintptr descriptor)
{
    const int number = int(descriptor);
    int type = 0;
    socklen_t size = sizeof(type);
    if (::getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
        const int reason = errno;
        return unfit(descriptor,
                     reason == EBADF ? QStringLiteral("is not open")
                                     : QStringLiteral("is not a socket"),
                     reason);
    }
    if (type != SOCK_STREAM)
        return unfit(descriptor, QStringLiteral("is not a stream socket"));
    sockaddr_storage peer = {};
    size = sizeof(peer);
    if (::getpeername(number, reinterpret_cast<sockaddr *>(&peer), &size) != 0)
        return unfit(descriptor, QStringLiteral("is not connected"), errno);
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return Error();
}

BroughtSocket::BroughtSocket(Transport transport, qintptr descriptor)
    : error(prepareBroughtSocket(descriptor))
{
    FileDescriptor owned{int(descriptor)}; // Closed on an error.
    if (error)
        return;
    if (effectiveTransport(transport) == Transport::LocalSocket) {
        connection = std::make_shared<IncomingLocalSocket>(owned.release());
    } else {
        const auto credentials = readPeerCredentials(descriptor);
        connection
                = std::make_shared<IncomingSocket>(UnixConnection{std::move(owned), credentials});
    }
}

#else

Error prepareBroughtSocket(qintptr)
{
    return Error();
}

BroughtSocket::BroughtSocket(Transport, qintptr descriptor)
    : connection(std::make_shared<IncomingLocalSocket>(descriptor))
{}

#endif

} // namespace IpcPrims
