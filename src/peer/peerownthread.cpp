// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The thread that a peer lives in, from one session to the next.

#include "peer/peer_p.h"

#include "peer/logging_p.h"
#include "peer/peerhealth_p.h"

#include <utility>

namespace IpcPrims {

// The peer lives in this thread from now on.
void PeerPrivate::enterThread()
{
    m_thread = QThread::currentThreadId();
    if (m_onThreadEnded)
        return;
    if (m_watcher)
        m_watcher->resumeTimers();
    queueChanged();
    // In that thread, while it still can stop the timers that were started there.
    m_onThreadEnded = QObject::connect(
            q->thread(), &QThread::finished, q, [this] { threadEnded(); }, Qt::DirectConnection);
}

// The peer is about to be moved; this still is the thread it has lived in.
void PeerPrivate::leaveThread()
{
    QObject::disconnect(std::exchange(m_onThreadEnded, {}));
    if (m_watcher)
        m_watcher->stopTimers(); // Qt would start them again after they were stopped there.
    if (m_queueWatch)
        m_queueWatch->stopTimer();
    if (m_isWaitingForTurn || m_reportTimer.isActive()) { // What is left to be told is, there.
        leaveTurn();
        m_reportTimer.stop();
        m_isReportDue = false;
        reportLater();
    }
    if (state != Peer::State::Closed) {
        qCWarning(lcPeer, "Peer: moved to another thread while it was not Closed, which ends its "
                          "session");
        const Error reason(ErrorCode::InvalidArgument,
                           QStringLiteral("the peer was moved to another thread while it was not "
                                          "Closed"));
        abort(reason);
        // The owner belongs to the thread that is left.
        if (Owner *const informed = std::exchange(owner, nullptr))
            informed->peerEnded(q, reason);
    }
    quint64 lastTold = 0;
    while (SessionObserver *const observer = observers.next(&lastTold))
        observer->peerLeavesThread();
    m_thread = nullptr;
    // There, as nothing says here where it is moved to.
    QMetaObject::invokeMethod(
            q, [this] { enterThread(); }, Qt::QueuedConnection);
}

// No event loop will report anything any more, so the end is reported at once.
void PeerPrivate::threadEnded()
{
    const QPointer<Peer> alive(q);
    if (m_watcher)
        m_watcher->stopTimers();
    leaveTurn();
    m_isThreadEnding = true;
    abort(Error(ErrorCode::Cancelled, QStringLiteral("the peer's thread has ended")));
    report();
    if (alive)
        m_isThreadEnding = false;
    if (alive && m_watcher)
        m_watcher->stopTimers();
    if (alive && m_queueWatch)
        m_queueWatch->stopTimer();
}

} // namespace IpcPrims
