// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/receivemeter_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;

using Policy = ReceiveLimits::RatePolicy;

static ReceiveMeter::Clock::time_point theTime;
static int looksAtTheClock = 0;

static ReceiveMeter::Clock::time_point now()
{
    ++looksAtTheClock;
    return theTime;
}

/// The arithmetic of rates, with a clock that the test sets.
class tst_ReceiveMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void isNeededForRatesOnly();
    void framesAndBytesAreCounted();
    void largeFrameIsPaidForAfterwards();
    void quietTimeGivesOneBurst();
    void disconnectingRefusesWhatComesTooEarly();
    void clockIsReadOnlyWhenItMatters();
    void extremesAreBounded();
};

static ReceiveMeter meter(qint64 bytes, qint64 frames, Policy policy,
                          std::chrono::milliseconds burst)
{
    ReceiveLimits limits;
    limits.setRate(bytes, frames, policy, burst);
    return ReceiveMeter(limits, now);
}

void tst_ReceiveMeter::init()
{
    theTime = ReceiveMeter::Clock::time_point() + 1h;
    looksAtTheClock = 0;
}

void tst_ReceiveMeter::isNeededForRatesOnly()
{
    ReceiveLimits limits;
    limits.setMaxPayloadSize(1);
    QVERIFY(!ReceiveMeter::isNeededFor(limits));
    limits.setRate(1, 0);
    QVERIFY(ReceiveMeter::isNeededFor(limits));
    limits.setRate(0, 1);
    QVERIFY(ReceiveMeter::isNeededFor(limits));
}

void tst_ReceiveMeter::framesAndBytesAreCounted()
{
    // 5 frames or 1000 bytes at once, whichever comes first.
    ReceiveMeter frames = meter(1000, 5, Policy::Wait, 1s);
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(frames.pause(), 0ms);
        QVERIFY(frames.admits(0));
    }
    QCOMPARE(frames.pause(), 200ms);
    ReceiveMeter bytes = meter(1000, 5, Policy::Wait, 1s);
    QVERIFY(bytes.admits(491));
    QCOMPARE(bytes.pause(), 0ms);
    QVERIFY(bytes.admits(493)); // With two headers these are 1000 bytes.
    QCOMPARE(bytes.pause(), 1ms);
}

void tst_ReceiveMeter::largeFrameIsPaidForAfterwards()
{
    ReceiveMeter one = meter(1000, 0, Policy::Wait, 1s);
    QVERIFY(one.admits(10'992)); // 10,000 bytes too much.
    QCOMPARE(one.pause(), 10'001ms);
    theTime += 10s;
    QCOMPARE(one.pause(), 1ms);
    theTime += 1ms;
    QCOMPARE(one.pause(), 0ms);
}

void tst_ReceiveMeter::quietTimeGivesOneBurst()
{
    ReceiveMeter one = meter(0, 10, Policy::Wait, 300ms);
    theTime += 1h;
    one.beginBatch();
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(one.pause(), 0ms);
        QVERIFY(one.admits(1));
    }
    QCOMPARE(one.pause(), 100ms);
}

void tst_ReceiveMeter::disconnectingRefusesWhatComesTooEarly()
{
    ReceiveMeter one = meter(0, 10, Policy::Disconnect, 300ms);
    for (int i = 0; i < 3; ++i)
        QVERIFY(one.admits(1));
    QCOMPARE(one.pause(), 0ms);
    theTime += 99ms;
    QVERIFY(!one.admits(1));
    theTime += 1ms;
    QVERIFY(one.admits(1));
    QVERIFY(!one.admits(1));
}

void tst_ReceiveMeter::clockIsReadOnlyWhenItMatters()
{
    ReceiveMeter one = meter(0, 1000, Policy::Wait, 1s);
    looksAtTheClock = 0;
    one.beginBatch();
    QCOMPARE(looksAtTheClock, 1);
    for (int i = 0; i < 999; ++i) {
        QVERIFY(one.admits(1));
        QCOMPARE(one.pause(), 0ms);
    }
    QCOMPARE(looksAtTheClock, 1);
}

void tst_ReceiveMeter::extremesAreBounded()
{
    constexpr qint64 Most = std::numeric_limits<qint64>::max();
    ReceiveMeter fast = meter(Most, Most, Policy::Wait, std::chrono::milliseconds::max());
    QVERIFY(fast.admits(MaxPayloadSize));
    QCOMPARE(fast.pause(), 0ms);
    ReceiveMeter slow = meter(1, 1, Policy::Wait, 0ms);
    QVERIFY(slow.admits(MaxPayloadSize));
    QCOMPARE(slow.pause(), (MaxPayloadSize + FrameHeader::Size) * 1000ms);
}

QTEST_APPLESS_MAIN(tst_ReceiveMeter)
#include "tst_receivemeter.moc"
