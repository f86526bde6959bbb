// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtCore/qthread.h>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace IpcPrims {

/*!
    Brings values from any thread to the one of an object, for as long as that object wants them.
    What is put in there is delivered at once, what others put in with the next turn of its event
    loop, all that has come together.
*/
template<typename Value>
class Mailbox
{
    Q_DISABLE_COPY_MOVE(Mailbox)

public:
    /// \a deliver is called in the thread of \a owner, to take() what there is.
    Mailbox(QObject *owner, std::function<void()> deliver)
        : m_deliver(std::move(deliver))
        , m_owner(owner)
    {}

    void put(Value value)
    {
        if (store(std::move(value)))
            m_deliver();
    }

    std::vector<Value> take()
    {
        const std::lock_guard lock(m_mutex);
        m_isDeliveryDue = false;
        return std::exchange(m_values, {});
    }

    /// Nothing is delivered any more. To be called in the owner's thread before it is destroyed.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_owner = nullptr;
        m_values.clear();
    }

private:
    // Whether this is the owner's thread, so that it can't be destroyed meanwhile. From others the
    // lock keeps it alive until the event is posted.
    bool store(Value &&value)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_owner)
            return false;
        m_values.push_back(std::move(value));
        if (m_owner->thread() == QThread::currentThread())
            return true;
        if (!std::exchange(m_isDeliveryDue, true))
            QMetaObject::invokeMethod(m_owner, m_deliver, Qt::QueuedConnection);
        return false;
    }

    const std::function<void()> m_deliver;
    std::mutex m_mutex;
    QObject *m_owner;
    std::vector<Value> m_values;
    bool m_isDeliveryDue = false;
};

} // namespace IpcPrims
