// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/streamsender_p.h"

#include "peer/peer_p.h"
#include "peer/peerlog_p.h"
#include "peer/streammark_p.h"

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
        if (other != this && other->m_channel == channel && !other->isOver())
            m_predecessor = other;
    }
    if (m_predecessor) { // Later, as the peer may be on its way out, too.
        connect(m_predecessor, &QObject::destroyed, this, &StreamSender::goOnLater);
        connect(m_predecessor, &StreamSender::over, this, &StreamSender::goOnLater);
    }
    peer->d->routeStreamMarks();
    // The rest of a stream would pass for a whole one in the next session.
    peer->d->reconnection.outbox.neverKeep(channel);
    peer->d->observers.add(this);
}

StreamSender::~StreamSender()
{
    if (!m_isPeerGone)
        m_peer->d->observers.remove(this);
}

void StreamSender::readyToSend(quint16 channel)
{
    if (channel != m_channel)
        return;
    m_isBlocked = false;
    goOn();
}

void StreamSender::sessionEnded(const Error &reason)
{
    if (m_isEndHandedOver)
        return;
    m_isCut = false; // There is nobody to say it to.
    fail(reason ? reason
                : Error(ErrorCode::NotConnected, QStringLiteral("the session was closed")));
    goOnLater();
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
    m_bytesAccepted += accepted;
    // Whoever tries again offers what is left of the last time, and perhaps more.
    m_bytesRefused = std::max<qint64>(m_bytesRefused, bytes.size()) - accepted;
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
    const bool isWhole = m_announcedSize < 0 || m_announcedSize == m_bytesAccepted;
    if (!m_isFinishing && (m_bytesRefused > 0 || !isWhole))
        m_isCut = true;
    m_isFinishing = true;
    flush();
}

void StreamSender::finishAndDelete()
{
    m_deletesItself = true;
    finish();
}

void StreamSender::cut()
{
    if (m_isFinishing && m_queue.isEmpty())
        return; // All of it has left.
    m_queue.clear();
    m_isCut = true;
    m_isFinishing = true;
    flush();
}

void StreamSender::announceSize(qint64 bytes)
{
    m_announcedSize = bytes;
    m_isSizeDue = bytes >= 0;
}

bool StreamSender::takeMark(Peer *peer, quint16 channel, QByteArrayView payload)
{
    const auto mark = StreamMark::fromFrame(payload);
    if (mark && mark->kind == StreamMark::Kind::Unknown)
        return true; // To be ignored, for whichever end it is.
    if (!mark || mark->kind != StreamMark::Kind::Stop)
        return false;
    // It may have crossed the end of its stream, and must not be taken for one of the next.
    if (mark->number >= 0 && mark->number != peer->d->streams.numberSent(channel))
        return true;
    const auto senders = peer->findChildren<StreamSender *>(Qt::FindDirectChildrenOnly);
    for (StreamSender *const sender : senders) {
        if (sender->m_channel != channel || sender->isOver())
            continue;
        if (!sender->m_error) // Else it is about to say that its stream was cut.
            sender->stop();
        break;
    }
    return true;
}

void StreamSender::stop()
{
    cut();
    m_isCut = true;
    fail(Error(ErrorCode::Cancelled, QStringLiteral("the other side stopped reading it")));
}

void StreamSender::handOver(Amount amount, std::optional<TurnShare> share)
{
    // A validator may lead here while a frame is being sent. An error of the session leaves nothing
    // to be sent; but a stream that was cut has an end.
    if (m_isHandingOver || m_isBlocked || waitsForAnother() || (m_error && !m_isCut))
        return;
    m_isHandingOver = true;
    sendFrames(amount, share);
    m_isHandingOver = false;
}

void StreamSender::sendFrames(Amount amount, std::optional<TurnShare> share)
{
    if (m_isSizeDue) {
        if (!sendMark(StreamMark(StreamMark::Kind::Size, m_announcedSize).toFrame()))
            return;
        m_isSizeDue = false;
    }
    while (!m_queue.isEmpty() && (amount == Amount::Everything || m_queue.isFirstFull())) {
        if (!sendFirst())
            return;
        if (share && share->spend() && !m_queue.isEmpty()) {
            goOnLater();
            return;
        }
    }
    if (m_isFinishing && !m_isEndHandedOver && m_queue.isEmpty())
        sendEnd();
}

bool StreamSender::sendFirst()
{
    const QByteArray chunk = m_queue.first();
    if (Q_UNLIKELY(StreamMark::isBegunBy(chunk)) && !m_isFirstBegun) {
        if (!sendFrame(chunk.first(1)) || m_queue.isEmpty())
            return false;
        m_isFirstBegun = true;
    }
    if (!sendFrame(m_isFirstBegun ? chunk.sliced(1) : chunk) || m_queue.isEmpty())
        return false; // Or the stream was cut meanwhile, and has only its end left.
    m_isFirstBegun = false;
    m_bytesHandedOver += chunk.size();
    m_bytesSent += chunk.size();
    m_queue.removeFirst();
    return true;
}

void StreamSender::sendEnd()
{
    if (m_isCut && !m_isCutHandedOver) {
        m_isCutHandedOver = sendMark(StreamMark(StreamMark::Kind::Cut).toFrame());
        if (!m_isCutHandedOver)
            return;
    }
    m_isEndHandedOver = sendMark(QByteArray());
    if (m_isEndHandedOver)
        m_peer->d->streams.noteEndSent(m_channel);
}

bool StreamSender::waitsForAnother() const
{
    return m_predecessor && !m_predecessor->isOver();
}

bool StreamSender::sendFrame(const QByteArray &payload)
{
    return noteSent(m_peer->send(m_channel, payload));
}

bool StreamSender::sendMark(const QByteArray &payload)
{
    return noteSent(m_peer->d->sendMark(m_channel, payload));
}

// Returns whether the peer has taken the frame.
bool StreamSender::noteSent(const Error &error)
{
    if (!error)
        return true;
    if (error.code() == ErrorCode::QueueFull) {
        m_isBlocked = true;
        return false;
    }
    // A validator has refused it. The reader is told, else it would take the next stream for the
    // rest of this one.
    m_isCut = !m_error && m_peer->isOpen();
    m_isFinishing = m_isFinishing || m_isCut;
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
    if (!alive || !isOver())
        return;
    if (m_deletesItself)
        deleteLater();
    Q_EMIT over();
}

} // namespace IpcPrims
