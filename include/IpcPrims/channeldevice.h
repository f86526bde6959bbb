// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qiodevice.h>

#include <memory>

namespace IpcPrims {

class ChannelDevicePrivate;
class Peer;

/*!
    A stream of bytes over one channel of an open session, in both directions at once, for
    QDataStream, QTextStream, archives and images. Frames of other channels are sent in between.

    Both ends open a device for the channel before anything is sent on it: in a slot of
    Peer::connected() and Server::peerConnected(), or after a command that announces the stream. The
    bytes are sent in frames of at most 64 KiB; an empty frame ends a stream, and a mark before it
    says if it was cut. After the end the peer delivers the channel's frames again, and a slot of
    readChannelFinished() may open another device. Only one device at a time can read from a
    channel; if two write, the second stream begins after the end of the first.

    Writing: once the peer's queue for the channel has reached its high-water mark and
    writeBufferSize() bytes wait here, write() accepts fewer bytes than given, or none;
    bytesWritten() says when to continue. Written bytes are in the peer's queue: they are sent
    before Peer::close() ends the session.

    Reading: at readBufferSize() unread bytes the device stops the peer's receiving until half of
    them are read. The protocol has no flow control for a single channel, so a reader that doesn't
    read also holds back the other channels of its session.

    A stream ends with its session; after a reconnection call open() again. The rest of a broken
    stream is reported by Peer::framesNotSent(), and never sent in the next session, whatever
    Peer::setUnsentFrames() is for the channel.

    The waitFor functions of QIODevice are not supported; they return false. The device lives in the
    peer's thread; moving one of them to another thread ends the streams with InvalidArgument.

    A validator of the peer checks the bytes of the stream, frame by frame, but not its marks, such
    as the empty frame. A refused frame cuts the stream. If it was to be sent, the reader gets the
    bytes before it and then an error. If it was received, this device fails with ValidationFailed,
    drops the rest, and notifies the writer as stopReading() does.
*/
class IPCPRIMS_CORE_EXPORT ChannelDevice : public QIODevice
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChannelDevice)

public:
    /// A device over \a channel, which has to be one of Peer::channels(). Doesn't own the peer.
    ChannelDevice(Peer *peer, quint16 channel, QObject *parent = nullptr);
    /// Closes. Written bytes are still sent while the session and the peer last: call Peer::close()
    /// before the application quits. The stream is cut if write() has not accepted all bytes.
    ~ChannelDevice() override;

    /// \c nullptr if it was destroyed.
    Peer *peer() const;
    quint16 channel() const;

    /// Fails, with an error() and an errorString(), if the peer isn't open or has no such channel.
    /// \a mode is a combination of ReadOnly, WriteOnly, Text and Unbuffered.
    bool open(OpenMode mode) override;

    /*!
        Ends the written stream as finish() does, and drops unread bytes; the peer delivers the
        channel's frames again. Peer::close() still sends bytes that wait for room in the peer's
        queue.
    */
    void close() override;

    /*!
        Sends the written bytes and marks the end. write() fails from now on; reading continues. The
        stream counts as complete only if write() has accepted every byte it was offered, also those
        that it refused at first, and as many as setTotalSize() has announced. Otherwise it is cut:
        the reader gets the accepted bytes and then an error. So an unchecked QDataStream::status()
        can't turn half of the data into a complete stream.
    */
    void finish();

    /// Cuts the written stream: drops the bytes that wait here; the reader gets an error after
    /// those already sent. write() fails from now on; reading continues.
    void abort();

    /*!
        Stops the stream that is being read: drops the rest of it and notifies the writer, which
        gets errorOccurred() with Cancelled and whose write() fails from then on.
        readChannelFinished() follows when the writer has ended the stream; until then the channel
        can't be opened for reading again.

        The notification is sent when something of the stream has arrived and the send queue has
        room, also if this device is closed or deleted before. Another implementation receives it as
        a frame that it doesn't know, see docs/protocol.md.
    */
    void stopReading();

    /// Announces the number of bytes to the reader; after open() and before the first write(). For
    /// readers of this library only: others take the announcement for a frame of the stream.
    void setTotalSize(qint64 bytes);
    /// The announced size of the stream that is being read; -1 if there is none.
    qint64 totalSize() const;
    /// How many bytes of the stream have arrived, read or not.
    qint64 bytesReceived() const;
    /// How many bytes of the written stream are in the peer's queue or sent.
    qint64 bytesSent() const;

    /// Whether all bytes up to the end mark were read, or up to where the session broke.
    bool atEnd() const override;
    /// Whether the complete stream has arrived, read or not; \c false for one that was cut or
    /// stopped.
    bool isFinished() const;

    /// The last error: of open(), of a session that ended before its stream, or of a frame that
    /// could not be sent; StreamError if the writer cut its stream, Cancelled if the reader stopped
    /// it, ValidationFailed if a validator refused a frame of it.
    Error error() const;

    /// Passes the written bytes to the peer now instead of at the end of this turn of the event
    /// loop.
    void flush();

    /// Maximum of unread bytes before the peer stops receiving; 1 MiB by default, at least 1. One
    /// frame more may be buffered, and what QIODevice keeps for a transaction.
    qint64 readBufferSize() const;
    void setReadBufferSize(qint64 bytes);

    /// Maximum of bytes that wait here for room in the peer's queue; 1 MiB by default, at least
    /// 64 KiB. If a writer can't wait for bytesWritten(), set it to the size of its largest write.
    qint64 writeBufferSize() const;
    void setWriteBufferSize(qint64 bytes);

    bool isSequential() const override;
    qint64 bytesAvailable() const override;
    qint64 bytesToWrite() const override;
    bool canReadLine() const override;

Q_SIGNALS:
    /// See error(). Received bytes can still be read. readChannelFinished() follows if the device
    /// was open for reading and its stream not finished.
    void errorOccurred(const IpcPrims::Error &error);
    /// Before the first readyRead(), if the writer has called setTotalSize().
    void totalSizeReceived(qint64 bytes);

protected:
    bool event(QEvent *event) override;
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    friend class ChannelDevicePrivate;
    std::unique_ptr<ChannelDevicePrivate> d;
};

} // namespace IpcPrims
