// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qthread.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace IpcPrims {

/// Says to the thread of a mailbox's owner that there is something in it.
class MailboxBell : public QObject
{
    Q_OBJECT

Q_SIGNALS:
    void rung();
};

/*!
    Brings values from any thread to the one of an object, for as long as that object wants them,
    and wherever it is moved. What is put in there is delivered at once, what others put in with the
    next turn of its event loop, all that has come together.
*/
template<typename Value>
class Mailbox
{
    Q_DISABLE_COPY_MOVE(Mailbox)

public:
    /// \a deliver is called in the thread of \a owner to take() what there is.
    Mailbox(QObject *owner, std::function<void()> deliver)
        : m_owner(owner)
        , m_deliver(std::move(deliver))
        , m_bell(std::make_unique<MailboxBell>())
    {
        QObject::connect(m_bell.get(), &MailboxBell::rung, owner, m_deliver, Qt::QueuedConnection);
    }
    ~Mailbox() = default;

    void put(Value value)
    {
        if (store(std::move(value)))
            m_deliver();
    }

    /// Has what there is delivered with the next turn, though it was taken.
    void ring()
    {
        const std::lock_guard lock(m_mutex);
        if (m_bell && !std::exchange(m_isRung, true))
            Q_EMIT m_bell->rung();
    }

    std::vector<Value> take()
    {
        const std::lock_guard lock(m_mutex);
        m_isRung = false;
        return std::exchange(m_values, {});
    }

    /// Nothing is delivered any more. To be called in the owner's thread before it is destroyed.
    void close()
    {
        std::vector<Value> gone; // Which may have more to do at its end than to go.
        const std::lock_guard lock(m_mutex);
        m_bell.reset();
        gone.swap(m_values);
    }

private:
    // Whether this is the owner's thread, so that the owner can't be destroyed meanwhile. For
    // others the lock keeps the bell, and with it the owner, where it is.
    bool store(Value &&value)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_bell)
            return false;
        m_values.push_back(std::move(value));
        if (m_owner->thread() == QThread::currentThread())
            return true;
        if (!std::exchange(m_isRung, true))
            Q_EMIT m_bell->rung();
        return false;
    }

    QObject *const m_owner; // As long as there is the bell.
    const std::function<void()> m_deliver;
    std::mutex m_mutex;
    std::unique_ptr<MailboxBell> m_bell;
    std::vector<Value> m_values;
    bool m_isRung = false;
};

} // namespace IpcPrims
