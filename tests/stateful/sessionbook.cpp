// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sessionbook.h"

#include <algorithm>

SessionBook::SessionBook(Ledger *ledger)
    : m_ledger(ledger)
{}

void SessionBook::serverOpened(End server, const QByteArray &clientToken, const QString &peerId)
{
    const std::lock_guard lock(m_mutex);
    m_sessions.push_back({server, clientToken, peerId});
    const auto early = m_early.find(clientToken);
    if (early == m_early.end())
        return;
    m_sessions.back().client = early->second.first;
    m_sessions.back().clientSession = early->second.second;
    m_early.erase(early);
}

void SessionBook::clientOpened(End client, SessionNumber session, const QByteArray &token,
                               const QString &peerId)
{
    const std::lock_guard lock(m_mutex);
    const auto isIt = [&](const Session &one) {
        return one.client == 0 && one.token == token && one.peerId == peerId;
    };
    const auto found = std::find_if(m_sessions.rbegin(), m_sessions.rend(), isIt);
    if (found == m_sessions.rend()) {
        m_early[token] = {client, session};
        return;
    }
    found->client = client;
    found->clientSession = session;
}

void SessionBook::cut(End end, SessionNumber session)
{
    const std::lock_guard lock(m_mutex);
    m_cut.insert({end, session});
}

void SessionBook::excuse()
{
    const std::lock_guard lock(m_mutex);
    for (const Session &session : m_sessions) {
        if (session.client == 0) {
            m_ledger->excuse(session.server, 1);
            continue;
        }
        if (m_cut.count({session.client, session.clientSession}) > 0)
            m_ledger->excuse(session.server, 1);
        if (m_cut.count({session.server, 1}) > 0)
            m_ledger->excuse(session.client, session.clientSession);
    }
}
