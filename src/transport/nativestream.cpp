// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/nativestream_p.h"

#include "transport/unixsocket_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace IpcPrims {

// Most buffers of one system call.
static constexpr size_t MaxBuffers = 64;

// With the usual default of half of this, large payloads take twice as many wake-ups of the reader.
static constexpr int SendBufferSize = 208 * 1024;

// What is written at once from this size on is worth the system calls that raise the buffer.
static constexpr qsizetype LargeWrite = 16 * 1024;

// A notifier can't wait for the end of a connection alone: with data left to read it would fire
// without pause.
static constexpr int HangupInterval = 200; // ms

#ifdef MSG_NOSIGNAL
static constexpr int SendFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
static constexpr int SendFlags = MSG_DONTWAIT; // The socket has SO_NOSIGPIPE instead.
#endif

#ifdef POLLRDHUP
static constexpr short HangupEvents = POLLRDHUP;
#else
static constexpr short HangupEvents = 0; // poll() always reports POLLHUP.
#endif

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

static bool isPeerGone(int reason)
{
    return reason == EPIPE || reason == ECONNRESET;
}

static bool isWouldBlock(int reason)
{
    return reason == EAGAIN || reason == EWOULDBLOCK;
}

NativeStream::NativeStream(FileDescriptor descriptor)
    : m_descriptor(std::move(descriptor))
    , m_readNotifier(QSocketNotifier::Read, this)
{
    if (!m_descriptor.isValid()) {
        failed(QLatin1String("opening"), EBADF);
        QMetaObject::invokeMethod(this, &NativeStream::tellReadable, Qt::QueuedConnection);
        return;
    }
    m_readNotifier.setSocket(m_descriptor.get());
    m_readNotifier.setEnabled(true);
#ifdef SO_NOSIGPIPE
    const int on = 1;
    ::setsockopt(m_descriptor.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
}

bool NativeStream::Notifier::event(QEvent *event)
{
    if (event->type() != QEvent::SockAct)
        return QSocketNotifier::event(event);
    m_stream->onNotified(type()); // It may be gone afterwards, and this with it.
    return true;
}

void NativeStream::onNotified(QSocketNotifier::Type type)
{
    if (type == QSocketNotifier::Read) {
        tellReadable();
    } else {
        m_writeNotifier->setEnabled(false);
        tellWritable();
    }
}

NativeStream::~NativeStream()
{
    close();
}

ByteStream::Result NativeStream::read(std::span<char> target, std::span<char> overflow)
{
    if (m_hasEnded)
        return {Status::EndOfStream, 0};
    if (!m_descriptor.isValid())
        return {m_error ? Status::Failed : Status::EndOfStream, 0};

    std::array<iovec, 2> places
            = {{{target.data(), target.size()}, {overflow.data(), overflow.size()}}};
    // Without room for control data, descriptors that somebody sends along go nowhere.
    msghdr message = {};
    message.msg_iov = places.data();
    message.msg_iovlen = places.size();

    ssize_t bytes = 0;
    do {
        bytes = ::recvmsg(m_descriptor.get(), &message, MSG_DONTWAIT);
    } while (bytes < 0 && errno == EINTR);

    if (bytes > 0)
        return {Status::Ok, bytes};
    const int reason = bytes < 0 ? errno : 0;
    if (isWouldBlock(reason))
        return {Status::WouldBlock, 0};
    // From here on the notifier would fire for ever.
    m_readNotifier.setEnabled(false);
    m_hasEnded = true;
    // A reset comes after all data: the other side closed without having read everything of ours.
    if (reason == 0 || isPeerGone(reason))
        return {Status::EndOfStream, 0};
    return failed(QLatin1String("reading from"), reason);
}

ByteStream::Result NativeStream::write(std::span<const QByteArrayView> buffers)
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
            bytes = ::sendmsg(m_descriptor.get(), &message, SendFlags);
        } while (bytes < 0 && errno == EINTR);

        if (bytes < 0) {
            if (written > 0)
                break; // If it is an error, the next call meets it again.
            if (isWouldBlock(errno))
                return {Status::WouldBlock, 0};
            return failed(QLatin1String("writing to"), errno);
        }
        written += bytes;
        if (bytes < size)
            break;
        buffers = buffers.subspan(count);
    }
    return {Status::Ok, written};
}

// Best effort: the system has its own limit, and any size works. A size that the application has
// chosen stays.
void NativeStream::raiseSendBuffer()
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

ByteStream::Result NativeStream::failed(QLatin1String call, int reason)
{
    m_error = isPeerGone(reason)
                      ? Error(ErrorCode::Disconnected,
                              QStringLiteral("the other side closed the connection"), reason)
                      : Error::fromNative(ErrorCode::StreamError,
                                          QStringLiteral("%1 the socket failed").arg(call), reason);
    return {Status::Failed, 0};
}

void NativeStream::setReadEnabled(bool enabled)
{
    if (m_hasEnded || !m_descriptor.isValid())
        return;
    m_readNotifier.setEnabled(enabled);
    if (enabled)
        m_hangupTimer.stop();
    else
        m_hangupTimer.start(HangupInterval, Qt::CoarseTimer, this);
}

void NativeStream::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_hangupTimer.timerId()) {
        ByteStream::timerEvent(event);
        return;
    }
    if (!hasHungUp())
        return;
    m_hangupTimer.stop();
    tellEnded();
}

bool NativeStream::hasHungUp() const
{
    pollfd state = {m_descriptor.get(), HangupEvents, 0};
    return ::poll(&state, 1, 0) > 0;
}

bool NativeStream::atEnd() const
{
    if (m_hasEnded || !m_descriptor.isValid())
        return true;
    char byte = 0;
    const ssize_t bytes = ::recv(m_descriptor.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return bytes == 0 || (bytes < 0 && isPeerGone(errno));
}

void NativeStream::requestWritable()
{
    if (!m_descriptor.isValid())
        return;
    if (!m_writeNotifier) {
        m_writeNotifier = std::make_unique<Notifier>(QSocketNotifier::Write, this);
        m_writeNotifier->setSocket(m_descriptor.get());
    }
    m_writeNotifier->setEnabled(true);
}

void NativeStream::close()
{
    m_readNotifier.setEnabled(false);
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    m_hangupTimer.stop();
    m_descriptor.reset();
}

} // namespace IpcPrims
