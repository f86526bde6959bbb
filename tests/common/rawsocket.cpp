// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawsocket.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qendian.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr int PatienceMs = 30000;
constexpr qsizetype FloodBlockSize = 64 * 1024;
constexpr int HeldBackMs = 500; // Who takes nothing for so long holds the sender back.
constexpr qsizetype HeaderSize = 8;

sockaddr_un socketAddress(const QString &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    std::memcpy(address.sun_path, name.constData(),
                std::min<std::size_t>(std::size_t(name.size()), sizeof address.sun_path - 1));
    return address;
}

int newSocket()
{
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool waitForInput(int descriptor)
{
    pollfd waiting = {descriptor, POLLIN, 0};
    return QTest::qWaitFor([&] { return ::poll(&waiting, 1, 0) > 0; }, PatienceMs);
}

} // namespace

RawSocket::RawSocket(int descriptor)
    : m_descriptor(descriptor)
{}

RawSocket RawSocket::connectTo(const QString &path)
{
    const int descriptor = newSocket();
    const sockaddr_un address = socketAddress(path);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        ::close(descriptor);
        return RawSocket();
    }
    return RawSocket(descriptor);
}

QByteArray RawSocket::header(quint16 channel, quint32 announcedSize)
{
    QByteArray bytes("IP");
    bytes.resize(HeaderSize);
    qToLittleEndian(announcedSize, bytes.data() + 2);
    qToLittleEndian(channel, bytes.data() + 6);
    return bytes;
}

QByteArray RawSocket::frame(quint16 channel, const QByteArray &payload)
{
    return header(channel, quint32(payload.size())) + payload;
}

bool RawSocket::write(const QByteArray &bytes)
{
    qsizetype written = 0;
    const auto writeSome = [&] {
        while (written < bytes.size()) {
            const ssize_t count
                    = ::send(m_descriptor, bytes.constData() + written,
                             std::size_t(bytes.size() - written), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count < 0)
                return errno != EAGAIN; // Done with it: the other side is gone.
            written += count;
        }
        return true;
    };
    return QTest::qWaitFor(writeSome, PatienceMs) && written == bytes.size();
}

bool RawSocket::writeBytewise(const QByteArray &bytes)
{
    for (const char byte : bytes) {
        if (!write(QByteArray(1, byte)))
            return false;
        QCoreApplication::processEvents();
    }
    return true;
}

bool RawSocket::writeWithDescriptor(const QByteArray &bytes, int descriptor)
{
    iovec data = {const_cast<char *>(bytes.constData()), std::size_t(bytes.size())};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control = {};
    msghdr message = {};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr *attachment = CMSG_FIRSTHDR(&message);
    attachment->cmsg_level = SOL_SOCKET;
    attachment->cmsg_type = SCM_RIGHTS;
    attachment->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(attachment), &descriptor, sizeof descriptor);
    return ::sendmsg(m_descriptor, &message, MSG_NOSIGNAL) == bytes.size();
}

qint64 RawSocket::flood(const QByteArray &once, qint64 most)
{
    const QByteArray bytes = once.repeated(1 + FloodBlockSize / once.size());
    qint64 written = 0;
    bool isClosed = false;
    const auto writeSome = [&] {
        const qsizetype begin = m_flooded % bytes.size();
        const ssize_t count
                = ::send(m_descriptor, bytes.constData() + begin, std::size_t(bytes.size() - begin),
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        isClosed = count < 0 && errno != EAGAIN;
        written += std::max<ssize_t>(0, count);
        m_flooded += std::max<ssize_t>(0, count);
        return count > 0;
    };
    // The event loop has its turns even where there is always room.
    while (written < most && !isClosed) {
        if (writeSome())
            QCoreApplication::processEvents();
        else if (isClosed || !QTest::qWaitFor([&] { return writeSome() || isClosed; }, HeldBackMs))
            break;
    }
    return written;
}

RawSocket::Progress RawSocket::receive()
{
    std::array<char, 65536> buffer;
    const ssize_t count = ::recv(m_descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
        m_received.append(buffer.data(), count);
        return Progress::Some;
    }
    // A reset is as good an end as an orderly one: the other side may close with bytes unread.
    return count < 0 && errno == EAGAIN ? Progress::None : Progress::Closed;
}

std::optional<RawSocket::Frame> RawSocket::readFrame()
{
    const auto complete = [this] {
        return m_received.size() >= HeaderSize
               && m_received.size() - HeaderSize
                          >= qFromLittleEndian<quint32>(m_received.constData() + 2);
    };
    const auto completeOrClosed = [&] {
        Progress progress = Progress::Some;
        while (!complete() && progress == Progress::Some)
            progress = receive();
        return complete() || progress == Progress::Closed;
    };
    if (!QTest::qWaitFor(completeOrClosed, PatienceMs) || !complete())
        return std::nullopt;
    const auto size = qsizetype(qFromLittleEndian<quint32>(m_received.constData() + 2));
    Frame result = {qFromLittleEndian<quint16>(m_received.constData() + 6),
                    m_received.mid(HeaderSize, size)};
    m_received.remove(0, HeaderSize + size);
    return result;
}

bool RawSocket::waitForData() const
{
    return waitForInput(m_descriptor);
}

bool RawSocket::waitForClosed()
{
    return QTest::qWaitFor(
            [this] {
                Progress progress = Progress::Some;
                while (progress == Progress::Some)
                    progress = receive();
                return progress == Progress::Closed;
            },
            PatienceMs);
}

void RawSocket::finishWriting()
{
    ::shutdown(m_descriptor, SHUT_WR);
}

void RawSocket::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

char *toString(const RawSocket::Frame &frame)
{
    const QByteArray text = "channel " + QByteArray::number(frame.channel) + ", "
                            + QByteArray::number(frame.payload.size())
                            + " bytes: " + frame.payload.left(200);
    return QTest::toString(text);
}

RawListener::RawListener(const QString &path)
    : m_descriptor(newSocket())
{
    const sockaddr_un address = socketAddress(path);
    if (::bind(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(m_descriptor, 8) != 0) {
        qFatal("A test can't listen at %s", qPrintable(path));
    }
}

RawListener::~RawListener()
{
    ::close(m_descriptor);
}

RawSocket RawListener::accept()
{
    if (!waitForInput(m_descriptor))
        return RawSocket();
    return RawSocket(::accept4(m_descriptor, nullptr, nullptr, SOCK_CLOEXEC));
}
