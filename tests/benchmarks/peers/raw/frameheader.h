// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <QtCore/qendian.h>

namespace Bench {

/// The library's header on the wire, written by hand: docs/protocol.md, section 2.
struct FrameHeader
{
    static constexpr qsizetype Size = 8;

    qsizetype size = 0;
    quint16 channel = 0;

    static FrameHeader read(const char *bytes)
    {
        verify(bytes[0] == 'I' && bytes[1] == 'P', "a frame without the magic arrived");
        return {qFromLittleEndian<quint32>(bytes + 2), qFromLittleEndian<quint16>(bytes + 6)};
    }
    void write(char *bytes) const
    {
        bytes[0] = 'I';
        bytes[1] = 'P';
        qToLittleEndian(quint32(size), bytes + 2);
        qToLittleEndian(channel, bytes + 6);
    }
};

} // namespace Bench
