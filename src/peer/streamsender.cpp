// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/streamsender_p.h"

#include "peer/peerlog_p.h"

#include <IpcPrims/peer.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

StreamSender::StreamSender(Peer *peer, quint16 channel)
    : QObject(peer)
    , m_peer(peer)
    , m_channel(channel)
{
    const auto others = peer->findChildren<StreamSender *>(Qt::FindDirectChildrenOnly);
    for (StreamSender *const other : others) {
        if (other != this && other->m_channel == channel && !other->m_isEndHandedOver)
            m_predecessor = other;
    }
    if (m_predecessor) // Later, as the peer may be on its way out, too.
        connect(m_predecessor, &QObject::destroyed, this, &StreamSender::goOnLater);
    connect(peer, &Peer::readyToSend, this, [this](quint16 ready) {
        if (ready != m_channel)
            return;
        m_isBlocked = false;
        goOn();
    });
    connect(peer, &Peer::disconnected, this, [this](const Error &reason) {
        if (!m_isEndHandedOver)
            fail(reason ? reason
                        : Error(ErrorCode::NotConnected, QStringLiteral("the session was closed")));
    });
}

qint64 StreamSender::write(QByteArrayView bytes, qint64 limit)
{
    if (m_isFinishing || m_error)
        return -1;
    qint64 accepted = 0;
    // Large writes go piece by piece, so that no more than the limit is ever held here.
    while (accepted < bytes.size()) {
        const qint64 room = std::min<qint64>(limit - m_queue.size(), bytes.size() - accepted);
        if (room <= 0)
            break;
        m_queue.append(bytes.sliced(accepted, room));
        accepted += room;
        handOver(Amount::FullChunks);
    }
    goOnLater();
    return accepted;
}

void StreamSender::flush()
{
    handOver(Amount::Everything);
    goOnLater();
}

void StreamSender::finish()
{
    m_isFinishing = true;
    flush();
}

void StreamSender::finishAndDelete()
{
    m_deletesItself = true;
    finish();
}

void StreamSender::handOver(Amount amount, std::optional<TurnShare> share)
{
    // A validator may lead here while a frame is being sent.
    if (m_isHandingOver || m_error || m_isBlocked || waitsForAnother())
        return;
    m_isHandingOver = true;
    sendFrames(amount, share);
    m_isHandingOver = false;
}

void StreamSender::sendFrames(Amount amount, std::optional<TurnShare> share)
{
    while (!m_queue.isEmpty() && (amount == Amount::Everything || m_queue.isFirstFull())) {
        const QByteArray frame = m_queue.first();
        if (!sendFrame(frame) || m_error)
            return;
        m_bytesHandedOver += frame.size();
        m_queue.removeFirst();
        if (share && share->spend() && !m_queue.isEmpty()) {
            goOnLater();
            return;
        }
    }
    if (m_isFinishing && !m_isEndHandedOver && m_queue.isEmpty())
        m_isEndHandedOver = sendFrame(QByteArray());
}

bool StreamSender::waitsForAnother() const
{
    return m_predecessor && !m_predecessor->m_isEndHandedOver;
}

bool StreamSender::sendFrame(const QByteArray &payload)
{
    const Error error = m_peer->send(m_channel, payload);
    if (!error)
        return true;
    if (error.code() == ErrorCode::QueueFull)
        m_isBlocked = true;
    else
        fail(error);
    return false;
}

void StreamSender::fail(const Error &error)
{
    if (m_error)
        return;
    m_error = error;
    if (m_deletesItself) // There is nobody else to tell.
        PeerLog::streamCutOff(m_channel, m_queue.size(), error);
    m_queue.clear();
    goOnLater();
}

void StreamSender::goOnLater()
{
    if (!std::exchange(m_isGoingOnDue, true))
        QMetaObject::invokeMethod(this, &StreamSender::goOn, Qt::QueuedConnection);
}

void StreamSender::goOn()
{
    const QPointer<StreamSender> alive(this);
    m_isGoingOnDue = false;
    handOver(Amount::Everything, TurnShare());
    if (const qint64 bytes = std::exchange(m_bytesHandedOver, 0))
        Q_EMIT handedOver(bytes);
    if (alive && m_error && !std::exchange(m_isErrorTold, true))
        Q_EMIT failed(m_error);
    if (alive && m_deletesItself && (m_isEndHandedOver || m_error))
        deleteLater();
}

} // namespace IpcPrims
