// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "turntest.h"

#include <IpcPrims/turntime.h>

#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>

#include <ctime>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using std::chrono::microseconds;

/// The processor time of this thread.
static microseconds threadTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::duration_cast<microseconds>(std::chrono::seconds(time.tv_sec)
                                                    + std::chrono::nanoseconds(time.tv_nsec));
}

void work(microseconds duration)
{
    const auto end = threadTime() + duration;
    while (threadTime() < end) {
    }
}

microseconds longestSilence(const std::function<bool()> &hasHappened, int shots)
{
    QEventLoop loop;
    QTimer timer;
    auto last = threadTime();
    microseconds longest = 0us;
    int fired = 0;
    const auto end = std::chrono::steady_clock::now() + Patience;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
        const auto now = threadTime();
        longest = std::max(longest, now - last);
        last = now;
        if ((++fired >= shots && hasHappened()) || std::chrono::steady_clock::now() > end)
            loop.quit();
    });
    timer.start(10ms);
    loop.exec();
    return longest;
}

std::optional<PayloadValidator::Failure> SlowValidator::check(quint16, QByteArrayView,
                                                              Direction direction) const
{
    if (direction == Direction::Send && QThread::currentThread() == m_thread)
        work(m_time);
    return std::nullopt;
}

void TurnTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    m_server = std::make_unique<Server>();
    m_server->setMaxPendingHandshakes(1000);
}

void TurnTest::cleanup()
{
    m_server.reset();
    setTurnTime(4ms);
}

void TurnTest::listen(const std::function<void(Peer *)> &onPeer)
{
    connect(m_server.get(), &Server::peerConnected, this, onPeer);
    const Error error = m_server->listen(m_endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
}
