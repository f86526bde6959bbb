// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/loopspin_p.h"
#include "frame/zerotimer_p.h"

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <deque>
#include <memory>

namespace IpcPrims {

/*!
    The time that everything of this library in one thread may take together, until the thread's
    timers, windows and whatever else is in its event loop have had their turn.

    Whoever works off what others have sent calls spend() after each piece, a handler's call for
    example. Once that says that the time is over, the rest has to wait(): it is gone on with in the
    order in which it began to wait, after the thread's timers. As long as the time is over, nothing
    is begun that can wait.

    This needs a timer of its own. An event that is posted, and a notifier of a socket on which more
    arrives all the time, come before all timers, in each turn; and to GLib's event loop timers are
    idle work.
*/
class IPCPRIMS_AUTOTEST_EXPORT TurnTime : public QObject
{
    Q_OBJECT

public:
    using Clock = std::chrono::steady_clock;

    /// Who goes on later. May do anything in it, forget others and wait again included.
    class Waiter
    {
    public:
        virtual void turnCame() = 0;

    protected:
        ~Waiter() = default;
    };

    static constexpr std::chrono::microseconds DefaultLimit = std::chrono::milliseconds(4);

    TurnTime()
        : m_timer(this)
    {}

    /// The calling thread's own.
    static TurnTime &ofThisThread();

    std::chrono::microseconds limit() const { return m_limit; }
    void setLimit(std::chrono::microseconds limit);

    /// A piece of work was done. Says whether the rest has to wait; the clock is read only now and
    /// then, the more often the longer the pieces take.
    bool spend() { return Q_UNLIKELY(--m_uncounted <= 0) && look(); }
    bool isOver() const { return m_isOver; }

    void wait(Waiter *waiter);
    void forget(Waiter *waiter);

    /// What the thread does when all turns are over. Made when it is first asked for.
    LoopSpin &spin();
    /// Something came or leaves.
    void noteTraffic()
    {
        if (Q_UNLIKELY(m_spin))
            m_spin->renew();
    }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    bool look();
    void beginTurn();
    void callWaiters();

    std::chrono::microseconds m_limit = DefaultLimit;
    Clock::time_point m_end; // Of this turn,
    Clock::time_point m_endOfShare; // and of what one of those that wait has of it.
    Clock::time_point m_lastLook;
    int m_uncounted = 0; // Pieces until the next look,
    int m_interval = 1; // of so many.
    bool m_isOver = false; // Until the timer fires.
    std::deque<Waiter *> m_waiters;
    ZeroTimer m_timer;
    std::unique_ptr<LoopSpin> m_spin;
};

/*!
    A share of a turn for work that comes in one piece, of which the most is small: answers that
    wait for one before them, or frames of other threads. Once it is used up, the rest follows from
    an event that is posted: nobody floods this side with it, so it waits for nobody's turn either.
*/
class TurnShare
{
public:
    explicit TurnShare(int piecesPerLook = 1)
        : m_piecesPerLook(piecesPerLook)
    {}

    /// A piece of work was done. Says whether the share is used up.
    bool spend() { return ++m_pieces % m_piecesPerLook == 0 && look(); }

private:
    bool look()
    {
        const auto now = TurnTime::Clock::now();
        if (m_pieces == m_piecesPerLook)
            m_begin = now;
        return now - m_begin >= TurnTime::ofThisThread().limit() / 4;
    }

    const int m_piecesPerLook;
    int m_pieces = 0;
    TurnTime::Clock::time_point m_begin; // After the first ones, as mostly there are no others.
};

} // namespace IpcPrims
