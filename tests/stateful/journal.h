// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <deque>
#include <mutex>

/// What was done last, and what was wrong with what came of it. Any thread may write into it.
class Journal
{
public:
    void note(const QString &step);
    void violation(const QString &what);

    qint64 steps() const;
    bool isClean() const;
    /// The violations, and the steps before the first one.
    QString text() const;

private:
    mutable std::mutex m_mutex;
    qint64 m_steps = 0;
    std::deque<QString> m_lastSteps;
    QStringList m_violations;
    QStringList m_stepsBefore; // The first violation.
};
