// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/options.h"

#include <IpcPrims/peercredentials.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <optional>

namespace IpcPrims::Tool {

/// What `info` finds out about a server.
struct ConnectionInfo
{
    QString peerId;
    QString peerName; // Empty if the server doesn't say.
    QString protocolVersion;
    QList<quint16> channels;
    std::optional<std::chrono::nanoseconds> pingTime;
    std::optional<PeerCredentials> credentials;
};

QByteArray connectionText(const ConnectionInfo &info, OutputFormat format);

} // namespace IpcPrims::Tool
