// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/incominglocalsocket_p.h"

#include "transport/localsocketstream_p.h"
#include "transport/peercredentials_p.h"

#include <QtNetwork/qlocalsocket.h>

#include <utility>

namespace IpcPrims {

static std::unique_ptr<QLocalSocket> socketFor(qintptr descriptor)
{
    auto socket = std::make_unique<QLocalSocket>();
    // Not buffered, as the socket has a buffer behind this one anyway.
    if (!socket->setSocketDescriptor(descriptor, QLocalSocket::ConnectedState,
                                     QIODevice::ReadWrite | QIODevice::Unbuffered))
        return nullptr;
    return socket;
}

IncomingLocalSocket::IncomingLocalSocket(qintptr descriptor)
    : IncomingConnection(readPeerCredentials(descriptor))
    , m_descriptor(descriptor)
#ifdef Q_OS_UNIX
    , m_guard(int(descriptor))
#endif
{}

IncomingLocalSocket::~IncomingLocalSocket()
{
    if (m_descriptor)
        socketFor(*m_descriptor); // Closes it.
}

std::unique_ptr<ByteStream> IncomingLocalSocket::openStream()
{
    auto socket = socketFor(*std::exchange(m_descriptor, std::nullopt));
    return socket ? std::make_unique<LocalSocketStream>(std::move(socket)) : nullptr;
}

} // namespace IpcPrims
