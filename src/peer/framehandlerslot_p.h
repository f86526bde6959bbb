// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/peer.h>

#include <QtCore/qglobal.h>

#include <utility>
#include <vector>

namespace IpcPrims {

/*!
    Where a peer keeps its frame handler. A handler may replace itself and delete its peer, and so
    this slot: what it has captured stays until it has returned. Counted by hand, as a frame is to
    cost no atomic operation.
*/
class FrameHandlerSlot
{
    Q_DISABLE_COPY_MOVE(FrameHandlerSlot)

public:
    FrameHandlerSlot()
        : m_state(new State)
    {}
    ~FrameHandlerSlot()
    {
        if (m_state->running > 0)
            m_state->isOrphan = true;
        else
            delete m_state;
    }

    bool isEmpty() const { return !m_state->handler; }

    void set(Peer::FrameHandler handler)
    {
        if (m_state->running > 0)
            m_state->replaced.push_back(std::exchange(m_state->handler, std::move(handler)));
        else
            m_state->handler = std::move(handler);
    }

    void call(quint16 channel, QByteArrayView payload)
    {
        State *const state = m_state;
        ++state->running;
        state->handler(channel, payload);
        if (--state->running > 0)
            return;
        if (Q_UNLIKELY(state->isOrphan))
            delete state;
        else if (Q_UNLIKELY(!state->replaced.empty()))
            state->replaced.clear();
    }

private:
    struct State
    {
        Peer::FrameHandler handler;
        std::vector<Peer::FrameHandler> replaced; // While one of them is running.
        int running = 0; // A depth, because a handler may run an event loop.
        bool isOrphan = false;
    };

    State *const m_state;
};

} // namespace IpcPrims
