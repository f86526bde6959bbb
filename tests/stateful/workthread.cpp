// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "workthread.h"

#include <utility>

WorkThread::WorkThread()
    : m_thread([this] { work(); })
{}

WorkThread::~WorkThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_one();
    m_thread.join();
}

void WorkThread::start(std::function<void()> function)
{
    {
        const std::lock_guard lock(m_mutex);
        m_functions.push_back(std::move(function));
    }
    m_changed.notify_one();
}

void WorkThread::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_isEnding || !m_functions.empty(); });
        if (m_functions.empty())
            return;
        auto function = std::exchange(m_functions.front(), nullptr);
        m_functions.pop_front();
        lock.unlock();
        function();
        function = nullptr; // What it has captured goes here, too, not under the lock.
        lock.lock();
    }
}
