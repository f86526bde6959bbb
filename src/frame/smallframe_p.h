// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/header_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <algorithm>
#include <array>

namespace IpcPrims {

/*!
    A frame in one piece, to leave on its own. Up to Capacity it costs less to copy a payload
    behind its header than to have the system gather the two.
*/
class SmallFrame
{
public:
    static constexpr qsizetype Capacity = 4 * 1024;

    SmallFrame(quint16 channel, const QByteArray &payload)
        : m_size(FrameHeader::Size + payload.size())
    {
        Q_ASSERT(payload.size() <= Capacity);
        FrameHeader{quint32(payload.size()), channel}.write(m_bytes.data());
        std::copy_n(payload.constData(), payload.size(), m_bytes.data() + FrameHeader::Size);
    }

    QByteArrayView bytes() const { return {m_bytes.data(), m_size}; }
    QByteArrayView payload() const { return bytes().sliced(FrameHeader::Size); }

private:
    std::array<char, FrameHeader::Size + Capacity> m_bytes;
    qsizetype m_size;
};

} // namespace IpcPrims
