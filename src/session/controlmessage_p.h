// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/// A message on channel 0 after the handshake.
struct ControlMessage
{
    enum class Type { Ping, Pong, ShutdownRequest, ShutdownAck, ShutdownForce, Unknown };

    Type type = Type::Unknown;
    QString typeName; ///< As on the wire; for Unknown it is cut to 64 characters for messages.
    QString reason; ///< `payload.reason` of a shutdown message if it is a string, else empty.
};

/// The wire form: only `type`, and `payload.reason` for shutdown messages that have one.
IPCPRIMS_AUTOTEST_EXPORT QByteArray encodeControl(ControlMessage::Type type,
                                                  const QString &reason = QString());

/*!
    Reads strictly: one JSON object with a string `type`, an optional `payload` that is parsed in
    full, an optional string or null `timestamp`. An unknown type is no error here.
*/
IPCPRIMS_AUTOTEST_EXPORT Error decodeControl(QByteArrayView json, ControlMessage *message);

} // namespace IpcPrims
