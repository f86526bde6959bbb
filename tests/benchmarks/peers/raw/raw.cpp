// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Sockets by hand, with blocking calls: what everything else is compared with.

    raw           one write per frame, and two reads: the header, then the payload
    raw-roundtrip the same; opening a connection takes one more round trip, as a handshake does
    raw-buffered  one write per frame; reads as much as is there
    raw-batched   frames are gathered to 64 KiB; reads as much as is there
    raw-writev    header and payload are written from where they are; reads as much as is there
*/
#include "peers/blockingclient.h"
#include "peers/raw/framereader.h"
#include "peers/raw/framewriter.h"
#include "peers/raw/socket.h"
#include "peers/service.h"

#include <vector>

#include <poll.h>
#include <unistd.h>

namespace Bench {
namespace {

class Connection
{
public:
    Connection(int descriptor, const QString &variant)
        : reader(FrameReader::make(variant, descriptor))
        , writer(FrameWriter::make(variant, descriptor))
        , m_descriptor(descriptor)
    {}
    ~Connection() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(Connection)

    int descriptor() const { return m_descriptor; }

    const std::unique_ptr<FrameReader> reader;
    const std::unique_ptr<FrameWriter> writer;

private:
    int m_descriptor;
};

class RawClient : public BlockingClient
{
public:
    explicit RawClient(const Setup &setup)
        : m_setup(setup)
    {}

    void open(int connections) override
    {
        for (int i = 0; i < connections; ++i) {
            m_connections.emplace_back(
                    std::make_unique<Connection>(connectTo(m_setup.path), m_setup.variant));
        }
        for (const auto &connection : m_connections)
            m_states.push_back({connection->descriptor(), POLLIN, 0});
        if (m_setup.variant == u"raw-roundtrip")
            roundTrips(64, 1);
    }

    void close() override
    {
        m_connections.clear();
        m_states.clear();
    }

protected:
    int connections() const override { return int(m_connections.size()); }

    void send(int connection, quint16 channel, QByteArrayView payload) override
    {
        m_connections[connection]->writer->write(channel, payload);
    }

    Frame receive(int connection) override
    {
        Connection &from = *m_connections[connection];
        from.writer->flush();
        auto frame = from.reader->next();
        while (!frame) {
            verify(from.reader->receive(), "the connection ended");
            frame = from.reader->next();
        }
        return {frame->channel, frame->payload};
    }

    // Whichever is ready, not one after the other.
    int nextConnection() override
    {
        for (;;) {
            for (; m_next < m_states.size(); ++m_next) {
                if (m_states[m_next].revents != 0)
                    return int(m_next++);
            }
            ::poll(m_states.data(), m_states.size(), -1);
            m_next = 0;
        }
    }

private:
    const Setup m_setup;
    std::vector<std::unique_ptr<Connection>> m_connections;
    std::vector<pollfd> m_states; // Of the connections; those before m_next have been dealt with.
    size_t m_next = 0;
};

class RawServer : public Server
{
public:
    explicit RawServer(const Setup &setup)
        : m_setup(setup)
    {}

    void listen() override { m_listener = listenAt(m_setup.path); }

    void run() override
    {
        if (m_setup.workload.connections == 1)
            serveInTurn();
        else
            serveAtTheSameTime();
    }

private:
    std::unique_ptr<Connection> accept() const
    {
        return std::make_unique<Connection>(acceptFrom(m_listener), m_setup.variant);
    }

    // Waits for a piece and answers its frames; false at the end.
    bool serve(Connection &connection)
    {
        if (!connection.reader->receive())
            return false;
        while (const auto frame = connection.reader->next()) {
            m_service.serve(frame->channel, frame->payload, [&](QByteArrayView answer) {
                connection.writer->write(frame->channel, answer);
            });
        }
        connection.writer->flush();
        return true;
    }

    void serveInTurn()
    {
        for (;;) {
            const std::unique_ptr<Connection> connection = accept();
            while (serve(*connection)) {
            }
        }
    }

    void serveAtTheSameTime()
    {
        std::vector<std::unique_ptr<Connection>> connections;
        std::vector<pollfd> states = {{m_listener, POLLIN, 0}};
        for (;;) {
            ::poll(states.data(), states.size(), -1);
            const bool hasNew = states[0].revents != 0;
            for (size_t i = connections.size(); i > 0; --i) {
                if (states[i].revents == 0 || serve(*connections[i - 1]))
                    continue;
                connections.erase(connections.begin() + qsizetype(i) - 1);
                states.erase(states.begin() + qsizetype(i));
            }
            if (hasNew) {
                connections.push_back(accept());
                states.push_back({connections.back()->descriptor(), POLLIN, 0});
            }
        }
    }

    const Setup m_setup;
    Service m_service;
    int m_listener = -1;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<RawClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<RawServer>(setup);
}

} // namespace Bench
