// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <span>

namespace IpcPrims {

/*!
    The two byte pipes of a connection, as the frame layer needs them: non-blocking reads and gather
    writes, and a word when either is worth trying (again). The frame layer owns this interface;
    DeviceStream implements it over any QIODevice, the transport's NativeStream over a descriptor.

    A stream is open from its construction until close(), end of stream or a failure. It lives in
    one thread and tells its listener from that thread's event loop, never from inside a call; the
    first streamReadable() also for bytes that were there before.

    A device under it may be the application's, and call slots of that from inside any function
    below but setReadEnabled(), bytesToWrite(), requestWritable() and close(). These slots may run
    an event loop or call close(); whoever calls a function has to keep the stream until it returns.
*/
class IPCPRIMS_AUTOTEST_EXPORT ByteStream
{
    Q_DISABLE_COPY_MOVE(ByteStream)

public:
    /*!
        Who is told what the stream brings. A plain interface, because for a short message a signal
        costs as much as everything else, and connecting three of them as much as shaking hands.
        Each function may delete the stream.
    */
    class Listener
    {
    public:
        virtual void streamReadable() = 0;
        virtual void streamWritable() = 0;
        /// The other side is gone while reading is off; told once for each time that reading is
        /// turned off. What it sent can still be read.
        virtual void streamEnded() = 0;

    protected:
        ~Listener() = default;
    };

    enum class Status {
        Ok, ///< Some bytes were moved.
        WouldBlock, ///< None now; the listener is told when.
        EndOfStream, ///< Reading only: everything the other side sent has been read.
        /// Writing only: the last `bytes` of what was taken before have not left, and are to be
        /// written again before anything else. Nothing was taken.
        Rewind,
        Failed, ///< error() tells why. Bytes that arrived can still be read after a failed write.
    };
    struct Result
    {
        Status status = Status::Ok;
        qsizetype bytes = 0; ///< How many were moved, also if it then failed.
    };

    ByteStream() = default;
    virtual ~ByteStream() = default;

    void setListener(Listener *listener) { m_listener = listener; }

    /*!
        Reads what is there now, first into \a target until that is full, then into \a overflow.
        The split lets a payload be read straight into its place together with what follows it.
        Fewer bytes than there was room for mean that nothing is left for now; streamReadable()
        comes again for whatever follows, the end of the stream included.
    */
    virtual Result read(std::span<char> target, std::span<char> overflow) = 0;

    /// Writes as much of \a buffers, in order, as goes without blocking. Less than everything means
    /// that there is no room for now; after requestWritable() the listener is told when to go on.
    /// Without buffers, it tries to get rid of what it has taken before.
    virtual Result write(std::span<const QByteArrayView> buffers) = 0;

    /*!
        Turns streamReadable() on or off. It is on at first. While it is off nothing is read, so
        that the other side is held back, but the end of the connection is still noticed.
    */
    virtual void setReadEnabled(bool enabled) = 0;

    /*!
        Whether the other side is gone and everything it sent has been read. To be asked after
        streamEnded(); true only if no data is left.
    */
    virtual bool atEnd() const = 0;

    /// The last of the bytes that write() has taken, which the operating system has not; once the
    /// stream is broken or closed, those that never left. Calls nobody.
    virtual qint64 bytesToWrite() const = 0;

    /// Asks for streamWritable() once the stream takes bytes again after WouldBlock.
    virtual void requestWritable() = 0;

    /// Asks for streamWritable() once bytesToWrite() is zero, or the stream is broken. Only to be
    /// called while there are such bytes.
    virtual void requestDrained() { requestWritable(); }

    /// Closes both directions at once. Bytes not yet taken by the operating system are dropped.
    virtual void close() = 0;

    virtual Error error() const = 0;

protected:
    // To be the last thing that a function does, as the stream may be gone afterwards.
    void tellReadable()
    {
        if (m_listener)
            m_listener->streamReadable();
    }
    void tellWritable()
    {
        if (m_listener)
            m_listener->streamWritable();
    }
    void tellEnded()
    {
        if (m_listener)
            m_listener->streamEnded();
    }

private:
    Listener *m_listener = nullptr;
};

} // namespace IpcPrims
