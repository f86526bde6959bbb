// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <memory>
#include <optional>

namespace Bench {

/*!
    Cuts what arrives on a socket into frames: many small ones per system call, and large payloads
    read straight into one piece of memory, which is used again for the next.
*/
class FrameReader
{
public:
    struct Frame
    {
        quint16 channel = 0;
        QByteArrayView payload; ///< Valid until the reader is used again.
    };

    explicit FrameReader(int descriptor);

    /// The next frame of what has arrived, or nothing if more has to be received.
    std::optional<Frame> next();
    /// Waits until something arrives; false at the end.
    bool receive();

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

} // namespace Bench
