// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/// What an end calls itself, or the other one did, in the form that is kept and sent: its first 64
/// characters (UTF-16 code units), or 63 rather than half a surrogate pair.
IPCPRIMS_AUTOTEST_EXPORT QString boundedPeerName(const QString &name);

/// How logs call a session: by its id and, if there is one, the name of the other end, both quoted
/// because the other side may have chosen them.
QString quotedSessionName(const QByteArray &peerId, const QString &peerName);

} // namespace IpcPrims
