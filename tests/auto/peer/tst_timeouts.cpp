// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "peertest.h"

#include <IpcPrims/blockingpeer.h>
#include <IpcPrims/jsonrpc.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qscopeguard.h>

#include <QtTest/qtest.h>

#include <atomic>

using namespace std::chrono_literals;

/// One rule wherever a time-out is given: negative or very long is never, and 0 is at once.
class tst_Timeouts : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void neverIsNever_data();
    void neverIsNever();
    void zeroIsAtOnce();
};

void tst_Timeouts::neverIsNever_data()
{
    QTest::addColumn<std::chrono::milliseconds>("timeout");
    QTest::newRow("NoTimeout") << NoTimeout;
    QTest::newRow("BlockingPeer::NoTimeout") << BlockingPeer::NoTimeout;
    QTest::newRow("negative") << std::chrono::milliseconds(-7);
    QTest::newRow("smallest") << std::chrono::milliseconds::min();
    QTest::newRow("largest") << std::chrono::milliseconds::max();
}

void tst_Timeouts::neverIsNever()
{
    QFETCH(std::chrono::milliseconds, timeout);
    m_client->setConnectTimeout(timeout);
    m_server->close();
    m_server->setHandshakeTimeout(timeout);
    QVERIFY(!m_server->listen(m_endpoint));
    BlockingPeer blocking;
    blocking.setConnectTimeout(timeout);
    blocking.setTimeout(timeout);
    Error connecting;
    std::atomic<bool> isReceived = false;
    Frame frame;
    Background receiving([&] {
        connecting = blocking.connectToServer(m_endpoint);
        if (!connecting && !blocking.receive(&frame))
            isReceived = true;
    });
    const auto ends = qScopeGuard([&] { blocking.cancel(); }); // Else a failure would wait, too.
    QTRY_VERIFY_WITH_TIMEOUT(m_peer && m_peer->isOpen(), Patience);
    const QPointer<Peer> blockingsOther = m_peer;
    m_peer = nullptr;
    open();

    JsonRpc rpc(m_client.get(), Channel::Data);
    m_peer->setReceiving(false);
    const auto request = m_client->request("x", timeout);
    const auto ping = m_client->ping(timeout);
    const auto call = rpc.call(u"a"_s, QJsonArray(), timeout);
    // Timers that pass later have passed when these have.
    const auto lastRequest = m_client->request("x", 50ms);
    const auto lastPing = m_client->ping(50ms);
    const auto lastCall = rpc.call(u"a"_s, QJsonArray(), 50ms);
    QTRY_VERIFY_WITH_TIMEOUT(
            lastRequest.isFinished() && lastPing.isFinished() && lastCall.isFinished(), Patience);
    QVERIFY(!request.isFinished());
    QVERIFY(!ping.isFinished());
    QVERIFY(!call.isFinished());
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    QVERIFY(!ping.result().error);

    QVERIFY(!blockingsOther->send(Channel::Data, "y"));
    QTRY_VERIFY_WITH_TIMEOUT(isReceived, Patience);
    QVERIFY(!connecting);
}

void tst_Timeouts::zeroIsAtOnce()
{
    open();
    JsonRpc rpc(m_client.get(), Channel::Data);
    m_peer->setReceiving(false);
    const auto request = m_client->request("x", 0ms);
    const auto ping = m_client->ping(0ms);
    const auto call = rpc.call(u"a"_s, QJsonArray(), 0ms);
    QTRY_VERIFY_WITH_TIMEOUT(request.isFinished() && ping.isFinished() && call.isFinished(),
                             Patience);
    QCOMPARE(request.result().error.code(), ErrorCode::Timeout);
    QCOMPARE(ping.result().error.code(), ErrorCode::Timeout);
    QCOMPARE(call.result().error.code(), ErrorCode::Timeout);
}

QTEST_GUILESS_MAIN(tst_Timeouts)
#include "tst_timeouts.moc"
