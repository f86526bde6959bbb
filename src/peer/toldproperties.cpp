// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/toldproperties_p.h"

#include <IpcPrims/peer.h>

#include <utility>

namespace IpcPrims {

ToldProperties::SessionFacts ToldProperties::factsOf(const Peer &peer)
{
    return {peer.generation(), peer.peerId(),          peer.peerName(),
            peer.channels(),   peer.protocolVersion(), peer.credentials()};
}

void ToldProperties::watch(const Peer &peer)
{
    if (std::exchange(m_isWatched, true))
        return;
    m_session = factsOf(peer);
    m_disconnectReason = peer.disconnectReason();
    m_reconnectAttempts = peer.reconnectAttempts();
}

void ToldProperties::update(const Peer &peer)
{
    if (!m_isWatched)
        return;
    SessionFacts session = factsOf(peer);
    if (session != m_session) {
        m_session = std::move(session);
        isSessionDue = true;
    }
    const Error reason = peer.disconnectReason();
    if (std::exchange(m_disconnectReason, reason) != reason)
        isDisconnectReasonDue = true;
    const int attempts = peer.reconnectAttempts();
    if (std::exchange(m_reconnectAttempts, attempts) != attempts)
        isReconnectAttemptsDue = true;
}

} // namespace IpcPrims
