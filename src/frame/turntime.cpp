// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/turntime_p.h"

#include "frame/threadowned_p.h"

#include <IpcPrims/turntime.h>

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

using namespace std::chrono_literals;

// How often to look at the clock, of a turn that is long enough. It never is after more than so
// many pieces: they may suddenly take a thousand times as long as the ones before.
static constexpr auto LookEvery = 100us;
static constexpr int MaxInterval = 16;

// When many wait, each gets a part of the turn; less than this would go into changing places.
static constexpr auto LeastShare = 500us;

TurnTime &TurnTime::ofThisThread()
{
    return ThreadOwned<TurnTime>::ofThisThread();
}

void TurnTime::setLimit(std::chrono::microseconds limit)
{
    m_limit = std::clamp<std::chrono::microseconds>(limit, 0us, 1h);
}

// The time since the last look may have been idle. Then the turn seems to be over though it has
// hardly begun, which costs one more turn of the event loop; to notice where turns begin would cost
// more.
bool TurnTime::look()
{
    m_uncounted = 0; // Ask again.
    if (m_isOver)
        return true;
    const auto now = Clock::now();
    const auto elapsed = std::max<Clock::duration>(now - std::exchange(m_lastLook, now), 1ns);
    const Clock::duration wanted = std::min<Clock::duration>(LookEvery, m_limit / 8);
    const Clock::rep pieces = m_interval * wanted / elapsed;
    m_interval = int(std::clamp<Clock::rep>(pieces, 1, std::min(2 * m_interval, MaxInterval)));
    m_uncounted = m_interval;
    if (now < m_end)
        return now >= m_endOfShare;
    m_isOver = true;
    m_uncounted = 0;
    m_timer.start();
    return true;
}

void TurnTime::wait(Waiter *waiter)
{
    m_waiters.push_back(waiter);
    m_timer.start();
}

void TurnTime::forget(Waiter *waiter)
{
    m_waiters.erase(std::remove(m_waiters.begin(), m_waiters.end(), waiter), m_waiters.end());
}

void TurnTime::timerEvent(QTimerEvent *event)
{
    if (!m_timer.isId(event->timerId()))
        return;
    m_timer.stop();
    beginTurn();
    callWaiters();
}

void TurnTime::beginTurn()
{
    m_isOver = false;
    m_lastLook = Clock::now();
    m_end = m_lastLook + m_limit;
    m_endOfShare = m_end;
    m_uncounted = m_interval;
}

void TurnTime::callWaiters()
{
    const auto share = std::max<Clock::duration>(
            m_limit / std::max<qsizetype>(1, qsizetype(m_waiters.size())), LeastShare);
    for (size_t left = m_waiters.size(); left > 0 && !m_waiters.empty() && !m_isOver; --left) {
        Waiter *const waiter = m_waiters.front();
        m_waiters.pop_front();
        if (!m_waiters.empty())
            m_timer.start(); // The one may run an event loop that waits for another.
        m_endOfShare = std::min(m_end, Clock::now() + share);
        waiter->turnCame();
    }
    m_endOfShare = m_end;
    if (!m_waiters.empty())
        m_timer.start();
    else if (!m_isOver)
        m_timer.stop();
}

LoopSpin &TurnTime::spin()
{
    if (!m_spin)
        m_spin = std::make_unique<LoopSpin>();
    return *m_spin;
}

std::chrono::microseconds turnTime()
{
    return TurnTime::ofThisThread().limit();
}

void setTurnTime(std::chrono::microseconds limit)
{
    TurnTime::ofThisThread().setLimit(limit);
}

} // namespace IpcPrims
