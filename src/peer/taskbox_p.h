// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/turntime_p.h"
#include "peer/mailbox_p.h"

#include <QtCore/qpointer.h>

#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace IpcPrims {

/// Has calls made in the thread of an object, in order; a mailbox of functions.
class TaskBox
{
    Q_DISABLE_COPY_MOVE(TaskBox)

public:
    explicit TaskBox(QObject *owner)
        : m_owner(owner)
        , m_mailbox(owner, [this] { run(TurnShare()); })
    {}
    ~TaskBox() { close(); }

    void put(std::function<void()> task) { m_mailbox.put(std::move(task)); }
    /// See Mailbox::close().
    void close()
    {
        m_mailbox.close();
        const auto gone = std::exchange(m_tasks, {});
    }

    /// Makes the calls now that otherwise follow from the event loop. In the owner's thread.
    void run() { run(std::nullopt); }

private:
    // A task may run an event loop: from there it is the next one's turn.
    void run(std::optional<TurnShare> share)
    {
        const QPointer<QObject> owner(m_owner);
        for (auto &task : m_mailbox.take())
            m_tasks.push_back(std::move(task));
        while (!m_tasks.empty()) {
            const auto task = std::move(m_tasks.front());
            m_tasks.pop_front();
            const bool isLast = m_tasks.empty();
            if (!isLast)
                m_mailbox.ring();
            task();
            if (!owner || (!isLast && share && share->spend())) // Without it, this box is gone.
                return;
        }
    }

    QObject *const m_owner;
    std::deque<std::function<void()>> m_tasks; // In the owner's thread already.
    Mailbox<std::function<void()>> m_mailbox;
};

} // namespace IpcPrims
