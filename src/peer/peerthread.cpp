// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peerthread_p.h"

#include "frame/turntime_p.h"
#include "peer/server_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <utility>
#include <vector>

namespace IpcPrims {

static PeerGroup *movedTo(QThread *thread, PeerGroup *group)
{
    group->moveToThread(thread);
    return group;
}

PeerThread::PeerThread(ServerPrivate *server, std::shared_ptr<ClientList> clients,
                       std::shared_ptr<const Server::PeerHandler> handler)
    : m_server(server)
    , m_handler(std::move(handler))
    , m_group(movedTo(&m_thread, new PeerGroup(std::move(clients), this)))
    , m_tasks(m_group)
{
    m_thread.setObjectName(QStringLiteral("ipcprims"));
    m_thread.start();
}

PeerThread::~PeerThread()
{
    m_tasks.put([this] {
        delete m_group;
        // What the peers have left to be deleted: the sockets of QLocalSocket.
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        m_tasks.close();
        m_thread.quit();
        m_hasEnded.release();
    });
    m_hasEnded.acquire();
    m_thread.wait();
}

bool PeerThread::isInherited() const
{
#ifdef Q_OS_UNIX
    return !m_owner.isThisOne();
#else
    return false;
#endif
}

void PeerThread::Deleter::operator()(PeerThread *thread) const
{
    if (!thread->isInherited()) {
        delete thread;
        return;
    }
    // Still known to somebody, so that it doesn't look lost to a search for memory leaks.
    static auto *const inherited = new std::vector<PeerThread *>;
    inherited->push_back(thread);
}

// From the server's thread

void PeerThread::accept(NewClient client)
{
    if (m_waiting.put(std::move(client)))
        m_tasks.put([this] { acceptWaiting(); });
}

void PeerThread::giveUp(quint64 number)
{
    if (!m_waiting.giveUp(number))
        m_tasks.put([group = m_group, number] { group->giveUp(number); });
}

void PeerThread::giveUpPending()
{
    if (isInherited())
        return;
    m_tasks.put([this] {
        while (acceptNext()) {
        }
        m_group->giveUpPending();
    });
}

void PeerThread::broadcast(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy,
                           const std::shared_ptr<const PayloadValidator> &passed,
                           const std::shared_ptr<BroadcastSum> &sum)
{
    if (isInherited()) { // The child has nobody to send to.
        sum->add({});
        return;
    }
    m_tasks.put([group = m_group, channel, payload, policy, passed, sum] {
        sum->add(group->broadcast(channel, payload, policy, passed.get()));
    });
}

// From the worker. The server waits for this thread before it goes, so it is there.

void PeerThread::acceptWaiting()
{
    TurnShare share;
    while (acceptNext()) {
        if (share.spend()) {
            QMetaObject::invokeMethod(
                    m_group, [this] { acceptWaiting(); }, Qt::QueuedConnection);
            return;
        }
    }
}

bool PeerThread::acceptNext()
{
    const auto client = m_waiting.take();
    if (client)
        m_group->accept(*client);
    return client.has_value();
}

void PeerThread::clientOpened(Peer *peer)
{
    updateServer();
    if (*m_handler)
        (*m_handler)(peer);
}

void PeerThread::clientFailed(const Error &reason)
{
    m_server->tasks.put([server = m_server, reason] { server->clientFailed(reason); });
}

void PeerThread::clientGone()
{
    updateServer();
}

// The number of peers has changed.
void PeerThread::updateServer()
{
    m_server->tasks.put([server = m_server] { server->updateAccepting(); });
}

} // namespace IpcPrims
