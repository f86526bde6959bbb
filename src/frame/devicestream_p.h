// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/bytestream_p.h"

#include <QtCore/qiodevice.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

namespace IpcPrims {

/*!
    A byte stream over any open QIODevice. The stream has ended when the device says that its read
    channel is finished, that it is about to close, or that it is destroyed; a random-access device
    such as QBuffer has no end, as more can be written to it.
*/
class IPCPRIMS_AUTOTEST_EXPORT DeviceStream : public QObject, public ByteStream
{
    Q_OBJECT

public:
    enum class Ownership {
        Borrowed, ///< close() leaves the device as it is.
        /// close() has the device closed, and the stream's end has it deleted; both in the event
        /// loop, as it may be a slot of the device that leads there.
        Owned,
    };

    DeviceStream(QIODevice *device, Ownership ownership);
    ~DeviceStream() override;

    QIODevice *device() const { return m_device; }

    Result read(std::span<char> target, std::span<char> overflow) override;
    Result write(std::span<const QByteArrayView> buffers) override;
    void setReadEnabled(bool enabled) override;
    bool atEnd() const override;
    qint64 bytesToWrite() const override { return m_held; }
    void requestWritable() override;
    void requestDrained() override;
    void close() override;
    Error error() const override { return m_error; }

protected:
    /// For devices that hold written bytes back until their next turn of the event loop.
    virtual void flushDevice() {}
    /// To be called when no more bytes will arrive than the device holds.
    void noteEnd();
    /// To be called when the device is of no more use, before it throws away what it holds.
    void noteBroken();
    bool isBroken() const { return m_isBroken; }
    /// The last \a bytes of what a broken device held count as not taken.
    void takeBack(qint64 bytes) { m_held -= bytes; }
    void setError(const Error &error) { m_error = error; }
    bool isReadEnabled() const { return m_isReadEnabled; }

private:
    bool canRead() const { return m_device && !m_isClosed && m_device->isReadable(); }
    bool canWrite() const
    {
        return m_device && !m_isClosed && !m_isBroken && m_device->isWritable();
    }
    qint64 makeRoom();
    void flush();
    void updateHeld();
    void noteWritten(qint64 bytes);
    qsizetype readInto(std::span<char> place);
    void announceLater();
    void announce();
    void tellWritableAt(qint64 level);
    void announceWritableLater();
    void announceWritable();

    QPointer<QIODevice> m_device;
    const Ownership m_ownership;
    Error m_error;
    bool m_isReadEnabled = true;
    bool m_hasEnded = false;
    bool m_isClosed = false;
    bool m_isBroken = false;
    // What the device has taken and not written. It is counted here, as a device forgets what it
    // has not written when it fails or is closed.
    qint64 m_held = 0;
    qint64 m_wantedLevel = -1; // How much the device may hold when streamWritable() is due.
    qint64 m_refusedAt = 0; // How much it held when it took no more, if it has.
    bool m_isAnnouncementDue = false;
    bool m_isWritableAnnouncementDue = false;
};

} // namespace IpcPrims
