// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "givingway.h"
#include "loopthread.h"
#include "oneprocessor.h"

#include <IpcPrims/blockingpeer.h>
#include <IpcPrims/framer.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>
#include <IpcPrims/spintime.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <ctime>
#include <functional>
#include <memory>

#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Clock = std::chrono::steady_clock;

namespace {

constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// What a thread has used of the processor.
std::chrono::nanoseconds threadTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

} // namespace

/// Event loops that stay awake for a while after traffic. That they do shows in how often they give
/// way to other threads.
class tst_SpinTime : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void isOffAndBoundedInEachThread();
    void sleepsByDefault();
    void receivingKeepsItAwake();
    void sendingKeepsItAwake();
    void framersKeepItAwake();
    void workersOfAServerStayAwake();
    void everythingElseGoesOn();
    void takesNoProcessorTimeAfterwards();
    void zeroEndsIt();
    void sleepsWhereOthersWantTheProcessor();
    void leavesTheProcessorToTheOtherSide();
    void endsWithItsThread();

private:
    void setSpinTime(std::chrono::microseconds time)
    {
        m_worker->call([time] { IpcPrims::setSpinTime(time); });
    }
    bool staysAwakeAfter(const std::function<void()> &traffic);
    bool staysAwakeAfterReceiving()
    {
        return staysAwakeAfter([this] { QVERIFY(!m_other.send(2, "x")); });
    }

    std::unique_ptr<LoopThread> m_worker;
    std::unique_ptr<Peer> m_peer; // Lives there, and echoes what it receives.
    BlockingPeer m_other;
};

// Whether the worker is after \a traffic. A busy system may interrupt it where it has to take that
// for a wish for the processor, so it has several tries.
bool tst_SpinTime::staysAwakeAfter(const std::function<void()> &traffic)
{
    const QDeadlineTimer end(Patience);
    while (!end.hasExpired()) {
        setSpinTime(0us); // Forgets that.
        setSpinTime(1h);
        const int before = timesGivenWay();
        traffic();
        if (QTest::qWaitFor([&] { return timesGivenWay() > before + 100; }, 300))
            return true;
    }
    return false;
}

void tst_SpinTime::init()
{
    setGivingWay(GivingWay::NotAtAll);
    int ends[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    m_worker = std::make_unique<LoopThread>();
    m_worker->start();
    m_worker->call([&] {
        m_peer = std::make_unique<Peer>();
        Peer *const peer = m_peer.get();
        connect(peer, &Peer::frameReceived, peer,
                [peer](quint16 channel, const QByteArray &payload) {
                    QVERIFY(!peer->send(channel, payload));
                });
        peer->connectOver(ends[0]);
    });
    m_other = BlockingPeer();
    m_other.setTimeout(30s);
    QVERIFY(!m_other.acceptOver(ends[1]));
    QVERIFY(!m_other.ping().error); // So the client's handshake is over, too.
}

void tst_SpinTime::cleanup()
{
    if (m_peer)
        m_worker->call([&] { m_peer.reset(); });
    m_worker.reset();
    setGivingWay(GivingWay::Really);
}

void tst_SpinTime::isOffAndBoundedInEachThread()
{
    QCOMPARE(spinTime(), 0us);
    IpcPrims::setSpinTime(-1us);
    QCOMPARE(spinTime(), 0us);
    IpcPrims::setSpinTime(2h);
    QCOMPARE(spinTime(), 1h);
    m_worker->call([] { QCOMPARE(spinTime(), 0us); });
    IpcPrims::setSpinTime(0us);
}

void tst_SpinTime::sleepsByDefault()
{
    Frame frame;
    QVERIFY(!m_other.send(2, "x"));
    QVERIFY(!m_other.receive(&frame));
    m_worker->call([] {});
    QCOMPARE(timesGivenWay(), 0);
}

void tst_SpinTime::receivingKeepsItAwake()
{
    setSpinTime(1h);
    m_worker->call([] {});
    QCOMPARE(timesGivenWay(), 0); // There was no traffic.
    QVERIFY(staysAwakeAfterReceiving());
    Frame frame;
    QVERIFY(!m_other.receive(&frame));
    QCOMPARE(frame.payload, "x");
}

void tst_SpinTime::sendingKeepsItAwake()
{
    QVERIFY(staysAwakeAfter(
            [this] { m_worker->call([this] { QVERIFY(!m_peer->send(2, "x")); }); }));
    Frame frame;
    QVERIFY(!m_other.receive(&frame));
    QCOMPARE(frame.payload, "x");
}

void tst_SpinTime::framersKeepItAwake()
{
    int ends[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    std::unique_ptr<Framer> framer;
    m_worker->call([&] { framer = std::make_unique<Framer>(ends[0]); });
    QVERIFY(staysAwakeAfter([&] { m_worker->call([&] { QVERIFY(!framer->send(2, "x")); }); }));
    m_worker->call([&] { framer.reset(); });
    ::close(ends[1]);
}

void tst_SpinTime::workersOfAServerStayAwake()
{
    const QTemporaryDir directory;
    const Endpoint endpoint = Endpoint::fromPath(directory.filePath(u"s"_s));
    Server server;
    server.setWorkerThreads(1, [](Peer *) { IpcPrims::setSpinTime(1h); });
    QVERIFY(!server.listen(endpoint));
    QVERIFY(staysAwakeAfter([&] { // In the server's worker, here.
        Background connecting([&] {
            BlockingPeer client;
            QVERIFY(!client.connectToServer(endpoint));
            QVERIFY(!client.ping().error);
        });
        QTRY_VERIFY_WITH_TIMEOUT(connecting.isDone(), Patience);
    }));
}

void tst_SpinTime::everythingElseGoesOn()
{
    QVERIFY(staysAwakeAfterReceiving());

    // Events that other threads post:
    bool wasCalled = false;
    m_worker->call([&] { wasCalled = true; });
    QVERIFY(wasCalled);

    // Timers and notifiers:
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe(pipe), 0);
    std::atomic<int> shots = 0;
    std::atomic<bool> wasNotified = false;
    std::unique_ptr<QTimer> timer;
    std::unique_ptr<QSocketNotifier> notifier;
    m_worker->call([&] {
        timer = std::make_unique<QTimer>();
        connect(timer.get(), &QTimer::timeout, timer.get(), [&] { ++shots; });
        timer->start(2ms);
        notifier = std::make_unique<QSocketNotifier>(pipe[0], QSocketNotifier::Read);
        connect(notifier.get(), &QSocketNotifier::activated, notifier.get(), [&] {
            notifier->setEnabled(false);
            wasNotified = true;
        });
    });
    QCOMPARE(::write(pipe[1], "x", 1), 1);
    QTRY_VERIFY_WITH_TIMEOUT(shots > 3 && wasNotified, Patience);
    m_worker->call([&] {
        timer.reset();
        notifier.reset();
    });
    ::close(pipe[0]);
    ::close(pipe[1]);

    // And more traffic:
    QVERIFY(!m_other.ping().error);
}

void tst_SpinTime::takesNoProcessorTimeAfterwards()
{
    setSpinTime(1ms);
    std::chrono::nanoseconds before = {};
    std::chrono::nanoseconds after = {};
    m_worker->call([&] { before = threadTime(); });
    Frame frame;
    QVERIFY(!m_other.send(2, "x"));
    QVERIFY(!m_other.receive(&frame));
    QCOMPARE(m_other.receive(&frame, 500ms).code(), ErrorCode::Timeout);
    m_worker->call([&] { after = threadTime(); });
    QVERIFY(after - before < 100ms);
    // A turn of the event loop takes longer. Without an end, a busy system would interrupt it
    // sooner or later where that ends it, but not that soon.
    QVERIFY(timesGivenWay() < 2ms / 250ns);
}

void tst_SpinTime::zeroEndsIt()
{
    QVERIFY(staysAwakeAfterReceiving());
    setSpinTime(0us);
    m_worker->call([] {});
    setGivingWay(GivingWay::NotAtAll);
    QVERIFY(!m_other.ping().error);
    m_worker->call([] {});
    QCOMPARE(timesGivenWay(), 0);
}

void tst_SpinTime::sleepsWhereOthersWantTheProcessor()
{
    Frame frame;
    Clock::time_point start;
    int times = 0;
    do { // Until there is more traffic soon enough after the processor was lost.
        setSpinTime(0us);
        setSpinTime(1h); // Forgets that.
        setGivingWay(GivingWay::ForLong);
        start = Clock::now();
        QVERIFY(!m_other.send(2, "x"));
        QTRY_VERIFY_WITH_TIMEOUT(timesGivenWay() > 0, Patience);
        QVERIFY(!m_other.receive(&frame));
        for (int i = 0; i < 5; ++i) {
            QVERIFY(!m_other.send(2, "x"));
            QVERIFY(!m_other.receive(&frame));
            m_worker->call([] {});
        }
        times = timesGivenWay();
    } while (Clock::now() - start > 90ms);
    QCOMPARE(times, 1);
}

// Without giving way each of them would use up its time slice before the other one can answer.
void tst_SpinTime::leavesTheProcessorToTheOtherSide()
{
    setGivingWay(GivingWay::Really);
    cleanup();
    const OneProcessor same;
    init(); // The worker starts, and stays, on this one.
    setGivingWay(GivingWay::Really);
    const auto forget = [] { IpcPrims::setSpinTime(1h); }; // That the processor was lost for long.
    m_worker->call([&] { connect(m_peer.get(), &Peer::frameReceived, m_peer.get(), forget); });
    setSpinTime(1h);
    constexpr int Count = 300;
    Frame frame;
    const std::clock_t before = std::clock();
    for (int i = 0; i < Count; ++i) {
        m_other.setSpinTime(1h);
        QVERIFY(!m_other.send(2, "x"));
        QVERIFY(!m_other.receive(&frame));
    }
    QVERIFY(std::clock() - before < CLOCKS_PER_SEC / 2);
}

void tst_SpinTime::endsWithItsThread()
{
    QVERIFY(staysAwakeAfterReceiving());
    m_worker.reset();
    Frame frame;
    while (!m_other.receive(&frame)) {
    }
    QCOMPARE(m_other.receive(&frame).code(), ErrorCode::Disconnected);
    m_peer.reset();
}

QTEST_GUILESS_MAIN(tst_SpinTime)
#include "tst_spintime.moc"
