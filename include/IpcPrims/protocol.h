// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

#include <chrono>

namespace IpcPrims {

/*!
    The channel numbers with a fixed meaning. A channel is a 16 bit number carried by every frame;
    5 to 255 are reserved by the protocol, 256 to 65535 (from \c FirstUser) belong to applications.
    CONTROL belongs to the library: it always exists, is never negotiated, and its frames are not
    delivered to the application.
*/
namespace Channel {
Q_NAMESPACE_EXPORT(IPCPRIMS_CORE_EXPORT)

enum Number : quint16 {
    Control = 0,
    Command = 1,
    Data = 2,
    Telemetry = 3,
    Error = 4,
    FirstUser = 256,
};
Q_ENUM_NS(Number)

/*!
    The name that the tools print: CONTROL, COMMAND, DATA, TELEMETRY, ERROR, and USER for every
    other number.
*/
IPCPRIMS_CORE_EXPORT QString name(quint16 channel);
} // namespace Channel

/// Largest payload of a frame in bytes, once the handshake is over.
inline constexpr qint64 MaxPayloadSize = 16 * 1024 * 1024;
/// Largest payload of a frame in bytes during the handshake.
inline constexpr qint64 MaxHandshakePayloadSize = 16 * 1024;
/// Largest payload of a control message in bytes. A limit of this library: the protocol's messages
/// are tiny, and parsing a large JSON text would delay all other peers.
inline constexpr qint64 MaxControlPayloadSize = 64 * 1024;
/// Largest authentication token in bytes.
inline constexpr qint64 MaxAuthTokenSize = 4096;
/// Longest name of a peer or server in characters (UTF-16 code units); see Peer::setName().
inline constexpr qsizetype MaxPeerNameLength = 64;
/// Most entries of a channel list, counted before duplicates are removed.
inline constexpr qsizetype MaxChannels = 256;
/// Most control frames that a session accepts within 5 s without a data frame between them; pongs
/// for its own pings don't count.
inline constexpr int MaxControlFramesInARow = 256;
/// Most requests without an answer, on either side. A limit of this library.
inline constexpr qsizetype MaxRequestsInFlight = 65'536;
/// How many requests of the other side may wait for their answers to be sent; see
/// Peer::setRequestLimit().
inline constexpr qsizetype DefaultRequestLimit = 1024;
/// How many bytes these may take together with their answers; see Peer::setRequestBytesLimit().
inline constexpr qint64 DefaultRequestBytesLimit = 32 * 1024 * 1024;
/// Default time-out of the whole handshake, of a ping, of a request, and of the answer to a
/// shutdown request.
inline constexpr std::chrono::milliseconds DefaultTimeout = std::chrono::seconds(5);
/// A time-out that never passes. Everywhere in this library, negative time-outs and those beyond
/// 24 days never pass, and 0 passes at once.
inline constexpr std::chrono::milliseconds NoTimeout = std::chrono::milliseconds(-1);

} // namespace IpcPrims
