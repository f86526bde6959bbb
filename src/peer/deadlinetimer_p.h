// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/deadline_p.h"

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <set>
#include <utility>

namespace IpcPrims {

/*!
    One timer for many deadlines. Most of them are removed before they pass, so the timer is left
    alone then: it may find nothing to do when it wakes up.
*/
class IPCPRIMS_AUTOTEST_EXPORT DeadlineTimer : public QObject
{
    Q_OBJECT

public:
    using Clock = std::chrono::steady_clock;
    using Instant = Clock::time_point;

    explicit DeadlineTimer(QObject *parent);

    /// One that never passes needs no timer.
    void add(const Deadline &deadline, quint64 id);
    void remove(const Deadline &deadline, quint64 id)
    {
        if (deadline)
            m_deadlines.erase({*deadline, id});
    }
    void clear();

Q_SIGNALS:
    /// The deadline was removed before. A slot may delete the timer.
    void passed(quint64 id);

protected:
    bool event(QEvent *event) override;

private:
    void onTimeout();
    void wakeAt(Instant instant);

    std::set<std::pair<Instant, quint64>> m_deadlines;
    QTimer m_timer;
    Instant m_wakesAt; // While the timer is active.
};

} // namespace IpcPrims
