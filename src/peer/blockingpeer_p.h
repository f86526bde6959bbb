// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/channelbuffers_p.h"
#include "peer/requestqueue_p.h"
#include "peer/validation_p.h"
#include "session/session_p.h"

#include <IpcPrims/blockingpeer.h>
#include <IpcPrims/receivelimits.h>

#include <memory>

namespace IpcPrims {

class BlockingSession;
class Waiter;

/*!
    What BlockingPeer adds to a BlockingSession: which call takes which frames (protocol section 5).
    Where there is no BlockingSession, as on Windows, blocking_unsupported.cpp stands in.
*/
class BlockingPeerPrivate
{
public:
    BlockingPeerPrivate();
    ~BlockingPeerPrivate();
    Q_DISABLE_COPY_MOVE(BlockingPeerPrivate)

    Error connectTo(const Endpoint &endpoint);
    Error connectOver(qintptr socketDescriptor);
    Error acceptOver(qintptr socketDescriptor);
    /// Begins with a session whose handshake is over.
    void adopt(std::unique_ptr<BlockingSession> session,
               const std::optional<PeerCredentials> &peerCredentials);
    Error shutDown(const QString &reason, std::chrono::milliseconds timeout);
    void abort();

    BlockingPeer::State state() const;
    std::optional<QByteArray> takeAuthToken();

    Error send(quint16 channel, const QByteArray &payload, std::chrono::milliseconds timeout);
    Error gather(quint16 channel, const QByteArray &payload);
    Error flush(std::chrono::milliseconds timeout);
    Error receive(Frame *frame, std::chrono::milliseconds timeout);
    Error receiveOn(quint16 channel, Frame *frame, std::chrono::milliseconds timeout);
    Reply request(const QByteArray &payload, std::chrono::milliseconds timeout);
    PingReply ping(std::chrono::milliseconds timeout);

    const ReceiveLimits &receiveLimits() const { return m_receiveLimits; }
    void setReceiveLimits(const ReceiveLimits &limits);
    std::chrono::microseconds spinTime() const;
    void setSpinTime(std::chrono::microseconds time);
    void cancel();
    void clearCancellation();

    // Configuration
    SessionSettings settings;
    std::chrono::milliseconds timeout = DefaultTimeout;
    Validation validation;
    ChannelBuffers buffers;

    // What is known of the session, or of the last one
    QList<quint16> channels;
    QString peerId;
    QString peerName;
    QString protocolVersion;
    std::optional<PeerCredentials> credentials;

private:
    /// How long a call waits, and until when.
    struct Patience;

    void forget();
    Error followShutDown(std::chrono::milliseconds duration);
    Error beginOver(qintptr socketDescriptor, Session::Role role, const SessionSettings &asked);
    Error shakeHands(std::unique_ptr<BlockingSession> session,
                     const std::optional<PeerCredentials> &peerCredentials);
    static Error cancelledError();
    Error mayUse() const;
    bool takeArrived(Frame *frame, Error *refusal);
    bool takeFailure(Frame *frame, Error *refusal);
    Error judge(const Frame &frame);
    Error judgeOutgoing(quint16 channel, const QByteArray &payload) const;
    Error putAside(Frame frame);
    Error putAsideArrived();
    Error putAsideAllArrived();
    Error nextFrame(Frame *frame, const Patience &patience);
    Error nextFrameOn(quint16 channel, Frame *frame, const Patience &patience);
    Reply awaitAnswer(const Patience &patience);
    void consumed(quint16 channel);

    const std::unique_ptr<Waiter> m_waiter;
    ReceiveLimits m_receiveLimits;
    std::unique_ptr<BlockingSession> m_session; // Also after its end.
    RequestQueue m_asked;
    quint64 m_awaited = 0; // The request that request() waits for.
};

} // namespace IpcPrims
