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
    /// Who had to go, of how many that were shaking hands, and how many there may be of these.
    struct GaveWay
    {
        quint64 number = 0;
        qsizetype pending = 0;
        qsizetype places = 0;
    };
    /// The client that shakes hands for longest, if more than \a maxPending do, or more than there
    /// is room for among \a maxOpen; it is removed. So no more than that many can ever open.
    std::optional<GaveWay> takeOldestPending(qsizetype maxPending, qsizetype maxOpen);

    qsizetype openCount() const;
    /// Of both kinds.
    qsizetype count() const;
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
