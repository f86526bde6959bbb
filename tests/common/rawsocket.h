// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <optional>
#include <utility>

/*!
    One end of a Unix stream socket that says exactly what a test tells it to. It shares no code
    with the library on purpose. Every function that waits runs the event loop meanwhile, so that
    the library's end may live in the same thread; none waits for longer than 30 s.
*/
class RawSocket
{
public:
    struct Frame
    {
        quint16 channel = 0;
        QByteArray payload;

        friend bool operator==(const Frame &, const Frame &) = default;
    };

    RawSocket() = default;
    explicit RawSocket(int descriptor); ///< Takes ownership.
    ~RawSocket() { close(); }
    RawSocket(RawSocket &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
        , m_received(std::move(other.m_received))
        , m_flooded(other.m_flooded)
    {}
    RawSocket &operator=(RawSocket &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        std::swap(m_received, other.m_received);
        std::swap(m_flooded, other.m_flooded);
        return *this;
    }

    static RawSocket connectTo(const QString &path);

    /// The wire form of a frame. \a announcedSize is for headers that lie.
    static QByteArray frame(quint16 channel, const QByteArray &payload);
    static QByteArray header(quint16 channel, quint32 announcedSize);

    bool isValid() const { return m_descriptor >= 0; }

    /// Writes all of \a bytes; false if the other side closed before that.
    bool write(const QByteArray &bytes);
    /// As write(), and lets the event loop run once after each single byte.
    bool writeBytewise(const QByteArray &bytes);
    bool writeFrame(quint16 channel, const QByteArray &payload)
    {
        return write(frame(channel, payload));
    }
    /// Writes \a bytes with \a descriptor attached (SCM_RIGHTS).
    bool writeWithDescriptor(const QByteArray &bytes, int descriptor);

    /*!
        Writes \a once over and over again, and says how many were taken by the time that the other
        side has closed, or has taken nothing more for a while. At least \a most if it never stops.
        Another call with the same bytes goes on where that has ended.
    */
    qint64 flood(const QByteArray &once, qint64 most);

    /// The next frame, or nothing if the other side closed (or 30 s passed) before it was complete.
    std::optional<Frame> readFrame();

    /// Waits until there is something to read, and leaves it unread.
    bool waitForData() const;

    /// Waits until the other side has closed; what it sent before that is kept for leftovers().
    bool waitForClosed();
    /// Bytes that were received and not taken by readFrame().
    QByteArray leftovers() const { return m_received; }

    /// Ends the sending direction only.
    void finishWriting();
    void close();

private:
    enum class Progress { Some, None, Closed };
    Progress receive();

    int m_descriptor = -1;
    QByteArray m_received;
    qint64 m_flooded = 0;
};

/// Prints a frame when a comparison of a test fails.
char *toString(const RawSocket::Frame &frame);

/// A listening socket that hands out RawSockets, with the same manner of waiting.
class RawListener
{
public:
    explicit RawListener(const QString &path);
    ~RawListener();
    Q_DISABLE_COPY_MOVE(RawListener)

    RawSocket accept();

private:
    int m_descriptor = -1;
};
