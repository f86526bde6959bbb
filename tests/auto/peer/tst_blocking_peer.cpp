// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"

#include "rawsocket.h"

#include <QtTest/qtest.h>

#include <vector>

#include <sys/socket.h>

/// Two blocking peers, each in a thread.
class tst_BlockingPeer : public BlockingTest
{
    Q_OBJECT

private Q_SLOTS:
    void bothEndsKnowTheSession();
    void peerCanBeMoved();
    void tokenIsTakenOnce();
    void connectingTellsWhyItFailed();
    void settingsThatCannotWorkAreRefusedAtOnce();
    void connectingAgainEndsTheOldSession();

    void requestIsAnswered();
    void pingIsAnsweredByAReceiver();
    void largestPayload();
    void bufferHoldsExactly16MiB_data();
    void bufferHoldsExactly16MiB();

    void cancelEndsACall_data();
    void cancelEndsACall();
    void cancelEndsConnecting();
    void cancelIsRememberedUntilCleared();

    void shutdownAndReceiverAgree();
    void bothSidesShutDownAtOnce();
    void abortIsADisconnect();
};

void tst_BlockingPeer::bothEndsKnowTheSession()
{
    m_client.setRequestedChannels({300, 2, 1});
    m_listener->close();
    m_listener->setChannels({1, 2, 3, 300});
    QVERIFY(!m_listener->listen(m_endpoint));
    open();
    for (const BlockingPeer *peer : {&m_client, &m_server}) {
        QCOMPARE(peer->state(), BlockingPeer::State::Open);
        QCOMPARE(peer->channels(), (QList<quint16>{300, 2, 1}));
        QCOMPARE(peer->peerId(), u"peer-1"_s);
        QCOMPARE(peer->protocolVersion(), u"1.0"_s);
        QVERIFY(peer->credentials());
        QCOMPARE(peer->credentials()->pid, ::getpid());
        QCOMPARE(peer->credentials()->uid, ::geteuid());
    }
}

void tst_BlockingPeer::peerCanBeMoved()
{
    open();
    BlockingPeer moved = std::move(m_client);
    QVERIFY(!moved.send(Channel::Data, "one"));
    std::vector<BlockingPeer> peers;
    peers.push_back(std::move(moved));
    Background other([peer = std::make_shared<BlockingPeer>(std::move(peers.front()))] {
        static_cast<void>(peer->send(Channel::Data, "two"));
    });
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame.payload, "two"_ba);
    QCOMPARE(m_server.receive(&frame).code(), ErrorCode::Disconnected);
}

void tst_BlockingPeer::tokenIsTakenOnce()
{
    m_client.setAuthToken("secret");
    open();
    QCOMPARE(m_server.takeAuthToken(), std::optional("secret"_ba));
    QVERIFY(!m_server.takeAuthToken());
    QVERIFY(!m_client.takeAuthToken());
}

void tst_BlockingPeer::connectingTellsWhyItFailed()
{
    Frame frame;
    QCOMPARE(m_client.receive(&frame).code(), ErrorCode::NotConnected);
    QCOMPARE(m_client.send(1, "x").code(), ErrorCode::NotConnected);
    QCOMPARE(m_client.ping().error.code(), ErrorCode::NotConnected);
    QCOMPARE(m_client.shutdown().code(), ErrorCode::NotConnected);
    QCOMPARE(m_client.connectToServer(Endpoint()).code(), ErrorCode::InvalidEndpoint);
    const Endpoint nowhere = Endpoint::fromPath(m_directory->filePath(u"nowhere"_s));
    QCOMPARE(m_client.connectToServer(nowhere).code(), ErrorCode::NotFound);
    QCOMPARE(m_client.connectOver(-1).code(), ErrorCode::InvalidArgument);

    // Nobody accepts, so the hello is not answered.
    m_client.setConnectTimeout(1ms);
    const Error silence = m_client.connectToServer(m_endpoint);
    QCOMPARE(silence.code(), ErrorCode::Timeout);
    QVERIFY2(silence.message().contains(u"handshake"), qPrintable(silence.message()));

    QVERIFY(!m_listener->accept(&m_server)); // To find that one gone.
    m_client.setConnectTimeout(5s);
    m_client.setRequestedChannels({500});
    Background accepting([&] { static_cast<void>(m_listener->accept(&m_server)); });
    QCOMPARE(m_client.connectToServer(m_endpoint).code(), ErrorCode::HandshakeRefused);
    m_listener->cancel();
}

void tst_BlockingPeer::settingsThatCannotWorkAreRefusedAtOnce()
{
    m_client.setRequestedChannels({0, 1});
    QCOMPARE(m_client.connectToServer(m_endpoint).code(), ErrorCode::ChannelsRefused);
    m_client.setRequestedChannels({1});
    m_client.setAuthToken(QByteArray(MaxAuthTokenSize + 1, 't'));
    QCOMPARE(m_client.connectToServer(m_endpoint).code(), ErrorCode::AuthTokenInvalid);
}

void tst_BlockingPeer::connectingAgainEndsTheOldSession()
{
    open();
    QVERIFY(!m_server.send(Channel::Data, "of the first session"));
    BlockingPeer first = std::move(m_server);
    m_server = BlockingPeer();
    open();
    Frame frame;
    QCOMPARE(first.receive(&frame).code(), ErrorCode::Disconnected);
    QCOMPARE(m_client.peerId(), u"peer-2"_s);
    QCOMPARE(m_client.receive(&frame, 0ms).code(), ErrorCode::Timeout);
}

void tst_BlockingPeer::requestIsAnswered()
{
    open();
    Background answering([&] {
        Frame frame;
        while (!m_server.receive(&frame))
            static_cast<void>(m_server.send(frame.channel, frame.payload.toUpper()));
    });
    for (int i = 0; i < 100; ++i) {
        const Reply reply = m_client.request("question " + QByteArray::number(i));
        QVERIFY(!reply.error);
        QCOMPARE(reply.payload, "QUESTION " + QByteArray::number(i));
    }
    QVERIFY(!m_client.shutdown());
}

void tst_BlockingPeer::pingIsAnsweredByAReceiver()
{
    open();
    Background answering([&] {
        Frame frame;
        static_cast<void>(m_server.receive(&frame));
    });
    for (int i = 0; i < 3; ++i) {
        const PingReply reply = m_client.ping();
        QVERIFY2(!reply.error, qPrintable(reply.error.message()));
        QVERIFY(reply.roundTripTime > 0ns);
    }
    QVERIFY(!m_client.send(Channel::Data, "thank you"));
}

void tst_BlockingPeer::largestPayload()
{
    open();
    const QByteArray payload(MaxPayloadSize, 'p');
    Error sent;
    Background sending([&] { sent = m_client.send(Channel::Data, payload); });
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QVERIFY(frame.payload == payload);
    sending.join();
    QVERIFY(!sent);
}

void tst_BlockingPeer::bufferHoldsExactly16MiB_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("all of it") << qsizetype(16'777'208) << ErrorCode::NoError;
    QTest::newRow("one byte more") << qsizetype(16'777'209) << ErrorCode::BufferFull;
}

void tst_BlockingPeer::bufferHoldsExactly16MiB()
{
    QFETCH(qsizetype, size);
    open();
    Background sending([&] {
        static_cast<void>(m_client.send(Channel::Data, QByteArray(size, 'p')));
        static_cast<void>(m_client.send(Channel::Command, "c"));
    });
    Frame frame;
    QTEST(m_server.receiveOn(Channel::Command, &frame).code(), "code");
    if (frame.channel != Channel::Command)
        QVERIFY(!m_server.receiveOn(Channel::Command, &frame));
}

void tst_BlockingPeer::cancelEndsACall_data()
{
    using Call = std::function<Error(BlockingPeer *)>;
    QTest::addColumn<Call>("call");
    const auto never = BlockingPeer::NoTimeout;
    QTest::newRow("receive") << Call([never](BlockingPeer *peer) {
        Frame frame;
        return peer->receive(&frame, never);
    });
    QTest::newRow("receiveOn") << Call([never](BlockingPeer *peer) {
        Frame frame;
        return peer->receiveOn(3, &frame, never);
    });
    QTest::newRow("request") << Call(
            [never](BlockingPeer *peer) { return peer->request("?", never).error; });
    QTest::newRow("ping") << Call([never](BlockingPeer *peer) { return peer->ping(never).error; });
    QTest::newRow("shutdown") << Call(
            [never](BlockingPeer *peer) { return peer->shutdown({}, never); });
}

void tst_BlockingPeer::cancelEndsACall()
{
    QFETCH(std::function<Error(BlockingPeer *)>, call);
    open();
    Error error;
    Background calling([&] { error = call(&m_client); });
    calling.waitUntilAsleep();
    QVERIFY(!calling.isDone());
    m_client.cancel();
    calling.join();
    QCOMPARE(error.code(), ErrorCode::Cancelled);
    if (QTest::currentDataTag() == "shutdown"_ba) {
        QCOMPARE(m_client.state(), BlockingPeer::State::Closed);
        return;
    }
    m_client.clearCancellation();
    QVERIFY(!m_server.send(Channel::Data, "still here"));
    Frame frame;
    QVERIFY(!m_client.receive(&frame));
    QCOMPARE(frame.payload, "still here"_ba);
    QCOMPARE(m_client.receive(&frame, 1ms).code(), ErrorCode::Timeout);
}

void tst_BlockingPeer::cancelEndsConnecting()
{
    // A server that never says a word.
    const QString path = m_directory->filePath(u"silent"_s);
    const RawListener silent(path);
    Error error;
    Background connecting([&] {
        m_client.setConnectTimeout(1h);
        error = m_client.connectToServer(Endpoint::fromPath(path));
    });
    connecting.waitUntilAsleep();
    m_client.cancel();
    connecting.join();
    QCOMPARE(error.code(), ErrorCode::Cancelled);
    QCOMPARE(m_client.state(), BlockingPeer::State::Closed);
}

void tst_BlockingPeer::cancelIsRememberedUntilCleared()
{
    open();
    QVERIFY(!m_server.send(Channel::Data, "kept"));
    m_client.cancel();
    Frame frame;
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(m_client.receive(&frame).code(), ErrorCode::Cancelled);
        QCOMPARE(m_client.send(Channel::Data, "x").code(), ErrorCode::Cancelled);
        QCOMPARE(m_client.flush().code(), ErrorCode::Cancelled);
        QCOMPARE(m_client.ping().error.code(), ErrorCode::Cancelled);
    }
    m_client.clearCancellation();
    QVERIFY(!m_client.receive(&frame));
    QCOMPARE(frame.payload, "kept"_ba);
    m_client.cancel();
    QCOMPARE(m_client.connectToServer(m_endpoint).code(), ErrorCode::Cancelled);
}

void tst_BlockingPeer::shutdownAndReceiverAgree()
{
    open();
    for (int i = 0; i < 100; ++i)
        QVERIFY(!m_client.send(Channel::Data, QByteArray::number(i)));
    Error shutdown;
    Background ending([&] { shutdown = m_client.shutdown(u"done"_s); });
    Frame frame;
    for (int i = 0; i < 100; ++i) {
        QVERIFY(!m_server.receive(&frame));
        QCOMPARE(frame.payload, QByteArray::number(i));
    }
    const Error end = m_server.receive(&frame);
    QCOMPARE(end.code(), ErrorCode::ShutdownRequested);
    QVERIFY(end.message().contains(u"done"));
    ending.join();
    QVERIFY2(!shutdown, qPrintable(shutdown.message()));
    QVERIFY(!m_client.shutdown()); // It is over already, in order.
}

void tst_BlockingPeer::bothSidesShutDownAtOnce()
{
    for (int i = 0; i < 1000; ++i) {
        open();
        Error other;
        Background ending([&] { other = m_server.shutdown(); });
        const Error own = m_client.shutdown();
        ending.join();
        QVERIFY2(!own, qPrintable(own.message()));
        QVERIFY2(!other, qPrintable(other.message()));
    }
}

void tst_BlockingPeer::abortIsADisconnect()
{
    open();
    QVERIFY(!m_client.send(Channel::Data, "last"));
    m_client.abort();
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(m_server.receive(&frame).code(), ErrorCode::Disconnected);
    QCOMPARE(m_client.receive(&frame).code(), ErrorCode::NotConnected);
}

QTEST_APPLESS_MAIN(tst_BlockingPeer)
#include "tst_blocking_peer.moc"
