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
        : m_mailbox(owner, [this, owner] { run(owner); })
    {}
    ~TaskBox() { close(); }

    void put(std::function<void()> task) { m_mailbox.put(std::move(task)); }
    /// See Mailbox::close().
    void close() { m_mailbox.close(); }

private:
    void run(const QPointer<QObject> &owner)
    {
        for (const auto &task : m_mailbox.take()) {
            task();
            if (!owner) // And with it, this box.
                return;
        }
    }

    Mailbox<std::function<void()>> m_mailbox;
};

} // namespace IpcPrims
