// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/deadlinetimer_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>

namespace IpcPrims {

DeadlineTimer::DeadlineTimer(QObject *parent)
    : QObject(parent)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &DeadlineTimer::onTimeout);
}

void DeadlineTimer::add(const Deadline &deadline, quint64 id)
{
    if (!deadline)
        return;
    // With one and the same time-out for all, the new one is the last.
    m_deadlines.emplace_hint(m_deadlines.end(), *deadline, id);
    if (!m_timer.isActive() || *deadline < m_wakesAt)
        wakeAt(*deadline);
}

void DeadlineTimer::clear()
{
    m_deadlines.clear();
    m_timer.stop();
}

// Qt starts a timer that moves to another thread again there, even one that was stopped meanwhile.
bool DeadlineTimer::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange) {
        m_timer.stop();
        QMetaObject::invokeMethod(this, &DeadlineTimer::onTimeout, Qt::QueuedConnection);
    }
    return QObject::event(event);
}

// One at a time, as a slot may run an event loop that waits for another one.
void DeadlineTimer::onTimeout()
{
    if (m_deadlines.empty())
        return;
    const auto [deadline, id] = *m_deadlines.begin();
    const bool hasPassed = deadline <= Clock::now();
    if (hasPassed)
        m_deadlines.erase(m_deadlines.begin());
    if (!m_deadlines.empty())
        wakeAt(m_deadlines.begin()->first);
    if (hasPassed)
        Q_EMIT passed(id);
}

void DeadlineTimer::wakeAt(Instant instant)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(instant - Clock::now());
    m_wakesAt = instant;
    m_timer.start(std::max(left, std::chrono::milliseconds::zero()));
}

} // namespace IpcPrims
