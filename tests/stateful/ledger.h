// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "journal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <vector>

/*!
    The model of what becomes of frames. Each one that a peer has accepted has exactly one fate: it
    is delivered, once, whole and in its channel's order; or it is reported as not sent, once; or it
    has made room for a newer one that was sent with a policy for that; or the end that should have
    received it has given the session up. Any thread may write into it.
*/
class Ledger
{
public:
    /// One end of a session, for ever: a number that is not used again.
    using End = quint32;
    /// The sessions of one end in their order, counted from 1.
    using SessionNumber = int;

    explicit Ledger(Journal *journal);

    struct Origin
    {
        End sender = 0;
        quint16 thread = 0;
        quint16 channel = 0;
        /// The session it is meant for, or the last one.
        SessionNumber session = 0;
        /// Whether later sessions may send it, too.
        bool isKept = false;
    };
    /// A payload that nobody else has, of at least \a size bytes.
    QByteArray offer(const Origin &origin, qint64 size);
    /// What send() has said of it; \a lastSession is the last one that it may have been accepted
    /// by.
    void accepted(const QByteArray &payload, SessionNumber lastSession);
    void refused(const QByteArray &payload);
    /// Frames that its sender has accepted before, on the same channel, may have made room for it.
    void mayReplace(const QByteArray &payload);

    void delivered(End receiver, quint16 channel, QByteArrayView payload);
    void reported(End sender, quint16 channel, QByteArrayView payload);

    /// That session of \a sender may have lost frames: its other end didn't want any more.
    void excuse(End sender, SessionNumber session);
    /// The other end of that session has acknowledged that it has received everything.
    void sessionAcknowledged(End sender, SessionNumber session);
    /// To be called when nothing happens any more.
    void settle();

    qint64 deliveredFrames() const;
    qint64 reportedFrames() const;

private:
    struct Frame
    {
        Origin origin;
        SessionNumber lastSession = 0;
        qint64 size = 0;
        enum { Offered, Accepted, Refused } state = Offered;
        bool isDelivered = false;
        bool isReported = false;
    };

    Frame *find(QByteArrayView payload, quint64 *number);
    bool isExcused(quint64 number) const;
    QString describe(quint64 number) const;

    Journal *const m_journal;
    mutable std::mutex m_mutex;
    std::vector<Frame> m_frames; // By their numbers.
    std::map<std::tuple<End, End, quint16, quint16>, quint64> m_lastDelivered;
    std::map<std::tuple<End, quint16, quint16>, quint64> m_lastReported;
    std::set<std::pair<End, SessionNumber>> m_excused;
    std::map<std::pair<End, quint16>, quint64> m_replacing; // The last frame that may have, each.
    qint64 m_delivered = 0;
    qint64 m_reported = 0;
};
