// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/streamsocket_p.h"

#include "transport/unixsocket_p.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <sys/socket.h>
#include <sys/uio.h>

namespace IpcPrims {

// Most buffers of one system call.
static constexpr size_t MaxBuffers = 64;

// With the usual default of half of this, large payloads take twice as many wake-ups of the reader.
static constexpr int SendBufferSize = 208 * 1024;

// What is written at once from this size on is worth the system calls that raise the buffer.
static constexpr qsizetype LargeWrite = 16 * 1024;

#ifdef MSG_NOSIGNAL
static constexpr int SendFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
static constexpr int SendFlags = MSG_DONTWAIT; // The socket has SO_NOSIGPIPE instead.
#endif

bool IoResult::wouldBlock() const
{
    return reason == EAGAIN || reason == EWOULDBLOCK;
}

bool IoResult::isPeerGone() const
{
    return reason == EPIPE || reason == ECONNRESET;
}

Error IoResult::error(QLatin1String call) const
{
    if (isPeerGone()) {
        return Error(ErrorCode::Disconnected,
                     QStringLiteral("the other side closed the connection"), reason);
    }
    if (reason == ENOTCONN || reason == EINVAL) { // See ForkGuard.
        return Error(ErrorCode::NotConnected,
                     QStringLiteral("the connection belongs to the process that has made it, of "
                                    "which this one is a forked child"),
                     reason);
    }
    return Error::fromNative(ErrorCode::StreamError,
                             QStringLiteral("%1 the socket failed").arg(call), reason);
}

StreamSocket::StreamSocket(FileDescriptor descriptor)
    : m_descriptor(std::move(descriptor))
{
#ifdef SO_NOSIGPIPE
    const int on = 1;
    ::setsockopt(m_descriptor.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
}

IoResult StreamSocket::receive(std::span<char> target, std::span<char> overflow)
{
    std::array<iovec, 2> places
            = {{{target.data(), target.size()}, {overflow.data(), overflow.size()}}};
    // Without room for control data, descriptors that somebody sends along go nowhere.
    msghdr message = {};
    message.msg_iov = places.data();
    message.msg_iovlen = places.size();

    ssize_t bytes = 0;
    do { // For one place the plain call does the same with less work for the system.
        bytes = target.empty()
                        ? ::recv(m_descriptor.get(), overflow.data(), overflow.size(), MSG_DONTWAIT)
                        : ::recvmsg(m_descriptor.get(), &message, MSG_DONTWAIT);
    } while (bytes < 0 && errno == EINTR);
    return bytes < 0 ? IoResult{0, errno} : IoResult{bytes, 0};
}

IoResult StreamSocket::send(std::span<const QByteArrayView> buffers)
{
    qsizetype written = 0;
    while (!buffers.empty()) {
        std::array<iovec, MaxBuffers> pieces;
        const size_t count = std::min(buffers.size(), MaxBuffers);
        qsizetype size = 0;
        for (size_t i = 0; i < count; ++i) {
            pieces[i] = {const_cast<char *>(buffers[i].data()), size_t(buffers[i].size())};
            size += buffers[i].size();
        }
        if (Q_UNLIKELY(size >= LargeWrite && !m_isSendBufferRaised))
            raiseSendBuffer();
        msghdr message = {};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;

        ssize_t bytes = 0;
        do {
            bytes = count == 1 ? ::send(m_descriptor.get(), pieces[0].iov_base, pieces[0].iov_len,
                                        SendFlags)
                               : ::sendmsg(m_descriptor.get(), &message, SendFlags);
        } while (bytes < 0 && errno == EINTR);

        if (bytes < 0) {
            if (written > 0)
                break; // If it is an error, the next call meets it again.
            return {0, errno};
        }
        written += bytes;
        if (bytes < size)
            break;
        buffers = buffers.subspan(count);
    }
    return {written, 0};
}

IoResult StreamSocket::send(QByteArrayView bytes)
{
    ssize_t written = 0;
    do {
        written = ::send(m_descriptor.get(), bytes.data(), size_t(bytes.size()), SendFlags);
    } while (written < 0 && errno == EINTR);
    return written < 0 ? IoResult{0, errno} : IoResult{written, 0};
}

static std::optional<int> sendBufferSize(const FileDescriptor &descriptor)
{
    int size = 0;
    socklen_t length = sizeof(size);
    if (::getsockopt(descriptor.get(), SOL_SOCKET, SO_SNDBUF, &size, &length) != 0)
        return std::nullopt;
    return size;
}

// What the system gives to a socket that nobody has changed.
static std::optional<int> defaultSendBufferSize()
{
    static const std::optional<int> size = sendBufferSize(openStreamSocket());
    return size;
}

// Best effort: the system has its own limit, and any size works. A size that the application has
// chosen stays.
void StreamSocket::raiseSendBuffer()
{
    m_isSendBufferRaised = true;
    const std::optional<int> size = sendBufferSize(m_descriptor);
    if (!size || size != defaultSendBufferSize())
        return;
#ifdef Q_OS_LINUX
    const int usable = *size / 2; // The rest is what the system takes for itself.
#else
    const int usable = *size;
#endif
    if (usable < SendBufferSize) {
        ::setsockopt(m_descriptor.get(), SOL_SOCKET, SO_SNDBUF, &SendBufferSize,
                     sizeof(SendBufferSize));
    }
}

} // namespace IpcPrims
