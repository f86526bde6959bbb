// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/raw/framewriter.h"

#include "peers/peer.h"
#include "peers/raw/frameheader.h"

#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace Bench {

static void writeAll(int descriptor, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        verify(written > 0, "writing to the socket failed");
        bytes = bytes.sliced(written);
    }
}

namespace {

/// What one writes first: header and payload copied together, one system call per frame.
class OneWritePerFrame : public FrameWriter
{
public:
    explicit OneWritePerFrame(int descriptor)
        : m_descriptor(descriptor)
    {}

    void write(quint16 channel, QByteArrayView payload) override
    {
        const qsizetype size = FrameHeader::Size + payload.size();
        if (m_frame.size() < size)
            m_frame.resize(size);
        FrameHeader{payload.size(), channel}.write(m_frame.data());
        if (!payload.isEmpty())
            std::memcpy(m_frame.data() + FrameHeader::Size, payload.data(), payload.size());
        writeAll(m_descriptor, QByteArrayView(m_frame.constData(), size));
    }

private:
    int m_descriptor;
    QByteArray m_frame;
};

/// The limit for small frames: they are gathered to 64 KiB.
class Gathered : public FrameWriter
{
public:
    explicit Gathered(int descriptor)
        : m_descriptor(descriptor)
        , m_frames(Capacity, Qt::Uninitialized)
    {}

    void write(quint16 channel, QByteArrayView payload) override
    {
        const bool fits = FrameHeader::Size + payload.size() <= Capacity;
        if (m_end + FrameHeader::Size + (fits ? payload.size() : 0) > Capacity)
            flush();
        char *const place = m_frames.data() + m_end;
        FrameHeader{payload.size(), channel}.write(place);
        m_end += FrameHeader::Size;
        if (!fits) {
            flush();
            writeAll(m_descriptor, payload);
        } else if (!payload.isEmpty()) {
            std::memcpy(place + FrameHeader::Size, payload.data(), payload.size());
            m_end += payload.size();
        }
    }

    void flush() override
    {
        writeAll(m_descriptor, QByteArrayView(m_frames.constData(), m_end));
        m_end = 0;
    }

private:
    static constexpr qsizetype Capacity = 64 * 1024;

    int m_descriptor;
    QByteArray m_frames;
    qsizetype m_end = 0;
};

/// The limit for large frames: nothing is copied.
class Vectored : public FrameWriter
{
public:
    explicit Vectored(int descriptor)
        : m_descriptor(descriptor)
    {}

    void write(quint16 channel, QByteArrayView payload) override
    {
        std::array<char, FrameHeader::Size> header;
        FrameHeader{payload.size(), channel}.write(header.data());
        const std::array<iovec, 2> pieces
                = {{{header.data(), header.size()},
                    {const_cast<char *>(payload.data()), size_t(payload.size())}}};
        const ssize_t written = ::writev(m_descriptor, pieces.data(), pieces.size());
        verify(written >= FrameHeader::Size, "writing to the socket failed");
        writeAll(m_descriptor, payload.sliced(written - FrameHeader::Size));
    }

private:
    int m_descriptor;
};

} // namespace

std::unique_ptr<FrameWriter> FrameWriter::make(const QString &variant, int descriptor)
{
    if (variant == u"raw-batched")
        return std::make_unique<Gathered>(descriptor);
    if (variant == u"raw-writev")
        return std::make_unique<Vectored>(descriptor);
    return std::make_unique<OneWritePerFrame>(descriptor);
}

} // namespace Bench
