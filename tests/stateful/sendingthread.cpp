// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sendingthread.h"

SendingThread::SendingThread(quint16 number)
    : m_number(number)
    , m_thread([this] { work(); })
{}

SendingThread::~SendingThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_one();
    m_thread.join();
}

void SendingThread::send(const std::shared_ptr<SendingEnd> &end, quint16 channel, qint64 size)
{
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back({end, channel, size});
    }
    m_changed.notify_one();
}

void SendingThread::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_isEnding || !m_tasks.empty(); });
        if (m_tasks.empty())
            return;
        const Task task = m_tasks.front();
        m_tasks.pop_front();
        lock.unlock();
        task.end->send(m_number, task.channel, task.size);
        lock.lock();
    }
}
