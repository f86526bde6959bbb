// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A stream of bytes between two devices, with whatever both sides and the connection can do: what
// is read is the beginning of what was written, and a stream that is finished is whole.

#include "require.h"
#include "servedpeer.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/peer.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtNetwork/qlocalsocket.h>

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <memory>

#include <sys/socket.h>

using namespace IpcPrims;

namespace {
constexpr quint16 Channel = 2;

class Streams
{
public:
    explicit Streams(FuzzedDataProvider &script)
        : m_script(script)
    {
        std::array<int, 2> ends = {-1, -1};
        require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0,
                "there are sockets");
        m_server = std::make_unique<ServedPeer>(FileDescriptor(ends[0]));
        auto device = std::make_unique<QLocalSocket>();
        device->setSocketDescriptor(ends[1]);
        m_client.connectOver(std::move(device));
        waitUntil([this] { return m_client.isOpen() && m_server->peer(); });
        require(m_client.isOpen() && m_server->peer(), "two peers find each other");
        m_writer = std::make_unique<ChannelDevice>(&m_client, Channel);
        m_reader = std::make_unique<ChannelDevice>(m_server->peer(), Channel);
        require(m_writer->open(QIODevice::WriteOnly) && m_reader->open(QIODevice::ReadOnly),
                "both sides open a device");
    }

    void run()
    {
        while (m_script.remaining_bytes() > 0)
            act();
        // Everything that can arrive does.
        const bool isLost = m_isDisturbed || !m_writer;
        if (m_writer)
            m_writer->finish();
        m_reader->setReadBufferSize(1 << 20);
        // A stream that was broken off may never end; then a few turns of the event loop do.
        int turnsLeft = 20;
        waitUntil([&] {
            read(1 << 20);
            return m_reader->isFinished() || bool(m_reader->error())
                   || (isLost && turnsLeft-- == 0);
        });
        read(1 << 20);
        if (!isLost) {
            require(m_reader->isFinished() == (m_refused == 0),
                    "a stream is finished if all was taken that was offered");
            require(m_read == m_written.size(), "an undisturbed stream arrives as a whole");
        }
        check();
    }

private:
    template<typename Condition>
    static void waitUntil(Condition holds)
    {
        constexpr qint64 longest = 15'000; // In case of failure; others may need the processor.
        QElapsedTimer time;
        time.start();
        while (!holds() && time.elapsed() < longest)
            QCoreApplication::processEvents();
    }

    void act()
    {
        switch (m_script.ConsumeIntegralInRange<int>(0, 9)) {
        case 0:
        case 1:
            write(m_script.PickValueInArray({0, 1, 100, 65536, 70000, 300000}));
            break;
        case 2:
        case 3:
            read(m_script.PickValueInArray({0, 1, 1000, 100000}));
            break;
        case 4:
            for (int i = m_script.ConsumeIntegralInRange(1, 5); i > 0; --i)
                QCoreApplication::processEvents();
            break;
        case 5:
            m_reader->setReadBufferSize(m_script.PickValueInArray({1, 1000, 1 << 20}));
            break;
        case 6:
            if (m_writer)
                m_writer->flush();
            break;
        case 7:
            if (m_writer && m_script.ConsumeBool())
                m_writer->finish();
            break;
        case 8:
            m_client.setReceiving(m_script.ConsumeBool());
            break;
        case 9:
            disturb();
            break;
        }
        check();
    }

    void disturb()
    {
        if (m_script.ConsumeBool())
            return; // Not in every run.
        m_isDisturbed = true;
        switch (m_script.ConsumeIntegralInRange<int>(0, 3)) {
        case 0:
            m_client.abort();
            break;
        case 1:
            m_client.close();
            break;
        case 2:
            m_writer.reset();
            break;
        case 3:
            if (m_server->peer())
                m_server->peer()->abort();
            break;
        }
    }

    void write(qsizetype size)
    {
        if (!m_writer || !m_writer->isWritable())
            return;
        QByteArray bytes(size, Qt::Uninitialized);
        for (qsizetype i = 0; i < size; ++i)
            bytes[i] = char((m_written.size() + i) * 7 + ((m_written.size() + i) >> 8));
        const qint64 taken = m_writer->write(bytes);
        require(taken <= size, "no more is taken than was given");
        if (taken >= 0) // What is offered goes on where the device took no more.
            m_refused = std::max<qint64>(m_refused, size) - taken;
        if (taken > 0)
            m_written += bytes.first(taken);
    }

    void read(qsizetype most)
    {
        const QByteArray bytes = m_reader->read(most);
        require(bytes.size() <= most, "no more is read than was asked for");
        require(m_read + bytes.size() <= m_written.size()
                        && bytes == m_written.sliced(m_read, bytes.size()),
                "what is read is what was written");
        m_read += bytes.size();
    }

    void check() const
    {
        require(m_reader->bytesAvailable() >= 0, "no number is negative");
        if (m_reader->isFinished() && m_reader->bytesAvailable() == 0)
            require(m_read == m_written.size(), "a finished stream is whole");
    }

    FuzzedDataProvider &m_script;
    std::unique_ptr<ServedPeer> m_server;
    Peer m_client;
    std::unique_ptr<ChannelDevice> m_writer;
    std::unique_ptr<ChannelDevice> m_reader;
    QByteArray m_written; // As far as the device has taken it.
    qsizetype m_read = 0;
    qint64 m_refused = 0;
    bool m_isDisturbed = false;
};
} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static QCoreApplication app(*argc, *argv);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    FuzzedDataProvider script(data, size);
    {
        Streams streams(script);
        streams.run();
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
    return 0;
}
