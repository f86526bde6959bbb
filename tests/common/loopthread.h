// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qthread.h>

#include <condition_variable>
#include <functional>
#include <mutex>

/// A thread with an event loop. Everything is handed over to it and back by a lock of its own,
/// because the thread sanitizer doesn't see Qt's.
class LoopThread : public QThread
{
    Q_DISABLE_COPY_MOVE(LoopThread)

public:
    LoopThread();
    ~LoopThread() override;

    /// Calls a function in the thread, and waits until it has returned. What was posted to the
    /// thread before has been delivered then.
    void call(const std::function<void()> &function);
    /// Quits the event loop, and waits for whatever ends with the thread.
    void end();

protected:
    void run() override;

private:
    /// Lives in the thread.
    class Caller : public QObject
    {
    public:
        explicit Caller(LoopThread *thread)
            : m_thread(thread)
        {}
        bool event(QEvent *event) override;

    private:
        LoopThread *const m_thread;
    };
    friend class Farewell;

    Caller m_caller = Caller(this);
    std::mutex m_mutex;
    std::condition_variable m_changed;
    const std::function<void()> *m_function = nullptr;
    bool m_isRunning = false;
};
