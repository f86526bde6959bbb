// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "frame/turntime_p.h"
#include "peer/mailbox_p.h"

#include <QtCore/qpointer.h>

#include <functional>
#include <utility>

namespace IpcPrims {

/// Has calls made in the thread of an object, in order; a mailbox of functions.
class TaskBox
{
    Q_DISABLE_COPY_MOVE(TaskBox)

public:
    explicit TaskBox(QObject *owner)
        : m_owner(owner)
        , m_mailbox(owner, [this] { run(); })
    {}
    ~TaskBox() { close(); }

    void put(std::function<void()> task) { m_mailbox.put(std::move(task)); }
    /// See Mailbox::close().
    void close()
    {
        m_mailbox.close();
        const auto gone = std::exchange(m_tasks, {});
    }

    // For whoever can't wait until the calls follow from the event loop. In the owner's thread.

    /// Takes over what was put, and returns how many calls there are to be made.
    size_t collect()
    {
        for (auto &task : m_mailbox.take())
            m_tasks.push_back(std::move(task));
        return m_tasks.size();
    }
    /// Makes the first of those that collect() has counted, if it still is to be made.
    void runFirst()
    {
        if (m_tasks.empty())
            return;
        const auto task = std::move(m_tasks.front());
        m_tasks.pop_front();
        if (!m_tasks.empty())
            m_mailbox.ring(); // The task may run an event loop: from there it is the next one's
                              // turn.
        task();
    }

private:
    void run()
    {
        const QPointer<QObject> owner(m_owner);
        TurnShare share;
        collect();
        while (!m_tasks.empty()) {
            const bool isLast = m_tasks.size() == 1;
            runFirst();
            if (!owner || (!isLast && share.spend())) // Without it, this box is gone.
                return;
        }
    }

    QObject *const m_owner;
    Fifo<std::function<void()>> m_tasks; // In the owner's thread already.
    Mailbox<std::function<void()>> m_mailbox;
};

} // namespace IpcPrims
