// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/request.h>

#include <QtCore/qfuture.h>
#include <QtTest/qtest.h>

using namespace std::chrono_literals;

/// Slots that run an event loop, in which the next session may begin.
class tst_NestedLoops : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void endIsToldFromThere();
    void nextSessionBeginsAfterTheEndWasTold();
    void nextConnectionBeginsAfterTheEndWasTold();
    void openingIsToldFromThere();
    void requestsOfTheNextSessionAreItsOwn();
    void refusedFrameIsNothingToTheNextSession_data();
    void refusedFrameIsNothingToTheNextSession();
    void pingsEndWithTheirSession();
    void destructorTellsNothingFromThere_data();
    void destructorTellsNothingFromThere();

private:
    void openWithPolicy();
    /// Runs the event loop until the client is in its second session.
    bool waitForSecondSession();
};

void tst_NestedLoops::openWithPolicy()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    open();
}

bool tst_NestedLoops::waitForSecondSession()
{
    return QTest::qWaitFor([this] { return m_client->generation() == 2 && m_client->isOpen(); },
                           Patience);
}

void tst_NestedLoops::endIsToldFromThere()
{
    open();
    Diary diary(m_client.get());
    const QFuture<PingReply> ping = m_client->ping(1h);
    const QFuture<Reply> request = m_client->request("x");
    bool wasTold = false;
    connect(m_client.get(), &Peer::stateChanged, this, [&] {
        wasTold = QTest::qWaitFor(
                [&] {
                    return diary.reasons.size() == 1 && request.isFinished() && ping.isFinished();
                },
                Patience);
    });
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(wasTold, Patience);
}

void tst_NestedLoops::nextSessionBeginsAfterTheEndWasTold()
{
    openWithPolicy();
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::retryScheduled, this,
            [&] { diary.entries.append(u"retryScheduled"_s); });
    connect(m_client.get(), &Peer::stateChanged, this, [this](Peer::State state) {
        if (state == Peer::State::Waiting)
            QVERIFY(waitForSecondSession());
    });
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(
            diary.entries,
            QStringList({u"Waiting"_s, u"disconnected"_s, u"retryScheduled"_s, u"Connecting"_s,
                         u"Handshaking"_s, u"Open"_s, u"connected"_s}),
            Patience);
    QVERIFY(m_client->isOpen());
}

void tst_NestedLoops::nextConnectionBeginsAfterTheEndWasTold()
{
    open();
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::stateChanged, this, [this](Peer::State state) {
        if (state == Peer::State::Closed) {
            m_client->connectToServer(m_endpoint);
            QVERIFY(waitForSecondSession());
        }
    });
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(diary.entries,
                              QStringList({u"Closed"_s, u"disconnected"_s, u"Connecting"_s,
                                           u"Handshaking"_s, u"Open"_s, u"connected"_s}),
                              Patience);
    QVERIFY(m_client->isOpen());
}

void tst_NestedLoops::openingIsToldFromThere()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::stateChanged, this, [this](Peer::State state) {
        if (state == Peer::State::Open && m_client->generation() == 1) {
            m_peer->abort();
            QVERIFY(waitForSecondSession());
        }
    });
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->generation(), 2u, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(diary.entries.last(), u"connected"_s, Patience);
    QCOMPARE(diary.entries,
             QStringList({u"Connecting"_s, u"Handshaking"_s, u"Open"_s, u"connected"_s,
                          u"Waiting"_s, u"disconnected"_s, u"Connecting"_s, u"Handshaking"_s,
                          u"Open"_s, u"connected"_s}));
}

void tst_NestedLoops::requestsOfTheNextSessionAreItsOwn()
{
    openWithPolicy();
    connect(m_server.get(), &Server::peerConnected, this, [](Peer *peer) {
        peer->setRequestHandler(
                [](const Request &request) { request.reply("to " + request.payload()); });
    });
    const QFuture<Reply> old = m_client->request("old"); // Whose end has no handler.
    QFuture<Reply> first;
    connect(m_client.get(), &Peer::stateChanged, this, [&](Peer::State state) {
        if (state == Peer::State::Waiting && waitForSecondSession())
            first = m_client->request("first");
    });
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(first.isValid(), Patience);
    const QFuture<Reply> second = m_client->request("second");
    QTRY_VERIFY_WITH_TIMEOUT(second.isFinished() && first.isFinished(), Patience);
    QCOMPARE(old.result().error.code(), ErrorCode::NotConnected);
    QCOMPARE(first.result().payload, "to first");
    QCOMPARE(second.result().payload, "to second");
}

namespace {
class Taste final : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        if (payload != "bad")
            return std::nullopt;
        return Failure{u"bad"_s, {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }
};
} // namespace

void tst_NestedLoops::refusedFrameIsNothingToTheNextSession_data()
{
    QTest::addColumn<bool>("answers");
    QTest::newRow("a request") << true;
    QTest::newRow("an answer") << false;
}

void tst_NestedLoops::refusedFrameIsNothingToTheNextSession()
{
    QFETCH(const bool, answers);
    openWithPolicy();
    Frames atServer;
    connect(m_server.get(), &Server::peerConnected, this, [&](Peer *peer) {
        connect(peer, &Peer::frameReceived, this, [&](quint16 channel, const QByteArray &frame) {
            atServer += {channel, frame};
        });
        if (!answers)
            peer->setRequestHandler(
                    [](const Request &request) { request.reply("to " + request.payload()); });
    });
    m_client->setValidator(std::make_shared<Taste>());
    if (answers)
        m_client->setRequestHandler([](const Request &request) { request.reply("answer"); });
    QFuture<Reply> first;
    bool isOver = false;
    connect(m_client.get(), &Peer::validationFailed, this, [&] {
        m_peer->abort();
        if (waitForSecondSession() && !answers)
            first = m_client->request("first");
        isOver = true;
    });
    QVERIFY(!m_peer->send(Channel::Command, "bad"));
    QTRY_VERIFY_WITH_TIMEOUT(isOver && m_peer, Patience);
    if (answers)
        first = m_peer->request("first");
    QTRY_VERIFY_WITH_TIMEOUT(first.isFinished(), Patience);
    QCOMPARE(first.result().payload, answers ? "answer" : "to first");
    QVERIFY(atServer.isEmpty()); // No failure of a request that it hasn't made.
}

void tst_NestedLoops::pingsEndWithTheirSession()
{
    openWithPolicy();
    m_peer->setReceiving(false);
    const QFuture<PingReply> ping = m_client->ping(1h);
    bool wasFinished = false;
    QFuture<PingReply> next;
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        if (!waitForSecondSession())
            return;
        wasFinished = ping.isFinished();
        next = m_client->ping(1h);
    });
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(next.isValid() && next.isFinished(), Patience);
    QVERIFY(wasFinished);
    QCOMPARE(ping.result().error.code(), ErrorCode::Disconnected);
    QVERIFY(!next.result().error);
}

void tst_NestedLoops::destructorTellsNothingFromThere_data()
{
    QTest::addColumn<bool>("isAborted");
    QTest::newRow("open") << false;
    QTest::newRow("end not told yet") << true;
}

void tst_NestedLoops::destructorTellsNothingFromThere()
{
    QFETCH(const bool, isAborted);
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    open();
    Diary diary(m_client.get());
    bool hasWaited = false;
    m_client->request("x").then([&](const Reply &) {
        m_peer->send(Channel::Data, "too late");
        hasWaited = QTest::qWaitFor([&] { return !m_peer; }, Patience);
        QCoreApplication::processEvents();
    });
    if (isAborted)
        m_client->abort();
    m_client.reset();
    QVERIFY(hasWaited);
    QCOMPARE(diary.entries, QStringList());
}

QTEST_GUILESS_MAIN(tst_NestedLoops)
#include "tst_nestedloops.moc"
