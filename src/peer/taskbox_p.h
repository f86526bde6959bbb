// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/mailbox_p.h"

#include <QtCore/qpointer.h>

#include <functional>

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
    void close() { m_mailbox.close(); }

    /// Makes the calls now that otherwise follow from the event loop. In the owner's thread.
    void run()
    {
        const QPointer<QObject> owner(m_owner);
        for (const auto &task : m_mailbox.take()) {
            task();
            if (!owner) // And with it, this box.
                return;
        }
    }

private:
    QObject *const m_owner;
    Mailbox<std::function<void()>> m_mailbox;
};

} // namespace IpcPrims
