// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/receivemeter_p.h"

#include <QtCore/qglobal.h>
#include <QtCore/qtimer.h>

namespace IpcPrims {

class DecodedFrame;
class PeerPrivate;

/// Keeps the other side of a peer's session to the rate of the peer's limits.
class ReceiveThrottle
{
    Q_DISABLE_COPY_MOVE(ReceiveThrottle)

public:
    ReceiveThrottle(PeerPrivate *peer, const ReceiveLimits &limits);
    ~ReceiveThrottle() = default;

    /// Whether the frame that has arrived is to be delivered. If it isn't the session has ended,
    /// and this object and the peer may be gone.
    bool admits(const DecodedFrame &frame);

private:
    PeerPrivate *const m_peer;
    ReceiveMeter m_meter;
    quint32 m_turn = 0; // Of the link, in which the clock was read.
    QTimer m_timer; // Until more may be received.
};

} // namespace IpcPrims
