// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    ZeroMQ one way, as fast as it goes: PUSH to PULL, and messages that lend their memory instead of
    having it copied. An empty message asks for the receipt, which comes through another such pair.
*/
#include "peers/blockingclient.h"
#include "peers/service.h"
#include "peers/zeromq/common.h"

namespace Bench {
namespace {

QByteArray addressOfReceipts(const Setup &setup)
{
    return addressOf(setup.path + QStringLiteral("-receipts"));
}

class Message
{
public:
    Message() { zmq_msg_init(&m_message); }
    /// Lends \a bytes, which have to stay until they have arrived.
    explicit Message(QByteArrayView bytes)
    {
        const auto isDone = [](void *, void *) {};
        check(zmq_msg_init_data(&m_message, const_cast<char *>(bytes.data()), size_t(bytes.size()),
                                isDone, nullptr));
    }
    ~Message() { zmq_msg_close(&m_message); }
    Q_DISABLE_COPY_MOVE(Message)

    QByteArrayView bytes()
    {
        return QByteArrayView(static_cast<const char *>(zmq_msg_data(&m_message)),
                              qsizetype(zmq_msg_size(&m_message)));
    }
    void receive(void *socket) { check(zmq_msg_recv(&m_message, socket, 0)); }
    void send(void *socket) { check(zmq_msg_send(&m_message, socket, 0)); }

private:
    zmq_msg_t m_message;
};

class PushClient : public BlockingClient
{
public:
    explicit PushClient(const Setup &setup)
        : m_setup(setup)
        , m_context(newContext())
    {}

    void open(int) override
    {
        m_data = newSocket(m_context, ZMQ_PUSH, m_setup);
        check(zmq_connect(m_data, addressOf(m_setup.path).constData()));
        m_receipts = newSocket(m_context, ZMQ_PULL, m_setup);
        check(zmq_connect(m_receipts, addressOfReceipts(m_setup).constData()));
    }

    void close() override
    {
        check(zmq_close(m_data));
        check(zmq_close(m_receipts));
    }

protected:
    int connections() const override { return 1; }

    void send(int, quint16 channel, QByteArrayView payload) override
    {
        verify(channel == Channel::Data, "this peer has one way only");
        Message(payload).send(m_data);
    }

    Frame receive(int) override
    {
        m_received.receive(m_receipts);
        return {Channel::Data, m_received.bytes()};
    }

private:
    const Setup m_setup;
    void *const m_context;
    void *m_data = nullptr;
    void *m_receipts = nullptr;
    Message m_received;
};

class PullServer : public Server
{
public:
    explicit PullServer(const Setup &setup)
        : m_setup(setup)
        , m_context(newContext())
        , m_data(newSocket(m_context, ZMQ_PULL, setup))
        , m_receipts(newSocket(m_context, ZMQ_PUSH, setup))
    {}

    void listen() override
    {
        check(zmq_bind(m_receipts, addressOfReceipts(m_setup).constData()));
        check(zmq_bind(m_data, addressOf(m_setup.path).constData()));
    }

    void run() override
    {
        Message message;
        for (;;) {
            message.receive(m_data);
            m_service.serve(Channel::Data, message.bytes(), [this](QByteArrayView receipt) {
                check(zmq_send(m_receipts, receipt.data(), size_t(receipt.size()), 0));
            });
        }
    }

private:
    const Setup m_setup;
    void *const m_context;
    void *const m_data;
    void *const m_receipts;
    Service m_service;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<PushClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<PullServer>(setup);
}

} // namespace Bench
