// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peerwatch.h"

#include <QtCore/qmetaobject.h>

using namespace IpcPrims;

static QString nameOf(Peer::State state)
{
    return QVariant::fromValue(state).toString();
}

// What may come of random calls on two ends that both keep to the protocol.
static bool isPossible(ErrorCode code)
{
    switch (code) {
    case ErrorCode::NoError:
    case ErrorCode::NotFound:
    case ErrorCode::ConnectionRefused:
    case ErrorCode::HandshakeRefused:
    case ErrorCode::TruncatedFrame:
    case ErrorCode::StreamError:
    case ErrorCode::Timeout:
    case ErrorCode::Disconnected:
    case ErrorCode::ShutdownRequested:
    case ErrorCode::ShutdownFailed:
    case ErrorCode::Cancelled:
        return true;
    default:
        return false;
    }
}

PeerWatch::PeerWatch(Model *model, Peer *peer, Role role, const QByteArray &token)
    : m_model(model)
    , m_peer(peer)
    , m_role(role)
    , m_token(token)
    , m_sending(std::make_shared<SendingEnd>(&model->ledger, ++model->lastEnd, peer))
{
    connect(peer, &Peer::stateChanged, this, &PeerWatch::onStateChanged);
    connect(peer, &Peer::connected, this, &PeerWatch::onConnected);
    connect(peer, &Peer::disconnected, this, &PeerWatch::onDisconnected);
    connect(peer, &Peer::retryScheduled, this, &PeerWatch::onRetryScheduled);
    connect(peer, &Peer::framesNotSent, this, &PeerWatch::onFramesNotSent);
    connect(peer, &Peer::frameReceived, this,
            [this](quint16 channel, const QByteArray &payload) { onFrame(channel, payload); });
    connect(peer, &Peer::readyToSend, this, &PeerWatch::onReadyToSend);
    connect(peer, &Peer::shutdownRequested, this, &PeerWatch::onShutdownRequested);
    connect(peer, &QObject::destroyed, this, [this] { m_sending->forgetPeer(); });
    if (role == Role::Server) {
        m_state = Peer::State::Open;
        startSession();
    }
}

void PeerWatch::startSession()
{
    ++m_sending->session;
    m_wasAskedToShutDown = false;
    m_model->journal.note(QStringLiteral("  end %1 has session %2 with %3: %4")
                                  .arg(QString::number(end()), QString::number(m_sending->session),
                                       QString::fromLatin1(m_token), m_peer->peerId()));
    if (m_role == Role::Server)
        m_model->sessions.serverOpened(end(), m_token, m_peer->peerId());
    else
        m_model->sessions.clientOpened(end(), m_sending->session, m_token, m_peer->peerId());
    if (m_isGoing)
        cutForGood();
}

void PeerWatch::send(quint16 channel, qint64 size, SlowPeerPolicy policy)
{
    const bool isOpen = m_peer->isOpen();
    const Error error = m_sending->send(channel, size, policy);
    if (policy != SlowPeerPolicy::Disconnect || error.code() != ErrorCode::QueueFull)
        return;
    // Without a session, there is none to end.
    expect(isOpen != m_peer->isOpen() || !isOpen, "a session goes on that is too slow");
    if (!isOpen)
        return;
    m_model->sessions.cut(end(), m_sending->session);
    m_isClosing = false;
    m_isTooSlow = true;
}

void PeerWatch::close()
{
    const Call call(this);
    m_isClosing = m_peer->isOpen();
    m_isClosedUnheard = m_isClosedUnheard || (m_isClosing && !m_isConnected);
    if (!m_isClosing && m_peer->state() != Peer::State::Closing)
        willCut();
    m_peer->close();
}

void PeerWatch::willCut()
{
    if (m_peer && m_peer->state() != Peer::State::Closed)
        m_model->sessions.cut(end(), m_sending->session);
    m_isClosing = false;
}

void PeerWatch::willDestroy()
{
    m_isGoing = true; // Later, so a session may still open.
    cutForGood();
    m_sending->forgetPeer();
}

void PeerWatch::serverGoes()
{
    // Frames that were kept may be on their way in a session of which neither side will be told.
    if (m_state == Peer::State::Handshaking)
        m_model->ledger.excuse(end(), m_sending->session);
}

void PeerWatch::cutForGood()
{
    willCut();
    // What it has accepted and not written goes with it.
    m_model->ledger.excuse(end(), m_sending->session);
}

void PeerWatch::receiveByHandler(bool byHandler)
{
    if (byHandler) {
        m_peer->setFrameHandler([watch = QPointer(this)](quint16 channel, QByteArrayView payload) {
            if (watch)
                watch->onFrame(channel, payload);
        });
    } else {
        m_peer->setFrameHandler({});
    }
}

void PeerWatch::expect(bool holds, const char *what)
{
    if (holds)
        return;
    m_model->journal.violation(QStringLiteral("end %1, session %2, state %3: %4")
                                       .arg(QString::number(end()),
                                            QString::number(m_sending->session), nameOf(m_state),
                                            QString::fromLatin1(what)));
}

void PeerWatch::leaveSlot()
{
    m_model->actInSlot();
}

void PeerWatch::onStateChanged(Peer::State state)
{
    m_model->journal.note(
            QStringLiteral("  end %1 is %2").arg(QString::number(end()), nameOf(state)));
    expect(m_callDepth == 0, "stateChanged() inside a call");
    expect(state != m_state, "stateChanged() to the same state");
    if (state == Peer::State::Open) {
        expect(m_state == Peer::State::Handshaking, "Open without a handshake");
        startSession();
    }
    m_state = state;
    leaveSlot();
}

void PeerWatch::onConnected()
{
    expect(m_callDepth == 0, "connected() inside a call");
    expect(!m_isConnected, "connected() twice");
    expect(m_state == Peer::State::Open, "connected() but not open");
    m_isConnected = true;
    leaveSlot();
}

void PeerWatch::onDisconnected(const Error &reason)
{
    m_model->journal.note(QStringLiteral("  end %1 is disconnected: %2")
                                  .arg(QString::number(end()), reason.message()));
    expect(m_callDepth == 0, "disconnected() inside a call");
    if (std::exchange(m_isTooSlow, false))
        expect(reason.code() == ErrorCode::QueueFull, "a session that is too slow ended otherwise");
    else if (!isPossible(reason.code()))
        expect(false, qPrintable(QStringLiteral("ended by: ") + reason.message()));
    expect(m_state == Peer::State::Closed || m_state == Peer::State::Waiting
                   || m_state == Peer::State::Connecting,
           "disconnected() in a session's state");
    expect(!m_sending->isFull(false), "disconnected() while somebody waits for readyToSend()");
    // A slot may have begun another attempt meanwhile, and ended it, whose disconnected() is to
    // come.
    const bool isLast = m_state == Peer::State::Closed && m_peer->state() == Peer::State::Closed;
    expect(!isLast || !m_sending->isFull(true),
           "the last disconnected() while somebody waits for readyToSend()");
    if (reason.code() == ErrorCode::ShutdownFailed || reason.code() == ErrorCode::Timeout)
        m_model->sessions.cut(end(), m_sending->session);
    // Without an event loop what has arrived is taken later.
    const bool isTakenAtOnce = !m_token.startsWith("blocking");
    if (std::exchange(m_isClosing, false) && !reason && isTakenAtOnce) {
        m_model->sessions.excuse();
        m_model->ledger.sessionAcknowledged(end(), m_sending->session);
    }
    m_isConnected = m_isClosedUnheard = false;
    m_isRetryDue = true;
    if (m_role == Role::Server)
        m_sending->forgetPeer(); // As the server deletes it.
    leaveSlot();
}

void PeerWatch::onRetryScheduled()
{
    expect(m_callDepth == 0, "retryScheduled() inside a call");
    expect(std::exchange(m_isRetryDue, false), "retryScheduled() without disconnected()");
    leaveSlot();
}

void PeerWatch::onFramesNotSent(quint16 channel, const QList<QByteArray> &payloads)
{
    expect(m_callDepth == 0, "framesNotSent() inside a call");
    expect(!payloads.isEmpty(), "framesNotSent() of none");
    for (const QByteArray &payload : payloads) {
        if (TestChannel::isOfLedger(channel))
            m_model->ledger.reported(end(), channel, payload);
    }
    leaveSlot();
}

void PeerWatch::onFrame(quint16 channel, QByteArrayView payload)
{
    expect(m_callDepth == 0, "a frame inside a call");
    expect(m_isConnected || m_isClosedUnheard, "a frame outside of a session");
    if (!TestChannel::isOfLedger(channel))
        return; // Of a request or a stream that somebody has given up.
    m_model->ledger.delivered(end(), channel, payload);
    leaveSlot();
}

void PeerWatch::onReadyToSend(quint16 channel)
{
    expect(m_callDepth == 0, "readyToSend() inside a call");
    if (TestChannel::isOfLedger(channel))
        expect(m_sending->takeFull(channel), "readyToSend() that nobody waits for");
    leaveSlot();
}

void PeerWatch::onShutdownRequested()
{
    expect(m_callDepth == 0, "shutdownRequested() inside a call");
    expect(m_isConnected, "shutdownRequested() outside of a session");
    expect(!std::exchange(m_wasAskedToShutDown, true), "shutdownRequested() twice");
    leaveSlot();
}
