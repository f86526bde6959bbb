// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "loopthread.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

/// Destroyed as the last thing of its thread, after QThread has said that it finished.
class Farewell
{
    Q_DISABLE_COPY_MOVE(Farewell)

public:
    explicit Farewell(LoopThread *thread)
        : m_thread(thread)
    {}
    ~Farewell()
    {
        // Under the lock: whoever waits for this may destroy the thread object right after it.
        const std::lock_guard lock(m_thread->m_mutex);
        m_thread->m_isRunning = false;
        m_thread->m_changed.notify_all();
    }

private:
    LoopThread *const m_thread;
};

LoopThread::LoopThread()
{
    m_caller.moveToThread(this);
}

LoopThread::~LoopThread()
{
    end();
}

void LoopThread::call(const std::function<void()> &function)
{
    std::unique_lock lock(m_mutex);
    m_function = &function;
    QCoreApplication::postEvent(&m_caller, new QEvent(QEvent::User));
    m_changed.wait(lock, [this] { return !m_function; });
}

bool LoopThread::Caller::event(QEvent *event)
{
    // The event, too, was made under the lock.
    const std::lock_guard lock(m_thread->m_mutex);
    if (event->type() != QEvent::User)
        return QObject::event(event);
    (*m_thread->m_function)();
    m_thread->m_function = nullptr;
    m_thread->m_changed.notify_all();
    return true;
}

void LoopThread::end()
{
    quit();
    wait();
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_isRunning; });
}

void LoopThread::run()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isRunning = true;
    }
    thread_local const Farewell farewell(this);
    exec();
}
