// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/peergroup_p.h"

#include <QtCore/qglobal.h>

#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace IpcPrims {

/*!
    Clients that were accepted and wait for the thread in which they are to live. That may be busy
    for long, and those that have to give way meanwhile are gone at once: so there are never more
    here than may shake hands.
*/
class WaitingClients
{
    Q_DISABLE_COPY_MOVE(WaitingClients)

public:
    WaitingClients() = default;

    /// Whether the thread is to be told that there is somebody again.
    bool put(NewClient client)
    {
        const std::lock_guard lock(m_mutex);
        m_clients.emplace(client.number, std::move(client));
        return !std::exchange(m_isTold, true);
    }
    /// Whether that client was still waiting; its connection is closed.
    bool giveUp(quint64 number)
    {
        const std::lock_guard lock(m_mutex);
        return m_clients.erase(number) > 0;
    }
    /// The one that waits for longest. Nothing when there is none any more.
    std::optional<NewClient> take()
    {
        const std::lock_guard lock(m_mutex);
        if (m_clients.empty()) {
            m_isTold = false;
            return std::nullopt;
        }
        return std::move(m_clients.extract(m_clients.begin()).mapped());
    }

private:
    std::mutex m_mutex;
    std::map<quint64, NewClient> m_clients;
    bool m_isTold = false;
};

} // namespace IpcPrims
