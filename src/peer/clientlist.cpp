// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/clientlist_p.h"

#include <algorithm>

namespace IpcPrims {

void ClientList::add(quint64 number, User user)
{
    const std::lock_guard lock(m_mutex);
    m_pending.emplace(number, user);
    ++m_byUser[user];
}

bool ClientList::open(quint64 number)
{
    const std::lock_guard lock(m_mutex);
    return m_open.insert(m_pending.extract(number)).inserted;
}

void ClientList::remove(quint64 number)
{
    const std::lock_guard lock(m_mutex);
    if (!take(m_open, number))
        take(m_pending, number);
}

std::optional<ClientList::GaveWay> ClientList::takeOldestPending(qsizetype maxPending,
                                                                 qsizetype maxOpen)
{
    const std::lock_guard lock(m_mutex);
    const auto pending = qsizetype(m_pending.size());
    // The limit may have been lowered since the others were let in.
    const qsizetype room = std::max<qsizetype>(0, maxOpen - qsizetype(m_open.size()));
    const qsizetype places = std::min(maxPending, room);
    if (pending <= places)
        return std::nullopt;
    const quint64 oldest = m_pending.begin()->first;
    take(m_pending, oldest);
    return GaveWay{oldest, pending, places};
}

bool ClientList::take(Clients &clients, quint64 number)
{
    const auto node = clients.extract(number);
    if (node.empty())
        return false;
    const auto count = m_byUser.find(node.mapped());
    if (--count->second == 0)
        m_byUser.erase(count);
    return true;
}

qsizetype ClientList::openCount() const
{
    const std::lock_guard lock(m_mutex);
    return qsizetype(m_open.size());
}

qsizetype ClientList::count() const
{
    const std::lock_guard lock(m_mutex);
    return qsizetype(m_pending.size() + m_open.size());
}

qsizetype ClientList::countOf(User user) const
{
    const std::lock_guard lock(m_mutex);
    const auto count = m_byUser.find(user);
    return count == m_byUser.end() ? 0 : count->second;
}

} // namespace IpcPrims
