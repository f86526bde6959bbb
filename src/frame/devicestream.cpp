// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/devicestream_p.h"

#include <algorithm>
#include <utility>

namespace IpcPrims {

// A device takes whatever is written to it into a buffer without bounds, so this is as much as it
// may hold; the rest waits in the send queue, where priorities still count.
static constexpr qint64 DeviceBufferLimit = 128 * 1024;

DeviceStream::DeviceStream(QIODevice *device, Ownership ownership)
    : m_device(device)
    , m_ownership(ownership)
{
    connect(device, &QIODevice::readyRead, this, &DeviceStream::announceLater);
    connect(device, &QIODevice::bytesWritten, this, &DeviceStream::onBytesWritten);
    connect(device, &QIODevice::readChannelFinished, this, &DeviceStream::noteEnd);
    connect(device, &QIODevice::aboutToClose, this, &DeviceStream::noteEnd);
    connect(device, &QObject::destroyed, this, &DeviceStream::noteEnd);
    announceLater(); // Of bytes that it holds already, the device says nothing.
}

DeviceStream::~DeviceStream()
{
    close();
    if (m_ownership == Ownership::Owned)
        delete m_device.data();
}

qsizetype DeviceStream::readInto(std::span<char> place)
{
    qsizetype filled = 0;
    while (filled < qsizetype(place.size())) {
        const qint64 got = m_device->read(place.data() + filled, place.size() - filled);
        if (got <= 0)
            break;
        filled += got;
    }
    return filled;
}

ByteStream::Result DeviceStream::read(std::span<char> target, std::span<char> overflow)
{
    qsizetype bytes = 0;
    if (m_device && m_device->isReadable() && !m_isClosed) {
        bytes = readInto(target);
        if (bytes == qsizetype(target.size()))
            bytes += readInto(overflow);
    }
    if (bytes > 0) {
        // The device's last signal is spent; the reader is owed one more to learn of the end.
        if (m_hasEnded)
            announceLater();
        return {Status::Ok, bytes};
    }
    if (m_hasEnded || !m_device || !m_device->isOpen())
        return {Status::EndOfStream, 0};
    return {Status::WouldBlock, 0};
}

ByteStream::Result DeviceStream::write(std::span<const QByteArrayView> buffers)
{
    if (!m_device || !m_device->isWritable() || m_isClosed) {
        setError(Error(ErrorCode::StreamError,
                       QStringLiteral("the device is not open for writing")));
        return {Status::Failed, 0};
    }
    qsizetype written = 0;
    for (QByteArrayView bytes : buffers) {
        while (!bytes.isEmpty()) {
            const qint64 room = makeRoom();
            if (room <= 0)
                return {written > 0 ? Status::Ok : Status::WouldBlock, written};
            const qint64 taken
                    = m_device->write(bytes.data(), std::min<qint64>(room, bytes.size()));
            if (taken <= 0) {
                setError(Error(ErrorCode::StreamError,
                               QStringLiteral("writing to the device failed: %1")
                                       .arg(m_device->errorString())));
                return {Status::Failed, 0};
            }
            written += taken;
            bytes = bytes.sliced(taken);
        }
    }
    flushDevice();
    return {Status::Ok, written};
}

// How much may be written to the device, which may be gone after it was flushed.
qint64 DeviceStream::makeRoom()
{
    if (m_device->bytesToWrite() >= DeviceBufferLimit)
        flushDevice();
    return m_device && m_device->isWritable() ? DeviceBufferLimit - m_device->bytesToWrite() : 0;
}

void DeviceStream::setReadEnabled(bool enabled)
{
    m_isReadEnabled = enabled;
    if (!enabled && m_hasEnded)
        announceLater();
}

bool DeviceStream::atEnd() const
{
    return m_hasEnded && (!m_device || m_device->bytesAvailable() == 0);
}

void DeviceStream::requestWritable()
{
    m_wantsWritable = true;
    // The signal that would tell may have come from inside write() already.
    QMetaObject::invokeMethod(this, &DeviceStream::onBytesWritten, Qt::QueuedConnection);
}

void DeviceStream::onBytesWritten()
{
    if (!m_wantsWritable || !m_device || m_device->bytesToWrite() > DeviceBufferLimit / 2)
        return;
    m_wantsWritable = false;
    tellWritable();
}

void DeviceStream::noteEnd()
{
    m_hasEnded = true;
    announceLater();
}

// Devices speak from inside calls, too, and stay silent while a slot of theirs is running; so the
// reader is told when the device has returned to the event loop.
void DeviceStream::announceLater()
{
    if (!std::exchange(m_isAnnouncementDue, true))
        QMetaObject::invokeMethod(this, &DeviceStream::announce, Qt::QueuedConnection);
}

void DeviceStream::announce()
{
    m_isAnnouncementDue = false;
    if (m_isClosed)
        return;
    if (m_isReadEnabled)
        tellReadable();
    else if (m_hasEnded)
        tellEnded();
}

void DeviceStream::close()
{
    if (m_isClosed)
        return;
    m_isClosed = true;
    if (!m_device)
        return;
    m_device->disconnect(this);
    if (m_ownership == Ownership::Owned)
        m_device->close();
}

} // namespace IpcPrims
