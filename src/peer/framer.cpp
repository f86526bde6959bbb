// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/framer.h>

#include "frame/devicestream_p.h"
#include "frame/framelink_p.h"
#ifdef Q_OS_UNIX
#    include "transport/nativestream_p.h"
#endif

#include <algorithm>
#include <limits>
#include <utility>

namespace IpcPrims {

class FramerPrivate final : public FrameLink::Sink
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
        Q_EMIT q->frameReceived(frame.channel(), frame.takePayload());
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

    Framer *const q;
    const QPointer<QIODevice> device;
    const FrameLink::Pointer link;
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
    d->link->setMaxSendSize(bounded);
    d->link->setReceiveLimits(PayloadLimits(bounded));
}

Error Framer::send(quint16 channel, const QByteArray &payload)
{
    return d->link->send(channel, payload);
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
