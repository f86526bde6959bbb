// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/peer.h>

#include <QtCore/qglobal.h>

#include <memory>
#include <utility>
#include <vector>

namespace IpcPrims {

/*!
    Where a peer keeps its frame handler. A handler may replace itself and delete its peer, and so
    this slot: while it runs it stays where it is, with what it has captured. Counted by hand, as a
    frame is to cost no atomic operation.

    Destroying a handler may, through its captures, destroy the slot. So that is always the last
    act.
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
        auto next = handler ? std::make_unique<Peer::FrameHandler>(std::move(handler)) : nullptr;
        auto previous = std::exchange(m_state->handler, std::move(next));
        if (m_state->running > 0)
            m_state->replaced.push_back(std::move(previous));
    }

    void call(quint16 channel, QByteArrayView payload)
    {
        State *const state = m_state;
        ++state->running;
        (*state->handler)(channel, payload);
        if (--state->running > 0)
            return;
        if (Q_UNLIKELY(state->isOrphan))
            delete state;
        else if (Q_UNLIKELY(!state->replaced.empty()))
            const auto gone = std::exchange(state->replaced, {});
    }

private:
    struct State
    {
        std::unique_ptr<Peer::FrameHandler> handler;
        std::vector<std::unique_ptr<Peer::FrameHandler>> replaced; // While one of them is running.
        int running = 0; // A depth, because a handler may run an event loop.
        bool isOrphan = false;
    };

    State *const m_state;
};

} // namespace IpcPrims
