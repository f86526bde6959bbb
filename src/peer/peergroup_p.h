// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/authorizationstate_p.h"
#include "peer/clientlist_p.h"
#include "peer/mailbox_p.h"
#include "peer/peer_p.h"
#include "peer/validation_p.h"
#include "session/session_p.h"
#include "transport/incomingconnection_p.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/receivelimits.h>
#include <IpcPrims/server.h>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <deque>
#include <map>
#include <memory>

namespace IpcPrims {

/// A client that was accepted, with the server's settings at that time. Can go to any thread.
struct NewClient
{
    quint64 number = 0;
    std::shared_ptr<IncomingConnection> connection;
    SessionSettings settings;
    Validation validation;
    ReceiveLimits receiveLimits;
    std::shared_ptr<const Server::Authorizer> authorizer; // If it is to be asked.
};

/*!
    The clients of a server in one thread: shaking hands first, then with a session. A server has
    one in its own thread, and one in each of its worker threads.
*/
class PeerGroup final : public QObject, private PeerPrivate::Owner
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerGroup)

public:
    /// Is told in the group's thread. Each function may delete the group.
    class Observer
    {
    public:
        virtual void clientOpened(Peer *peer) = 0;
        /// Its handshake failed.
        virtual void clientFailed(const Error &reason) = 0;
        /// Its session is over.
        virtual void clientGone() = 0;

    protected:
        ~Observer() = default;
    };

    /// Peers become children of \a parentOfPeers, by default of the group.
    PeerGroup(std::shared_ptr<ClientList> clients, Observer *observer,
              QObject *parentOfPeers = nullptr);
    ~PeerGroup() override;

    /// \a client is in the list of clients already.
    void accept(const NewClient &client);
    /// Drops a client that still shakes hands, without a word.
    void giveUp(quint64 number);
    void giveUpPending();

    /// The open sessions, in the order they were opened.
    const QList<Peer *> &peers() const { return m_peers; }
    /// \a passed is the validator that \a payload has passed already, if there is one.
    BroadcastResult broadcast(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy,
                              const PayloadValidator *passed);

private:
    struct Pending
    {
        Peer *peer = nullptr;
        std::shared_ptr<const Server::Authorizer> authorizer;
    };

    // PeerPrivate::Owner
    void authorizationAsked(Peer *peer, const QList<quint16> &requestedChannels) override;
    void peerOpened(Peer *peer) override;
    void peerEnded(Peer *peer, const Error &reason) override;
    void peerDestroyed(Peer *peer) override;

    void deliverAnswers();
    void deliver(const AuthorizationAnswer &answer);
    bool forget(Peer *peer);
    static void drop(Peer *peer);
    static void send(PeerPrivate *peer, quint16 channel, const QByteArray &payload,
                     SlowPeerPolicy policy, const PayloadValidator *passed,
                     BroadcastResult *result);

    const std::shared_ptr<ClientList> m_clients;
    Observer *const m_observer;
    QObject *const m_parentOfPeers;
    QHash<Peer *, quint64> m_numbers; // Of all that follow.
    std::map<quint64, Pending> m_pending;
    QList<Peer *> m_peers;
    std::shared_ptr<Mailbox<AuthorizationAnswer>> m_mailbox; // Once somebody was asked.
    std::deque<AuthorizationAnswer> m_answers; // From the mailbox.
};

} // namespace IpcPrims
