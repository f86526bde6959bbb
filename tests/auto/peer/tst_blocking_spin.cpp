// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"
#include "givingway.h"
#include "oneprocessor.h"
#include "rawsocket.h"

#include <IpcPrims/receivelimits.h>

#include <QtTest/qtest.h>

#include <ctime>
#include <functional>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

Q_DECLARE_METATYPE(std::function<void(BlockingPeer &)>)

using Call = std::function<void(BlockingPeer &)>;
using Clock = std::chrono::steady_clock;

/// Calls that look for a while before they sleep. How often they do shows in how often they give
/// way to other threads.
class tst_BlockingSpin : public BlockingTest
{
    Q_OBJECT

private Q_SLOTS:
    void isOffAndBounded();
    void waitingCallsLook_data();
    void waitingCallsLook();
    void handshakeLooks();
    void acceptedPeerLooks();
    void looksInsteadOfSleeping();
    void whatArrivesIsReceived();
    void takesNoProcessorTimeAfterwards();
    void timeOutEndsIt();
    void cancellationEndsIt();
    void endOfTheSessionEndsIt();
    void sleepsWhileTheRateAllowsNothing();
    void sleepsWhileItWaitsToSend();
    void sleepsWhereOthersWantTheProcessor();
    void leavesTheProcessorToTheOtherSide();
    void childOfASpinningProcessIsNotConnected();

private:
    Error receiveUntil(const std::function<void()> &end);
};

// A look takes a system call and two looks at the clock. If a call looks for too long, a busy
// system interrupts it sooner or later where that ends it, but not that soon.
static int mostLooks(std::chrono::microseconds time)
{
    return int(time / 50ns);
}

// Of this thread: how often it has slept.
static long sleeps()
{
    rusage usage = {};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

void tst_BlockingSpin::isOffAndBounded()
{
    BlockingPeer peer;
    QCOMPARE(peer.spinTime(), 0us);
    peer.setSpinTime(-1us);
    QCOMPARE(peer.spinTime(), 0us);
    peer.setSpinTime(50us);
    QCOMPARE(peer.spinTime(), 50us);
    peer.setSpinTime(2h);
    QCOMPARE(peer.spinTime(), 1h);
    const BlockingPeer moved = std::move(peer);
    QCOMPARE(moved.spinTime(), 1h);
}

void tst_BlockingSpin::waitingCallsLook_data()
{
    QTest::addColumn<Call>("call");
    QTest::addRow("receive") << Call([](BlockingPeer &peer) {
        Frame frame;
        QCOMPARE(peer.receive(&frame, 2ms).code(), ErrorCode::Timeout);
    });
    QTest::addRow("receiveOn") << Call([](BlockingPeer &peer) {
        Frame frame;
        QCOMPARE(peer.receiveOn(2, &frame, 2ms).code(), ErrorCode::Timeout);
    });
    QTest::addRow("request") << Call([](BlockingPeer &peer) {
        QCOMPARE(peer.request("q", 2ms).error.code(), ErrorCode::Timeout);
    });
    QTest::addRow("ping") << Call(
            [](BlockingPeer &peer) { QCOMPARE(peer.ping(2ms).error.code(), ErrorCode::Timeout); });
    QTest::addRow("shutdown") << Call([](BlockingPeer &peer) {
        QCOMPARE(peer.shutdown({}, 2ms).code(), ErrorCode::ShutdownFailed);
    });
}

void tst_BlockingSpin::waitingCallsLook()
{
    QFETCH(const Call, call);
    open();
    setGivingWay(GivingWay::NotAtAll);
    call(m_client); // It is off.
    QCOMPARE(timesGivenWay(), 0);
    if (!m_client.isOpen())
        open();
    m_client.setSpinTime(1h);
    call(m_client);
    QVERIFY(timesGivenWay() > 0);
}

void tst_BlockingSpin::handshakeLooks()
{
    int ends[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const RawSocket other(ends[1]);
    m_client.setConnectTimeout(2ms);
    m_client.setSpinTime(1h);
    setGivingWay(GivingWay::NotAtAll);
    QCOMPARE(m_client.connectOver(ends[0]).code(), ErrorCode::Timeout);
    QVERIFY(timesGivenWay() > 0);
}

void tst_BlockingSpin::acceptedPeerLooks()
{
    m_server.setSpinTime(1h);
    open();
    QCOMPARE(m_server.spinTime(), 1h);
    setGivingWay(GivingWay::NotAtAll);
    Frame frame;
    QCOMPARE(m_server.receive(&frame, 2ms).code(), ErrorCode::Timeout);
    QVERIFY(timesGivenWay() > 0);
}

void tst_BlockingSpin::looksInsteadOfSleeping()
{
    open();
    setGivingWay(GivingWay::NotAtAll);
    Frame frame;
    const auto sleepsOfACall = [&] {
        const long before = sleeps();
        if (m_client.receive(&frame, 5ms).code() != ErrorCode::Timeout)
            return -1L;
        return sleeps() - before;
    };
    QVERIFY(sleepsOfACall() > 0);
    // A busy system may interrupt the call where it has to take that for a wish for the processor.
    const auto end = Clock::now() + 30s;
    long count = -1;
    do {
        m_client.setSpinTime(1h);
        count = sleepsOfACall();
    } while (count > 0 && Clock::now() < end);
    QCOMPARE(count, 0);
}

void tst_BlockingSpin::whatArrivesIsReceived()
{
    setGivingWay(GivingWay::Really);
    open();
    m_client.setSpinTime(1h);
    m_server.setSpinTime(1h);
    Background echoing([&] {
        Frame frame;
        while (!m_server.receive(&frame, 30s)) {
            if (m_server.send(frame.channel, frame.payload))
                return;
        }
    });
    Frame frame;
    for (const int size : {0, 64, 1024, 300'000, 64}) {
        const QByteArray payload(size, 'x');
        QVERIFY(!m_client.send(2, payload));
        QVERIFY(!m_client.receive(&frame, 30s));
        QVERIFY(frame.payload == payload);
    }
    QVERIFY(!m_client.ping(30s).error);
    QVERIFY(!m_client.shutdown({}, 30s));
}

void tst_BlockingSpin::takesNoProcessorTimeAfterwards()
{
    open();
    m_client.setSpinTime(1ms);
    setGivingWay(GivingWay::NotAtAll);
    Frame frame;
    const std::clock_t before = std::clock();
    QCOMPARE(m_client.receive(&frame, 500ms).code(), ErrorCode::Timeout);
    QVERIFY(std::clock() - before < CLOCKS_PER_SEC / 10);
    QVERIFY(timesGivenWay() < mostLooks(1ms));
}

void tst_BlockingSpin::timeOutEndsIt()
{
    open();
    m_client.setSpinTime(1h);
    setGivingWay(GivingWay::NotAtAll);
    const auto start = Clock::now();
    Frame frame;
    QCOMPARE(m_client.receive(&frame, 1ms).code(), ErrorCode::Timeout);
    QVERIFY(Clock::now() - start >= 1ms);
    QCOMPARE(m_client.ping(1ms).error.code(), ErrorCode::Timeout);
    QVERIFY(timesGivenWay() < mostLooks(2ms));
    // A time-out that has passed means to look once.
    setGivingWay(GivingWay::NotAtAll);
    QCOMPARE(m_client.receive(&frame, 0ms).code(), ErrorCode::Timeout);
    QCOMPARE(timesGivenWay(), 0);
    QVERIFY(!m_server.send(2, "there already"));
    QVERIFY(!m_client.receive(&frame, 0ms));
    QCOMPARE(frame.payload, "there already");
}

// Returns what a call comes to that looks for more when \a end is called.
Error tst_BlockingSpin::receiveUntil(const std::function<void()> &end)
{
    m_client.setSpinTime(1h);
    setGivingWay(GivingWay::NotAtAll);
    Error error;
    Background receiving([&] {
        Frame frame;
        error = m_client.receive(&frame, BlockingPeer::NoTimeout);
    });
    while (timesGivenWay() == 0)
        std::this_thread::sleep_for(1ms);
    end();
    receiving.join();
    return error;
}

void tst_BlockingSpin::cancellationEndsIt()
{
    open();
    int times = 0;
    const Error error = receiveUntil([&] {
        m_client.cancel();
        times = timesGivenWay();
    });
    QCOMPARE(error.code(), ErrorCode::Cancelled);
    QVERIFY(timesGivenWay() < times + 100);
    // Later calls neither look nor take what is there.
    QVERIFY(!m_server.send(2, "later"));
    setGivingWay(GivingWay::NotAtAll);
    Frame frame;
    QCOMPARE(m_client.receive(&frame, 30s).code(), ErrorCode::Cancelled);
    QCOMPARE(timesGivenWay(), 0);
    m_client.clearCancellation();
    QVERIFY(!m_client.receive(&frame, 30s));
    QCOMPARE(frame.payload, "later");
}

void tst_BlockingSpin::endOfTheSessionEndsIt()
{
    open();
    const Error error = receiveUntil([this] { m_server.abort(); });
    QCOMPARE(error.code(), ErrorCode::Disconnected);
}

void tst_BlockingSpin::sleepsWhileTheRateAllowsNothing()
{
    open();
    ReceiveLimits limits;
    limits.setRate(1, 0, ReceiveLimits::RatePolicy::Wait, 0ms);
    m_client.setReceiveLimits(limits);
    m_client.setSpinTime(1h);
    QVERIFY(!m_server.send(2, QByteArray(100'000, 'x')));
    QVERIFY(!m_server.send(2, "waits"));
    Frame frame;
    QVERIFY(!m_client.receive(&frame, 30s));
    setGivingWay(GivingWay::NotAtAll);
    QCOMPARE(m_client.receive(&frame, 10ms).code(), ErrorCode::Timeout);
    QCOMPARE(timesGivenWay(), 0);
}

void tst_BlockingSpin::sleepsWhileItWaitsToSend()
{
    open();
    m_client.setSpinTime(1h);
    setGivingWay(GivingWay::NotAtAll);
    QVERIFY(!m_client.send(2, QByteArray(4 * 1024 * 1024, 'x'), 10ms)); // It has begun.
    QCOMPARE(m_client.flush(10ms).code(), ErrorCode::Timeout);
    QCOMPARE(timesGivenWay(), 0);
}

void tst_BlockingSpin::sleepsWhereOthersWantTheProcessor()
{
    open();
    Frame frame;
    Clock::time_point start;
    int times = 0;
    do { // Until a call comes soon enough after the one that has lost its processor.
        m_client.setSpinTime(1h); // Forgets that.
        setGivingWay(GivingWay::ForLong);
        start = Clock::now();
        QCOMPARE(m_client.receive(&frame, 10ms).code(), ErrorCode::Timeout);
        QCOMPARE(timesGivenWay(), 1);
        QCOMPARE(m_client.receive(&frame, 1ms).code(), ErrorCode::Timeout);
        times = timesGivenWay();
    } while (Clock::now() - start > 90ms);
    QCOMPARE(times, 1);
}

// Without giving way each of them would use up its time slice before the other one can answer.
void tst_BlockingSpin::leavesTheProcessorToTheOtherSide()
{
    setGivingWay(GivingWay::Really);
    open();
    const OneProcessor same;
    m_client.setSpinTime(1h);
    m_server.setSpinTime(1h);
    constexpr int Count = 300;
    Background echoing([&] {
        Frame frame;
        while (!m_server.receive(&frame, 30s)) {
            m_server.setSpinTime(1h); // As if it had never lost the processor for long.
            if (m_server.send(frame.channel, frame.payload))
                return;
        }
    });
    Frame frame;
    const std::clock_t before = std::clock();
    for (int i = 0; i < Count; ++i) {
        m_client.setSpinTime(1h);
        QVERIFY(!m_client.send(2, "x"));
        QVERIFY(!m_client.receive(&frame, 30s));
    }
    QVERIFY(std::clock() - before < CLOCKS_PER_SEC / 2);
    m_client.abort();
}

void tst_BlockingSpin::childOfASpinningProcessIsNotConnected()
{
    setGivingWay(GivingWay::Really);
    open();
    m_client.setSpinTime(1h);
    const pid_t child = ::fork();
    if (child == 0) {
        Frame frame;
        const Error error = m_client.receive(&frame, BlockingPeer::NoTimeout);
        ::_exit(error.code() == ErrorCode::NotConnected ? 0 : 1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    QVERIFY(!m_server.send(2, "still there"));
    Frame frame;
    QVERIFY(!m_client.receive(&frame, 30s));
    QCOMPARE(frame.payload, "still there");
}

QTEST_APPLESS_MAIN(tst_BlockingSpin)
#include "tst_blocking_spin.moc"
