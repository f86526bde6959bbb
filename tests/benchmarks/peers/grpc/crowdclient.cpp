// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/grpc/crowdclient.h"

#include "peers/grpc/common.h"

namespace Bench {

// What the queue tells of a stream that has begun: a pointer to one of its flags, which is set
// then.
using Flag = bool;

struct GrpcCrowdClient::Stream
{
    Stream(const Setup &setup, grpc::CompletionQueue *queue)
        : stub(Proto::Exchange::NewStub(newChannel(setup)))
        , stream(stub->AsyncRun(&context, queue, &canWrite))
    {}

    grpc::ClientContext context;
    Flag canWrite = false; // It has begun, and what was written before has left.
    Flag hasRead = false;
    Proto::Frame sent;
    Proto::Frame received;
    const std::unique_ptr<Proto::Exchange::Stub> stub;
    const std::unique_ptr<grpc::ClientAsyncReaderWriter<Proto::Frame, Proto::Frame>> stream;
};

GrpcCrowdClient::GrpcCrowdClient(const Setup &setup)
    : m_setup(setup)
    , m_queue(std::make_unique<grpc::CompletionQueue>())
{}

GrpcCrowdClient::~GrpcCrowdClient() = default;

void GrpcCrowdClient::open(int connections)
{
    for (int i = 0; i < connections; ++i)
        m_streams.push_back(std::make_unique<Stream>(m_setup, m_queue.get()));
}

void GrpcCrowdClient::close()
{
    for (const auto &stream : m_streams)
        stream->context.TryCancel();
    m_queue->Shutdown();
    void *flag = nullptr;
    bool isGood = false;
    while (m_queue->Next(&flag, &isGood)) {
    }
    m_streams.clear();
    m_queue = std::make_unique<grpc::CompletionQueue>();
}

void GrpcCrowdClient::send(int connection, quint16 channel, QByteArrayView payload)
{
    Stream &over = *m_streams[connection];
    while (!over.canWrite)
        waitForAny();
    over.canWrite = false;
    over.stream->Read(&over.received, &over.hasRead);
    set(&over.sent, channel, payload);
    over.stream->Write(over.sent, &over.canWrite);
}

BlockingClient::Frame GrpcCrowdClient::receive(int connection)
{
    Stream &from = *m_streams[connection];
    while (!from.hasRead)
        waitForAny();
    from.hasRead = false;
    return {quint16(from.received.channel()), payloadOf(from.received)};
}

void GrpcCrowdClient::waitForAny()
{
    void *flag = nullptr;
    bool isGood = false;
    verify(m_queue->Next(&flag, &isGood) && isGood, "a stream ended");
    *static_cast<Flag *>(flag) = true;
}

bool GrpcCrowdClient::hasSomething(int connection) const
{
    return m_streams[connection]->hasRead;
}

} // namespace Bench
