// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/server.h>

#include <QtCore/qpromise.h>

#include <mutex>

namespace IpcPrims {

/// Adds up what several threads did for one broadcast.
class BroadcastSum
{
    Q_DISABLE_COPY_MOVE(BroadcastSum)

public:
    explicit BroadcastSum(qsizetype parts)
        : m_partsLeft(parts)
    {
        m_promise.start();
    }

    QFuture<BroadcastResult> future() const { return m_promise.future(); }

    void add(const BroadcastResult &part)
    {
        const std::lock_guard lock(m_mutex);
        m_sum.sent += part.sent;
        m_sum.dropped += part.dropped;
        m_sum.disconnected += part.disconnected;
        if (--m_partsLeft > 0)
            return;
        m_promise.addResult(m_sum);
        m_promise.finish();
    }

private:
    std::mutex m_mutex;
    qsizetype m_partsLeft;
    BroadcastResult m_sum;
    QPromise<BroadcastResult> m_promise;
};

} // namespace IpcPrims
