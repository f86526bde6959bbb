// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/header_p.h"

namespace IpcPrims {

Error FrameHeader::magicError(const char *bytes)
{
    return Error(ErrorCode::BadMagic,
                 QStringLiteral("bad frame magic 0x%1%2 (expected 0x%3%4): the other side does not "
                                "speak the ipcprims protocol")
                         .arg(quint8(bytes[0]), 2, 16, QLatin1Char('0'))
                         .arg(quint8(bytes[1]), 2, 16, QLatin1Char('0'))
                         .arg(quint8(Magic[0]), 2, 16, QLatin1Char('0'))
                         .arg(quint8(Magic[1]), 2, 16, QLatin1Char('0')));
}

Error checkPayloadSize(qint64 bytes, qint64 max)
{
    if (bytes <= max)
        return {};
    return Error(ErrorCode::PayloadTooLarge,
                 QStringLiteral("payload too large (%1 bytes, max %2)").arg(bytes).arg(max));
}

} // namespace IpcPrims
