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
    connect(device, &QIODevice::bytesWritten, this, &DeviceStream::noteWritten);
    connect(device, &QIODevice::readChannelFinished, this, &DeviceStream::noteEnd);
    connect(device, &QIODevice::aboutToClose, this, &DeviceStream::noteEnd);
    connect(device, &QObject::destroyed, this, &DeviceStream::noteEnd);
    announceLater(); // Of bytes that it holds already, the device says nothing.
}

DeviceStream::~DeviceStream()
{
    close();
    if (m_device && m_ownership == Ownership::Owned)
        m_device->deleteLater();
}

qsizetype DeviceStream::readInto(std::span<char> place)
{
    qsizetype filled = 0;
    while (filled < qsizetype(place.size()) && canRead()) {
        const qint64 got = m_device->read(place.data() + filled, place.size() - filled);
        if (got <= 0)
            break;
        filled += got;
    }
    return filled;
}

ByteStream::Result DeviceStream::read(std::span<char> target, std::span<char> overflow)
{
    qsizetype bytes = readInto(target);
    if (bytes == qsizetype(target.size()))
        bytes += readInto(overflow);
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
    if (!canWrite()) {
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
            m_held += std::max<qint64>(0, taken);
            updateHeld();
            // One that has no room, but something to write, will say when that has become less.
            if (taken == 0 && m_held > 0) {
                m_refusedAt = m_held;
                return {written > 0 ? Status::Ok : Status::WouldBlock, written};
            }
            if (taken <= 0) {
                setError(Error(ErrorCode::StreamError,
                               QStringLiteral("writing to the device failed: %1")
                                       .arg(m_device ? m_device->errorString() : QString())));
                return {Status::Failed, written};
            }
            written += taken;
            bytes = bytes.sliced(taken);
        }
    }
    flush();
    return {Status::Ok, written};
}

// How much may be written to the device, which may be closed or gone after each of its calls.
qint64 DeviceStream::makeRoom()
{
    updateHeld();
    if (m_held >= DeviceBufferLimit)
        flush();
    return canWrite() ? DeviceBufferLimit - m_held : 0;
}

void DeviceStream::flush()
{
    if (canWrite())
        flushDevice();
    updateHeld();
}

// Only a device that works says how much it has not written.
void DeviceStream::updateHeld()
{
    if (!canWrite())
        return;
    const qint64 held = m_device->bytesToWrite();
    if (canWrite())
        m_held = held;
}

void DeviceStream::noteWritten(qint64 bytes)
{
    if (!m_isBroken)
        m_held = std::max<qint64>(0, m_held - bytes);
    announceWritableLater();
}

void DeviceStream::noteBroken()
{
    updateHeld();
    m_isBroken = true;
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
    tellWritableAt(DeviceBufferLimit / 2);
}

void DeviceStream::requestDrained()
{
    tellWritableAt(0);
}

void DeviceStream::tellWritableAt(qint64 level)
{
    m_wantedLevel = m_refusedAt > 0 ? std::min(level, m_refusedAt - 1) : level;
    m_refusedAt = 0;
    announceWritableLater(); // The signal that would tell may have come already.
}

// The signal may come from inside any call of the device, of which something is still to be done.
void DeviceStream::announceWritableLater()
{
    if (m_wantedLevel >= 0 && !std::exchange(m_isWritableAnnouncementDue, true))
        QMetaObject::invokeMethod(this, &DeviceStream::announceWritable, Qt::QueuedConnection);
}

void DeviceStream::announceWritable()
{
    m_isWritableAnnouncementDue = false;
    if (m_wantedLevel < 0 || m_isClosed)
        return;
    // One that has ended may have thrown away what it held.
    if (canWrite() && !m_hasEnded) {
        const QPointer<DeviceStream> alive(this);
        const qint64 held = m_device->bytesToWrite();
        if (!alive)
            return;
        if (canWrite())
            m_held = held;
    }
    if (m_isClosed || (canWrite() && m_held > m_wantedLevel))
        return;
    m_wantedLevel = -1;
    tellWritable();
}

void DeviceStream::noteEnd()
{
    m_hasEnded = true;
    announceLater();
    announceWritableLater(); // Nothing more may leave, and the device say nothing of it.
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
        QMetaObject::invokeMethod(m_device, &QIODevice::close, Qt::QueuedConnection);
}

} // namespace IpcPrims
