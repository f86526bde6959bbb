// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "streamtest.h"

#include "transport/localsocketstream_p.h"
#include "transport/nativestream_p.h"

#include <QtNetwork/qlocalsocket.h>

#include <array>

#include <sys/socket.h>

using namespace IpcPrims;
using Status = ByteStream::Status;

static std::unique_ptr<ByteStream> makeStream(Transport transport, int descriptor)
{
    if (transport == Transport::Native)
        return std::make_unique<NativeStream>(FileDescriptor(descriptor));
    auto socket = std::make_unique<QLocalSocket>();
    socket->setSocketDescriptor(descriptor, QLocalSocket::ConnectedState,
                                QIODevice::ReadWrite | QIODevice::Unbuffered);
    return std::make_unique<LocalSocketStream>(std::move(socket));
}

void StreamTest::init()
{
    std::array<int, 2> ends = {};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    m_other = RawSocket(ends[0]);
    m_otherDescriptor = ends[0];
    m_descriptor = ends[1];
    QFETCH(const Transport, transport);
    m_stream = makeStream(transport, m_descriptor);
    m_diary = {};
    m_stream->setListener(&m_diary);
}

void StreamTest::cleanup()
{
    m_stream.reset();
    m_other.close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

QByteArray StreamTest::readAll()
{
    QByteArray result;
    const auto readAvailable = [&] {
        std::array<char, 10000> bytes;
        ByteStream::Result got;
        while ((got = m_stream->read({}, bytes)).status == Status::Ok)
            result.append(bytes.data(), got.bytes);
        return got.status != Status::WouldBlock;
    };
    if (!QTest::qWaitFor(readAvailable, 30000))
        result.append("<no end>");
    return result;
}

Status StreamTest::write(const QByteArray &bytes)
{
    const QByteArrayView buffer(bytes);
    return m_stream->write({&buffer, 1}).status;
}
