// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/localsocketstream_p.h"

#include "transport/readahead_p.h"

#include <algorithm>

#ifdef Q_OS_UNIX
#    include "transport/nativestream_p.h"

#    include <fcntl.h>
#endif

namespace IpcPrims {

LocalSocketStream::LocalSocketStream(std::unique_ptr<QLocalSocket> socket)
    : DeviceStream(socket.get(), Ownership::Borrowed)
    , m_socket(socket.release())
{
    limitReadAhead(m_socket.get());
    connect(m_socket.get(), &QLocalSocket::errorOccurred, this, &LocalSocketStream::saveRest);
#ifdef Q_OS_UNIX
    m_guard.emplace(int(m_socket->socketDescriptor()));
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
    if (isBroken())
        return;
    noteBroken();
    m_rest = m_socket->readAll();
    m_hasFailed = reason != QLocalSocket::PeerClosedError;
    if (m_hasFailed) {
        setError(Error(ErrorCode::StreamError,
                       QStringLiteral("the socket failed: %1").arg(m_socket->errorString())));
    }
#ifdef Q_OS_UNIX
    if (m_second.isValid()) {
        m_successor = std::make_unique<NativeStream>(std::move(m_second));
        m_successor->setListener(this);
        m_successor->setReadEnabled(isReadEnabled());
    }
#endif
    noteEnd();
}

// Reading

ByteStream::Result LocalSocketStream::read(std::span<char> target, std::span<char> overflow)
{
    if (!isBroken())
        return DeviceStream::read(target, overflow);
    if (!m_rest.isEmpty()) {
        qsizetype bytes = readRest(target);
        bytes += readRest(overflow);
        // The socket says nothing any more, but the reader has to come back for the end.
        QMetaObject::invokeMethod(
                this, [this] { tellReadable(); }, Qt::QueuedConnection);
        return {Status::Ok, bytes};
    }
    const Result result
            = m_successor ? m_successor->read(target, overflow) : Result{Status::EndOfStream, 0};
    return m_hasFailed && result.status != Status::Ok ? Result{Status::Failed, 0} : result;
}

qsizetype LocalSocketStream::readRest(std::span<char> place)
{
    const qsizetype bytes = std::min<qsizetype>(m_rest.size(), place.size());
    std::copy_n(m_rest.constBegin(), bytes, place.begin());
    m_rest.remove(0, bytes);
    return bytes;
}

void LocalSocketStream::setReadEnabled(bool enabled)
{
    DeviceStream::setReadEnabled(enabled);
    if (m_successor)
        m_successor->setReadEnabled(enabled);
}

bool LocalSocketStream::atEnd() const
{
    if (!isBroken())
        return DeviceStream::atEnd();
    return m_rest.isEmpty() && (!m_successor || m_successor->atEnd());
}

// Writing

ByteStream::Result LocalSocketStream::write(std::span<const QByteArrayView> buffers)
{
    if (!isBroken()) {
        const Result result = DeviceStream::write(buffers);
        if (!isBroken())
            return result;
        // It broke meanwhile, and what it held then ends with what it has taken just now.
        const qint64 lost = std::min<qint64>(bytesToWrite(), result.bytes);
        takeBack(lost);
        if (lost < result.bytes)
            return {Status::Ok, result.bytes - qsizetype(lost)};
    }
    if (!m_successor || m_hasFailed) {
        return failWriting(Error(ErrorCode::Disconnected,
                                 QStringLiteral("the other side closed the connection")));
    }
    if (const qint64 lost = bytesToWrite()) {
        takeBack(lost);
        return {Status::Rewind, qsizetype(lost)};
    }
    const Result result = m_successor->write(buffers);
    return result.status == Status::Failed ? failWriting(m_successor->error()) : result;
}

ByteStream::Result LocalSocketStream::failWriting(const Error &error)
{
    if (!m_hasFailed)
        setError(error);
    return {Status::Failed, 0};
}

void LocalSocketStream::requestWritable()
{
    if (m_successor)
        m_successor->requestWritable();
    else
        DeviceStream::requestWritable();
}

void LocalSocketStream::flushDevice()
{
    m_socket->flush();
}

void LocalSocketStream::close()
{
    m_socket->disconnect(this);
    m_rest.clear();
    if (m_successor)
        m_successor->close();
#ifdef Q_OS_UNIX
    // First, or the other side would not notice that the socket is closed.
    m_second.reset();
#endif
    m_socket->abort();
    DeviceStream::close();
}

} // namespace IpcPrims
