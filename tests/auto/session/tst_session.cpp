// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "side.h"

#include <QtTest/qtest.h>

#include <functional>

using namespace Qt::StringLiterals;

// Both sides after their handshake.
struct OpenPair
{
    OpenPair()
    {
        server.receive(client.takeSent());
        client.receive(server.takeSent());
    }

    // Carries control messages to and fro until there are no more.
    void exchange()
    {
        while (!client.sent.isEmpty() || !server.sent.isEmpty()) {
            if (!client.sent.isEmpty())
                server.receive(client.takeSent());
            if (!server.sent.isEmpty())
                client.receive(server.takeSent());
        }
    }

    Side client{Session::Role::Client};
    Side server{Session::Role::Server};
};

class tst_Session : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handshakeOpensBothSides();
    void handshakeHasOneDeadlineInAll();
    void handshakeLimitIsSmallerThanTheSessions();
    void tokenCanBeTakenOnce();
    void settingsThatCannotWorkAreRefusedBeforehand_data();
    void settingsThatCannotWorkAreRefusedBeforehand();

    void onlyNegotiatedChannelsAreDelivered();
    void controlFloodIsCountedInARow();
    void controlFloodIsForgottenAfterADataFrame();
    void slowPingsAreNoFlood();
    void awaitedPongsAreNoFlood();
    void controlHasItsOwnLimit();

    void pingIsAnswered();
    void latePongIsNotGivenToTheNextPing();
    void pingsThatAreNeverAnsweredAreBounded();
    void pingsEndWithTheSession();

    void shutdownIsAcknowledged();
    void bothSidesMayShutDownAtOnce();
    void shutdownWithoutAnswerTimesOut();
    void shutdownWaitsWhileTheQueueGetsShorter();
    void sideThatWasAskedWaitsForTheEndButNotForEver();
    void unsolicitedAcknowledgementIsIgnored();
    void sendErrorsSayWhy();

    void whatIsQueuedIsWrittenWhenTheOtherSideEndsTheSession_data();
    void whatIsQueuedIsWrittenWhenTheOtherSideEndsTheSession();
    void drainingWaitsWhileTheQueueGetsShorter();
    void ownEndDoesNotDrain();
};

void tst_Session::handshakeOpensBothSides()
{
    OpenPair pair;
    QCOMPARE(pair.client.session.state(), Session::State::Open);
    QCOMPARE(pair.server.session.state(), Session::State::Open);
    QCOMPARE(pair.client.session.channels(), QList<quint16>({1, 2, 3, 4}));
    QCOMPARE(pair.client.session.protocolVersion(), "1.0");
    QVERIFY(!pair.client.session.deadline());
}

void tst_Session::handshakeHasOneDeadlineInAll()
{
    for (const auto role : {Session::Role::Client, Session::Role::Server}) {
        Side side(role);
        QCOMPARE(*side.session.deadline(), side.now + 5s);
        side.wait(4999ms);
        QVERIFY(side.ended.isEmpty());
        side.wait(1ms);
        QCOMPARE(side.ended.size(), 1);
        QCOMPARE(side.ended.first().code(), ErrorCode::Timeout);
        QVERIFY(side.ended.first().message().contains("5000 ms"_L1));
        QVERIFY(!side.session.deadline());
    }
}

void tst_Session::handshakeLimitIsSmallerThanTheSessions()
{
    const PayloadLimits handshake
            = Side(Session::Role::Server).session.payloadLimits(PayloadLimits());
    QCOMPARE(handshake, PayloadLimits(MaxHandshakePayloadSize));
    const PayloadLimits open = OpenPair().server.session.payloadLimits(PayloadLimits());
    QCOMPARE(open.common(), MaxPayloadSize);
    QCOMPARE(open.of(Channel::Control), MaxControlPayloadSize);
}

void tst_Session::tokenCanBeTakenOnce()
{
    SessionSettings settings;
    settings.authToken = "secret";
    Side client(Session::Role::Client, settings);
    Side server(Session::Role::Server);
    server.receive(client.takeSent());
    QCOMPARE(server.session.takeAuthToken(), std::optional<QByteArray>("secret"));
    QCOMPARE(server.session.takeAuthToken(), std::nullopt);
}

void tst_Session::settingsThatCannotWorkAreRefusedBeforehand_data()
{
    QTest::addColumn<QList<quint16>>("channels");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<ErrorCode>("code");
    QList<quint16> many;
    for (int i = 1; i <= 257; ++i)
        many.append(quint16(i));
    const QList<quint16> one = {1};
    QTest::addRow("fine") << one << QByteArray("t") << ErrorCode::NoError;
    QTest::addRow("256 channels") << many.first(256) << QByteArray("t") << ErrorCode::NoError;
    QTest::addRow("257 channels") << many << QByteArray("t") << ErrorCode::ChannelsRefused;
    QTest::addRow("channel 0") << QList<quint16>({1, 0}) << QByteArray("t")
                               << ErrorCode::ChannelsRefused;
    QTest::addRow("no channel") << QList<quint16>() << QByteArray("t")
                                << ErrorCode::ChannelsRefused;
    QTest::addRow("longest token") << one << QByteArray(4096, 't') << ErrorCode::NoError;
    QTest::addRow("token too long") << one << QByteArray(4097, 't') << ErrorCode::AuthTokenInvalid;
    QTest::addRow("empty token") << one << QByteArray("") << ErrorCode::AuthTokenInvalid;
}

void tst_Session::settingsThatCannotWorkAreRefusedBeforehand()
{
    QFETCH(QList<quint16>, channels);
    QFETCH(QByteArray, token);
    QFETCH(ErrorCode, code);
    SessionSettings settings;
    settings.terms.channels = channels;
    settings.authToken = token;
    QCOMPARE(settings.validate().code(), code);
}

void tst_Session::onlyNegotiatedChannelsAreDelivered()
{
    OpenPair pair;
    Session &session = pair.server.session;
    QVERIFY(session.delivers(1));
    QVERIFY(session.delivers(4));
    QVERIFY(!session.delivers(0));
    QVERIFY(!session.delivers(5));
    QVERIFY(!session.delivers(63));
    QVERIFY(!session.delivers(64));
    QVERIFY(!session.delivers(65535));
    session.receive(9, "x", pair.server.now);
    pair.server.collect();
    QCOMPARE(pair.server.ended.size(), 1);
    QCOMPARE(pair.server.ended.first(),
             Error(ErrorCode::ProtocolViolation, u"received frame on unnegotiated channel 9"_s));
    QVERIFY(!session.delivers(1)); // Nothing more after the end.
}

void tst_Session::controlFloodIsCountedInARow()
{
    OpenPair pair;
    for (int i = 0; i < 256; ++i)
        pair.server.receive(R"({"type":"ping"})");
    QCOMPARE(pair.server.sent.size(), 256);
    QVERIFY(pair.server.ended.isEmpty());
    pair.server.receive(R"({"type":"ping"})");
    QCOMPARE(pair.server.sent.size(), 256);
    QCOMPARE(pair.server.ended.size(), 1);
    QVERIFY(pair.server.ended.first().message().contains("control frame flood detected"_L1));
}

void tst_Session::controlFloodIsForgottenAfterADataFrame()
{
    OpenPair pair;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 256; ++i)
            pair.server.receive(R"({"type":"pong"})");
        QVERIFY(pair.server.session.delivers(1));
    }
    QVERIFY(pair.server.ended.isEmpty());
}

void tst_Session::slowPingsAreNoFlood()
{
    OpenPair pair;
    for (int i = 0; i < 2000; ++i) {
        pair.server.receive(R"({"type":"ping"})");
        pair.server.wait(20ms); // 250 in 5 s, the most that goes on for ever
    }
    QVERIFY(pair.server.ended.isEmpty());
}

void tst_Session::awaitedPongsAreNoFlood()
{
    OpenPair pair;
    for (int i = 0; i < 1000; ++i) {
        pair.client.session.ping(pair.client.now, 5s);
        pair.client.receive(R"({"type":"pong"})");
    }
    QCOMPARE(pair.client.pings.size(), 1000);
    for (int i = 0; i < 256; ++i)
        pair.client.receive(R"({"type":"pong"})");
    QVERIFY(pair.client.ended.isEmpty());
    pair.client.receive(R"({"type":"pong"})");
    QCOMPARE(pair.client.ended.size(), 1);
}

void tst_Session::controlHasItsOwnLimit()
{
    PayloadLimits small(10);
    small.set(Channel::Control, 20);
    const PayloadLimits limits = OpenPair().server.session.payloadLimits(small);
    QCOMPARE(limits.of(1), 10);
    QCOMPARE(limits.of(Channel::Control), MaxControlPayloadSize);
    // The handshake doesn't ask the application.
    small.setCommon(MaxPayloadSize);
    const Side handshaking(Session::Role::Server);
    QCOMPARE(handshaking.session.payloadLimits(small), PayloadLimits(MaxHandshakePayloadSize));
}

void tst_Session::pingIsAnswered()
{
    OpenPair pair;
    const quint64 id = pair.client.session.ping(pair.client.now, 5s);
    pair.client.collect();
    pair.client.now += 3ms;
    pair.exchange();
    QCOMPARE(pair.client.pings.size(), 1);
    QCOMPARE(pair.client.pings.first().id, id);
    QVERIFY(!pair.client.pings.first().error);
    QCOMPARE(pair.client.pings.first().roundTripTime, std::chrono::nanoseconds(3ms));
    QVERIFY(!pair.client.session.deadline());
}

void tst_Session::latePongIsNotGivenToTheNextPing()
{
    OpenPair pair;
    Side &client = pair.client;
    client.session.ping(client.now, 100ms);
    client.wait(100ms);
    QCOMPARE(client.pings.size(), 1);
    QCOMPARE(client.pings.first().error.code(), ErrorCode::Timeout);

    const quint64 second = client.session.ping(client.now, 5s);
    client.collect();
    client.receive(R"({"type":"pong"})"); // The first one's, late.
    QCOMPARE(client.pings.size(), 1);
    client.now += 7ms;
    client.receive(R"({"type":"pong"})");
    QCOMPARE(client.pings.size(), 2);
    QCOMPARE(client.pings.last().id, second);
    QCOMPARE(client.pings.last().roundTripTime, std::chrono::nanoseconds(7ms));
}

void tst_Session::pingsThatAreNeverAnsweredAreBounded()
{
    OpenPair pair;
    for (int i = 0; i < 1100; ++i)
        pair.client.session.ping(pair.client.now, 1s);
    pair.client.collect();
    QCOMPARE(pair.client.sent.size(), 1024);
    QCOMPARE(pair.client.pings.size(), 76);
    QCOMPARE(pair.client.pings.first().error.code(), ErrorCode::QueueFull);
}

void tst_Session::pingsEndWithTheSession()
{
    OpenPair pair;
    pair.client.session.ping(pair.client.now, 5s);
    pair.client.session.streamEnded({}, pair.client.now);
    pair.client.collect();
    QCOMPARE(pair.client.pings.size(), 1);
    QCOMPARE(pair.client.pings.first().error.code(), ErrorCode::Disconnected);
    QCOMPARE(pair.client.ended.size(), 1);
}

void tst_Session::shutdownIsAcknowledged()
{
    OpenPair pair;
    pair.client.session.shutDown(u"enough"_s, pair.client.now);
    pair.client.collect();
    pair.exchange();
    QCOMPARE(pair.server.shutdownReasons, QStringList({u"enough"_s}));
    QCOMPARE(pair.client.ended, QList<Error>({Error()}));
    QVERIFY(pair.server.ended.isEmpty()); // It waits for the other side to close.
    pair.server.session.streamEnded({}, pair.client.now);
    pair.server.collect();
    QCOMPARE(pair.server.ended.size(), 1);
    QCOMPARE(pair.server.ended.first().code(), ErrorCode::ShutdownRequested);
    QVERIFY(pair.server.ended.first().message().contains("enough"_L1));
}

void tst_Session::bothSidesMayShutDownAtOnce()
{
    OpenPair pair;
    pair.client.session.shutDown({}, pair.client.now);
    pair.server.session.shutDown({}, pair.server.now);
    pair.client.collect();
    pair.server.collect();
    pair.exchange();
    QCOMPARE(pair.client.ended, QList<Error>({Error()}));
    QCOMPARE(pair.server.ended, QList<Error>({Error()}));
}

void tst_Session::shutdownWithoutAnswerTimesOut()
{
    OpenPair pair;
    pair.client.session.shutDown({}, pair.client.now);
    pair.client.collect();
    pair.client.wait(4999ms);
    QVERIFY(pair.client.ended.isEmpty());
    pair.client.wait(1ms);
    QCOMPARE(pair.client.ended.size(), 1);
    QCOMPARE(pair.client.ended.first().code(), ErrorCode::ShutdownFailed);
    QVERIFY(pair.client.ended.first().message().contains(
            "timed out waiting for shutdown acknowledgement"_L1));
}

void tst_Session::shutdownWaitsWhileTheQueueGetsShorter()
{
    OpenPair pair;
    pair.client.session.shutDown({}, pair.client.now);
    pair.client.collect();
    for (const qint64 left : {3000, 2000, 1000}) {
        pair.client.wait(5s, left);
        QVERIFY(pair.client.ended.isEmpty());
    }
    pair.client.wait(5s, 1000);
    QCOMPARE(pair.client.ended.size(), 1);
    QCOMPARE(pair.client.ended.first().code(), ErrorCode::ShutdownFailed);
}

void tst_Session::sideThatWasAskedWaitsForTheEndButNotForEver()
{
    OpenPair pair;
    pair.server.receive(R"({"type":"shutdown_request"})");
    QCOMPARE(pair.server.takeSent(), R"({"type":"shutdown_ack"})");
    QVERIFY(pair.server.session.delivers(1)); // What is on its way is still delivered.
    pair.server.receive(R"({"type":"shutdown_request"})");
    QCOMPARE(pair.server.takeSent(), R"({"type":"shutdown_ack"})");
    QCOMPARE(pair.server.shutdownReasons.size(), 1);
    pair.server.wait(5s);
    QCOMPARE(pair.server.ended.size(), 1);
    QCOMPARE(pair.server.ended.first().code(), ErrorCode::ShutdownRequested);
}

void tst_Session::unsolicitedAcknowledgementIsIgnored()
{
    OpenPair pair;
    pair.server.receive(R"({"type":"shutdown_ack"})");
    QVERIFY(pair.server.ended.isEmpty());
    QCOMPARE(pair.server.session.state(), Session::State::Open);
}

void tst_Session::sendErrorsSayWhy()
{
    Side handshaking(Session::Role::Client);
    QVERIFY(!handshaking.session.acceptsSend(1));
    QCOMPARE(handshaking.session.sendError(1).code(), ErrorCode::NotConnected);

    OpenPair pair;
    QVERIFY(pair.client.session.acceptsSend(1));
    QVERIFY(!pair.client.session.acceptsSend(9));
    QCOMPARE(pair.client.session.sendError(9),
             Error(ErrorCode::UnsupportedChannel,
                   u"channel 9 was not requested by this side: see setRequestedChannels(), before "
                   "connecting (negotiated: 1, 2, 3, 4)"_s));
    QVERIFY(!pair.client.session.acceptsSend(0));
    QCOMPARE(pair.client.session.sendError(0).code(), ErrorCode::UnsupportedChannel);

    pair.client.receive(R"({"type":"shutdown_request"})");
    QVERIFY(!pair.client.session.acceptsSend(1));
    QCOMPARE(pair.client.session.sendError(1).code(), ErrorCode::ShutdownRequested);
    pair.server.session.shutDown({}, pair.server.now);
    QCOMPARE(pair.server.session.sendError(1).code(), ErrorCode::NotConnected);
}

void tst_Session::whatIsQueuedIsWrittenWhenTheOtherSideEndsTheSession_data()
{
    using Act = std::function<void(Side &)>;
    QTest::addColumn<Act>("act");
    QTest::addColumn<ErrorCode>("code");
    const auto end = [](Side &side) { side.session.streamEnded({}, side.now); };
    QTest::addRow("end of the stream") << Act(end) << ErrorCode::Disconnected;
    QTest::addRow("bad frame") << Act([](Side &side) {
        side.session.streamEnded(Error(ErrorCode::BadMagic, u"bad"_s), side.now);
    }) << ErrorCode::BadMagic;
    QTest::addRow("bad channel") << Act([](Side &side) { side.session.receive(9, "x", side.now); })
                                 << ErrorCode::ProtocolViolation;
    QTest::addRow("bad message") << Act([](Side &side) { side.session.receive(0, "x", side.now); })
                                 << ErrorCode::ProtocolViolation;
    QTest::addRow("rejected") << Act([](Side &side) {
        side.session.reject(Error(ErrorCode::ProtocolViolation, u"too much"_s), side.now);
    }) << ErrorCode::ProtocolViolation;
    QTest::addRow("end after a request to shut down") << Act([end](Side &side) {
        side.receive(R"({"type":"shutdown_request"})");
        end(side);
    }) << ErrorCode::ShutdownRequested;
    QTest::addRow("end instead of an acknowledgement") << Act([end](Side &side) {
        side.session.shutDown({}, side.now);
        end(side);
    }) << ErrorCode::ShutdownFailed;
    QTest::addRow("acknowledgement") << Act([](Side &side) {
        side.session.shutDown({}, side.now);
        side.session.receive(0, R"({"type":"shutdown_ack"})", side.now);
    }) << ErrorCode::NoError;
}

void tst_Session::whatIsQueuedIsWrittenWhenTheOtherSideEndsTheSession()
{
    QFETCH(const std::function<void(Side &)>, act);
    QFETCH(const ErrorCode, code);
    OpenPair pair;
    Side &side = pair.server;
    side.isSlow = true;
    act(side);
    side.collect();
    QCOMPARE(side.session.state(), Session::State::Draining);
    QVERIFY(side.ended.isEmpty());
    QVERIFY(!side.session.acceptsSend(1));
    QVERIFY(!side.session.delivers(1));
    side.sent.clear();
    side.receive(R"({"type":"ping"})");
    QVERIFY(side.sent.isEmpty());
    side.session.drained();
    side.collect();
    QCOMPARE(side.ended.size(), 1);
    QCOMPARE(side.ended.first().code(), code);
    QCOMPARE(side.session.state(), Session::State::Ended);
}

void tst_Session::drainingWaitsWhileTheQueueGetsShorter()
{
    OpenPair pair;
    Side &side = pair.server;
    side.isSlow = true;
    side.session.streamEnded({}, side.now);
    side.wait(5s, 1000);
    side.wait(4999ms, 1000);
    side.wait(1ms, 999);
    QVERIFY(side.ended.isEmpty());
    side.wait(5s, 999);
    QCOMPARE(side.ended.size(), 1);
    QCOMPARE(side.ended.first().code(), ErrorCode::Disconnected);
}

void tst_Session::ownEndDoesNotDrain()
{
    OpenPair pair;
    pair.server.isSlow = true;
    pair.server.session.abandon(Error(ErrorCode::Timeout, u"unresponsive"_s));
    pair.server.collect();
    QCOMPARE(pair.server.ended.size(), 1);

    // An end of the handshake leaves nothing to be written, and is silent.
    Side shaking(Session::Role::Server);
    shaking.isSlow = true;
    shaking.session.streamEnded({}, shaking.now);
    shaking.collect();
    QCOMPARE(shaking.ended.size(), 1);
}

QTEST_APPLESS_MAIN(tst_Session)
#include "tst_session.moc"
