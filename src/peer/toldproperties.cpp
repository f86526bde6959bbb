// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/toldproperties_p.h"

#include <IpcPrims/peer.h>

#include <utility>

namespace IpcPrims {

void ToldProperties::update(const Peer &peer)
{
    SessionFacts session = {peer.generation(), peer.peerId(),          peer.peerName(),
                            peer.channels(),   peer.protocolVersion(), peer.credentials()};
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
