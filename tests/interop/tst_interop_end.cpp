// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "interopsession.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

/*!
    How sessions with the reference implementation end: in order, asked for by either side, and
    otherwise. With both its styles, each as client and as server.
*/
class tst_InteropEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { InteropSession::addRows(); }
    void init();
    void cleanup() { m_session.reset(); }

    void addonShutsDown();
    void weShutDown();
    void everythingSentBeforeOurShutdownIsReceived();
    void bothShutDownAtOnce();
    void addonCloses();
    void weAbort();
    void addonIsKilled();
    void addonSendsABadControlMessage();

private:
    std::unique_ptr<InteropSession> m_session;
};

void tst_InteropEnd::init()
{
    m_session = InteropSession::ofRow();
    QVERIFY(m_session->open());
}

void tst_InteropEnd::addonShutsDown()
{
    QCOMPARE(m_session->addon.sendNumbered(Channel::Data, 100).error(), QString());
    QCOMPARE(m_session->addon.shutdown().error(), QString());
    QCOMPARE(m_session->frames.size(), 100);
    QCOMPARE(m_session->shutdownRequests, 1);

    // Only the blocking classes close with the shutdown.
    QCOMPARE(m_session->addon.close().error(), QString());
    QTRY_COMPARE(m_session->endings.size(), 1);
    QCOMPARE(m_session->endings.first().code(), ErrorCode::ShutdownRequested);
}

void tst_InteropEnd::weShutDown()
{
    const Answer received = m_session->addon.receive();
    m_session->peer->close(u"done"_s);
    QTRY_COMPARE(m_session->endings.size(), 1);
    QVERIFY2(!m_session->endings.first(), qPrintable(m_session->endings.first().message()));
    // Which of the two it says depends on how quick it is.
    const QString error = received.error();
    QVERIFY2(error.contains(u"shutdown requested"_s) || error.contains(u"closed"_s),
             qPrintable(error));
}

void tst_InteropEnd::everythingSentBeforeOurShutdownIsReceived()
{
    QFETCH_GLOBAL(Addon::Style, style);
    if (style == Addon::Promise)
        QSKIP("The promise classes drop what they have received when the other side shuts down.");

    for (int number = 0; number < 1000; ++number)
        QVERIFY(!m_session->peer->send(Channel::Data, QByteArray::number(number)));
    m_session->peer->close();
    QCOMPARE(m_session->addon.receiveNumbered(0, 1000).error(), QString());
    // The next receive call finds the request and acknowledges it.
    QVERIFY(m_session->addon.receive().error().contains(u"closed"_s));
    QTRY_COMPARE(m_session->endings.size(), 1);
    QVERIFY2(!m_session->endings.first(), qPrintable(m_session->endings.first().message()));
}

void tst_InteropEnd::bothShutDownAtOnce()
{
    const Answer shutDown = m_session->addon.shutdown();
    m_session->peer->close();
    // The reference takes a request for a wrong answer to its own, unless it is quick enough. Here
    // both ends have asked, so it is over without an error, or the other side was first.
    static_cast<void>(shutDown.error());
    QCOMPARE(m_session->addon.close().error(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(m_session->endings.size(), 1, 30000);
    const ErrorCode code = m_session->endings.first().code();
    QVERIFY2(code == ErrorCode::NoError || code == ErrorCode::ShutdownRequested,
             qPrintable(m_session->endings.first().message()));
}

void tst_InteropEnd::addonCloses()
{
    QCOMPARE(m_session->addon.sendNumbered(Channel::Data, 100).error(), QString());
    QCOMPARE(m_session->addon.close().error(), QString());
    QTRY_COMPARE(m_session->endings.size(), 1);
    QCOMPARE(m_session->endings.first().code(), ErrorCode::Disconnected);
    QCOMPARE(m_session->frames.size(), 100);
}

void tst_InteropEnd::weAbort()
{
    const Answer received = m_session->addon.receive();
    m_session->peer->abort();
    QVERIFY(received.error().contains(u"closed"_s));
}

void tst_InteropEnd::addonIsKilled()
{
    QCOMPARE(m_session->addon.sendNumbered(Channel::Data, 100).error(), QString());
    m_session->addon.kill();
    QTRY_COMPARE(m_session->endings.size(), 1);
    QCOMPARE(m_session->endings.first().code(), ErrorCode::Disconnected);
    QCOMPARE(m_session->frames.size(), 100);
}

void tst_InteropEnd::addonSendsABadControlMessage()
{
    // Its send() lets applications write to channel 0.
    const Answer received = m_session->addon.send(Channel::Control, R"({"type":"bogus"})");
    QCOMPARE(received.error(), QString());
    QTRY_COMPARE(m_session->endings.size(), 1);
    QCOMPARE(m_session->endings.first().code(), ErrorCode::ProtocolViolation);
    QVERIFY(m_session->addon.receive().error().contains(u"closed"_s));
}

QTEST_GUILESS_MAIN(tst_InteropEnd)
#include "tst_interop_end.moc"
