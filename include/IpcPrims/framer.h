// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>

#include <memory>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace IpcPrims {

class FramerPrivate;

/*!
    Frames over any open QIODevice: QLocalSocket, QTcpSocket, QProcess, QSerialPort, QBuffer; or
    over a socket of the system. No handshake, no session: what is sent with send() at one end comes
    out of frameReceived() at the other, whatever way the bytes were cut up in between. Peer is
    built on the same engine.

    The framer reads whatever the device has, so nobody else may read from it. It doesn't own the
    device, which must stay open and live in the framer's thread; when the device is destroyed the
    framer ends.
*/
class IPCPRIMS_CORE_EXPORT Framer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Framer)
    Q_PROPERTY(qint64 maxPayloadSize READ maxPayloadSize WRITE setMaxPayloadSize NOTIFY
                       maxPayloadSizeChanged)
    Q_PROPERTY(qint64 bytesQueued READ bytesQueued NOTIFY bytesQueuedChanged)

public:
    /// Frames over \a device, which must be open; bytes it already holds are read as well.
    explicit Framer(QIODevice *device, QObject *parent = nullptr);
#ifdef Q_OS_UNIX
    /*!
        Frames over a connected stream socket, one of socketpair() for example, which the framer
        takes over and closes; its send buffer is raised to 208 KiB. This is the fast path that Peer
        takes, too: no device lies between the frames and the operating system. Not available on
        Windows.
    */
    explicit Framer(qintptr socketDescriptor, QObject *parent = nullptr);
#endif
    /// Drops what is queued; flush() before, and bytesQueued() is what would be lost. A device is
    /// left as it is, a socket is closed. Quitting the application doesn't wait for a framer
    /// either.
    ~Framer() override;

    /// \c nullptr if there is none or it was destroyed.
    QIODevice *device() const;

    /// The limit in both directions in bytes; MaxPayloadSize (protocol section 2) by default.
    qint64 maxPayloadSize() const;
    void setMaxPayloadSize(qint64 bytes);

    /*!
        Queues one frame. Nothing is sent on an error: PayloadTooLarge, QueueFull when the channel
        has reached its high-water mark (readyToSend() tells when to go on), NotConnected when the
        stream has ended. As with Peer::send(), a payload over 16 KiB is shared, not copied.
    */
    Error send(quint16 channel, const QByteArray &payload);

    /// As above; \a policy says what a full queue leads to, see SlowPeerPolicy. With Disconnect the
    /// stream is closed, and errorOccurred() follows with QueueFull.
    Error send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy);

    /// Hands over to the device now what otherwise leaves at the end of this event loop turn.
    void flush();

    /// Bytes accepted by send() that the operating system has not taken yet, headers included.
    qint64 bytesQueued() const;
    /// Those of one channel.
    qint64 bytesQueued(quint16 channel) const;

    /// As for Peer::setSendWaterMarks().
    qint64 sendHighWaterMark() const;
    qint64 sendLowWaterMark() const;
    void setSendWaterMarks(qint64 high, qint64 low);

Q_SIGNALS:
    void maxPayloadSizeChanged(qint64 bytes);
    /// As Peer::bytesQueuedChanged().
    void bytesQueuedChanged(qint64 bytes);
    void frameReceived(quint16 channel, const QByteArray &payload);
    /// After send() had answered QueueFull for \a channel: its queue fell to the low-water mark, or
    /// will never leave, as the stream broke. Frames may still be received then.
    void readyToSend(quint16 channel);
    /// The stream ended cleanly, between two frames. Nothing more is received or accepted by
    /// send(); what was queued before is still written, as long as the framer lives and the other
    /// side reads.
    void ended();
    /*!
        The stream broke: BadMagic, PayloadTooLarge, TruncatedFrame (it ended inside a frame) or
        StreamError. Every frame before that was delivered; the rest is as for ended().
    */
    void errorOccurred(const IpcPrims::Error &error);

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class FramerPrivate;
    std::unique_ptr<FramerPrivate> d;
};

} // namespace IpcPrims
