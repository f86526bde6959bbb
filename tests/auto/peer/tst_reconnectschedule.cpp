// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/reconnectschedule_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using Pause = std::optional<std::chrono::milliseconds>;

class tst_ReconnectSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausesGrowUpToTheLongest();
    void pausesGrowFromNothing();
    void jitterShortensThePause();
    void peerNeverReconnectsUnlessAsked();
    void attemptsAreLimited();
    void timeIsLimited();
    void onlyTransientErrorsAreTriedAgain_data();
    void onlyTransientErrorsAreTriedAgain();
    void permanentErrorsAreTriedAgainOnRequest();
    void refusalsAreTriedAgainAFewTimes();
    void otherErrorsEndTheRowOfRefusals();
    void longSessionStartsAnew();
    void shortSessionDoesNot();
    void nonsenseIsBounded();

private:
    static double none() { return 0; }
    static double all() { return 1; }
    static Error error(ErrorCode code) { return Error(code, u"x"_s); }

    ReconnectPolicy m_policy = ReconnectPolicy::exponential(100ms, 1s);
    const ReconnectSchedule::Instant m_start;
    const Error m_gone = error(ErrorCode::Disconnected);
};

void tst_ReconnectSchedule::pausesGrowUpToTheLongest()
{
    ReconnectSchedule schedule(m_policy, none);
    for (const auto pause : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms})
        QCOMPARE(schedule.ended(m_gone, m_start), Pause(pause));
    QCOMPARE(schedule.attempts(), 6);
}

void tst_ReconnectSchedule::pausesGrowFromNothing()
{
    ReconnectSchedule schedule(ReconnectPolicy::exponential(0ms, 5ms), none);
    for (const auto pause : {0ms, 2ms, 4ms, 5ms, 5ms})
        QCOMPARE(schedule.ended(m_gone, m_start), Pause(pause));
}

void tst_ReconnectSchedule::jitterShortensThePause()
{
    m_policy.jitter = 0.25;
    ReconnectSchedule schedule(m_policy, all);
    QCOMPARE(schedule.ended(m_gone, m_start), Pause(75ms));
    QCOMPARE(schedule.ended(m_gone, m_start), Pause(150ms));
    // By a random part: a few hundred clients don't all choose the same.
    QSet<qint64> pauses;
    for (int i = 0; i < 300; ++i)
        pauses.insert(ReconnectSchedule(m_policy).ended(m_gone, m_start)->count());
    QVERIFY(pauses.size() > 10);
}

void tst_ReconnectSchedule::peerNeverReconnectsUnlessAsked()
{
    QCOMPARE(ReconnectSchedule().ended(m_gone, m_start), Pause());
    QCOMPARE(ReconnectSchedule(ReconnectPolicy::never()).ended(m_gone, m_start), Pause());
}

void tst_ReconnectSchedule::attemptsAreLimited()
{
    m_policy.maxAttempts = 2;
    ReconnectSchedule schedule(m_policy);
    QVERIFY(schedule.ended(m_gone, m_start));
    QVERIFY(schedule.ended(m_gone, m_start));
    QVERIFY(!schedule.ended(m_gone, m_start));
    m_policy.maxAttempts = 0;
}

void tst_ReconnectSchedule::timeIsLimited()
{
    m_policy.maxTime = 500ms;
    ReconnectSchedule schedule(m_policy, none);
    QVERIFY(schedule.ended(m_gone, m_start));
    QVERIFY(schedule.ended(m_gone, m_start + 300ms)); // The attempt is at 500 ms.
    QVERIFY(!schedule.ended(m_gone, m_start + 301ms));
    m_policy.maxTime = std::chrono::milliseconds::max();
    QVERIFY(ReconnectSchedule(m_policy).ended(m_gone, m_start));
    m_policy.maxTime = 0ms;
}

void tst_ReconnectSchedule::onlyTransientErrorsAreTriedAgain_data()
{
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<bool>("isTransient");
    QTest::newRow("no error: this side closed") << ErrorCode::NoError << false;
    QTest::newRow("not found") << ErrorCode::NotFound << true;
    QTest::newRow("refused") << ErrorCode::ConnectionRefused << true;
    QTest::newRow("out of descriptors") << ErrorCode::ResourcesExhausted << true;
    QTest::newRow("end inside a frame") << ErrorCode::TruncatedFrame << true;
    QTest::newRow("reset") << ErrorCode::StreamError << true;
    QTest::newRow("closed in the handshake") << ErrorCode::HandshakeRefused << true;
    QTest::newRow("timeout") << ErrorCode::Timeout << true;
    QTest::newRow("closed") << ErrorCode::Disconnected << true;
    QTest::newRow("shut down") << ErrorCode::ShutdownRequested << true;
    QTest::newRow("permission") << ErrorCode::PermissionDenied << false;
    QTest::newRow("path too long") << ErrorCode::PathTooLong << false;
    QTest::newRow("protocol") << ErrorCode::ProtocolMismatch << false;
    QTest::newRow("version") << ErrorCode::VersionMismatch << false;
    QTest::newRow("no common channel") << ErrorCode::ChannelsRefused << false;
    QTest::newRow("token") << ErrorCode::AuthTokenInvalid << false;
    QTest::newRow("malformed answer") << ErrorCode::HandshakeMalformed << false;
    QTest::newRow("violation") << ErrorCode::ProtocolViolation << false;
    QTest::newRow("no such protocol") << ErrorCode::BadMagic << false;
    QTest::newRow("cancelled") << ErrorCode::Cancelled << false;
}

void tst_ReconnectSchedule::onlyTransientErrorsAreTriedAgain()
{
    QFETCH(const ErrorCode, code);
    QTEST(ReconnectSchedule(m_policy).ended(error(code), m_start).has_value(), "isTransient");
}

void tst_ReconnectSchedule::permanentErrorsAreTriedAgainOnRequest()
{
    ReconnectPolicy policy = m_policy;
    policy.afterPermanentErrors = true;
    QVERIFY(ReconnectSchedule(policy).ended(error(ErrorCode::VersionMismatch), m_start));
    // But never against the will of this side.
    for (const ErrorCode code :
         {ErrorCode::NoError, ErrorCode::Cancelled, ErrorCode::ShutdownFailed})
        QVERIFY(!ReconnectSchedule(policy).ended(error(code), m_start));
    policy.afterShutdown = false;
    QVERIFY(!ReconnectSchedule(policy).ended(error(ErrorCode::ShutdownRequested), m_start));
}

void tst_ReconnectSchedule::refusalsAreTriedAgainAFewTimes()
{
    ReconnectSchedule schedule(m_policy);
    for (int i = 1; i < m_policy.maxRefusals; ++i)
        QVERIFY(schedule.ended(error(ErrorCode::HandshakeRefused), m_start));
    QVERIFY(!schedule.ended(error(ErrorCode::HandshakeRefused), m_start));
}

void tst_ReconnectSchedule::otherErrorsEndTheRowOfRefusals()
{
    ReconnectSchedule schedule(m_policy);
    for (int i = 0; i < 20; ++i) {
        QVERIFY(schedule.ended(error(ErrorCode::HandshakeRefused), m_start));
        QVERIFY(schedule.ended(error(ErrorCode::NotFound), m_start));
    }
}

void tst_ReconnectSchedule::longSessionStartsAnew()
{
    ReconnectSchedule schedule(m_policy, none);
    QCOMPARE(schedule.ended(m_gone, m_start), Pause(100ms));
    QCOMPARE(schedule.ended(m_gone, m_start), Pause(200ms));
    schedule.sessionOpened(m_start);
    QCOMPARE(schedule.attempts(), 0);
    QCOMPARE(schedule.ended(m_gone, m_start + 1s), Pause(100ms));
    QCOMPARE(schedule.attempts(), 1);
}

void tst_ReconnectSchedule::shortSessionDoesNot()
{
    ReconnectSchedule schedule(m_policy, none);
    QCOMPARE(schedule.ended(m_gone, m_start), Pause(100ms));
    schedule.sessionOpened(m_start);
    QCOMPARE(schedule.ended(m_gone, m_start + 999ms), Pause(200ms));
}

void tst_ReconnectSchedule::nonsenseIsBounded()
{
    ReconnectPolicy policy = ReconnectPolicy::exponential(-5ms, -10ms);
    policy.factor = -1;
    policy.jitter = 7;
    ReconnectSchedule schedule(policy);
    QCOMPARE(schedule.ended(m_gone, m_start), Pause(0ms));
    policy = ReconnectPolicy::exponential(std::chrono::hours(24 * 365), 1ms);
    QVERIFY(*ReconnectSchedule(policy).ended(m_gone, m_start) <= std::chrono::hours(24));
}

QTEST_APPLESS_MAIN(tst_ReconnectSchedule)
#include "tst_reconnectschedule.moc"
