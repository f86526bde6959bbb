// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/raw/framereader.h"

#include "peers/peer.h"
#include "peers/raw/frameheader.h"

#include <QtCore/qbytearray.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

namespace Bench {

namespace {

/// What one writes first: the header is read, then the payload, a system call each.
class TwoReadsPerFrame final : public FrameReader
{
public:
    explicit TwoReadsPerFrame(int descriptor)
        : m_descriptor(descriptor)
    {}

    std::optional<Frame> next() override { return std::exchange(m_frame, std::nullopt); }

    bool receive() override
    {
        std::array<char, FrameHeader::Size> bytes;
        if (!readAll(bytes.data(), bytes.size()))
            return false;
        const FrameHeader header = FrameHeader::read(bytes.data());
        if (m_payload.size() < header.size)
            m_payload = QByteArray(header.size, Qt::Uninitialized);
        verify(readAll(m_payload.data(), header.size), "the connection ended inside a frame");
        m_frame = Frame{header.channel, QByteArrayView(m_payload.constData(), header.size)};
        return true;
    }

private:
    bool readAll(char *place, qsizetype size) const
    {
        while (size > 0) {
            const ssize_t bytes = ::recv(m_descriptor, place, size, 0);
            if (bytes <= 0)
                return false;
            place += bytes;
            size -= bytes;
        }
        return true;
    }

    int m_descriptor;
    QByteArray m_payload; // Used again for the next.
    std::optional<Frame> m_frame;
};

/// Many small frames per system call, and large payloads read straight into one piece of memory.
class Buffered final : public FrameReader
{
public:
    explicit Buffered(int descriptor)
        : m_descriptor(descriptor)
        , m_buffer(new char[BufferSize])
    {}

    std::optional<Frame> next() override;
    bool receive() override;

private:
    static constexpr qsizetype BufferSize = 64 * 1024;

    int m_descriptor;
    std::unique_ptr<char[]> m_buffer;
    qsizetype m_begin = 0;
    qsizetype m_end = 0;

    // A payload that did not fit the buffer.
    bool m_isAssembling = false;
    quint16 m_channel = 0;
    QByteArray m_payload;
    qsizetype m_size = 0;
    qsizetype m_filled = 0;
};

std::optional<FrameReader::Frame> Buffered::next()
{
    if (m_isAssembling) {
        if (m_filled < m_size)
            return std::nullopt;
        m_isAssembling = false;
        return Frame{m_channel, QByteArrayView(m_payload.constData(), m_size)};
    }

    const qsizetype available = m_end - m_begin;
    if (available < FrameHeader::Size)
        return std::nullopt;
    const char *const header = m_buffer.get() + m_begin;
    const FrameHeader frame = FrameHeader::read(header);
    if (FrameHeader::Size + frame.size <= available) {
        m_begin += FrameHeader::Size + frame.size;
        return Frame{frame.channel, QByteArrayView(header + FrameHeader::Size, frame.size)};
    }
    if (FrameHeader::Size + frame.size <= BufferSize / 2)
        return std::nullopt;

    m_isAssembling = true;
    m_channel = frame.channel;
    m_size = frame.size;
    if (m_payload.size() < m_size)
        m_payload = QByteArray(m_size, Qt::Uninitialized);
    m_filled = available - FrameHeader::Size;
    std::memcpy(m_payload.data(), header + FrameHeader::Size, m_filled);
    m_begin = m_end = 0;
    return std::nullopt;
}

bool Buffered::receive()
{
    std::memmove(m_buffer.get(), m_buffer.get() + m_begin, m_end - m_begin);
    m_end -= m_begin;
    m_begin = 0;

    const qsizetype missing = m_isAssembling ? m_size - m_filled : 0;
    std::array<iovec, 2> places = {{{m_payload.data() + m_filled, size_t(missing)},
                                    {m_buffer.get() + m_end, size_t(BufferSize - m_end)}}};
    const bool isDirect = missing > 0;
    const ssize_t bytes
            = ::readv(m_descriptor, places.data() + (isDirect ? 0 : 1), isDirect ? 2 : 1);
    if (bytes <= 0)
        return false;
    const qsizetype direct = std::min<qsizetype>(bytes, missing);
    m_filled += direct;
    m_end += bytes - direct;
    return true;
}

} // namespace

std::unique_ptr<FrameReader> FrameReader::make(const QString &variant, int descriptor)
{
    if (variant == u"raw")
        return std::make_unique<TwoReadsPerFrame>(descriptor);
    return std::make_unique<Buffered>(descriptor);
}

} // namespace Bench
