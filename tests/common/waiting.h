// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qtimer.h>

/*!
    Runs the event loop until \a condition holds, for at most \a patience in milliseconds; says
    whether it does. QTest::qWaitFor() sleeps for 10 ms between one turn of the event loop and the
    next, which is most of the time of a test that moves much data.
*/
template<typename Condition>
bool waitFor(Condition condition, int patience)
{
    const QDeadlineTimer deadline(patience);
    QTimer look; // At what comes about without an event.
    look.start(10);
    while (!condition()) {
        if (deadline.hasExpired())
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    return true;
}
