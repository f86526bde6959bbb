// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/raw/framereader.h"

#include "peers/peer.h"
#include "peers/raw/frameheader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/uio.h>

namespace Bench {

FrameReader::FrameReader(int descriptor)
    : m_descriptor(descriptor)
    , m_buffer(new char[BufferSize])
{}

std::optional<FrameReader::Frame> FrameReader::next()
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

bool FrameReader::receive()
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

} // namespace Bench
