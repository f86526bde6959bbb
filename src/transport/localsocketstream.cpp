// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/localsocketstream_p.h"

#include <algorithm>

#ifdef Q_OS_UNIX
#    include <cerrno>
#    include <fcntl.h>
#    include <sys/socket.h>
#endif

namespace IpcPrims {

// As much as the socket reads ahead; without a limit it would never hold the other side back.
static constexpr qint64 ReadAhead = 64 * 1024;

#ifdef Q_OS_UNIX
static qsizetype receive(const FileDescriptor &descriptor, std::span<char> place, int flags = 0)
{
    ssize_t bytes = 0;
    do {
        bytes = ::recv(descriptor.get(), place.data(), place.size(), flags | MSG_DONTWAIT);
    } while (bytes < 0 && errno == EINTR);
    return std::max<ssize_t>(0, bytes);
}
#endif

LocalSocketStream::LocalSocketStream(std::unique_ptr<QLocalSocket> socket)
    : DeviceStream(socket.get(), Ownership::Borrowed)
    , m_socket(socket.release())
{
    m_socket->setReadBufferSize(ReadAhead);
    connect(m_socket.get(), &QLocalSocket::errorOccurred, this, &LocalSocketStream::saveRest);
#ifdef Q_OS_UNIX
    // Without it, for lack of descriptors, the stream works all the same.
    m_second = FileDescriptor(::fcntl(int(m_socket->socketDescriptor()), F_DUPFD_CLOEXEC, 0));
#endif
}

LocalSocketStream::~LocalSocketStream()
{
    close();
}

// Called by the socket right before it clears its buffers, possibly from inside a write.
void LocalSocketStream::saveRest(QLocalSocket::LocalSocketError reason)
{
    if (m_isBroken)
        return;
    m_isBroken = true;
    m_rest = m_socket->readAll();
    m_hasFailed = reason != QLocalSocket::PeerClosedError;
    if (m_hasFailed) {
        setError(Error(ErrorCode::StreamError,
                       QStringLiteral("the socket failed: %1").arg(m_socket->errorString())));
    }
    noteEnd();
}

ByteStream::Result LocalSocketStream::read(std::span<char> target, std::span<char> overflow)
{
    if (!m_isBroken)
        return DeviceStream::read(target, overflow);
    qsizetype bytes = readRest(target);
    if (bytes == qsizetype(target.size()))
        bytes += readRest(overflow);
    if (bytes == 0)
        return {m_hasFailed ? Status::Failed : Status::EndOfStream, 0};
    // The socket says nothing any more, but the reader has to come back for the end.
    QMetaObject::invokeMethod(this, &LocalSocketStream::tellReadable, Qt::QueuedConnection);
    return {Status::Ok, bytes};
}

qsizetype LocalSocketStream::readRest(std::span<char> place)
{
    const qsizetype saved = std::min<qsizetype>(m_rest.size(), place.size());
    std::copy_n(m_rest.constBegin(), saved, place.begin());
    m_rest.remove(0, saved);
    qsizetype bytes = saved;
#ifdef Q_OS_UNIX
    while (m_second.isValid() && bytes < qsizetype(place.size())) {
        const qsizetype received = receive(m_second, place.subspan(bytes));
        if (received == 0)
            m_second.reset();
        bytes += received;
    }
#endif
    return bytes;
}

ByteStream::Result LocalSocketStream::write(std::span<const QByteArrayView> buffers)
{
    if (!m_isBroken)
        return DeviceStream::write(buffers);
    if (!m_hasFailed) {
        setError(Error(ErrorCode::Disconnected,
                       QStringLiteral("the other side closed the connection")));
    }
    return {Status::Failed, 0};
}

bool LocalSocketStream::atEnd() const
{
    if (!m_isBroken)
        return DeviceStream::atEnd();
#ifdef Q_OS_UNIX
    char byte = 0;
    if (m_second.isValid() && receive(m_second, {&byte, 1}, MSG_PEEK) > 0)
        return false;
#endif
    return m_rest.isEmpty();
}

void LocalSocketStream::flushDevice()
{
    m_socket->flush();
}

void LocalSocketStream::close()
{
    m_socket->disconnect(this);
    m_rest.clear();
#ifdef Q_OS_UNIX
    // First, or the other side would not notice that the socket is closed.
    m_second.reset();
#endif
    m_socket->abort();
    DeviceStream::close();
}

} // namespace IpcPrims
