// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qglobal.h>

#include <map>
#include <mutex>
#include <optional>

namespace IpcPrims {

/*!
    Who is connected to a server, counted for its limits. Clients have numbers, in the order in
    which they came. A server's threads share one.
*/
class IPCPRIMS_AUTOTEST_EXPORT ClientList
{
    Q_DISABLE_COPY_MOVE(ClientList)

public:
    /// Clients whose user the system doesn't tell count as those of one user.
    using User = std::optional<quint32>;

    ClientList() = default;

    /// A client is there and shakes hands.
    void add(quint64 number, User user);
    /// It has finished. \c false if it had to give way at this very moment.
    bool open(quint64 number);
    /// It is gone, if it was there.
    void remove(quint64 number);
    /// The client that shakes hands for longest, if more than \a places do; it is removed.
    std::optional<quint64> takeOldestPending(qsizetype places);

    qsizetype pendingCount() const;
    qsizetype openCount() const;
    /// Of both kinds.
    qsizetype countOf(User user) const;

private:
    using Clients = std::map<quint64, User>;
    bool take(Clients &clients, quint64 number);

    mutable std::mutex m_mutex;
    Clients m_pending;
    Clients m_open;
    std::map<User, qsizetype> m_byUser;
};

} // namespace IpcPrims
