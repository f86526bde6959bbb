// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/framehandlerslot_p.h"

#include <IpcPrims/peer.h>

#include <QtCore/qglobal.h>

#include <map>
#include <utility>

namespace IpcPrims {

/*!
    The frame handlers that were set for one channel each. As a handler may do anything while it
    runs, set() and deliver() touch nothing of this any more once they have called or destroyed one.
*/
class ChannelHandlers
{
public:
    bool isEmpty() const { return m_slots.empty(); }

    /// An empty \a handler removes the channel's.
    void set(quint16 channel, Peer::FrameHandler handler)
    {
        if (handler)
            m_slots[channel].set(std::move(handler));
        else
            const auto gone = m_slots.extract(channel);
    }

    /// Whether there is a handler for that channel, which then was called.
    bool deliver(quint16 channel, QByteArrayView payload)
    {
        const auto slot = m_slots.find(channel);
        if (slot == m_slots.end())
            return false;
        slot->second.call(channel, payload);
        return true;
    }

private:
    std::map<quint16, FrameHandlerSlot> m_slots; // A map leaves them where they are.
};

} // namespace IpcPrims
