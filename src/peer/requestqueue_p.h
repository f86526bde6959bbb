// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "session/deadline_p.h"

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/reply.h>

#include <QtCore/qpromise.h>

#include <chrono>
#include <optional>

namespace IpcPrims {

/*!
    The requests that this side has sent and the other one owes an answer. As an answer doesn't say
    which request it belongs to, it belongs to the oldest one. So a request that nobody waits for
    any more keeps its place, until its answer has come and was dropped.

    Requests are numbered from 1, as the other side numbers them.
*/
class IPCPRIMS_AUTOTEST_EXPORT RequestQueue
{
public:
    struct Entry
    {
        Deadline deadline;
        std::chrono::milliseconds timeout;
        std::optional<QPromise<Reply>>
                promise; ///< Until somebody has heard why there is no answer.
    };

    /// How many answers are owed.
    qsizetype size() const { return m_owed; }
    bool isEmpty() const { return m_owed == 0; }
    quint64 firstNumber() const { return m_firstNumber; }
    quint64 lastNumber() const { return m_firstNumber + m_places.size() - 1; }

    /// QueueFull if there are as many as there may be, or were since the oldest that is owed.
    Error checkRoom() const;
    void append(Entry entry);

    /// The oldest one was answered; there has to be one.
    Entry takeFirst();
    /// The one of that number won't be answered; nothing if none of that number is owed an answer.
    std::optional<Entry> take(quint64 number);
    /// Nobody waits for that answer any more, though it is still owed. Nothing if nobody did.
    std::optional<Entry> giveUp(quint64 number);

private:
    struct Place
    {
        Entry entry;
        bool isOwed = true;
    };

    Place *find(quint64 number);
    Entry take(Place &place);

    Fifo<Place> m_places; // The first one is always owed an answer.
    quint64 m_firstNumber = 1;
    qsizetype m_owed = 0;
};

} // namespace IpcPrims
