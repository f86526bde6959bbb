// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    nng: a pair1 socket for each connection of the client, one with many partners in the server.
*/
#include "peers/blockingclient.h"
#include "peers/messagebody.h"
#include "peers/service.h"

#include <QtCore/qfile.h>

#include <nng/nng.h>
#include <nng/protocol/pair1/pair.h>
#include <poll.h>

namespace Bench {
namespace {

void check(int result)
{
    if (Q_UNLIKELY(result != 0))
        fail(QString::fromLocal8Bit(nng_strerror(result)));
}

QByteArray addressOf(const Setup &setup)
{
    return "ipc://" + QFile::encodeName(setup.path);
}

void configure(nng_socket socket, const Setup &setup)
{
    const int length = MessageBody::queueLength(setup.workload);
    check(nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, 0)); // No limit.
    check(nng_socket_set_int(socket, NNG_OPT_SENDBUF, length));
    check(nng_socket_set_int(socket, NNG_OPT_RECVBUF, length));
}

nng_msg *newMessage(quint16 channel, QByteArrayView payload)
{
    nng_msg *message = nullptr;
    check(nng_msg_alloc(&message, MessageBody::sizeFor(payload)));
    MessageBody::write(nng_msg_body(message), channel, payload);
    return message;
}

class NngClient : public BlockingClient
{
public:
    explicit NngClient(const Setup &setup)
        : m_setup(setup)
    {}

    void open(int connections) override
    {
        for (int i = 0; i < connections; ++i) {
            nng_socket &socket = m_sockets.emplace_back();
            check(nng_pair1_open(&socket));
            configure(socket, m_setup);
            check(nng_dial(socket, addressOf(m_setup).constData(), nullptr, 0));
            pollfd &state = m_states.emplace_back(pollfd{-1, POLLIN, 0});
            check(nng_socket_get_int(socket, NNG_OPT_RECVFD, &state.fd));
        }
    }

    void close() override
    {
        for (const nng_socket socket : m_sockets)
            check(nng_close(socket));
        m_sockets.clear();
        m_states.clear();
    }

protected:
    int connections() const override { return int(m_sockets.size()); }

    void send(int connection, quint16 channel, QByteArrayView payload) override
    {
        check(nng_sendmsg(m_sockets[connection], newMessage(channel, payload), 0));
    }

    Frame receive(int connection) override
    {
        if (m_received)
            nng_msg_free(m_received);
        check(nng_recvmsg(m_sockets[connection], &m_received, 0));
        const void *const body = nng_msg_body(m_received);
        return {MessageBody::channel(body), MessageBody::payload(body, nng_msg_len(m_received))};
    }

    void waitForAny() override { ::poll(m_states.data(), m_states.size(), -1); }
    bool hasSomething(int connection) const override { return m_states[connection].revents != 0; }

private:
    const Setup m_setup;
    std::vector<nng_socket> m_sockets;
    std::vector<pollfd> m_states; // Of descriptors that are readable while there is a message.
    nng_msg *m_received = nullptr;
};

class NngServer : public Server
{
public:
    explicit NngServer(const Setup &setup)
        : m_setup(setup)
    {}

    void listen() override
    {
        check(nng_pair1_open_poly(&m_socket));
        configure(m_socket, m_setup);
        check(nng_listen(m_socket, addressOf(m_setup).constData(), nullptr, 0));
    }

    void run() override
    {
        for (;;) {
            nng_msg *message = nullptr;
            check(nng_recvmsg(m_socket, &message, 0));
            serve(message);
        }
    }

private:
    void serve(nng_msg *message)
    {
        const void *const body = nng_msg_body(message);
        const quint16 channel = MessageBody::channel(body);
        if (channel == Channel::Command) {
            check(nng_sendmsg(m_socket, message, 0)); // As it is, to where it came from.
            return;
        }
        m_service.serve(channel, MessageBody::payload(body, nng_msg_len(message)),
                        [&](QByteArrayView answer) {
                            nng_msg *const reply = newMessage(channel, answer);
                            nng_msg_set_pipe(reply, nng_msg_get_pipe(message));
                            check(nng_sendmsg(m_socket, reply, 0));
                        });
        nng_msg_free(message);
    }

    const Setup m_setup;
    nng_socket m_socket = NNG_SOCKET_INITIALIZER;
    Service m_service;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<NngClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<NngServer>(setup);
}

} // namespace Bench
