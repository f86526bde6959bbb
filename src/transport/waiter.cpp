// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/waiter_p.h"

#include "session/session_p.h"
#include "transport/forkguard_p.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#ifdef Q_OS_LINUX
#    include <sys/timerfd.h>
#endif
#include <unistd.h>

namespace IpcPrims {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// How long a cancellation may go unnoticed when there is no descriptor left to be told by.
static constexpr std::chrono::milliseconds Slice = 20ms;

// In milliseconds, as poll() counts; -1 for never.
static int timeLeft(const Deadline &deadline)
{
    if (!deadline)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
    return int(std::clamp<qint64>(left.count(), 0, std::numeric_limits<int>::max()));
}

Waiter::Outcome Waiter::wait(std::span<pollfd> descriptors, const Deadline &deadline)
{
    for (;;) {
        const int timeout = prepare(deadline);
        if (m_isCancelled.load())
            return Outcome::Cancelled;
        pollfd &own = descriptors.front();
        own = {m_descriptor, POLLIN, 0};
        const int ready = ::poll(descriptors.data(), nfds_t(descriptors.size()), timeout);
        if (m_isCancelled.load())
            return Outcome::Cancelled;
        if (ready > (own.revents != 0 ? 1 : 0))
            return Outcome::Ready;
        if (ready > 0)
            silence();
        if (deadline && Clock::now() >= *deadline)
            return Outcome::TimedOut;
    }
}

// A forked child must not set the clock that its parent waits for.
void Waiter::openIfNeeded()
{
    if (Q_LIKELY(m_descriptor >= 0 && m_generation == ForkGuard::generation()))
        return;
    closeAll();
    m_generation = ForkGuard::generation();
    open();
}

// The descriptors of another process are closed only.
void Waiter::closeAll()
{
    if (m_generation == ForkGuard::generation())
        keepForTheNext();
    for (const int descriptor : {m_descriptor.exchange(-1), std::exchange(m_ringer, -1)}) {
        if (descriptor >= 0)
            ::close(descriptor);
    }
    m_alarm.reset();
}

Waiter::~Waiter()
{
    closeAll();
}

#ifdef Q_OS_LINUX

namespace {
/// A clock that a waiter has left to the next one in its thread: to make, set and close one would
/// be three of a short session's system calls. Without a destructor, as a waiter may be one of the
/// thread's own objects, or of the process's, which go later than this.
struct SpareClock
{
    int descriptor = -1;
    Deadline alarm;
    int generation = 0;
    bool isOver = false; // The thread ends, and nobody would close it.
};
static_assert(std::is_trivially_destructible_v<SpareClock>);
} // namespace

static thread_local SpareClock spareClock;

// The clock of the process that has forked this one isn't closed: daemons close all that they have,
// so its number may mean something else by now.
static int takeSpareClock()
{
    const int descriptor = std::exchange(spareClock.descriptor, -1);
    return spareClock.generation == ForkGuard::generation() ? descriptor : -1;
}

namespace {
struct SpareClockEnd
{
    SpareClockEnd() = default;
    Q_DISABLE_COPY_MOVE(SpareClockEnd)
    ~SpareClockEnd()
    {
        spareClock.isOver = true;
        if (const int descriptor = takeSpareClock(); descriptor >= 0)
            ::close(descriptor);
    }
};
} // namespace

void Waiter::open()
{
    m_descriptor = takeSpareClock();
    if (m_descriptor >= 0)
        m_alarm = spareClock.alarm;
    else
        m_descriptor = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

void Waiter::keepForTheNext()
{
    if (m_descriptor < 0 || spareClock.descriptor >= 0 || spareClock.isOver)
        return;
    static thread_local const SpareClockEnd end;
    spareClock.descriptor = m_descriptor.exchange(-1);
    spareClock.alarm = m_alarm;
    spareClock.generation = m_generation;
}

// Returns the time-out for poll().
int Waiter::prepare(const Deadline &deadline)
{
    openIfNeeded();
    if (m_descriptor < 0)
        return timeLeft(earliest(deadline, Clock::now() + Slice));
    if (deadline && (!m_alarm || *deadline < *m_alarm)) {
        const std::chrono::nanoseconds time = deadline->time_since_epoch();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
        const itimerspec alarm = {{}, {seconds.count(), long((time - seconds).count())}};
        ::timerfd_settime(m_descriptor, TFD_TIMER_ABSTIME, &alarm, nullptr);
        m_alarm = deadline;
    }
    return -1;
}

void Waiter::silence()
{
    quint64 count = 0;
    // It may be gone already, if a cancellation has just set the clock anew.
    static_cast<void>(!::read(m_descriptor, &count, sizeof(count)));
    m_alarm.reset();
}

void Waiter::cancel()
{
    m_isCancelled.store(true);
    const int descriptor = m_descriptor.load();
    const itimerspec now = {{}, {0, 1}};
    if (descriptor >= 0)
        ::timerfd_settime(descriptor, 0, &now, nullptr);
}

#else

void Waiter::keepForTheNext() {}

void Waiter::open()
{
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0)
        return;
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    m_ringer = ends[1];
    m_descriptor = ends[0];
}

// Without a clock that can be polled, poll() has to watch the time.
int Waiter::prepare(const Deadline &deadline)
{
    openIfNeeded();
    return timeLeft(m_descriptor < 0 ? earliest(deadline, Clock::now() + Slice) : deadline);
}

void Waiter::silence()
{
    char bytes[64];
    while (::read(m_descriptor, bytes, sizeof(bytes)) > 0) {
    }
}

void Waiter::cancel()
{
    m_isCancelled.store(true);
    if (m_descriptor.load() >= 0)
        static_cast<void>(!::write(m_ringer, "", 1));
}

#endif

} // namespace IpcPrims
