// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    IpcPrims for Qt.

    ipcprims             frames as QByteArray, by the signal
    ipcprims-view        frames as QByteArrayView, by the peer's frame handler
    ipcprims-localsocket as ipcprims, but over QLocalSocket, the portable transport
    ipcprims-spin        as ipcprims, but the event loop stays awake for a while
*/
#include "peers/eventloopclient.h"
#include "peers/service.h"
#include "peers/spin.h"

#include <IpcPrims/Peer>
#include <IpcPrims/Server>
#include <IpcPrims/SpinTime>

#include <QtCore/qcoreapplication.h>

namespace Bench {
namespace {

IpcPrims::Transport transportOf(const Setup &setup)
{
    return setup.variant == u"ipcprims-localsocket" ? IpcPrims::Transport::LocalSocket
                                                    : IpcPrims::Transport::Native;
}

/// Calls \a receive with the frames of \a peer in the way that is measured.
template<typename Receive>
void onFrame(IpcPrims::Peer *peer, const Setup &setup, Receive receive)
{
    if (setup.variant == u"ipcprims-view")
        peer->setFrameHandler(receive);
    else
        QObject::connect(peer, &IpcPrims::Peer::frameReceived, peer, receive);
}

void answer(IpcPrims::Peer *peer, quint16 channel, const QByteArray &payload)
{
    verify(!peer->send(channel, payload), "an answer wasn't accepted");
}

// Lent, not copied: a small payload is written into the queue, and a larger one has left before the
// memory is used for something else.
void answer(IpcPrims::Peer *peer, quint16 channel, QByteArrayView payload)
{
    constexpr qsizetype SharedFrom = 16 * 1024;
    answer(peer, channel, QByteArray::fromRawData(payload.data(), payload.size()));
    if (payload.size() > SharedFrom) {
        peer->flush();
        verify(peer->bytesQueued() == 0, "a lent answer didn't leave at once");
    }
}

class IpcPrimsClient : public EventLoopClient
{
public:
    explicit IpcPrimsClient(const Setup &setup)
        : m_setup(setup)
        , m_endpoint(IpcPrims::Endpoint::fromPath(setup.path))
    {
        IpcPrims::setSpinTime(spinTimeOf(setup));
    }

    // Everything has arrived, so there is nothing to agree on with the other side.
    void close() override { m_peers.clear(); }

protected:
    void startConnection(int connection) override
    {
        IpcPrims::Peer *const peer = m_peers.emplace_back(std::make_unique<IpcPrims::Peer>()).get();
        peer->setTransport(transportOf(m_setup));
        if (m_setup.workload.operation == Operation::CommandsBesideData)
            peer->setSendWaterMarks(4 * IpcPrims::MaxPayloadSize, IpcPrims::MaxPayloadSize);
        QObject::connect(peer, &IpcPrims::Peer::connected, peer, [this] { opened(); });
        QObject::connect(peer, &IpcPrims::Peer::disconnected, peer,
                         [](const IpcPrims::Error &reason) { fail(reason.message()); });
        QObject::connect(peer, &IpcPrims::Peer::readyToSend, peer, [this] { writable(); });
        onFrame(peer, m_setup, [this, connection](quint16 channel, QByteArrayView payload) {
            arrived(connection, channel, payload);
        });
        peer->connectToServer(m_endpoint);
    }

    bool send(int connection, quint16 channel, const QByteArray &payload) override
    {
        const IpcPrims::Error error = m_peers[connection]->send(channel, payload);
        if (Q_LIKELY(!error))
            return true;
        if (error.code() != IpcPrims::ErrorCode::QueueFull)
            fail(error.message());
        return false;
    }

private:
    const Setup m_setup;
    const IpcPrims::Endpoint m_endpoint;
    std::vector<std::unique_ptr<IpcPrims::Peer>> m_peers;
};

class IpcPrimsServer : public Server
{
public:
    explicit IpcPrimsServer(const Setup &setup)
        : m_setup(setup)
    {
        IpcPrims::setSpinTime(spinTimeOf(setup));
        m_server.setTransport(transportOf(setup));
        QObject::connect(&m_server, &IpcPrims::Server::peerConnected, &m_server,
                         [this](IpcPrims::Peer *peer) { serve(peer); });
    }

    void listen() override
    {
        if (const auto error = m_server.listen(IpcPrims::Endpoint::fromPath(m_setup.path)))
            fail(error.message());
    }

    void run() override { QCoreApplication::exec(); }

private:
    void serve(IpcPrims::Peer *peer)
    {
        onFrame(peer, m_setup, [this, peer](quint16 channel, const auto &payload) {
            m_service.serve(channel, payload,
                            [&](const auto &what) { answer(peer, channel, what); });
        });
    }

    const Setup m_setup;
    Service m_service;
    IpcPrims::Server m_server;
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
