// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/session_p.h"

#include <IpcPrims/error.h>

#include <QtCore/qbytearray.h>

#include <optional>

// What servers do with their clients, whether an event loop waits for these or a thread.

namespace IpcPrims {

/// Most clients at a time that have not finished their handshake.
inline constexpr int DefaultMaxPendingHandshakes = 64;
/// Most clients of one user at a time.
inline constexpr int DefaultMaxPeersPerUser = 1024;

/// Refuses settings with which no handshake could succeed.
Error checkServable(const SessionSettings &settings);

/// The name of the session with the \a number th client that was accepted. Every accept uses up a
/// number, those of failed handshakes too (protocol section 3.9).
QByteArray peerIdFor(quint64 number);

/// A silent client must not keep its place when others want it: why the oldest of \a pending ones
/// has to go, when there are \a places.
Error gaveWayError(qsizetype pending, qsizetype places);

/// Why one more client of a user, who may be unknown, is turned away.
Error tooManyOfUserError(std::optional<quint32> uid, int max);

} // namespace IpcPrims
