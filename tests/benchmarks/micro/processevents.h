// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>

namespace Bench {

/// Lets the event loop run. What a posted event has done, processEvents() would sleep over, so
/// these are delivered before.
template<typename Condition>
void processEventsUntil(Condition condition)
{
    // As QEventLoop::exec() does it.
    QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
    QCoreApplication::sendPostedEvents();
    while (!condition()) {
        dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents();
    }
    // What deleteLater() was called for goes only when asked, as no exec() is running.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

} // namespace Bench
