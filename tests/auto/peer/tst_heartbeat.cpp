// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/heartbeat_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;

static constexpr auto Interval = 100ms;
static constexpr auto Begin = Heartbeat::Instant(1h);

/// The rules of the heartbeat, with a clock of the test's own.
class tst_Heartbeat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isOffByDefault();
    void limitsAreKept();
    void silenceOfOneIntervalAsksForAPing();
    void anyFramePutsThePingOff();
    void noSecondPingWhileOneIsUnderWay();
    void eachSilentIntervalWithAPingIsMissed();
    void silenceCountsFromThePingOfAnother();
    void unresponsiveIsFinalUntilASignOfLife();
    void lateCallCountsOnce();
    void suspensionMissesNothing();
    void endForgetsWhatWasMissed();
};

void tst_Heartbeat::isOffByDefault()
{
    Heartbeat heartbeat;
    heartbeat.start(Begin);
    QVERIFY(!heartbeat.deadline());
    QVERIFY(!heartbeat.timePassed(Begin + 1h, false));

    heartbeat.configure(Interval, 3, Begin);
    QVERIFY(heartbeat.deadline());
    heartbeat.configure(0ms, 3, Begin);
    QVERIFY(!heartbeat.deadline());
}

void tst_Heartbeat::limitsAreKept()
{
    Heartbeat heartbeat;
    heartbeat.configure(49ms, 0, Begin);
    QVERIFY(heartbeat.interval() == 50ms);
    QCOMPARE(heartbeat.missedLimit(), 1);
    heartbeat.configure(-1ms, 3, Begin);
    QVERIFY(heartbeat.interval() == 0ms);
    heartbeat.configure(std::chrono::milliseconds::max(), 3, Begin);
    heartbeat.start(Begin);
    QVERIFY(heartbeat.deadline() > Begin + 24h);
}

void tst_Heartbeat::silenceOfOneIntervalAsksForAPing()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 3, Begin);
    heartbeat.start(Begin);
    QVERIFY(heartbeat.deadline() == Begin + Interval);
    QVERIFY(!heartbeat.timePassed(Begin + Interval - 1ns, false));
    QVERIFY(heartbeat.timePassed(Begin + Interval, false));
    QCOMPARE(heartbeat.missed(), 0); // Nobody was asked for a sign of life yet.
}

void tst_Heartbeat::anyFramePutsThePingOff()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 3, Begin);
    heartbeat.start(Begin);
    heartbeat.received(Begin + 99ms);
    QVERIFY(!heartbeat.timePassed(Begin + 198ms, false));
    QVERIFY(heartbeat.timePassed(Begin + 199ms, false));
}

void tst_Heartbeat::noSecondPingWhileOneIsUnderWay()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 2, Begin);
    heartbeat.start(Begin);
    QVERIFY(heartbeat.timePassed(Begin + 100ms, false));
    // Frames come, but not the answer.
    for (auto now = Begin + 150ms; now < Begin + 10s; now += 150ms) {
        QVERIFY(!heartbeat.timePassed(now, true));
        heartbeat.received(now);
    }
    QCOMPARE(heartbeat.missed(), 0);
}

void tst_Heartbeat::eachSilentIntervalWithAPingIsMissed()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 2, Begin);
    heartbeat.start(Begin);
    QVERIFY(heartbeat.timePassed(Begin + 100ms, false));
    QVERIFY(!heartbeat.timePassed(Begin + 199ms, true));
    QCOMPARE(heartbeat.missed(), 0);
    QVERIFY(!heartbeat.timePassed(Begin + 200ms, true));
    QCOMPARE(heartbeat.missed(), 1);
    QVERIFY(!heartbeat.isUnresponsive());
    QVERIFY(!heartbeat.timePassed(Begin + 299ms, true));
    QCOMPARE(heartbeat.missed(), 1);
    QVERIFY(!heartbeat.timePassed(Begin + 300ms, true));
    QVERIFY(heartbeat.isUnresponsive());
}

void tst_Heartbeat::silenceCountsFromThePingOfAnother()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 2, Begin);
    heartbeat.start(Begin);
    heartbeat.asked(Begin + 99ms);
    QVERIFY(!heartbeat.timePassed(Begin + 100ms, true));
    QVERIFY(!heartbeat.timePassed(Begin + 198ms, true));
    QCOMPARE(heartbeat.missed(), 0);
    QVERIFY(!heartbeat.timePassed(Begin + 199ms, true));
    QCOMPARE(heartbeat.missed(), 1);
}

void tst_Heartbeat::unresponsiveIsFinalUntilASignOfLife()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 1, Begin);
    heartbeat.start(Begin);
    heartbeat.timePassed(Begin + 100ms, false);
    heartbeat.timePassed(Begin + 200ms, true);
    QVERIFY(heartbeat.isUnresponsive());
    QVERIFY(!heartbeat.deadline());

    heartbeat.received(Begin + 1h);
    QCOMPARE(heartbeat.missed(), 0);
    QVERIFY(heartbeat.deadline() == Begin + 1h + Interval);
}

void tst_Heartbeat::lateCallCountsOnce()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 3, Begin);
    heartbeat.start(Begin);
    heartbeat.timePassed(Begin + 100ms, false);
    heartbeat.timePassed(Begin + 10s, true);
    QCOMPARE(heartbeat.missed(), 1); // It was this side that slept.
    QVERIFY(heartbeat.deadline() == Begin + 10s + Interval);
}

void tst_Heartbeat::suspensionMissesNothing()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 3, Begin);
    heartbeat.start(Begin);
    heartbeat.timePassed(Begin + 100ms, false);
    heartbeat.timePassed(Begin + 200ms, true);
    QCOMPARE(heartbeat.missed(), 1);
    heartbeat.suspend();
    QVERIFY(!heartbeat.deadline());
    heartbeat.timePassed(Begin + 1h, true);
    QCOMPARE(heartbeat.missed(), 1);
    heartbeat.start(Begin + 1h);
    QVERIFY(heartbeat.deadline() == Begin + 1h + Interval);
}

void tst_Heartbeat::endForgetsWhatWasMissed()
{
    Heartbeat heartbeat;
    heartbeat.configure(Interval, 1, Begin);
    heartbeat.start(Begin);
    heartbeat.timePassed(Begin + 100ms, false);
    heartbeat.timePassed(Begin + 200ms, true);
    heartbeat.stop();
    QCOMPARE(heartbeat.missed(), 0);
    QVERIFY(!heartbeat.deadline());
}

QTEST_GUILESS_MAIN(tst_Heartbeat)
#include "tst_heartbeat.moc"
