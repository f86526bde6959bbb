// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/loopspin_p.h"

#include "frame/turntime_p.h"

#include <IpcPrims/spintime.h>

#include <QtCore/qcoreevent.h>

#include <utility>

namespace IpcPrims {

void LoopSpin::setLimit(std::chrono::microseconds limit)
{
    m_spin.setLimit(limit);
    if (!m_spin.isOn())
        m_timer.stop();
}

void LoopSpin::begin()
{
    m_isRenewed = true; // The clock is read when the timer is due, as there may be much traffic.
    if (!m_timer.isRunning() && m_spin.begin())
        m_timer.start();
}

void LoopSpin::timerEvent(QTimerEvent *event)
{
    if (!m_timer.isId(event->timerId())) {
        QObject::timerEvent(event);
        return;
    }
    const bool goesOn = std::exchange(m_isRenewed, false) ? m_spin.begin() : m_spin.goesOn();
    if (!goesOn)
        m_timer.stop();
}

std::chrono::microseconds spinTime()
{
    return TurnTime::ofThisThread().spin().limit();
}

void setSpinTime(std::chrono::microseconds limit)
{
    TurnTime::ofThisThread().spin().setLimit(limit);
}

} // namespace IpcPrims
