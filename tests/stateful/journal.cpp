// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "journal.h"

static constexpr size_t StepsKept = 60;
static constexpr qsizetype ViolationsKept = 10;

void Journal::note(const QString &step)
{
    const std::lock_guard lock(m_mutex);
    m_lastSteps.push_back(QStringLiteral("%1 %2").arg(++m_steps).arg(step));
    if (m_lastSteps.size() > StepsKept)
        m_lastSteps.pop_front();
}

void Journal::violation(const QString &what)
{
    const std::lock_guard lock(m_mutex);
    if (m_violations.isEmpty())
        m_stepsBefore = QStringList(m_lastSteps.begin(), m_lastSteps.end());
    if (m_violations.size() < ViolationsKept)
        m_violations.append(
                QStringLiteral("after step %1: %2").arg(QString::number(m_steps), what));
}

qint64 Journal::steps() const
{
    const std::lock_guard lock(m_mutex);
    return m_steps;
}

bool Journal::isClean() const
{
    const std::lock_guard lock(m_mutex);
    return m_violations.isEmpty();
}

QString Journal::text() const
{
    const std::lock_guard lock(m_mutex);
    return m_stepsBefore.join(u'\n') + QStringLiteral("\n\n") + m_violations.join(u'\n');
}
