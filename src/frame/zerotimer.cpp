// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/zerotimer_p.h"

#include <utility>

namespace IpcPrims {

void ZeroTimer::start()
{
    QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
    if (!dispatcher || (m_id != 0 && m_dispatcher == dispatcher))
        return;
    m_dispatcher = dispatcher;
    m_id = m_owner->startTimer(0);
    dispatcher->wakeUp(); // As if an event were posted, after which GLib's loop looks for timers.
}

void ZeroTimer::stop()
{
    if (const int id = std::exchange(m_id, 0); id != 0 && m_dispatcher)
        m_owner->killTimer(id);
}

} // namespace IpcPrims
