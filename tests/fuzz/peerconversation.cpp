// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "conversation.h"

#include "incomingend.h"
#include "require.h"

#include "peer/peergroup_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>

using namespace IpcPrims;

namespace {
// Sees what one peer does, and sends each frame back.
class Watcher final : public PeerGroup::Observer
{
public:
    explicit Watcher(Conversation *conversation)
        : m_conversation(conversation)
    {}

    void watch(Peer *peer)
    {
        QObject::connect(peer, &Peer::frameReceived, peer,
                         [this, peer](quint16 channel, const QByteArray &payload) {
                             m_conversation->delivered.append({channel, payload});
                             if (peer->isOpen())
                                 require(!peer->send(channel, payload), "an answer is accepted");
                         });
        QObject::connect(peer, &Peer::disconnected, peer, [this](const Error &reason) {
            require(!hasEnded, "a peer reports one end");
            ended(reason);
        });
    }

    // PeerGroup::Observer
    void clientOpened(Peer *peer) override
    {
        watch(peer);
        opened(peer);
    }
    void clientFailed(const Error &reason) override { ended(reason); }
    void clientGone() override {}

    void opened(Peer *peer)
    {
        require(!m_conversation->hasOpened && !hasEnded, "a session opens once");
        m_conversation->hasOpened = true;
        m_conversation->channels = peer->channels();
    }

    bool hasEnded = false;

private:
    void ended(const Error &reason)
    {
        hasEnded = true;
        m_conversation->end = reason.code();
    }

    Conversation *const m_conversation;
};

void run(ScriptedSocket &socket, const Watcher &watcher)
{
    constexpr qint64 longest = 5000; // In case of failure.
    QElapsedTimer time;
    time.start();
    while (!watcher.hasEnded && time.elapsed() < longest) {
        socket.writeNext();
        for (int i = 0; i < 3; ++i)
            QCoreApplication::processEvents();
    }
    require(watcher.hasEnded, "a session ends with its connection");
}

void talkToClient(ScriptedSocket &socket, Conversation *conversation)
{
    Watcher watcher(conversation);
    Peer peer;
    peer.setTransport(Transport::LocalSocket);
    watcher.watch(&peer);
    QObject::connect(&peer, &Peer::connected, &peer, [&] { watcher.opened(&peer); });
    peer.connectOver(qintptr(socket.takeOther().release()));
    run(socket, watcher);
}

void talkToServer(ScriptedSocket &socket, Conversation *conversation)
{
    Watcher watcher(conversation);
    const auto clients = std::make_shared<ClientList>();
    PeerGroup group(clients, &watcher);
    NewClient client;
    client.number = 1;
    client.connection = std::make_shared<IncomingEnd>(socket.takeOther());
    client.settings.peerId = "peer-1";
    clients->add(client.number, std::nullopt);
    group.accept(client);
    run(socket, watcher);
}
} // namespace

Conversation talkToPeer(SessionRole role, const QByteArray &script, quint32 seed)
{
    Conversation conversation;
    ScriptedSocket socket(script, seed);
    if (role == SessionRole::Client)
        talkToClient(socket, &conversation);
    else
        talkToServer(socket, &conversation);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
    conversation.answers = socket.readAnswers();
    return conversation;
}
