// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/channeldevice_p.h"

#include "peer/logging_p.h"
#include "peer/peer_p.h"
#include "peer/streamdrain_p.h"

#include <algorithm>
#include <utility>

namespace IpcPrims {

ChannelDevicePrivate::ChannelDevicePrivate(ChannelDevice *device, Peer *itsPeer, quint16 itsChannel)
    : q(device)
    , peer(itsPeer)
    , channel(itsChannel)
{}

Error ChannelDevicePrivate::openError(QIODevice::OpenMode mode) const
{
    constexpr QIODevice::OpenMode Supported
            = QIODevice::ReadWrite | QIODevice::Text | QIODevice::Unbuffered;
    if (!(mode & QIODevice::ReadWrite) || (mode & ~Supported))
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("a channel can be opened for reading and writing only"));
    if (q->isOpen())
        return Error(ErrorCode::InvalidArgument, QStringLiteral("the device is open already"));
    if (peer && q->thread() != peer->thread())
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("the device lives in another thread than its peer"));
    if (!peer || !peer->isOpen())
        return PeerPrivate::notConnectedError();
    if (!peer->d->session->acceptsSend(channel))
        return peer->d->session->sendError(channel);
    const auto drains = peer->findChildren<StreamDrain *>(Qt::FindDirectChildrenOnly);
    const bool isDraining = std::any_of(drains.begin(), drains.end(), [this](StreamDrain *drain) {
        return drain->channel() == channel;
    });
    if (mode.testFlag(QIODevice::ReadOnly) && isDraining) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("the stream on channel %1 that was stopped hasn't ended yet")
                             .arg(channel));
    }
    const auto user = peer->d->channelUser(channel);
    if (user && (mode.testFlag(QIODevice::ReadOnly) || user->isAlone))
        return ChannelHandlers::takenError(channel, *user);
    return {};
}

void ChannelDevicePrivate::open(QIODevice::OpenMode mode)
{
    ++m_opening;
    error = {};
    isFinished = false;
    bytesReceived = 0;
    totalSize = -1;
    m_hasBegun = m_isCut = m_isStopped = false;
    isReading = mode.testFlag(QIODevice::ReadOnly);
    if (isReading)
        peer->d->setFrameHandler(
                channel, [this](quint16, QByteArrayView payload) { receive(payload); }, asUser());
    if (mode.testFlag(QIODevice::WriteOnly)) {
        sender = new StreamSender(peer, channel);
        QObject::connect(sender, &StreamSender::handedOver, q, &QIODevice::bytesWritten);
        QObject::connect(sender, &StreamSender::failed, q, [this](const Error &reason) {
            fail(QStringLiteral("the stream could not be written to its end"), reason);
        });
    }
    peer->d->observers.add(this);
    m_isObserving = true;
}

void ChannelDevicePrivate::close()
{
    letGo();
    received.clear();
}

// Of the peer.
void ChannelDevicePrivate::letGo()
{
    stopObserving();
    const bool isStoppedHalfway = isReading && m_isStopped && peer && peer->isOpen();
    stopReading();
    if (isStoppedHalfway)
        new StreamDrain(peer, channel);
    if (sender) {
        QObject::disconnect(sender, nullptr, q, nullptr);
        if (peer) // Else it is about to be deleted with the peer, as this device may be.
            sender->finishAndDelete();
        sender = nullptr;
    }
}

// Reading

void ChannelDevicePrivate::receive(QByteArrayView payload)
{
    if (payload.isEmpty()) {
        takeEnd();
        return;
    }
    m_hasBegun = true;
    const auto mark = StreamMark::fromFrame(payload);
    if (!mark)
        bytesReceived += payload.size();
    if (m_isStopped) {
        peer->d->streams.stop(channel);
        return;
    }
    if (mark) {
        take(*mark);
        return;
    }
    received.append(payload);
    updateHold();
    announce();
}

// The stream has a hole, so the rest of it is of no use.
void ChannelDevicePrivate::frameRefused(quint16 refusedChannel, QByteArrayView, const Error &reason)
{
    if (refusedChannel != channel || !isReading)
        return;
    m_hasBegun = m_isStopped = true;
    updateHold();
    peer->d->streams.stop(channel);
    fail(QStringLiteral("a frame of the stream on channel %1 was refused after %2 bytes")
                 .arg(channel)
                 .arg(bytesReceived),
         reason);
}

void ChannelDevicePrivate::take(const StreamMark &mark)
{
    if (mark.kind == StreamMark::Kind::Cut) {
        m_isCut = true;
    } else if (mark.kind == StreamMark::Kind::Size && totalSize < 0) {
        totalSize = mark.number;
        Q_EMIT q->totalSizeReceived(totalSize);
    }
}

void ChannelDevicePrivate::takeEnd()
{
    const QPointer<ChannelDevice> alive(q);
    const bool isWhole = !m_isCut && (totalSize < 0 || totalSize == bytesReceived);
    isFinished = isWhole && !m_isStopped;
    stopReading();
    if (!isWhole && !m_isStopped) {
        fail(QStringLiteral("the other side cut the stream on channel %1 after %2 bytes")
                     .arg(channel)
                     .arg(bytesReceived),
             Error(ErrorCode::StreamError, totalSize < 0
                                                   ? QStringLiteral("not all of it was sent")
                                                   : QStringLiteral("it said that there would be "
                                                                    "%1")
                                                             .arg(totalSize)));
    }
    if (alive)
        Q_EMIT q->readChannelFinished();
}

void ChannelDevicePrivate::stop()
{
    if (!isReading || m_isStopped)
        return;
    m_isStopped = true;
    received.clear();
    updateHold();
    if (m_hasBegun && peer)
        peer->d->streams.stop(channel);
}

void ChannelDevicePrivate::announceSize(qint64 bytes)
{
    if (sender && sender->bytesAccepted() == 0)
        sender->announceSize(bytes);
}

// Not from inside a slot of the same signal, as with other devices; but then once more.
void ChannelDevicePrivate::announce()
{
    m_hasNews = true;
    if (std::exchange(m_isAnnouncing, true))
        return;
    const QPointer<ChannelDevice> alive(q);
    while (std::exchange(m_hasNews, false)) {
        Q_EMIT q->readyRead();
        if (!alive)
            return;
    }
    m_isAnnouncing = false;
}

qint64 ChannelDevicePrivate::read(char *data, qint64 maxSize)
{
    const qint64 bytes = received.read(data, maxSize);
    if (bytes == 0 && !isReading)
        return -1; // Nothing more will come.
    updateHold();
    return bytes;
}

void ChannelDevicePrivate::updateHold()
{
    const qint64 limit = m_holdsReceiving ? readBufferSize / 2 + 1 : readBufferSize;
    const bool hold = isReading && !m_isStopped && received.size() >= limit;
    if (hold == m_holdsReceiving)
        return;
    m_holdsReceiving = hold;
    if (peer)
        peer->d->holdBack(this, hold);
}

// The end

void ChannelDevicePrivate::stopReading()
{
    if (!std::exchange(isReading, false))
        return;
    updateHold();
    if (peer)
        peer->d->setFrameHandler(channel, {}, asUser());
}

void ChannelDevicePrivate::sessionEnded(const Error &reason)
{
    stopObserving();
    endStreams(reason, isWriting());
}

void ChannelDevicePrivate::peerDestroyed(const std::optional<Error> &untoldEnd)
{
    m_isObserving = false;
    // Later, as the application may be in the middle of deleting both.
    QMetaObject::invokeMethod(
            q,
            [this, reason = untoldEnd.value_or(peerDestroyedError()), wasWriting = isWriting(),
             opening = m_opening] {
                if (q->isOpen() && m_opening == opening)
                    endStreams(reason, wasWriting);
            },
            Qt::QueuedConnection);
}

void ChannelDevicePrivate::leaveThread()
{
    if (!m_isObserving)
        return;
    const bool wasReading = isReading;
    const bool wasWriting = isWriting();
    if (wasReading || wasWriting)
        qCWarning(lcPeer, "ChannelDevice: moved to another thread, or its peer was, which ends its "
                          "streams");
    letGo();
    QMetaObject::invokeMethod(
            q,
            [this, wasReading, wasWriting, opening = m_opening] {
                if (q->isOpen() && m_opening == opening)
                    tellEnd(Error(ErrorCode::InvalidArgument,
                                  QStringLiteral("the device or its peer was moved to another "
                                                 "thread")),
                            wasReading, wasWriting);
            },
            Qt::QueuedConnection);
}

void ChannelDevicePrivate::stopObserving()
{
    if (std::exchange(m_isObserving, false) && peer)
        peer->d->observers.remove(this);
}

void ChannelDevicePrivate::endStreams(const Error &reason, bool wasWriting)
{
    const bool wasReading = isReading;
    stopReading();
    tellEnd(reason, wasReading, wasWriting);
}

void ChannelDevicePrivate::tellEnd(const Error &reason, bool wasReading, bool wasWriting)
{
    const QPointer<ChannelDevice> alive(q);
    if (wasReading) {
        fail(QStringLiteral("the stream on channel %1 was not received to its end").arg(channel),
             reason);
    } else if (wasWriting) {
        fail(QStringLiteral("the stream could not be written to its end"),
             reason ? reason
                    : Error(ErrorCode::NotConnected, QStringLiteral("the session was closed")));
    }
    if (alive && wasReading)
        Q_EMIT q->readChannelFinished();
}

void ChannelDevicePrivate::fail(const QString &what, const Error &reason)
{
    if (error)
        return;
    error = reason ? Error(reason.code(), what + QLatin1String(": ") + reason.message(),
                           reason.nativeError())
                   : Error(ErrorCode::Disconnected, what);
    q->setErrorString(error.message());
    Q_EMIT q->errorOccurred(error);
}

} // namespace IpcPrims
