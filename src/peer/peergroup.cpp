// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peergroup_p.h"

#include "frame/turntime_p.h"

#include <IpcPrims/authorizationrequest.h>

#include <QtCore/qpointer.h>

#include <utility>

namespace IpcPrims {

PeerGroup::PeerGroup(std::shared_ptr<ClientList> clients, Observer *observer,
                     QObject *parentOfPeers)
    : m_clients(std::move(clients))
    , m_observer(observer)
    , m_parentOfPeers(parentOfPeers ? parentOfPeers : this)
{}

PeerGroup::~PeerGroup()
{
    if (m_mailbox)
        m_mailbox->close();
    for (auto it = m_numbers.cbegin(); it != m_numbers.cend(); ++it) // Some may live longer.
        it.key()->d->owner = nullptr;
}

void PeerGroup::accept(const NewClient &client)
{
    Connection connection = client.connection->open();
    if (!connection.stream) {
        m_clients->remove(client.number);
        m_observer->clientFailed(Error(ErrorCode::SystemError,
                                       QStringLiteral("the accepted connection can't be used")));
        return;
    }
    auto *const peer = new Peer(m_parentOfPeers);
    peer->d->validation = client.validation;
    peer->d->receiveLimits = client.receiveLimits;
    peer->d->settings.name = client.settings.name;
    m_numbers.insert(peer, client.number);
    m_pending.insert({client.number, {peer, client.authorizer}});
    peer->d->acceptConnection(std::move(connection), client.settings, this);
}

// The end of clients

void PeerGroup::giveUp(quint64 number)
{
    const auto pending = m_pending.find(number);
    if (pending == m_pending.end())
        return;
    Peer *const peer = pending->second.peer;
    forget(peer);
    drop(peer);
}

void PeerGroup::giveUpPending()
{
    while (!m_pending.empty())
        giveUp(m_pending.begin()->first);
}

void PeerGroup::drop(Peer *peer)
{
    peer->d->owner = nullptr;
    peer->deleteLater();
    peer->abort();
}

// If the application goes on using the peer, it does so as a client.
void PeerGroup::peerEnded(Peer *peer, const Error &reason)
{
    peer->d->owner = nullptr;
    // Later, as the application's slots are to be called with it, too.
    if (peer->parent() == m_parentOfPeers)
        peer->deleteLater();
    if (forget(peer))
        m_observer->clientGone();
    else
        m_observer->clientFailed(reason);
}

void PeerGroup::peerDestroyed(Peer *peer)
{
    forget(peer);
    m_observer->clientGone();
}

// Whether it had a session.
bool PeerGroup::forget(Peer *peer)
{
    const quint64 number = m_numbers.take(peer);
    m_clients->remove(number);
    m_pending.erase(number);
    return m_peers.removeOne(peer);
}

// Handshakes

void PeerGroup::authorizationAsked(Peer *peer, const QList<quint16> &requestedChannels)
{
    const quint64 number = m_numbers.value(peer);
    // It may have itself replaced, and the server deleted.
    const auto authorizer = m_pending[number].authorizer;
    if (!m_mailbox) {
        m_mailbox = std::make_shared<Mailbox<AuthorizationAnswer>>(this,
                                                                   [this] { deliverAnswers(); });
    }
    const AuthorizationRequest request(std::make_shared<AuthorizationRequestState>(
            AuthorizationRequestState::Facts{number, peer->peerId(), peer->peerName(),
                                             peer->credentials(), requestedChannels,
                                             peer->channels()},
            peer->takeAuthToken(),
            [mailbox = m_mailbox](const AuthorizationAnswer &answer) { mailbox->put(answer); }));
    (*authorizer)(request);
}

void PeerGroup::deliverAnswers()
{
    const QPointer<PeerGroup> alive(this);
    TurnShare share;
    for (AuthorizationAnswer &answer : m_mailbox->take())
        m_answers.push_back(std::move(answer));
    while (!m_answers.empty()) {
        const AuthorizationAnswer answer = std::move(m_answers.front());
        m_answers.pop_front();
        const bool isLast = m_answers.empty();
        if (!isLast)
            m_mailbox->ring(); // The application may run an event loop, from which the others
                               // follow.
        deliver(answer);
        if (!alive || (!isLast && share.spend()))
            return;
    }
}

void PeerGroup::deliver(const AuthorizationAnswer &answer)
{
    const auto pending = m_pending.find(answer.client);
    if (pending == m_pending.end())
        return; // It has gone meanwhile.
    PeerPrivate *const peer = pending->second.peer->d.get();
    if (answer.refusal)
        peer->refuse(answer.refusal);
    else
        peer->grant(answer.channels);
}

void PeerGroup::peerOpened(Peer *peer)
{
    const quint64 number = m_numbers.value(peer);
    m_pending.erase(number);
    if (m_clients->open(number)) {
        m_peers.append(peer);
        m_observer->clientOpened(peer);
    } else { // It had to give way to others, which we are still to be told.
        forget(peer);
        drop(peer);
    }
}

// Sessions

BroadcastResult PeerGroup::broadcast(quint16 channel, const QByteArray &payload,
                                     SlowPeerPolicy policy, const PayloadValidator *passed)
{
    BroadcastResult result;
    for (Peer *const peer : std::as_const(m_peers)) {
        PeerPrivate *const d = peer->d.get();
        if (d->session && d->session->acceptsSend(channel))
            send(d, channel, payload, policy, passed, &result);
    }
    return result;
}

// Emits nothing, so the peers stay what they are.
void PeerGroup::send(PeerPrivate *peer, quint16 channel, const QByteArray &payload,
                     SlowPeerPolicy policy, const PayloadValidator *passed, BroadcastResult *result)
{
    qsizetype replaced = 0;
    const Error error = peer->sendInSession(channel, payload, policy, FrameLink::Leaving::AtTurnEnd,
                                            passed, &replaced);
    result->dropped += replaced;
    if (!error) {
        ++result->sent;
    } else if (error.code() == ErrorCode::QueueFull && policy == SlowPeerPolicy::Disconnect) {
        ++result->disconnected;
    } else {
        ++result->dropped;
    }
}

} // namespace IpcPrims
