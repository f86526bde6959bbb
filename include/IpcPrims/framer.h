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
    Frames over any open QIODevice (QLocalSocket, QTcpSocket, QProcess, QSerialPort, QBuffer) or
    over a socket of the system, without a handshake or a session: each send() at one end is one
    frameReceived() at the other. Peer is built on the same engine.

    The framer reads all bytes of the device, so nothing else may read from it. It doesn't own the
    device, which must stay open and live in the framer's thread. The framer ends when the device is
    destroyed.
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
        Frames over a connected stream socket, for example of socketpair(). The framer takes
        ownership and closes it; its send buffer is raised to 208 KiB. This is the fast path of
        Peer, too: there is no device between the frames and the operating system. Not available on
        Windows.
    */
    explicit Framer(qintptr socketDescriptor, QObject *parent = nullptr);
#endif
    /// Drops queued frames: call flush() first; bytesQueued() then says what would be lost. Closes
    /// a socket, but not a device. An application that quits doesn't wait for a framer.
    ~Framer() override;

    /// \c nullptr if there is none or it was destroyed.
    QIODevice *device() const;

    /// The limit of payloads in both directions; MaxPayloadSize (protocol section 2) by default.
    qint64 maxPayloadSize() const;
    void setMaxPayloadSize(qint64 bytes);

    /*!
        Queues one frame. On an error nothing is sent: PayloadTooLarge, QueueFull if the channel has
        reached its high-water mark (readyToSend() says when to continue), NotConnected if the
        stream has ended. As with Peer::send(), a payload over 16 KiB is shared, not copied.
    */
    Error send(quint16 channel, const QByteArray &payload);

    /// As above with a \a policy for a full queue, see SlowPeerPolicy. Disconnect closes the
    /// stream; errorOccurred() follows with QueueFull.
    Error send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy);

    /// Writes queued frames now; otherwise they are written at the end of this turn of the loop.
    void flush();

    /// Bytes that the system has not taken yet, headers included, of all channels or of one.
    qint64 bytesQueued() const;
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
    /// After send() returned QueueFull for \a channel: its queue has fallen to the low-water mark,
    /// or can't be sent because the stream broke. Frames may still be received then.
    void readyToSend(quint16 channel);
    /// The stream ended between two frames. Nothing more is received or accepted by send(); queued
    /// frames are still written, as long as the framer lives and the other side reads.
    void ended();
    /*!
        The stream broke: BadMagic, PayloadTooLarge, TruncatedFrame (it ended inside a frame) or
        StreamError. All frames before that were delivered. Queued frames are written as for
        ended().
    */
    void errorOccurred(const IpcPrims::Error &error);

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class FramerPrivate;
    std::unique_ptr<FramerPrivate> d;
};

} // namespace IpcPrims
