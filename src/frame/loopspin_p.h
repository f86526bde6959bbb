// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/spin_p.h"
#include "frame/zerotimer_p.h"

#include <QtCore/qobject.h>

#include <chrono>

namespace IpcPrims {

/*!
    Keeps the event loop of its thread from sleeping for a while after there was traffic. It is the
    event loop itself that looks, by a timer that is always due: so whatever else it has to do,
    other timers, notifiers and posted events, is done as promptly as if it were asleep, or more so.
*/
class LoopSpin : public QObject
{
    Q_OBJECT

public:
    LoopSpin()
        : m_timer(this)
    {}

    std::chrono::microseconds limit() const { return m_spin.limit(); }
    void setLimit(std::chrono::microseconds limit);

    /// There was traffic: the time begins anew.
    void renew()
    {
        if (m_spin.isOn())
            begin();
    }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void begin();

    Spin m_spin;
    ZeroTimer m_timer;
    bool m_isRenewed = false; // Since the timer was due.
};

} // namespace IpcPrims
