// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace std::chrono_literals;

class tst_Peer : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void tellsItsStoryInOrder();
    void noSignalIsEmittedInsideACall();
    void sendsAndReceivesOnEveryNegotiatedChannel();
    void sendsJson();
    void largestPayloadBothWays();
    void sendRefusesWithTheReason();
    void queueIsBoundedAndTellsWhenThereIsRoom();
    void fullChannelLeavesRoomForOthers();

    void pingMeasuresARoundTrip();
    void pingWithoutASessionFails();
    void pingEndsWithTheSession();
    void endOfAPingMayCloseThePeer_data();
    void endOfAPingMayCloseThePeer();
    void endOfAPingMayPingAgain();
};

void tst_Peer::tellsItsStoryInOrder()
{
    Diary client(m_client.get());
    QCOMPARE(m_client->state(), Peer::State::Closed);
    m_client->connectToServer(m_endpoint);
    QCOMPARE(m_client->state(), Peer::State::Connecting);
    QTRY_VERIFY_WITH_TIMEOUT(m_peer && m_client->isOpen(), Patience);
    QCOMPARE(m_client->peerId(), u"peer-1"_s);
    QCOMPARE(m_peer->peerId(), u"peer-1"_s);
    QCOMPARE(m_client->channels(), QList<quint16>({1, 2, 3, 4}));
    QCOMPARE(m_client->protocolVersion(), u"1.0"_s);
    QVERIFY(m_client->credentials());
    QCOMPARE(m_client->credentials()->pid, qint64(QCoreApplication::applicationPid()));

    Diary server(m_peer);
    QVERIFY(!m_client->send(1, "hello"));
    m_client->close(u"done"_s);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    QCOMPARE(client.entries,
             QStringList({u"Connecting"_s, u"Handshaking"_s, u"Open"_s, u"connected"_s,
                          u"Closing"_s, u"Closed"_s, u"disconnected"_s}));
    QCOMPARE(client.reasons.first(), Error());
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
    QCOMPARE(server.entries, QStringList({u"frame"_s, u"Closing"_s, u"asked done"_s, u"Closed"_s,
                                          u"disconnected"_s}));
    QCOMPARE(server.reasons.first().code(), ErrorCode::ShutdownRequested);
}

void tst_Peer::noSignalIsEmittedInsideACall()
{
    Diary diary(m_client.get());
    m_client->connectToServer(m_endpoint);
    QVERIFY(diary.entries.isEmpty());
    m_client->abort();
    QVERIFY(diary.entries.isEmpty());
    m_client->connectToServer(Endpoint::fromPath(u"/nowhere/at/all"_s));
    QVERIFY(diary.entries.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 2, Patience);

    open();
    diary.entries.clear();
    m_client->close();
    QVERIFY(diary.entries.isEmpty());
    m_client->abort();
    QVERIFY(diary.entries.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 3, Patience);
}

void tst_Peer::sendsAndReceivesOnEveryNegotiatedChannel()
{
    const QList<quint16> channels = {1, 2, 3, 4, 7, 256, 4711, 65535};
    m_server->close();
    m_server->setChannels(channels);
    QVERIFY(!m_server->listen(m_endpoint));
    m_client->setRequestedChannels(channels);
    open();
    Diary client(m_client.get());
    Diary server(m_peer);
    Frames expected;
    for (const quint16 channel : channels) {
        for (const auto &payload : {QByteArray(), QByteArray("\0\xff", 2)}) {
            QVERIFY(!m_client->send(channel, payload));
            QVERIFY(!m_peer->send(channel, payload));
            expected.append({channel, payload});
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), expected.size(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), expected.size(), Patience);
    std::stable_sort(server.frames.begin(), server.frames.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    QCOMPARE(server.frames, expected);
}

void tst_Peer::sendsJson()
{
    open();
    Diary server(m_peer);
    QVERIFY(!m_client->sendJson(1, {{u"b"_s, 1}, {u"a"_s, u"x"_s}}));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, Frames({{1, R"({"a":"x","b":1})"}}), Patience);
}

void tst_Peer::largestPayloadBothWays()
{
    open();
    Diary client(m_client.get());
    Diary server(m_peer);
    const QByteArray largest(MaxPayloadSize, 'L');
    QVERIFY(!m_client->send(2, largest));
    QVERIFY(!m_peer->send(2, largest));
    QTRY_VERIFY_WITH_TIMEOUT(!client.frames.isEmpty() && !server.frames.isEmpty(), Patience);
    QVERIFY(client.frames.first().second == largest);
    QVERIFY(server.frames.first().second == largest);
}

void tst_Peer::sendRefusesWithTheReason()
{
    QCOMPARE(m_client->send(1, "x").code(), ErrorCode::NotConnected);
    open();
    Diary server(m_peer);
    QCOMPARE(m_client->send(9, "x"),
             Error(ErrorCode::UnsupportedChannel,
                   u"channel 9 was not requested by this side: see setRequestedChannels(), before "
                   "connecting (negotiated: 1, 2, 3, 4)"_s));
    QCOMPARE(m_client->send(0, "x").code(), ErrorCode::UnsupportedChannel);
    QCOMPARE(m_client->send(1, QByteArray(MaxPayloadSize + 1, 'x')),
             Error(ErrorCode::PayloadTooLarge,
                   u"payload too large (16777217 bytes, max 16777216)"_s));
    QVERIFY(!m_client->send(1, "unharmed"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, Frames({{1, "unharmed"}}), Patience);
    m_client->close();
    QCOMPARE(m_client->send(1, "x").code(), ErrorCode::NotConnected);
}

void tst_Peer::queueIsBoundedAndTellsWhenThereIsRoom()
{
    open();
    m_peer->setReceiving(false);
    m_client->setSendWaterMarks(1'000'000, 250'000);
    QSignalSpy ready(m_client.get(), &Peer::readyToSend);
    Diary server(m_peer);
    int accepted = 0;
    Error error;
    // The system's buffers take some, too, so it needs turns of the event loop to fill up.
    QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                while (!(error = m_client->send(2, QByteArray(10'000, 'q'))))
                    ++accepted;
                return error.code() == ErrorCode::QueueFull && m_client->bytesQueued() >= 1'000'000;
            }(),
            Patience);
    // One frame over the mark, and what a QLocalSocket holds of its own.
    QVERIFY(m_client->bytesQueued() <= 1'000'000 + 10'008 + 128 * 1024);
    QVERIFY2(error.message().contains("high-water mark 1000000"_L1), qPrintable(error.message()));
    ready.clear();
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), Patience);
    QVERIFY(!m_client->send(2, "again"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), accepted + 1, Patience);
    QCOMPARE(server.frames.last().second, "again");
}

void tst_Peer::fullChannelLeavesRoomForOthers()
{
    open();
    m_peer->setReceiving(false);
    m_client->setSendWaterMarks(1'000'000, 0);
    QSignalSpy ready(m_client.get(), &Peer::readyToSend);
    Diary server(m_peer);
    QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                while (!m_client->send(Channel::Data, QByteArray(10'000, 'q'))) {
                }
                return m_client->bytesQueued(Channel::Data) >= 1'000'000;
            }(),
            Patience);
    QVERIFY(!m_client->send(Channel::Command, "c"));
    QVERIFY(!m_client->send(Channel::Telemetry, QByteArray(2'000'000, 't')));
    QCOMPARE(m_client->send(Channel::Telemetry, "t").code(), ErrorCode::QueueFull);
    QCOMPARE(m_client->bytesQueued(Channel::Command), 8 + 1);
    QVERIFY(m_client->bytesQueued(Channel::Telemetry) >= 2'000'000);
    m_peer->setReceiving(true);
    // Each channel is announced once.
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 2, Patience);
    QCOMPARE_NE(ready.at(0).at(0), ready.at(1).at(0));
    QTRY_COMPARE_WITH_TIMEOUT(m_client->bytesQueued(), 0, Patience);
    QCOMPARE(ready.size(), 2);
}

void tst_Peer::pingMeasuresARoundTrip()
{
    open();
    QFuture<PingReply> there = m_client->ping();
    QFuture<PingReply> back = m_peer->ping();
    QTRY_VERIFY_WITH_TIMEOUT(there.isFinished() && back.isFinished(), Patience);
    for (const PingReply &reply : {there.result(), back.result()}) {
        QVERIFY2(!reply.error, qPrintable(reply.error.message()));
        QVERIFY(reply.roundTripTime > 0ns);
    }
    // The future is Qt's own, continuations included.
    bool continued = false;
    m_client->ping().then(this, [&](const PingReply &reply) { continued = !reply.error; });
    QTRY_VERIFY_WITH_TIMEOUT(continued, Patience);
}

void tst_Peer::pingWithoutASessionFails()
{
    const QFuture<PingReply> future = m_client->ping();
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().error.code(), ErrorCode::NotConnected);
}

void tst_Peer::pingEndsWithTheSession()
{
    open();
    m_peer->setReceiving(false); // So that there is no answer.
    const QFuture<PingReply> timedOut = m_client->ping(1ms);
    QTRY_VERIFY_WITH_TIMEOUT(timedOut.isFinished(), Patience);
    QCOMPARE(timedOut.result().error.code(), ErrorCode::Timeout);

    const QFuture<PingReply> cut = m_client->ping(1h);
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(cut.isFinished(), Patience);
    QCOMPARE(cut.result().error.code(), ErrorCode::Disconnected);

    open();
    m_peer->setReceiving(false);
    const QFuture<PingReply> orphaned = m_client->ping(1h);
    m_client.reset();
    QVERIFY(orphaned.isFinished());
    QCOMPARE(orphaned.result().error.code(), ErrorCode::Cancelled);
}

void tst_Peer::endOfAPingMayCloseThePeer_data()
{
    QTest::addColumn<bool>("atOnce");
    QTest::addRow("close") << false;
    QTest::addRow("abort") << true;
}

void tst_Peer::endOfAPingMayCloseThePeer()
{
    QFETCH(bool, atOnce);
    open();
    Diary client(m_client.get());
    m_peer->setReceiving(false);
    bool ended = false;
    m_client->ping(1h).then(m_client.get(), [&](const PingReply &) {
        if (atOnce)
            m_client->abort();
        else
            m_client->close();
        ended = true;
    });
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(ended && !client.reasons.isEmpty(), Patience);
    QTest::qWait(1);
    QCOMPARE(client.reasons.size(), 1);
    QCOMPARE(client.reasons.first().code(), ErrorCode::Disconnected);
}

void tst_Peer::endOfAPingMayPingAgain()
{
    open();
    m_peer->setReceiving(false);
    int again = 0;
    m_client->ping(1h).then([&again, client = m_client.get()](const PingReply &) {
        const QFuture<PingReply> second = client->ping(1h);
        again += second.isFinished();
    });
    m_client.reset();
    QCOMPARE(again, 1);
}

QTEST_GUILESS_MAIN(tst_Peer)
#include "tst_peer.moc"
