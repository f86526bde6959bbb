// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/spin_p.h"
#include "session/deadline_p.h"

#include <QtCore/qglobal.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <span>

struct pollfd;

namespace IpcPrims {

/*!
    Waits for sockets on behalf of calls that block: until one is ready, a deadline has passed, or
    another thread has cancelled. One thread at a time waits.

    A time-out given to poll() would cost more than receiving a small frame does, as the system sets
    up a timer for each call and takes it down again. So there is an alarm clock of our own among
    the descriptors that are polled. It is set only if it would ring too late, not for each call: to
    ring too early does no harm. cancel() lets it ring at once.
*/
class Waiter
{
    Q_DISABLE_COPY_MOVE(Waiter)

public:
    enum class Outcome { Ready, TimedOut, Cancelled };

    Waiter() = default;
    ~Waiter();

    /*!
        Polls all of \a descriptors but the first, which is for the waiter's own use. A deadline
        that has passed means to look once.
    */
    Outcome wait(std::span<pollfd> descriptors, const Deadline &deadline);

    /// From any thread: ends the present wait and all later ones, until clear().
    void cancel();
    void clear() { m_isCancelled.store(false); }
    /// Whether and how to look for a while before wait(). It is up to whoever waits to do so.
    Spin &spin() { return m_spin; }
    bool isCancelled() const { return m_isCancelled.load(std::memory_order_relaxed); }

private:
    int prepare(const Deadline &deadline);
    void openIfNeeded();
    void keepForTheNext();
    void closeAll();
    void open();
    void silence();

    std::atomic<bool> m_isCancelled = false;
    // Opened by the first wait. Whoever stores one of these two loads the other one then, so at
    // least one of a waiting and a cancelling thread sees what the other has done.
    std::atomic<int> m_descriptor = -1;
    int m_ringer = -1; // What m_descriptor is rung through, if that isn't itself.
    Deadline m_alarm; // What it is set to.
    int m_generation = 0; // Of the process that has opened these, see ForkGuard.
    Spin m_spin;
};

} // namespace IpcPrims
