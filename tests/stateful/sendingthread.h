// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "sendingend.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

/// A thread that sends frames for others.
class SendingThread
{
    Q_DISABLE_COPY_MOVE(SendingThread)

public:
    explicit SendingThread(quint16 number);
    /// Waits until everything is done.
    ~SendingThread();

    void send(const std::shared_ptr<SendingEnd> &end, quint16 channel, qint64 size);

private:
    struct Task
    {
        std::shared_ptr<SendingEnd> end;
        quint16 channel = 0;
        qint64 size = 0;
    };
    void work();

    const quint16 m_number;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Task> m_tasks;
    bool m_isEnding = false;
    std::thread m_thread;
};
