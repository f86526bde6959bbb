// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>

#include <QtCore/qglobal.h>

namespace IpcPrims {

class Session;

/*!
    What a peer has to tell a developer who turns the log on. Whatever the other side can bring
    about is limited in number; a name that it has chosen is quoted; payloads and tokens are never
    part of it.
*/
namespace PeerLog {
void sessionOpened(const Session &session);
/// \a state is that in which the end was met. There may be no \a session yet.
void ended(Peer::State state, const Session *session, const Error &reason);
void handshakeFailed(const Error &reason);
/// For a reason that lies with the server's limits, not with what the client said.
void clientTurnedAway(const Error &reason);
void frameRefused(const Session &session, quint16 channel, qsizetype errorCount);
/// Nothing more is received until some are answered.
void requestsHeldBack(const Session &session, qsizetype count, qint64 bytes);
void peerUnresponsive(const Session &session, int missed);
void streamCutOff(quint16 channel, qint64 bytes, const Error &reason);
} // namespace PeerLog

} // namespace IpcPrims
