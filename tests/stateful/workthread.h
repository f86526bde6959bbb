// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

/// A thread that calls functions for others, one after the other. Not a QThreadPool, because the
/// thread sanitizer doesn't see what Qt's locks protect.
class WorkThread
{
    Q_DISABLE_COPY_MOVE(WorkThread)

public:
    WorkThread();
    /// Waits until everything is done.
    ~WorkThread();

    void start(std::function<void()> function);

private:
    void work();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_functions;
    bool m_isEnding = false;
    std::thread m_thread;
};
