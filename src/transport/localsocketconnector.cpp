// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/localsocketconnector_p.h"

#include "transport/connecterror_p.h"
#include "transport/localsocketstream_p.h"
#include "transport/peercredentials_p.h"
#ifdef Q_OS_LINUX
#    include "transport/unixsocket_p.h"
#endif

#include <QtCore/qfile.h>
#include <QtNetwork/qlocalsocket.h>

namespace IpcPrims {

static ErrorCode codeFor(QLocalSocket::LocalSocketError error)
{
    switch (error) {
    case QLocalSocket::ServerNotFoundError:
        return ErrorCode::NotFound;
    case QLocalSocket::ConnectionRefusedError:
        return ErrorCode::ConnectionRefused;
    case QLocalSocket::SocketAccessError:
        return ErrorCode::PermissionDenied;
    case QLocalSocket::SocketResourceError:
    case QLocalSocket::UnsupportedSocketOperationError: // What comes of it when socket() fails.
        return ErrorCode::ResourcesExhausted;
    case QLocalSocket::SocketTimeoutError:
        return ErrorCode::Timeout;
    default:
        return ErrorCode::SystemError;
    }
}

// QLocalSocket counts the NUL of abstract names for paths, too, and calls a longer one not found.
static Error checkLength(const Endpoint &endpoint)
{
#ifdef Q_OS_LINUX
    constexpr qsizetype maxLength = SocketAddress::MaxLength - 1;
    const qsizetype length = endpoint.nativeAddress().size();
    if (length > maxLength) {
        return Error(ErrorCode::PathTooLong,
                     QStringLiteral("socket path too long (%1 bytes, max %2 with QLocalSocket): %3")
                             .arg(length)
                             .arg(maxLength)
                             .arg(endpoint.path()));
    }
#else
    Q_UNUSED(endpoint);
#endif
    return Error();
}

RetryingConnector::Outcome LocalSocketConnector::tryOnce(const Endpoint &endpoint)
{
    if (const Error error = checkLength(endpoint))
        return {std::nullopt, error};

    auto socket = std::make_unique<QLocalSocket>();
    if (endpoint.isAbstract()) {
        socket->setSocketOptions(QLocalSocket::AbstractNamespaceOption);
        socket->setServerName(QFile::decodeName(endpoint.nativeAddress()));
    } else {
        socket->setServerName(endpoint.path());
    }
    // Not buffered, as the socket has a buffer behind this one anyway.
    socket->connectToServer(QIODevice::ReadWrite | QIODevice::Unbuffered);

    switch (socket->state()) {
    case QLocalSocket::ConnectedState:
        break;
    case QLocalSocket::ConnectingState:
        // The backlog is full, and QLocalSocket would spin until it isn't.
        return {};
    default:
        return {std::nullopt, connectError(endpoint, codeFor(socket->error()))};
    }
    Connection connection;
    connection.credentials = readPeerCredentials(socket->socketDescriptor());
    connection.stream = std::make_unique<LocalSocketStream>(std::move(socket));
    return {std::move(connection), Error()};
}

} // namespace IpcPrims
