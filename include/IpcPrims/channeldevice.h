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
    A stream of bytes over one channel of an open session: what one end writes, the other reads, in
    both directions at once, while frames of other channels pass in between. For QDataStream,
    QTextStream, archives and images, which know nothing of frames.

    Both ends open a device for the channel, before anything is sent on it: in a slot of
    Peer::connected() and Server::peerConnected(), or after a command that announces the stream.
    Bytes travel in frames of at most 64 KiB; an empty frame ends a stream, and one before it says
    if it was cut. Then the channel's
    frames are the peer's again, and a slot of readChannelFinished() may open another device for
    what follows. At most one device at a time can read from a channel; of two that write, the
    stream of the second follows the end of the first.

    Writing: write() takes what there is room for, and so fewer bytes than given, or none, when the
    peer's queue for the channel has reached its high-water mark and as many bytes as
    writeBufferSize() says wait here; bytesWritten() tells when to go on. Written means that the
    peer has taken the bytes: it sends them before Peer::close() ends the session.

    Reading: when readBufferSize() bytes are unread, the device stops the peer's receiving and goes
    on when half of them are read. The protocol has no flow control for a single channel, so a
    reader that does not read holds back the other channels of its session, too.

    A stream ends with its session; a peer that connects again needs a new open(). The next session
    doesn't send what a broken stream has left unsent: Peer::framesNotSent() reports it, whatever
    Peer::setUnsentFrames() says of the channel.

    The waitFor functions of QIODevice are not supported, they return false: use the signals. The
    device lives in the peer's thread: moving one of them to another thread ends the streams with
    InvalidArgument.

    A validator of the peer checks the bytes of the stream, frame by frame as they are sent, and not
    the marks around them, such as the empty frame. A frame that it refuses cuts the stream: if it
    was to be sent, the reader gets an error behind what has left already; if it has arrived, this
    device fails with ValidationFailed, drops what follows, and the writer is told as by
    stopReading().
*/
class IPCPRIMS_CORE_EXPORT ChannelDevice : public QIODevice
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChannelDevice)

public:
    /// A device over \a channel, which has to be one of Peer::channels(). Doesn't own the peer.
    ChannelDevice(Peer *peer, quint16 channel, QObject *parent = nullptr);
    /// Closes. What write() has taken is still sent, as long as the session lasts and the peer
    /// lives: Peer::close() sends it first. Without that, quitting the application ends both. The
    /// stream is cut if that isn't all that was offered.
    ~ChannelDevice() override;

    /// \c nullptr if it was destroyed.
    Peer *peer() const;
    quint16 channel() const;

    /// Fails, with an error() and an errorString(), if the peer isn't open or has no such channel.
    /// \a mode is a combination of ReadOnly, WriteOnly, Text and Unbuffered.
    bool open(OpenMode mode) override;

    /*!
        Ends the stream in the writing direction as finish() does, and drops what was not read;
        from now on the channel's frames are the peer's. Peer::close() still sends what waits for
        room in the peer's queue.
    */
    void close() override;

    /*!
        Sends what was written and marks the end; write() fails from now on, reading goes on. It is
        the end of a whole stream only if write() has taken every byte that it was offered, those
        that it refused at first included, and as many as setTotalSize() has announced. Else the
        stream is cut: the reader gets what was taken, and then an error. So a QDataStream whose
        status nobody has looked at can't make half of something pass for the whole.
    */
    void finish();

    /// Cuts the stream in the writing direction: drops what waits here, and the reader gets an
    /// error behind what has left already. write() fails from now on, reading goes on.
    void abort();

    /*!
        Wants no more of the stream that is being read: drops what arrives of it, and has its writer
        told, whose errorOccurred() says Cancelled and whose write() fails from then on. When that
        has ended it, readChannelFinished() comes; until then the channel can't be opened for
        reading again.

        The writer is told once something of its stream has arrived, so that it surely has one, and
        once the send queue has room; also if this device is closed or deleted before. An end that
        isn't of this library sees a frame that it doesn't know, see docs/protocol.md.
    */
    void stopReading();

    /// Says to the reader how many bytes will follow, after open() and before the first write().
    /// For a reader of this library: another one takes it for a frame of the stream.
    void setTotalSize(qint64 bytes);
    /// What the writer of the stream that is being read has said of its size; -1 if nothing.
    qint64 totalSize() const;
    /// How many bytes of the stream have arrived, read or not.
    qint64 bytesReceived() const;
    /// How many bytes the peer has taken of the stream that is being written.
    qint64 bytesSent() const;

    /// Whether all was read up to the other side's end mark, or up to where the session broke off.
    bool atEnd() const override;
    /// Whether the other side has ended its stream as it should, and all of it has arrived; not all
    /// may be read yet. Not true of a stream that was cut or stopped.
    bool isFinished() const;

    /// What failed: open(), the session ended before a stream did, a frame could not be sent, the
    /// writer cut its stream (StreamError), the reader stopped it (Cancelled), or a validator has
    /// refused a frame of it (ValidationFailed).
    Error error() const;

    /// Hands over to the peer now what otherwise follows at the end of this event loop turn.
    void flush();

    /// How many bytes may wait unread, 1 MiB by default and at least 1, before the peer stops
    /// receiving. One frame more may be there, and what QIODevice keeps for a transaction.
    qint64 readBufferSize() const;
    void setReadBufferSize(qint64 bytes);

    /// How many bytes may wait here while the peer takes none, 1 MiB by default and at least
    /// 64 KiB. Give it what the largest write takes if who writes can't wait for bytesWritten().
    qint64 writeBufferSize() const;
    void setWriteBufferSize(qint64 bytes);

    bool isSequential() const override;
    qint64 bytesAvailable() const override;
    qint64 bytesToWrite() const override;
    bool canReadLine() const override;

Q_SIGNALS:
    /// See error(); what was received can still be read. If the device was open for reading and
    /// its stream not finished, readChannelFinished() follows.
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
