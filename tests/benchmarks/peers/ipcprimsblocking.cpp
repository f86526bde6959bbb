// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    IpcPrims for Qt with calls that block.

    ipcprims-blocking       one system call per frame
    ipcprims-gather         data frames are gathered to 64 KiB
    ipcprims-blocking-spin  as ipcprims-blocking, but calls look for a while before they sleep
*/
#include "peers/blockingclient.h"
#include "peers/service.h"
#include "peers/spin.h"

#include <IpcPrims/BlockingListener>
#include <IpcPrims/BlockingPeer>

#include <vector>

namespace Bench {
namespace {

void verifyNone(const IpcPrims::Error &error)
{
    if (Q_UNLIKELY(bool(error)))
        fail(error.message());
}

class IpcPrimsClient : public BlockingClient
{
public:
    explicit IpcPrimsClient(const Setup &setup)
        : m_isGathering(setup.variant == u"ipcprims-gather")
        , m_spinTime(spinTimeOf(setup))
        , m_endpoint(IpcPrims::Endpoint::fromPath(setup.path))
    {}

    void open(int connections) override
    {
        m_peers.resize(connections);
        for (IpcPrims::BlockingPeer &peer : m_peers) {
            peer.setSpinTime(m_spinTime);
            verifyNone(peer.connectToServer(m_endpoint));
        }
    }

    // Everything has arrived, so there is nothing to agree on with the other side.
    void close() override { m_peers.clear(); }

protected:
    int connections() const override { return int(m_peers.size()); }

    void send(int connection, quint16 channel, QByteArrayView payload) override
    {
        const QByteArray shared = QByteArray::fromRawData(payload.data(), payload.size());
        if (m_isGathering && channel == Channel::Data)
            verifyNone(m_peers[connection].gather(channel, shared));
        else
            verifyNone(m_peers[connection].send(channel, shared));
    }

    Frame receive(int connection) override
    {
        verifyNone(m_peers[connection].receive(&m_frame));
        return {m_frame.channel, m_frame.payload};
    }

private:
    const bool m_isGathering;
    const std::chrono::microseconds m_spinTime;
    const IpcPrims::Endpoint m_endpoint;
    std::vector<IpcPrims::BlockingPeer> m_peers;
    IpcPrims::Frame m_frame;
};

class IpcPrimsServer : public Server
{
public:
    explicit IpcPrimsServer(const Setup &setup)
        : m_spinTime(spinTimeOf(setup))
        , m_endpoint(IpcPrims::Endpoint::fromPath(setup.path))
    {}

    void listen() override { verifyNone(m_listener.listen(m_endpoint)); }

    void run() override
    {
        for (;;) {
            IpcPrims::BlockingPeer peer;
            peer.setSpinTime(m_spinTime);
            verifyNone(m_listener.accept(&peer));
            IpcPrims::Frame frame;
            while (!peer.receive(&frame)) {
                m_service.serve(frame.channel, frame.payload, [&](const QByteArray &answer) {
                    verifyNone(peer.send(frame.channel, answer));
                });
            }
        }
    }

private:
    const std::chrono::microseconds m_spinTime;
    const IpcPrims::Endpoint m_endpoint;
    Service m_service;
    IpcPrims::BlockingListener m_listener;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<IpcPrimsClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<IpcPrimsServer>(setup);
}

} // namespace Bench
