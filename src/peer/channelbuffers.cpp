// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/channelbuffers_p.h"

#include "frame/header_p.h"

#include <algorithm>
#include <utility>

namespace IpcPrims {

static qint64 sizeOf(const QByteArray &payload)
{
    return FrameHeader::Size + payload.size();
}

void ChannelBuffers::setLimits(int framesPerChannel, qint64 bytes)
{
    m_maxFrames = size_t(std::max(0, framesPerChannel));
    m_maxBytes = bytes;
}

Error ChannelBuffers::add(Frame frame)
{
    std::deque<QByteArray> &frames = m_channels[frame.channel];
    if (frames.size() >= m_maxFrames) {
        return Error(ErrorCode::BufferFull,
                     QStringLiteral("channel %1 buffer full: %2 frames wait (max %3), and another "
                                    "one of %4 bytes is lost")
                             .arg(frame.channel)
                             .arg(frames.size())
                             .arg(m_maxFrames)
                             .arg(frame.payload.size()));
    }
    if (m_bytes + sizeOf(frame.payload) > m_maxBytes) {
        return Error(ErrorCode::BufferFull,
                     QStringLiteral("channel %1 buffer full: %2 bytes wait on all channels (max "
                                    "%3, headers included), and a frame of %4 bytes is lost")
                             .arg(frame.channel)
                             .arg(m_bytes)
                             .arg(m_maxBytes)
                             .arg(frame.payload.size()));
    }
    m_bytes += sizeOf(frame.payload);
    frames.push_back(std::move(frame.payload));
    return {};
}

bool ChannelBuffers::take(quint16 channel, Frame *frame)
{
    const auto it = m_channels.find(channel);
    if (it == m_channels.end() || it->second.empty())
        return false;
    *frame = {channel, std::move(it->second.front())};
    it->second.pop_front();
    m_bytes -= sizeOf(frame->payload);
    return true;
}

void ChannelBuffers::clear()
{
    m_channels.clear();
    m_bytes = 0;
}

} // namespace IpcPrims
