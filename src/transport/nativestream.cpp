// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/nativestream_p.h"

#include <QtCore/qcoreevent.h>

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

namespace IpcPrims {

// A notifier can't wait for the end of a connection alone: with data left to read it would fire
// without pause.
static constexpr int HangupInterval = 200; // ms

#ifdef POLLRDHUP
static constexpr short HangupEvents = POLLRDHUP;
#else
static constexpr short HangupEvents = 0; // poll() always reports POLLHUP.
#endif

NativeStream::NativeStream(FileDescriptor descriptor)
    : m_socket(std::move(descriptor))
    , m_readNotifier(QSocketNotifier::Read, this)
{
    if (!m_socket.isValid()) {
        failed(QLatin1String("opening"), {0, EBADF});
        QMetaObject::invokeMethod(
                &m_readNotifier, [this] { tellReadable(); }, Qt::QueuedConnection);
        return;
    }
    m_readNotifier.setSocket(m_socket.descriptor());
    m_readNotifier.setEnabled(true);
}

bool NativeStream::Notifier::event(QEvent *event)
{
    switch (event->type()) { // The stream may be gone afterwards, and this with it.
    case QEvent::SockAct:
        m_stream->onNotified(type());
        return true;
    case QEvent::Timer:
        m_stream->onHangupTimer();
        return true;
    default:
        return QSocketNotifier::event(event);
    }
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
    if (!m_socket.isValid())
        return {m_error ? Status::Failed : Status::EndOfStream, 0};

    const IoResult result = m_socket.receive(target, overflow);
    if (result.bytes > 0)
        return {Status::Ok, result.bytes};
    if (result.wouldBlock())
        return {Status::WouldBlock, 0};
    // From here on the notifier would fire for ever.
    m_readNotifier.setEnabled(false);
    m_hasEnded = true;
    if (result.reason == 0 || result.isPeerGone())
        return {Status::EndOfStream, 0};
    return failed(QLatin1String("reading from"), result);
}

ByteStream::Result NativeStream::write(std::span<const QByteArrayView> buffers)
{
    const IoResult result = m_socket.send(buffers);
    if (result.wouldBlock())
        return {Status::WouldBlock, 0};
    if (result.reason != 0)
        return failed(QLatin1String("writing to"), result);
    return {Status::Ok, result.bytes};
}

ByteStream::Result NativeStream::failed(QLatin1String call, const IoResult &result)
{
    m_error = result.error(call);
    return {Status::Failed, 0};
}

void NativeStream::setReadEnabled(bool enabled)
{
    if (m_hasEnded || !m_socket.isValid())
        return;
    m_readNotifier.setEnabled(enabled);
    if (enabled)
        m_hangupTimer.stop();
    else
        m_hangupTimer.start(HangupInterval, Qt::CoarseTimer, &m_readNotifier);
}

void NativeStream::onHangupTimer()
{
    if (!hasHungUp())
        return;
    m_hangupTimer.stop();
    tellEnded();
}

bool NativeStream::hasHungUp() const
{
    pollfd state = {m_socket.descriptor(), HangupEvents, 0};
    return ::poll(&state, 1, 0) > 0;
}

bool NativeStream::atEnd() const
{
    if (m_hasEnded || !m_socket.isValid())
        return true;
    char byte = 0;
    const ssize_t bytes = ::recv(m_socket.descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return bytes == 0 || (bytes < 0 && IoResult{0, errno}.isPeerGone());
}

void NativeStream::requestWritable()
{
    if (!m_socket.isValid())
        return;
    if (!m_writeNotifier) {
        m_writeNotifier = std::make_unique<Notifier>(QSocketNotifier::Write, this);
        m_writeNotifier->setSocket(m_socket.descriptor());
    }
    m_writeNotifier->setEnabled(true);
}

void NativeStream::close()
{
    m_readNotifier.setEnabled(false);
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    m_hangupTimer.stop();
    m_socket.close();
}

} // namespace IpcPrims
