// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/channeldevice.h>

#include "peer/channeldevice_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>

namespace IpcPrims {

ChannelDevice::ChannelDevice(Peer *peer, quint16 channel, QObject *parent)
    : QIODevice(parent)
    , d(std::make_unique<ChannelDevicePrivate>(this, peer, channel))
{}

ChannelDevice::~ChannelDevice()
{
    d->close();
}

bool ChannelDevice::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange)
        d->leaveThread();
    return QIODevice::event(event);
}

Peer *ChannelDevice::peer() const
{
    return d->peer;
}

quint16 ChannelDevice::channel() const
{
    return d->channel;
}

bool ChannelDevice::open(OpenMode mode)
{
    if (const Error error = d->openError(mode)) {
        if (!isOpen()) // Else it still says how the stream goes that is open.
            d->error = error;
        setErrorString(error.message());
        return false;
    }
    d->open(mode);
    return QIODevice::open(mode);
}

void ChannelDevice::close()
{
    QIODevice::close();
    d->close();
}

void ChannelDevice::finish()
{
    if (d->sender)
        d->sender->finish();
}

void ChannelDevice::abort()
{
    if (d->sender)
        d->sender->cut();
}

void ChannelDevice::stopReading()
{
    d->stop();
}

qint64 ChannelDevice::totalSize() const
{
    return d->totalSize;
}

void ChannelDevice::setTotalSize(qint64 bytes)
{
    d->announceSize(bytes);
}

qint64 ChannelDevice::bytesReceived() const
{
    return d->bytesReceived;
}

qint64 ChannelDevice::bytesSent() const
{
    return d->sender ? d->sender->bytesSent() : 0;
}

bool ChannelDevice::atEnd() const
{
    return !d->isReading && bytesAvailable() == 0;
}

bool ChannelDevice::isFinished() const
{
    return d->isFinished;
}

Error ChannelDevice::error() const
{
    return d->error;
}

void ChannelDevice::flush()
{
    if (d->sender)
        d->sender->flush();
}

qint64 ChannelDevice::readBufferSize() const
{
    return d->readBufferSize;
}

void ChannelDevice::setReadBufferSize(qint64 bytes)
{
    d->readBufferSize = std::max<qint64>(1, bytes);
    d->updateHold();
}

qint64 ChannelDevice::writeBufferSize() const
{
    return d->writeBufferSize;
}

void ChannelDevice::setWriteBufferSize(qint64 bytes)
{
    d->writeBufferSize = std::max<qint64>(ChunkQueue::ChunkSize, bytes);
}

bool ChannelDevice::isSequential() const
{
    return true;
}

qint64 ChannelDevice::bytesAvailable() const
{
    return QIODevice::bytesAvailable() + d->received.size();
}

qint64 ChannelDevice::bytesToWrite() const
{
    return d->sender ? d->sender->bytesWaiting() : 0;
}

bool ChannelDevice::canReadLine() const
{
    return QIODevice::canReadLine() || d->received.contains('\n');
}

qint64 ChannelDevice::readData(char *data, qint64 maxSize)
{
    return d->read(data, maxSize);
}

qint64 ChannelDevice::writeData(const char *data, qint64 size)
{
    return d->sender ? d->sender->write(QByteArrayView(data, size), d->writeBufferSize) : -1;
}

} // namespace IpcPrims
