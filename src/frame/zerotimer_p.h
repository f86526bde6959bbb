// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qpointer.h>

namespace IpcPrims {

/*!
    A timer of an object that is due in each turn of its thread's event loop, which doesn't sleep
    meanwhile. It may be stopped in any event dispatcher that the thread has had: that changes when
    the application object is created anew.
*/
class ZeroTimer
{
    Q_DISABLE_COPY_MOVE(ZeroTimer)

public:
    explicit ZeroTimer(QObject *owner)
        : m_owner(owner)
    {}

    /// Nothing if it runs already, or if the thread has no event dispatcher.
    void start();
    void stop();
    bool isRunning() const { return m_id != 0 && m_dispatcher; }
    bool isId(int id) const { return id == m_id; }

private:
    QObject *const m_owner;
    int m_id = 0;
    QPointer<QAbstractEventDispatcher> m_dispatcher; // Of the timer.
};

} // namespace IpcPrims
