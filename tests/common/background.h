// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <atomic>
#include <functional>
#include <thread>

/// A function in a thread of its own, which is waited for at the latest when this is destroyed.
class Background
{
public:
    explicit Background(std::function<void()> function);
    ~Background() { join(); }
    Background(const Background &) = delete;
    Background &operator=(const Background &) = delete;

    /// Waits until the thread is asleep in a system call, or has ended. Linux only.
    void waitUntilAsleep();
    bool isDone() const { return m_isDone; }
    void join();

private:
    std::atomic<int> m_threadId = 0;
    std::atomic<bool> m_isDone = false;
    std::thread m_thread;
};
