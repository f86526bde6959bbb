// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    gRPC over a unix address: one stream in both directions for each connection, with calls that
    block; several connections at a time by a completion queue, see crowdclient.h.
*/
#include "peers/blockingclient.h"
#include "peers/grpc/common.h"
#include "peers/grpc/crowdclient.h"
#include "peers/service.h"

namespace Bench {
namespace {

class Connection
{
public:
    explicit Connection(const Setup &setup)
        : m_stub(Proto::Exchange::NewStub(newChannel(setup)))
        , m_stream(m_stub->Run(&m_context))
    {}
    ~Connection() { m_context.TryCancel(); }
    Q_DISABLE_COPY_MOVE(Connection)

    void write(const Proto::Frame &frame) { verify(m_stream->Write(frame), "writing failed"); }
    void read(Proto::Frame *frame) { verify(m_stream->Read(frame), "reading failed"); }

private:
    grpc::ClientContext m_context;
    const std::unique_ptr<Proto::Exchange::Stub> m_stub;
    const std::unique_ptr<grpc::ClientReaderWriter<Proto::Frame, Proto::Frame>> m_stream;
};

class GrpcClient : public BlockingClient
{
public:
    explicit GrpcClient(const Setup &setup)
        : m_setup(setup)
    {}

    void open(int connections) override
    {
        for (int i = 0; i < connections; ++i)
            m_connections.push_back(std::make_unique<Connection>(m_setup));
    }

    void close() override { m_connections.clear(); }

protected:
    int connections() const override { return int(m_connections.size()); }

    void send(int connection, quint16 channel, QByteArrayView payload) override
    {
        set(&m_sent, channel, payload);
        m_connections[connection]->write(m_sent);
    }

    Frame receive(int connection) override
    {
        m_connections[connection]->read(&m_received);
        return {quint16(m_received.channel()), payloadOf(m_received)};
    }

private:
    const Setup m_setup;
    std::vector<std::unique_ptr<Connection>> m_connections;
    Proto::Frame m_sent;
    Proto::Frame m_received;
};

class ExchangeService final : public Proto::Exchange::Service
{
    grpc::Status Run(grpc::ServerContext *,
                     grpc::ServerReaderWriter<Proto::Frame, Proto::Frame> *stream) override
    {
        Bench::Service service;
        Proto::Frame frame;
        while (stream->Read(&frame)) {
            const auto channel = quint16(frame.channel());
            if (channel == Channel::Command) {
                stream->Write(frame); // As it is.
                continue;
            }
            service.serve(channel, payloadOf(frame), [&](QByteArrayView answer) {
                Proto::Frame reply;
                set(&reply, channel, answer);
                stream->Write(reply);
            });
        }
        return grpc::Status::OK;
    }
};

class GrpcServer : public Server
{
public:
    explicit GrpcServer(const Setup &setup)
        : m_setup(setup)
    {}

    void listen() override
    {
        grpc::ServerBuilder builder;
        builder.AddListeningPort(addressOf(m_setup), grpc::InsecureServerCredentials());
        builder.SetMaxReceiveMessageSize(NoLimit);
        builder.RegisterService(&m_service);
        m_server = builder.BuildAndStart();
        verify(bool(m_server), "listening failed");
    }

    void run() override { m_server->Wait(); }

private:
    const Setup m_setup;
    ExchangeService m_service;
    std::unique_ptr<grpc::Server> m_server;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    if (setup.workload.operation == Operation::RoundTrips && setup.workload.connections > 1)
        return std::make_unique<GrpcCrowdClient>(setup);
    return std::make_unique<GrpcClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<GrpcServer>(setup);
}

} // namespace Bench
