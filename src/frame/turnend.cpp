// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/turnend_p.h"

#include "frame/threadowned_p.h"
#include "frame/turntime_p.h"

#include <QtCore/qabstracteventdispatcher.h>

#include <algorithm>

namespace IpcPrims {

// So many are called before the clock is looked at, and again so many.
static constexpr int LookEvery = 8;

// Two come with each turn. Listening anew costs as much as a few dozen of them.
static constexpr int MaxIdleNotices = 64;

TurnEnd &TurnEnd::ofThisThread()
{
    return ThreadOwned<TurnEnd>::ofThisThread();
}

void TurnEnd::call(Listener *listener)
{
    listen();
    m_listeners.push_back(listener);
}

void TurnEnd::listen()
{
    // The dispatcher changes when the application object is created anew.
    QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
    m_idleNotices = 0;
    if (m_dispatcher == dispatcher)
        return;
    m_dispatcher = dispatcher;
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &TurnEnd::notify);
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, &TurnEnd::notify);
}

void TurnEnd::stopListening()
{
    m_dispatcher->disconnect(this);
    m_dispatcher.clear();
}

void TurnEnd::forget(Listener *listener)
{
    m_listeners.erase(std::remove(m_listeners.begin(), m_listeners.end(), listener),
                      m_listeners.end());
}

void TurnEnd::notify()
{
    if (m_listeners.empty() && ++m_idleNotices == MaxIdleNotices)
        stopListening();
    // A listener may forget others or ask to be called again, which then is in the next turn.
    TurnShare share(LookEvery);
    for (size_t left = m_listeners.size(); left > 0 && !m_listeners.empty(); --left) {
        Listener *const listener = m_listeners.front();
        m_listeners.pop_front();
        listener->turnEnded();
        if (share.spend() && !m_listeners.empty() && m_dispatcher) {
            m_dispatcher->wakeUp();
            return;
        }
    }
}

} // namespace IpcPrims
