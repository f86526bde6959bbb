// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/broadcastsum_p.h"
#include "peer/peergroup_p.h"
#include "peer/taskbox_p.h"
#include "peer/waitingclients_p.h"
#ifdef Q_OS_UNIX
#    include "transport/forkguard_p.h"
#endif

#include <QtCore/qthread.h>

#include <memory>
#include <semaphore>

namespace IpcPrims {

class ServerPrivate;

/*!
    A worker thread of a server and the peers that live there. All functions are called in the
    server's thread and take effect in the worker, one after the other. The end of this object is
    that of the thread and of its peers.
*/
class PeerThread final : private PeerGroup::Observer
{
    Q_DISABLE_COPY_MOVE(PeerThread)

public:
    PeerThread(ServerPrivate *server, std::shared_ptr<ClientList> clients,
               std::shared_ptr<const Server::PeerHandler> handler);
    ~PeerThread();

    /// A forked child has the object and not the thread, so it can only leave it alone.
    struct Deleter
    {
        void operator()(PeerThread *thread) const;
    };

    void accept(NewClient client);
    void giveUp(quint64 number);
    void giveUpPending();
    void broadcast(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy,
                   const std::shared_ptr<const PayloadValidator> &passed,
                   const std::shared_ptr<BroadcastSum> &sum);
    /// Whether this process is a child that fork() has made since: it has no such thread.
    bool isInherited() const;

private:
    void acceptWaiting();
    bool acceptNext();
    void clientOpened(Peer *peer) override;
    void clientFailed(const Error &reason) override;
    void clientGone() override;
    void updateServer();

#ifdef Q_OS_UNIX
    const OwningProcess m_owner;
#endif
    ServerPrivate *const m_server;
    const std::shared_ptr<const Server::PeerHandler> m_handler;
    QThread m_thread;
    PeerGroup *const m_group; // Lives in the thread, which deletes it.
    WaitingClients m_waiting; // For the group, too.
    TaskBox m_tasks; // For the group.
    std::binary_semaphore m_hasEnded{0}; // What the thread did with this object.
};

} // namespace IpcPrims
