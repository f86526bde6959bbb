// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    ZeroMQ: a DEALER for each connection of the client, one ROUTER in the server.
*/
#include "peers/blockingclient.h"
#include "peers/messagebody.h"
#include "peers/service.h"
#include "peers/zeromq/common.h"

namespace Bench {
namespace {

/// A message, or a part of one.
class Message
{
public:
    Message() { zmq_msg_init(&m_message); }
    ~Message() { zmq_msg_close(&m_message); }
    Q_DISABLE_COPY_MOVE(Message)

    void set(quint16 channel, QByteArrayView payload)
    {
        zmq_msg_close(&m_message);
        check(zmq_msg_init_size(&m_message, MessageBody::sizeFor(payload)));
        MessageBody::write(zmq_msg_data(&m_message), channel, payload);
    }
    quint16 channel() { return MessageBody::channel(zmq_msg_data(&m_message)); }
    QByteArrayView payload()
    {
        return MessageBody::payload(zmq_msg_data(&m_message), zmq_msg_size(&m_message));
    }

    void receive(void *socket) { check(zmq_msg_recv(&m_message, socket, 0)); }
    void send(void *socket, int flags = 0) { check(zmq_msg_send(&m_message, socket, flags)); }

private:
    zmq_msg_t m_message;
};

class ZeroMqClient : public BlockingClient
{
public:
    explicit ZeroMqClient(const Setup &setup)
        : m_setup(setup)
        , m_context(newContext())
    {}

    void open(int connections) override
    {
        for (int i = 0; i < connections; ++i) {
            m_sockets.push_back(newSocket(m_context, ZMQ_DEALER, m_setup));
            check(zmq_connect(m_sockets.back(), addressOf(m_setup.path).constData()));
            m_states.push_back({m_sockets.back(), 0, ZMQ_POLLIN, 0});
        }
    }

    void close() override
    {
        for (void *const socket : m_sockets)
            check(zmq_close(socket));
        m_sockets.clear();
        m_states.clear();
    }

protected:
    int connections() const override { return int(m_sockets.size()); }

    void send(int connection, quint16 channel, QByteArrayView payload) override
    {
        Message message;
        message.set(channel, payload);
        message.send(m_sockets[connection]);
    }

    Frame receive(int connection) override
    {
        m_received.receive(m_sockets[connection]);
        return {m_received.channel(), m_received.payload()};
    }

    void waitForAny() override { check(zmq_poll(m_states.data(), int(m_states.size()), -1)); }
    bool hasSomething(int connection) const override { return m_states[connection].revents != 0; }

private:
    const Setup m_setup;
    void *const m_context;
    std::vector<void *> m_sockets;
    std::vector<zmq_pollitem_t> m_states;
    Message m_received;
};

class ZeroMqServer : public Server
{
public:
    explicit ZeroMqServer(const Setup &setup)
        : m_setup(setup)
        , m_socket(newSocket(newContext(), ZMQ_ROUTER, setup))
    {}

    void listen() override { check(zmq_bind(m_socket, addressOf(m_setup.path).constData())); }

    void run() override
    {
        Message sender;
        Message body;
        for (;;) {
            sender.receive(m_socket);
            body.receive(m_socket);
            serve(sender, body);
        }
    }

private:
    void serve(Message &sender, Message &body)
    {
        const quint16 channel = body.channel();
        if (channel == Channel::Command) {
            sender.send(m_socket, ZMQ_SNDMORE);
            body.send(m_socket); // As it is.
            return;
        }
        m_service.serve(channel, body.payload(), [&](QByteArrayView answer) {
            sender.send(m_socket, ZMQ_SNDMORE);
            body.set(channel, answer);
            body.send(m_socket);
        });
    }

    const Setup m_setup;
    void *const m_socket;
    Service m_service;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<ZeroMqClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<ZeroMqServer>(setup);
}

} // namespace Bench
