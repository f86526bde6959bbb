// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "descriptors.h"
#include "peertest.h"
#include "rawsocket.h"

#include <IpcPrims/turntime.h>

#include <QtCore/qeventloop.h>
#include <QtCore/qfuture.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <thread>

using namespace std::chrono_literals;

class tst_PeerEnd : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void closeSendsEverythingFirst();
    void closeOfBothSidesAtOnce();
    void closeWithoutASessionIsAnAbort();
    void otherSideLearnsTheReason();
    void abortIsReportedOnce();
    void everythingThatArrivedIsDeliveredBeforeTheDisconnect();
    void lastWordsAreReceivedAfterAFailedWrite();

    void pausedPeerReceivesLater();
    void pausedPeerNoticesAPlainClose();
    void pauseInsideAHandlerTakesEffectAtOnce();
    void pausedPeerWithAFullQueueLearnsOfTheEnd();
    void lossOfQueuedFramesIsTold();
    void pausedPeerCanBeClosed();
    void unreadAnswersAreBounded();

    void handlerMayDeleteThePeer_data();
    void handlerMayDeleteThePeer();

    void sessionEndsWithAThreadThatIsNotOfQt();
};

void tst_PeerEnd::closeSendsEverythingFirst()
{
    open();
    Diary client(m_client.get());
    Diary server(m_peer);
    const QByteArray block(1'000'000, 'b');
    for (int i = 0; i < 10; ++i)
        QVERIFY(!m_client->send(2, block));
    for (int i = 0; i < 1000; ++i)
        QVERIFY(!m_client->send(1, QByteArray::number(i)));
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons, QList<Error>({Error()}), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.frames.size(), 1010);
}

void tst_PeerEnd::closeOfBothSidesAtOnce()
{
    open();
    const qsizetype descriptors = openDescriptors().size();
    for (int i = 0; i < 1000; ++i) {
        Diary client(m_client.get());
        Diary server(m_peer);
        QSignalSpy clientEnd(m_client.get(), &Peer::disconnected);
        QSignalSpy serverEnd(m_peer, &Peer::disconnected);
        QVERIFY(!m_client->send(1, "last word"));
        QVERIFY(!m_peer->send(1, "last word"));
        // Neither has heard of the other's wish: that takes a turn of the event loop.
        m_client->close();
        m_peer->close();
        QVERIFY(!clientEnd.isEmpty() || clientEnd.wait(Patience));
        QVERIFY(!serverEnd.isEmpty() || serverEnd.wait(Patience));
        QCOMPARE(client.reasons, QList<Error>({Error()}));
        QCOMPARE(server.reasons, QList<Error>({Error()}));
        QCOMPARE(client.frames, Frames({{1, "last word"}}));
        QCOMPARE(server.frames, Frames({{1, "last word"}}));

        QSignalSpy connected(m_client.get(), &Peer::connected);
        m_client->connectToServer(m_endpoint);
        QVERIFY(connected.wait(Patience));
        QVERIFY(m_peer && m_peer->isOpen());
    }
    QTRY_COMPARE_WITH_TIMEOUT(openDescriptors().size(), descriptors, Patience);
}

void tst_PeerEnd::closeWithoutASessionIsAnAbort()
{
    Diary diary(m_client.get());
    m_client->close();
    m_client->connectToServer(m_endpoint);
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons, QList<Error>({Error()}), Patience);
    QCOMPARE(m_client->state(), Peer::State::Closed);
    QVERIFY(!diary.entries.contains(u"connected"_s));
}

void tst_PeerEnd::otherSideLearnsTheReason()
{
    open();
    Diary client(m_client.get());
    m_peer->close(u"going down \"now\"\n"_s);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    QVERIFY(client.entries.contains(u"asked going down \"now\"\n"_s));
    QCOMPARE(client.reasons.first().code(), ErrorCode::ShutdownRequested);
    QCOMPARE(m_client->disconnectReason(), client.reasons.first());
}

void tst_PeerEnd::abortIsReportedOnce()
{
    open();
    Diary client(m_client.get());
    Diary server(m_peer);
    m_client->abort();
    m_client->abort();
    QCOMPARE(m_client->state(), Peer::State::Closed);
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.reasons.first().code(), ErrorCode::Disconnected);
    QCOMPARE(client.reasons, QList<Error>({Error()}));
}

void tst_PeerEnd::everythingThatArrivedIsDeliveredBeforeTheDisconnect()
{
    open();
    Diary server(m_peer);
    for (int i = 0; i < 500; ++i)
        QVERIFY(!m_client->send(1, QByteArray::number(i)));
    m_client->flush();
    QCOMPARE(m_client->bytesQueued(), 0);
    m_client.reset(); // Without a word.
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.frames.size(), 500);
    QCOMPARE(server.entries.last(), u"disconnected"_s);
}

void tst_PeerEnd::lastWordsAreReceivedAfterAFailedWrite()
{
    RawSocket raw = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(raw.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[1]})"));
    QVERIFY(raw.readFrame());
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    Diary server(m_peer);
    QVERIFY(raw.writeFrame(1, "last words"));
    raw.close();
    // Before the event loop has had a chance to read them.
    for (int i = 0; i < 10; ++i) {
        if (m_peer->send(1, QByteArray(1000, 'x')))
            break;
        m_peer->flush();
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.frames, Frames({{1, "last words"}}));
}

void tst_PeerEnd::pausedPeerReceivesLater()
{
    open();
    Diary server(m_peer);
    m_peer->setReceiving(false);
    QVERIFY(!m_peer->isReceiving());
    for (int i = 0; i < 100; ++i)
        QVERIFY(!m_client->send(1, "x"));
    const QFuture<PingReply> proof = m_peer->ping(1h); // A round trip that ends after the pause.
    QTRY_COMPARE_WITH_TIMEOUT(m_client->bytesQueued(), 0, Patience); // They are on their way.
    QTest::qWait(1);
    QVERIFY(server.frames.isEmpty());
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(proof.isFinished(), Patience);
    QCOMPARE(server.frames.size(), 100);
}

void tst_PeerEnd::pausedPeerNoticesAPlainClose()
{
    open();
    Diary server(m_peer);
    m_peer->setReceiving(false);
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
}

void tst_PeerEnd::pauseInsideAHandlerTakesEffectAtOnce()
{
    open();
    Diary server(m_peer);
    connect(m_peer, &Peer::frameReceived, this, [this] { m_peer->setReceiving(false); });
    for (int i = 0; i < 10; ++i)
        QVERIFY(!m_client->send(1, QByteArray::number(i)));
    for (int i = 0; i < 10; ++i) {
        QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), i + 1, Patience);
        QTest::qWait(1);
        QCOMPARE(server.frames.size(), i + 1);
        QVERIFY(!m_peer->isReceiving());
        m_peer->setReceiving(true);
    }
}

void tst_PeerEnd::pausedPeerWithAFullQueueLearnsOfTheEnd()
{
    // An echo whose client writes, never reads, and is killed.
    RawSocket raw = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(raw.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[2]})"));
    QVERIFY(raw.readFrame());
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    Diary server(m_peer);
    connect(m_peer, &Peer::readyToSend, this, [this] { m_peer->setReceiving(true); });
    while (!m_peer->send(2, QByteArray(1'000'000, 'e'))) {
    }
    m_peer->setReceiving(false);
    QVERIFY(raw.writeFrame(2, "unread"));
    raw.close();
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.frames, Frames({{2, "unread"}}));
}

void tst_PeerEnd::lossOfQueuedFramesIsTold()
{
    open();
    Diary client(m_client.get());
    m_peer->setReceiving(false);
    QVERIFY(!m_client->send(2, QByteArray(8'000'000, 'l')));
    QVERIFY(m_client->bytesQueued() > 0);
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    QCOMPARE(client.reasons.first().code(), ErrorCode::Disconnected);
    QVERIFY2(client.reasons.first().message().contains("accepted frames were not sent"_L1),
             qPrintable(client.reasons.first().message()));
    QCOMPARE(m_client->disconnectReason(), client.reasons.first());
}

void tst_PeerEnd::pausedPeerCanBeClosed()
{
    open();
    Diary server(m_peer);
    m_peer->setReceiving(false);
    QVERIFY(!m_client->send(1, "before the end"));
    m_client->flush();
    m_peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons, QList<Error>({Error()}), Patience);
    QCOMPARE(server.frames, Frames({{1, "before the end"}}));
}

void tst_PeerEnd::unreadAnswersAreBounded()
{
    RawSocket raw = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(raw.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[1]})"));
    QVERIFY(raw.readFrame());
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    Diary server(m_peer);
    QByteArray round;
    for (int i = 0; i < 250; ++i)
        round += RawSocket::frame(0, R"({"type":"shutdown_request"})");
    round += RawSocket::frame(1, {}); // So that it is no flood of control frames in a row.
    for (int i = 0; i < 400 && raw.write(round); ++i) {
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.reasons.first().code(), ErrorCode::ProtocolViolation);
    QVERIFY2(server.reasons.first().message().contains("answers unread"_L1),
             qPrintable(server.reasons.first().message()));
}

void tst_PeerEnd::handlerMayDeleteThePeer_data()
{
    QTest::addColumn<QByteArray>("signal");
    for (const char *signal :
         {"stateChanged", "connected", "frameReceived", "shutdownRequested", "disconnected"})
        QTest::addRow("%s", signal) << QByteArray(signal);
}

void tst_PeerEnd::handlerMayDeleteThePeer()
{
    QFETCH(QByteArray, signal);
    QPointer<Peer> client = new Peer;
    const auto destroy = [client] { delete client.data(); };
    if (signal == "stateChanged")
        connect(client, &Peer::stateChanged, this, destroy);
    else if (signal == "connected")
        connect(client, &Peer::connected, this, destroy);
    else if (signal == "frameReceived")
        connect(client, &Peer::frameReceived, this, destroy);
    else if (signal == "shutdownRequested")
        connect(client, &Peer::shutdownRequested, this, destroy);
    else
        connect(client, &Peer::disconnected, this, destroy);
    connect(m_server.get(), &Server::peerConnected, this, [](Peer *peer) {
        for (int i = 0; i < 3; ++i)
            QVERIFY(!peer->send(1, "x"));
        peer->close();
    });
    client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(!client, Patience);

    // The server is unharmed.
    disconnect(m_server.get(), &Server::peerConnected, nullptr, nullptr);
    connect(m_server.get(), &Server::peerConnected, this, [this](Peer *peer) { m_peer = peer; });
    open();
}

// Whose own objects, of the library and of the application, go before the peer learns of it.
void tst_PeerEnd::sessionEndsWithAThreadThatIsNotOfQt()
{
    std::unique_ptr<Peer> peer;
    QList<Error> reasons;
    QFuture<Reply> request;
    std::atomic<bool> isOver = false;
    std::thread thread([&] {
        setTurnTime(0us);
        peer = std::make_unique<Peer>();
        connect(peer.get(), &Peer::disconnected, peer.get(),
                [&](const Error &reason) { reasons.append(reason); });
        QEventLoop loop;
        connect(peer.get(), &Peer::connected, &loop, &QEventLoop::quit);
        peer->connectToServer(m_endpoint);
        loop.exec();
        request = peer->request("x", 1h);
        isOver = true;
    });
    QTRY_VERIFY_WITH_TIMEOUT(isOver, Patience);
    thread.join();
    QCOMPARE(peer->state(), Peer::State::Closed);
    QCOMPARE(reasons.size(), 1);
    QCOMPARE(reasons[0].code(), ErrorCode::Cancelled);
    QVERIFY(request.isFinished());
}

QTEST_GUILESS_MAIN(tst_PeerEnd)
#include "tst_peer_end.moc"
