// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "interopsession.h"

#include <IpcPrims/peerhealth.h>

#include <QtTest/qtest.h>

#include <csignal>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using State = PeerHealth::State;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/*!
    The heartbeat with the reference implementation at the other end: with its blocking and its
    promise classes, each as client and as server.
*/
class tst_InteropHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { InteropSession::addRows(); }
    void init();
    void cleanup() { m_session.reset(); }

    void heartbeatIsAnswered();
    void stoppedAddonIsUnresponsiveUntilItGoesOn();
    void promiseClassesTake256PingsInARow();
    void dataFramesBetweenPingsLetTheSessionGoOn();

private:
    std::unique_ptr<InteropSession> m_session;
};

void tst_InteropHealth::init()
{
    m_session = InteropSession::ofRow();
}

void tst_InteropHealth::heartbeatIsAnswered()
{
    QVERIFY(m_session->open());
    PeerHealth *const health = m_session->peer->health();
    // Its blocking classes answer while they receive.
    const Answer received = m_session->addon.receive();
    health->setHeartbeat(50ms);
    QTRY_VERIFY_WITH_TIMEOUT(health->traffic(Channel::Control).framesReceived >= 5, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Healthy, Patience);
    QVERIFY(health->smoothedRoundTripTime() > 0ns);
    QVERIFY(!m_session->peer->send(Channel::Data, "thank you"));
    QCOMPARE(received.error(), QString());
}

void tst_InteropHealth::stoppedAddonIsUnresponsiveUntilItGoesOn()
{
    QVERIFY(m_session->open());
    PeerHealth *const health = m_session->peer->health();
    const Answer received = m_session->addon.receive();
    const auto process = pid_t(m_session->addon.processId());
    ::kill(process, SIGSTOP);
    health->setHeartbeat(100ms, 2);
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Unresponsive, Patience);
    ::kill(process, SIGCONT);
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Healthy, Patience);
    QVERIFY(health->lastRoundTripTime() >= 200ms); // That late pong was not a fast one.
    QVERIFY(!m_session->peer->send(Channel::Data, "thank you"));
    QCOMPARE(received.error(), QString());
}

// What the documentation of setHeartbeat() warns of.
void tst_InteropHealth::promiseClassesTake256PingsInARow()
{
    QFETCH_GLOBAL(Addon::Style, style);
    if (style == Addon::Blocking)
        QSKIP("The blocking classes count anew in each call.");
    QVERIFY(m_session->open());
    const auto pingOnce = [&] {
        const auto ping = m_session->peer->ping();
        return QTest::qWaitFor([&] { return ping.isFinished(); }, Patience) && !ping.result().error;
    };
    int answered = 0;
    while (answered < 2000 && pingOnce())
        ++answered;
    // It may begin to count anew once.
    QVERIFY2(answered >= 256 && answered <= 2 * 256, qPrintable(QString::number(answered)));
}

void tst_InteropHealth::dataFramesBetweenPingsLetTheSessionGoOn()
{
    QVERIFY(m_session->open());
    for (int round = 0; round < 5; ++round) {
        const Answer received = m_session->addon.receive();
        QFuture<PingReply> last;
        for (int i = 0; i < 250; ++i)
            last = m_session->peer->ping();
        QTRY_VERIFY_WITH_TIMEOUT(last.isFinished(), Patience);
        QVERIFY2(!last.result().error, qPrintable(last.result().error.message()));
        QVERIFY(!m_session->peer->send(Channel::Data, "thank you"));
        QCOMPARE(received.error(), QString());
    }
    QVERIFY(m_session->endings.isEmpty());
}

QTEST_GUILESS_MAIN(tst_InteropHealth)
#include "tst_interop_health.moc"
