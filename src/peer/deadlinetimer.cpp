// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/deadlinetimer_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>

namespace IpcPrims {

DeadlineTimer::DeadlineTimer(QObject *parent)
    : QObject(parent)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &DeadlineTimer::onTimeout);
}

void DeadlineTimer::add(Instant deadline, quint64 id)
{
    // With one and the same time-out for all, the new one is the last.
    m_deadlines.emplace_hint(m_deadlines.end(), deadline, id);
    if (!m_timer.isActive() || deadline < m_wakesAt)
        wakeAt(deadline);
}

void DeadlineTimer::clear()
{
    m_deadlines.clear();
    m_timer.stop();
}

void DeadlineTimer::onTimeout()
{
    const QPointer<DeadlineTimer> alive(this);
    const Instant now = Clock::now();
    while (alive && !m_deadlines.empty() && m_deadlines.begin()->first <= now) {
        const quint64 id = m_deadlines.begin()->second;
        m_deadlines.erase(m_deadlines.begin());
        Q_EMIT passed(id);
    }
    if (alive && !m_deadlines.empty())
        wakeAt(m_deadlines.begin()->first);
}

void DeadlineTimer::wakeAt(Instant instant)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(instant - Clock::now());
    m_wakesAt = instant;
    m_timer.start(std::max(left, std::chrono::milliseconds::zero()));
}

} // namespace IpcPrims
