// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/protocol.h>

namespace IpcPrims {

QString Channel::name(quint16 channel)
{
    switch (channel) {
    case Control:
        return QStringLiteral("CONTROL");
    case Command:
        return QStringLiteral("COMMAND");
    case Data:
        return QStringLiteral("DATA");
    case Telemetry:
        return QStringLiteral("TELEMETRY");
    case Error:
        return QStringLiteral("ERROR");
    default:
        return QStringLiteral("USER");
    }
}

} // namespace IpcPrims
