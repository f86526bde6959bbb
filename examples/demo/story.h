// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "otherend.h"
#include "step.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <deque>
#include <memory>

namespace Demo {

/// Steps to take with one other end. When one of them fails, the rest of the part is left out.
struct Part
{
    QString title;
    std::unique_ptr<OtherEnd> otherEnd;
    std::deque<std::unique_ptr<Step>> steps;
};

/*!
    Plays the parts one after the other and prints a line for all that is observed.
*/
class Story : public QObject
{
    Q_OBJECT

public:
    Story();

    void add(Part part);
    void tell();

Q_SIGNALS:
    void ended(bool allPassed);

private:
    void beginPart();
    void beginStep();
    void endStep();
    void fail(const QString &why);
    void endPart();
    void conclude();

    std::deque<Part> m_parts;
    int m_partsTold = 0;
    int m_partsFailed = 0;
    bool m_partFailed = false;
    QTimer m_deadline;
    QElapsedTimer m_sinceStart;
};

} // namespace Demo
