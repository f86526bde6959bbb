// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/frame.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qbytearray.h>

#include <deque>
#include <map>

namespace IpcPrims {

/// Frames that were received while a call waited for something else.
class ChannelBuffers
{
public:
    /// What fits from now on; what is there already stays.
    void setLimits(int framesPerChannel, qint64 bytes);

    /// BufferFull if \a frame does not fit; it is lost then.
    Error add(Frame frame);
    /// Whether there was a frame of \a channel, which then is in \a frame.
    bool take(quint16 channel, Frame *frame);
    void clear();

private:
    size_t m_maxFrames = 256;
    qint64 m_maxBytes = MaxPayloadSize;
    std::map<quint16, std::deque<QByteArray>> m_channels;
    qint64 m_bytes = 0;
};

} // namespace IpcPrims
