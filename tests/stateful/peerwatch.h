// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "model.h"
#include "sendingend.h"

#include <IpcPrims/peer.h>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <memory>

/*!
    Sees everything that a peer says, from its first session to its end, and checks that the order
   is the documented one.
*/
class PeerWatch : public QObject
{
    Q_OBJECT

public:
    enum class Role { Client, Server };

    PeerWatch(Model *model, IpcPrims::Peer *peer, Role role, const QByteArray &token);

    IpcPrims::Peer *peer() const { return m_peer; }
    const std::shared_ptr<SendingEnd> &sending() const { return m_sending; }
    Ledger::End end() const { return m_sending->end; }
    Role role() const { return m_role; }

    /// Sends with a policy for a full queue, which may end the session.
    void send(quint16 channel, qint64 size, IpcPrims::SlowPeerPolicy policy);
    /// Ends the session in order; then everything that was sent has to have arrived.
    void close();

    /// The application is going to end what there is, whatever is still on its way.
    void willCut();
    /// The peer is going to be destroyed.
    void willDestroy();
    /// The other side is about to be destroyed before it was told of the session, if this one is
    /// about to open.
    void serverGoes();
    /// Frames are received by a handler from now on, or by the signal again.
    void receiveByHandler(bool byHandler);

    /// While one of these lives, the peer has to keep silent.
    class Call
    {
        Q_DISABLE_COPY_MOVE(Call)

    public:
        explicit Call(PeerWatch *watch)
            : m_watch(watch)
        {
            ++watch->m_callDepth;
        }
        ~Call()
        {
            if (m_watch)
                --m_watch->m_callDepth;
        }

    private:
        const QPointer<PeerWatch> m_watch;
    };

private:
    void onStateChanged(IpcPrims::Peer::State state);
    void onConnected();
    void onDisconnected(const IpcPrims::Error &reason);
    void onRetryScheduled();
    void onFramesNotSent(quint16 channel, const QList<QByteArray> &payloads);
    void onFrame(quint16 channel, QByteArrayView payload);
    void onReadyToSend(quint16 channel);
    void onShutdownRequested();

    void cutForGood();
    void startSession();
    void expect(bool holds, const char *what);
    /// Always the last act of a slot.
    void leaveSlot();

    Model *const m_model;
    const QPointer<IpcPrims::Peer> m_peer;
    const Role m_role;
    const QByteArray m_token;
    const std::shared_ptr<SendingEnd> m_sending;
    int m_callDepth = 0;
    IpcPrims::Peer::State m_state = IpcPrims::Peer::State::Closed; // The last one that was told.
    bool m_isConnected = false; // Between connected() and disconnected().
    bool m_wasAskedToShutDown = false;
    bool m_isRetryDue = false;
    bool m_isClosing = false; // By close(), with a session,
    bool m_isClosedUnheard = false; // before connected(), which doesn't come then.
    bool m_isTooSlow = false; // Its session ends because of SlowPeerPolicy::Disconnect.
    bool m_isGoing = false; // The peer is to be deleted.
};
