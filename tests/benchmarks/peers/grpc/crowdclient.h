// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/blockingclient.h"

#include <memory>
#include <vector>

namespace grpc {
class CompletionQueue;
}

namespace Bench {

/// Round trips on many streams at the same time: whichever has an echo is next, as its completion
/// queue says.
class GrpcCrowdClient : public BlockingClient
{
public:
    explicit GrpcCrowdClient(const Setup &setup);
    ~GrpcCrowdClient() override;

    void open(int connections) override;
    void close() override;

protected:
    int connections() const override { return int(m_streams.size()); }
    void send(int connection, quint16 channel, QByteArrayView payload) override;
    Frame receive(int connection) override;
    void waitForAny() override;
    bool hasSomething(int connection) const override;

private:
    struct Stream;

    const Setup m_setup;
    std::unique_ptr<grpc::CompletionQueue> m_queue;
    std::vector<std::unique_ptr<Stream>> m_streams;
};

} // namespace Bench
