// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawsocket.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qdebug.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Frames = QList<std::pair<quint16, QByteArray>>;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// What a peer has told, in order.
class Diary : public QObject
{
    Q_OBJECT

public:
    explicit Diary(Peer *peer)
    {
        connect(peer, &Peer::stateChanged, this, [this](Peer::State state) {
            entries.append(QVariant::fromValue(state).toString());
        });
        connect(peer, &Peer::connected, this, [this] { entries.append(u"connected"_s); });
        connect(peer, &Peer::frameReceived, this,
                [this](quint16 channel, const QByteArray &payload) {
                    entries.append(u"frame"_s);
                    frames.append({channel, payload});
                });
        connect(peer, &Peer::shutdownRequested, this,
                [this](const QString &reason) { entries.append(u"asked "_s + reason); });
        connect(peer, &Peer::disconnected, this, [this](const Error &reason) {
            entries.append(u"disconnected"_s);
            reasons.append(reason);
        });
    }

    QStringList entries;
    Frames frames;
    QList<Error> reasons;
};

class tst_Peer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

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
    void reconnectingInTheDisconnectSlotDoesNotRecurse();
    void connectingAnewReplacesTheSession();
    void connectErrors_data();
    void connectErrors();
    void invalidSettingsAreToldWithoutConnecting();
    void settingsAreThoseOfTheTimeOfConnecting();
    void longTimeoutsMeanNever();
    void silentServerTimesOut();
    void tokenIsNeverPrinted();
    void overADeviceOfTheApplication();
    void overADeviceThatIsNotOpen();

private:
    /// Both ends of a session.
    void open();

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<Peer> m_client;
    QPointer<Peer> m_peer; // The server's end.
    Endpoint m_endpoint;
};

void tst_Peer::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    m_server = std::make_unique<Server>();
    m_client = std::make_unique<Peer>();
    connect(m_server.get(), &Server::peerConnected, this, [this](Peer *peer) { m_peer = peer; });
    const Error error = m_server->listen(m_endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
}

void tst_Peer::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_Peer::open()
{
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer && m_peer->isOpen(), Patience);
}

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
                   u"channel 9 not supported by peer (negotiated: 1, 2, 3, 4)"_s));
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

void tst_Peer::closeSendsEverythingFirst()
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

void tst_Peer::closeOfBothSidesAtOnce()
{
    for (int i = 0; i < 50; ++i) {
        open();
        Diary client(m_client.get());
        Diary server(m_peer);
        m_client->close();
        m_peer->close();
        QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size() + server.reasons.size(), 2, Patience);
        QCOMPARE(client.reasons.first(), Error());
        QCOMPARE(server.reasons.first(), Error());
    }
}

void tst_Peer::closeWithoutASessionIsAnAbort()
{
    Diary diary(m_client.get());
    m_client->close();
    m_client->connectToServer(m_endpoint);
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons, QList<Error>({Error()}), Patience);
    QCOMPARE(m_client->state(), Peer::State::Closed);
    QVERIFY(!diary.entries.contains(u"connected"_s));
}

void tst_Peer::otherSideLearnsTheReason()
{
    open();
    Diary client(m_client.get());
    m_peer->close(u"going down \"now\"\n"_s);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    QVERIFY(client.entries.contains(u"asked going down \"now\"\n"_s));
    QCOMPARE(client.reasons.first().code(), ErrorCode::ShutdownRequested);
    QCOMPARE(m_client->disconnectReason(), client.reasons.first());
}

void tst_Peer::abortIsReportedOnce()
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

void tst_Peer::everythingThatArrivedIsDeliveredBeforeTheDisconnect()
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

void tst_Peer::lastWordsAreReceivedAfterAFailedWrite()
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

void tst_Peer::pausedPeerReceivesLater()
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

void tst_Peer::pausedPeerNoticesAPlainClose()
{
    open();
    Diary server(m_peer);
    m_peer->setReceiving(false);
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(server.reasons.size(), 1, Patience);
}

void tst_Peer::pauseInsideAHandlerTakesEffectAtOnce()
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

void tst_Peer::pausedPeerWithAFullQueueLearnsOfTheEnd()
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

void tst_Peer::lossOfQueuedFramesIsTold()
{
    open();
    Diary client(m_client.get());
    m_peer->setReceiving(false);
    QVERIFY(!m_client->send(2, QByteArray(8'000'000, 'l')));
    QVERIFY(m_client->bytesQueued() > 0);
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    QCOMPARE(client.reasons.first().code(), ErrorCode::Disconnected);
    QVERIFY2(client.reasons.first().message().contains("queued bytes were not sent"_L1),
             qPrintable(client.reasons.first().message()));
    QCOMPARE(m_client->disconnectReason(), client.reasons.first());
}

void tst_Peer::pausedPeerCanBeClosed()
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

void tst_Peer::unreadAnswersAreBounded()
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

void tst_Peer::handlerMayDeleteThePeer_data()
{
    QTest::addColumn<QByteArray>("signal");
    for (const char *signal :
         {"stateChanged", "connected", "frameReceived", "shutdownRequested", "disconnected"})
        QTest::addRow("%s", signal) << QByteArray(signal);
}

void tst_Peer::handlerMayDeleteThePeer()
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

void tst_Peer::reconnectingInTheDisconnectSlotDoesNotRecurse()
{
    int depth = 0;
    int deepest = 0;
    int attempts = 0;
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        deepest = std::max(deepest, ++depth);
        if (++attempts < 200)
            m_client->connectToServer(Endpoint::fromPath(u"/nowhere/at/all"_s));
        --depth;
    });
    m_client->connectToServer(Endpoint::fromPath(u"/nowhere/at/all"_s));
    QTRY_COMPARE_WITH_TIMEOUT(attempts, 200, Patience);
    QCOMPARE(deepest, 1);
}

void tst_Peer::connectingAnewReplacesTheSession()
{
    open();
    const QPointer<Peer> first = m_peer;
    Diary client(m_client.get());
    m_client->connectToServer(m_endpoint);
    m_client->connectToServer(m_endpoint); // Replaces an attempt that has not begun.
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer != first && m_peer->isOpen(), Patience);
    QCOMPARE(client.reasons.size(), 1);
    QCOMPARE(client.reasons.first().code(), ErrorCode::Cancelled);
    QCOMPARE(client.entries, QStringList({u"Connecting"_s, u"disconnected"_s, u"Handshaking"_s,
                                          u"Open"_s, u"connected"_s}));
    QTRY_COMPARE_WITH_TIMEOUT(m_server->peers().size(), 1, Patience);
}

void tst_Peer::connectErrors_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<ErrorCode>("code");
    QTest::addRow("nothing there") << u"absent"_s << ErrorCode::NotFound;
    QTest::addRow("no directory") << u"none/absent"_s << ErrorCode::NotFound;
    QTest::addRow("nobody listens") << u"dead"_s << ErrorCode::ConnectionRefused;
    QTest::addRow("path too long") << QString(200, u'p') << ErrorCode::PathTooLong;
    QTest::addRow("a regular file") << u"file"_s << ErrorCode::ConnectionRefused;
}

void tst_Peer::connectErrors()
{
    QFETCH(QString, path);
    QFETCH(ErrorCode, code);
    QFile file(m_directory->filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    {
        // A socket whose process is gone: the file stays when the descriptor is closed.
        Server dead;
        QVERIFY(!dead.listen(Endpoint::fromPath(m_directory->filePath(u"alive"_s))));
        QVERIFY(QFile::rename(m_directory->filePath(u"alive"_s), m_directory->filePath(u"dead"_s)));
    }
    Diary diary(m_client.get());
    const QString full = m_directory->filePath(path);
    m_client->connectToServer(Endpoint::fromPath(full));
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), code);
    QVERIFY2(diary.reasons.first().message().contains(full),
             qPrintable(diary.reasons.first().message()));
}

void tst_Peer::invalidSettingsAreToldWithoutConnecting()
{
    QSignalSpy accepted(m_server.get(), &Server::handshakeFailed);
    Diary diary(m_client.get());
    m_client->setRequestedChannels({0, 1});
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::ChannelsRefused);
    m_client->setRequestedChannels({1});
    m_client->setAuthToken(QByteArray(4097, 't'));
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 2, Patience);
    QCOMPARE(diary.reasons.last().code(), ErrorCode::AuthTokenInvalid);
    m_client->connectToServer(Endpoint());
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 3, Patience);
    QCOMPARE(accepted.size(), 0);
}

void tst_Peer::settingsAreThoseOfTheTimeOfConnecting()
{
    m_client->setAuthToken("for this server");
    m_client->setRequestedChannels({2, 1});
    m_client->connectToServer(m_endpoint);
    m_client->setAuthToken("for another one");
    m_client->setRequestedChannels({0});
    m_server->setChannels({0});
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer, Patience);
    QCOMPARE(m_client->channels(), QList<quint16>({2, 1}));
    QCOMPARE(m_peer->takeAuthToken(), std::optional<QByteArray>("for this server"));
}

void tst_Peer::longTimeoutsMeanNever()
{
    m_client->setConnectTimeout(std::chrono::milliseconds::max());
    QVERIFY(m_client->connectTimeout() > 23 * 24h);
    m_server->close();
    m_server->setHandshakeTimeout(std::chrono::milliseconds::max());
    QVERIFY(!m_server->listen(m_endpoint));
    open();
    const QFuture<PingReply> reply = m_client->ping(std::chrono::milliseconds::max());
    QTRY_VERIFY_WITH_TIMEOUT(reply.isFinished(), Patience);
    QVERIFY(!reply.result().error);
    m_client->setConnectTimeout(-1s);
    QCOMPARE(m_client->connectTimeout(), 0ms);
}

void tst_Peer::silentServerTimesOut()
{
    // Connections that nobody accepts wait in the system's backlog, connected but silent.
    m_server->setMaxPeers(1);
    open();
    Peer second;
    Diary diary(&second);
    second.setConnectTimeout(200ms);
    second.connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::Timeout);
}

void tst_Peer::tokenIsNeverPrinted()
{
    static QStringList *log = nullptr;
    QStringList lines;
    log = &lines;
    const QtMessageHandler before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) { log->append(text); });
    m_client->setAuthToken("very-secret");
    m_client->connectToServer(m_endpoint);
    const bool opened = QTest::qWaitFor([this] { return m_peer && m_peer->isOpen(); }, Patience);
    qDebug() << m_client.get() << m_peer.data() << m_client->disconnectReason();
    const std::optional<QByteArray> token = m_peer ? m_peer->takeAuthToken() : std::nullopt;
    const std::optional<QByteArray> again = m_peer ? m_peer->takeAuthToken() : std::nullopt;
    qInstallMessageHandler(before);
    QVERIFY(opened);
    QCOMPARE(token, std::optional<QByteArray>("very-secret"));
    QCOMPARE(again, std::nullopt);
    const QString hex = QString::fromLatin1(QByteArray("very-secret").toHex());
    for (const QString &line : lines)
        QVERIFY(!line.contains(u"very-secret"_s) && !line.contains(hex));
}

void tst_Peer::overADeviceOfTheApplication()
{
    auto socket = std::make_unique<QLocalSocket>();
    socket->connectToServer(m_endpoint.path());
    QVERIFY(socket->waitForConnected());
    m_client->connectOver(std::move(socket));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer, Patience);
    Diary server(m_peer);
    Diary client(m_client.get());
    QVERIFY(!m_client->send(2, QByteArray(3'000'000, 'd')));
    QVERIFY(!m_peer->send(2, QByteArray(3'000'000, 'e')));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 1, Patience);
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons, QList<Error>({Error()}), Patience);
}

void tst_Peer::overADeviceThatIsNotOpen()
{
    Diary client(m_client.get());
    m_client->connectOver(nullptr);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    m_client->connectOver(std::make_unique<QLocalSocket>());
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 2, Patience);
    for (const Error &reason : client.reasons)
        QCOMPARE(reason.code(), ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(tst_Peer)
#include "tst_peer.moc"
