// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/turnend_p.h"

#include <QtCore/qabstracteventdispatcher.h>

#include <algorithm>

namespace IpcPrims {

TurnEnd &TurnEnd::ofThisThread()
{
    static thread_local TurnEnd turnEnd;
    return turnEnd;
}

void TurnEnd::call(Listener *listener)
{
    // The dispatcher changes when the application object is created anew.
    QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
    if (m_dispatcher != dispatcher) {
        m_dispatcher = dispatcher;
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &TurnEnd::notify);
        connect(dispatcher, &QAbstractEventDispatcher::awake, this, &TurnEnd::notify);
    }
    m_listeners.push_back(listener);
}

void TurnEnd::forget(Listener *listener)
{
    m_listeners.erase(std::remove(m_listeners.begin(), m_listeners.end(), listener),
                      m_listeners.end());
}

void TurnEnd::notify()
{
    // A listener may forget others or ask to be called again, which then is in the next turn.
    for (size_t left = m_listeners.size(); left > 0 && !m_listeners.empty(); --left) {
        Listener *const listener = m_listeners.front();
        m_listeners.erase(m_listeners.begin());
        listener->turnEnded();
    }
}

} // namespace IpcPrims
