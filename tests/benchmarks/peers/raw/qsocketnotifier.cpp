// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Sockets by hand in Qt's event loop: a QSocketNotifier for each, one read and one write per
    wake-up, and nothing else. What a round trip takes here, none takes less in that event loop.
*/
#include "peers/eventloopclient.h"
#include "peers/raw/framereader.h"
#include "peers/raw/framewriter.h"
#include "peers/raw/socket.h"
#include "peers/service.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qsocketnotifier.h>

#include <memory>
#include <vector>

#include <unistd.h>

namespace Bench {
namespace {

class Connection
{
public:
    using Receive = std::function<void(quint16 channel, QByteArrayView payload)>;

    Connection(int descriptor, const Setup &setup)
        : m_descriptor(descriptor)
        , m_reader(FrameReader::make(setup.variant, descriptor))
        , m_writer(FrameWriter::make(setup.variant, descriptor))
        , m_notifier(descriptor, QSocketNotifier::Read)
    {
        raiseSendBuffer(descriptor, setup.workload);
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { read(); });
    }
    ~Connection() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(Connection)

    void write(quint16 channel, QByteArrayView payload) { m_writer->write(channel, payload); }

    Receive onFrame;

private:
    void read()
    {
        if (!m_reader->receive()) {
            m_notifier.setEnabled(false);
            return;
        }
        while (const auto frame = m_reader->next())
            onFrame(frame->channel, frame->payload);
    }

    const int m_descriptor;
    const std::unique_ptr<FrameReader> m_reader;
    const std::unique_ptr<FrameWriter> m_writer;
    QSocketNotifier m_notifier;
};

class NotifierClient : public EventLoopClient
{
public:
    explicit NotifierClient(const Setup &setup)
        : m_setup(setup)
    {}

    void close() override { m_connections.clear(); }

protected:
    void startConnection(int connection) override
    {
        Connection &made = *m_connections.emplace_back(
                std::make_unique<Connection>(connectTo(m_setup.path), m_setup));
        made.onFrame = [this, connection](quint16 channel, QByteArrayView payload) {
            arrived(connection, channel, payload);
        };
        opened();
    }

    bool send(int connection, quint16 channel, const QByteArray &payload) override
    {
        m_connections[connection]->write(channel, payload);
        return true;
    }

private:
    const Setup m_setup;
    std::vector<std::unique_ptr<Connection>> m_connections;
};

class NotifierServer : public Server
{
public:
    explicit NotifierServer(const Setup &setup)
        : m_setup(setup)
    {}

    void listen() override
    {
        const int listener = listenAt(m_setup.path);
        m_notifier = std::make_unique<QSocketNotifier>(listener, QSocketNotifier::Read);
        QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                         [this, listener] { serve(acceptFrom(listener)); });
    }

    void run() override { QCoreApplication::exec(); }

private:
    void serve(int descriptor)
    {
        Connection &made
                = *m_connections.emplace_back(std::make_unique<Connection>(descriptor, m_setup));
        made.onFrame = [this, &made](quint16 channel, QByteArrayView payload) {
            m_service.serve(channel, payload,
                            [&](QByteArrayView answer) { made.write(channel, answer); });
        };
    }

    const Setup m_setup;
    Service m_service;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::vector<std::unique_ptr<Connection>> m_connections;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<NotifierClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<NotifierServer>(setup);
}

} // namespace Bench
