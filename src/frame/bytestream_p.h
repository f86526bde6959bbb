// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qobject.h>

#include <span>

namespace IpcPrims {

/*!
    The two byte pipes of a connection, as the frame layer needs them: non-blocking reads and gather
    writes, and a signal when either is worth trying (again). The frame layer owns this interface;
    DeviceStream implements it over any QIODevice, the transport's NativeStream over a descriptor.

    A stream is open from its construction until close(), end of stream or a failure. It lives in
    one thread and emits its signals from that thread's event loop, never from inside a call; the
    first readable() also for bytes that were there before.
*/
class IPCPRIMS_AUTOTEST_EXPORT ByteStream : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ByteStream)

public:
    enum class Status {
        Ok, ///< Some bytes were moved.
        WouldBlock, ///< None now; readable() or writable() will say when.
        EndOfStream, ///< Reading only: everything the other side sent has been read.
        Failed, ///< error() tells why. Bytes that arrived can still be read after a failed write.
    };
    struct Result
    {
        Status status = Status::Ok;
        qsizetype bytes = 0;
    };

    explicit ByteStream(QObject *parent = nullptr)
        : QObject(parent)
    {}

    /*!
        Reads what is there now, first into \a target until that is full, then into \a overflow.
        The split lets a payload be read straight into its place together with what follows it.
        Fewer bytes than there was room for mean that nothing is left for now; readable() comes
        again for whatever follows, the end of the stream included.
    */
    virtual Result read(std::span<char> target, std::span<char> overflow) = 0;

    /// Writes as much of \a buffers, in order, as goes without blocking. Less than everything means
    /// that there is no room for now; requestWritable() will tell when to go on.
    virtual Result write(std::span<const QByteArrayView> buffers) = 0;

    /*!
        Turns readable() on or off. It is on at first. While it is off nothing is read, so that the
        other side is held back, but the end of the connection is still noticed: ended() is emitted.
    */
    virtual void setReadEnabled(bool enabled) = 0;

    /*!
        Whether the other side is gone and everything it sent has been read. To be asked after
        ended(); true only if no data is left.
    */
    virtual bool atEnd() const = 0;

    /// Bytes that write() has taken and the operating system has not.
    virtual qint64 bytesToWrite() const = 0;

    /// Asks for writable() once the stream takes bytes again after WouldBlock.
    virtual void requestWritable() = 0;

    /// Closes both directions at once. Bytes not yet taken by the operating system are dropped.
    virtual void close() = 0;

    virtual Error error() const = 0;

Q_SIGNALS:
    void readable();
    void writable();
    /// The other side is gone while reading is off; told once for each time that reading is turned
    /// off. What it sent can still be read.
    void ended();
};

} // namespace IpcPrims
