// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "ledger.h"

#include <QtCore/qstring.h>

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

/*!
    Which ends belong to the same session, and which of them has ended it without wanting what was
    still on its way. From that follows where frames may have been lost. Any thread may write into
   it.
*/
class SessionBook
{
public:
    using End = Ledger::End;
    using SessionNumber = Ledger::SessionNumber;

    explicit SessionBook(Ledger *ledger);

    /// A server's end has opened for a client of that token; it has one session, the first.
    void serverOpened(End server, const QByteArray &clientToken, const QString &peerId);
    /// A client's end has opened: the other one is the youngest of its name that has no client yet.
    /// A client in another thread may be first; it has a token for each session.
    void clientOpened(End client, SessionNumber session, const QByteArray &token,
                      const QString &peerId);
    /// That end wants nothing more of the session.
    void cut(End end, SessionNumber session);

    /// Tells the ledger what follows from what is known now.
    void excuse();

private:
    struct Session
    {
        End server = 0;
        QByteArray token;
        QString peerId;
        End client = 0; // None as long as it has not opened.
        SessionNumber clientSession = 0;
    };

    Ledger *const m_ledger;
    std::mutex m_mutex;
    std::vector<Session> m_sessions;
    std::map<QByteArray, std::pair<End, SessionNumber>> m_early; // Before the server's end.
    std::set<std::pair<End, SessionNumber>> m_cut;
};
