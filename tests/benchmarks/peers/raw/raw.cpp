// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Sockets by hand, with blocking calls: what everything else is compared with.

    raw           one write per frame, and two reads: the header, then the payload
    raw-buffered  one write per frame; reads as much as is there
    raw-hello     as raw-buffered; a connection begins with texts of this protocol's handshake, as
                  long as the real ones, which nobody looks into
    raw-batched   frames are gathered to 64 KiB; reads as much as is there
    raw-writev    header and payload are written from where they are; reads as much as is there
*/
#include "peers/blockingclient.h"
#include "peers/raw/framereader.h"
#include "peers/raw/framewriter.h"
#include "peers/raw/hello.h"
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
    Connection(int descriptor, const Setup &setup)
        : reader(FrameReader::make(setup.variant, descriptor))
        , writer(FrameWriter::make(setup.variant, descriptor))
        , m_descriptor(descriptor)
    {
        raiseSendBuffer(descriptor, setup.workload);
    }
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
                    std::make_unique<Connection>(connectTo(m_setup.path), m_setup));
        }
        for (const auto &connection : m_connections)
            m_states.push_back({connection->descriptor(), POLLIN, 0});
        if (m_setup.variant == u"raw-hello")
            sayHello();
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

    void waitForAny() override { ::poll(m_states.data(), m_states.size(), -1); }
    bool hasSomething(int connection) const override { return m_states[connection].revents != 0; }

private:
    void sayHello()
    {
        for (int connection = 0; connection < connections(); ++connection) {
            send(connection, Hello::Channel, Hello::Request);
            const Frame answer = receive(connection);
            verify(answer.channel == Hello::Channel && answer.payload == Hello::Response,
                   "the server said something else than hello");
        }
    }

    const Setup m_setup;
    std::vector<std::unique_ptr<Connection>> m_connections;
    std::vector<pollfd> m_states; // Of the connections.
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
        return std::make_unique<Connection>(acceptFrom(m_listener), m_setup);
    }

    // Waits for a piece and answers its frames; false at the end.
    bool serve(Connection &connection)
    {
        if (!connection.reader->receive())
            return false;
        while (const auto frame = connection.reader->next()) {
            if (Q_UNLIKELY(frame->channel == Hello::Channel)) {
                verify(frame->payload == Hello::Request,
                       "the client said something else than hello");
                connection.writer->write(Hello::Channel, Hello::Response);
                continue;
            }
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
            for (size_t i = 0; i < connections.size();) {
                if (states[i + 1].revents == 0 || serve(*connections[i])) {
                    ++i;
                    continue;
                }
                connections.erase(connections.begin() + qsizetype(i));
                states.erase(states.begin() + qsizetype(i) + 1);
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
