// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/framer.h>

#include "frame/devicestream_p.h"
#include "frame/framelink_p.h"
#include "peer/queuewatch_p.h"
#ifdef Q_OS_UNIX
#    include "transport/nativestream_p.h"
#endif

#include <QtCore/qmetaobject.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace IpcPrims {

class FramerPrivate final : public FrameLink::Sink, private QueueWatch::Owner
{
public:
    FramerPrivate(Framer *framer, std::unique_ptr<ByteStream> stream, QIODevice *openDevice)
        : q(framer)
        , device(openDevice)
        , link(FrameLink::make(std::move(stream), this))
    {
        link->start();
    }

    void frameDecoded(DecodedFrame &frame) override
    {
        Q_EMIT q->frameReceived(frame.channel(), frame.payloadArray());
    }

    void linkEnded(const Error &error) override
    {
        if (!link->drain())
            link->close();
        if (error)
            Q_EMIT q->errorOccurred(error);
        else
            Q_EMIT q->ended();
    }

    void linkDrained() override { link->close(); }

    void readyToSend(quint16 channel) override { Q_EMIT q->readyToSend(channel); }

    void queueChanged() override { queueWatch->noteChange(); }

    void watchQueue()
    {
        if (!queueWatch)
            queueWatch = new QueueWatch(this, q);
        queueWatch->start();
    }

    // QueueWatch::Owner
    bool isQueueObserved() const override
    {
        return q->isSignalConnected(QMetaMethod::fromSignal(&Framer::bytesQueuedChanged));
    }
    qint64 bytesQueued() const override { return link->bytesToWrite(); }
    bool isQueueMoving() const override { return true; }
    void setQueueWatched(bool isWatched) override { link->setQueueWatched(isWatched); }
    void reportBytesQueued(qint64 bytes) override { Q_EMIT q->bytesQueuedChanged(bytes); }

    Framer *const q;
    const QPointer<QIODevice> device;
    const FrameLink::Pointer link;
    QueueWatch *queueWatch = nullptr; // The framer's child, once somebody has asked for it.
};

Framer::Framer(QIODevice *device, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<FramerPrivate>(
              this, std::make_unique<DeviceStream>(device, DeviceStream::Ownership::Borrowed),
              device))
{}

#ifdef Q_OS_UNIX
Framer::Framer(qintptr socketDescriptor, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<FramerPrivate>(
              this, std::make_unique<NativeStream>(FileDescriptor(int(socketDescriptor))), nullptr))
{}
#endif

Framer::~Framer() = default;

void Framer::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&Framer::bytesQueuedChanged))
        QMetaObject::invokeMethod(this, [this] { d->watchQueue(); }); // In the framer's thread.
}

QIODevice *Framer::device() const
{
    return d->device;
}

qint64 Framer::maxPayloadSize() const
{
    return d->link->maxSendSize();
}

void Framer::setMaxPayloadSize(qint64 bytes)
{
    constexpr qint64 most
            = std::min<qint64>(std::numeric_limits<quint32>::max(),
                               std::numeric_limits<qsizetype>::max() - FrameHeader::Size);
    const qint64 bounded = std::clamp<qint64>(bytes, 0, most);
    const bool isNew = bounded != maxPayloadSize();
    d->link->setMaxSendSize(bounded);
    d->link->setReceiveLimits(PayloadLimits(bounded));
    if (isNew)
        Q_EMIT maxPayloadSizeChanged(bounded);
}

Error Framer::send(quint16 channel, const QByteArray &payload)
{
    return d->link->send(channel, payload);
}

Error Framer::send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy)
{
    qsizetype dropped = 0;
    const Error error
            = d->link->send(channel, payload, policy, FrameLink::Leaving::WhenDue, &dropped);
    if (error.code() == ErrorCode::QueueFull && policy == SlowPeerPolicy::Disconnect) {
        d->link->close();
        QMetaObject::invokeMethod(
                this, [this, error] { Q_EMIT errorOccurred(error); }, Qt::QueuedConnection);
    }
    return error;
}

void Framer::flush()
{
    d->link->flush();
}

qint64 Framer::bytesQueued() const
{
    return d->link->bytesToWrite();
}

qint64 Framer::bytesQueued(quint16 channel) const
{
    return d->link->queue().bytes(channel);
}

qint64 Framer::sendHighWaterMark() const
{
    return d->link->waterMarks().high;
}

qint64 Framer::sendLowWaterMark() const
{
    return d->link->waterMarks().low;
}

void Framer::setSendWaterMarks(qint64 high, qint64 low)
{
    d->link->setWaterMarks(WaterMarks::bounded(high, low));
}

} // namespace IpcPrims
