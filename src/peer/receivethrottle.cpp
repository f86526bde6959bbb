// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/receivethrottle_p.h"

#include "peer/peer_p.h"

#include <utility>

namespace IpcPrims {

ReceiveThrottle::ReceiveThrottle(PeerPrivate *peer, const ReceiveLimits &limits)
    : m_peer(peer)
    , m_meter(limits)
{
    m_timer.setParent(peer->q); // With which it moves to another thread.
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, peer->q,
                     [this] { m_peer->holdBack(this, false); });
}

bool ReceiveThrottle::admits(const DecodedFrame &frame)
{
    const quint32 turn = m_peer->link->turn();
    if (std::exchange(m_turn, turn) != turn)
        m_meter.beginBatch();
    const qint64 size = frame.payload().size();
    if (!m_meter.admits(size)) {
        m_peer->reject(m_meter.error(frame.channel(), size));
        return false;
    }
    // The frame is still delivered; it is the next one that waits.
    const auto pause = m_meter.pause();
    if (Q_UNLIKELY(pause > pause.zero()) && !m_timer.isActive()) {
        m_timer.start(boundedTimeout(pause));
        m_peer->holdBack(this, true);
    }
    return true;
}

} // namespace IpcPrims
