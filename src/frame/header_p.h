// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qendian.h>

namespace IpcPrims {

/*!
    The eight bytes in front of every payload (protocol section 2): the magic 'I' 'P', the payload's
    length (32 bit) and the channel (16 bit), both little endian.
*/
struct IPCPRIMS_AUTOTEST_EXPORT FrameHeader
{
    static constexpr qsizetype Size = 8;

    quint32 payloadSize = 0;
    quint16 channel = 0;

    static constexpr char Magic[2] = {0x49, 0x50};

    static bool hasMagic(const char *bytes) { return bytes[0] == Magic[0] && bytes[1] == Magic[1]; }

    static Error magicError(const char *bytes);

    static FrameHeader read(const char *bytes)
    {
        return {qFromLittleEndian<quint32>(bytes + 2), qFromLittleEndian<quint16>(bytes + 6)};
    }

    void write(char *bytes) const
    {
        bytes[0] = Magic[0];
        bytes[1] = Magic[1];
        qToLittleEndian(payloadSize, bytes + 2);
        qToLittleEndian(channel, bytes + 6);
    }
};

/// No error if a payload of \a bytes may be sent or received under the limit \a max.
IPCPRIMS_AUTOTEST_EXPORT Error checkPayloadSize(qint64 bytes, qint64 max);

} // namespace IpcPrims
