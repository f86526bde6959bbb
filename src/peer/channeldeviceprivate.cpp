// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/channeldevice_p.h"

#include "peer/peer_p.h"

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
    if (!peer || !peer->isOpen())
        return PeerPrivate::notConnectedError();
    if (!peer->d->session->acceptsSend(channel))
        return peer->d->session->sendError(channel);
    return {};
}

void ChannelDevicePrivate::open(QIODevice::OpenMode mode)
{
    error = {};
    isFinished = false;
    isReading = mode.testFlag(QIODevice::ReadOnly);
    if (isReading)
        peer->setFrameHandler(channel,
                              [this](quint16, QByteArrayView payload) { receive(payload); });
    if (mode.testFlag(QIODevice::WriteOnly)) {
        sender = new StreamSender(peer, channel);
        QObject::connect(sender, &StreamSender::handedOver, q, &QIODevice::bytesWritten);
        QObject::connect(sender, &StreamSender::failed, q, [this](const Error &reason) {
            fail(QStringLiteral("the stream could not be written to its end"), reason);
        });
    }
    m_onDisconnected = QObject::connect(peer, &Peer::disconnected, q,
                                        [this](const Error &reason) { sessionEnded(reason); });
    // Later, as the application may be in the middle of deleting both.
    m_onDestroyed = QObject::connect(
            peer, &QObject::destroyed, q,
            [this] {
                sessionEnded(Error(ErrorCode::Cancelled, QStringLiteral("the peer was destroyed")));
            },
            Qt::QueuedConnection);
}

void ChannelDevicePrivate::close()
{
    QObject::disconnect(m_onDisconnected);
    QObject::disconnect(m_onDestroyed);
    stopReading();
    received.clear();
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
        isFinished = true;
        stopReading();
        Q_EMIT q->readChannelFinished();
        return;
    }
    received.append(payload);
    updateHold();
    announce();
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
    const bool hold = isReading && received.size() >= limit;
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
        peer->setFrameHandler(channel, {});
}

void ChannelDevicePrivate::sessionEnded(const Error &reason)
{
    const QPointer<ChannelDevice> alive(q);
    if (!isReading)
        return;
    stopReading();
    fail(QStringLiteral("the session ended before the stream on channel %1 did").arg(channel),
         reason);
    if (alive)
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
