// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/peerhealth.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>

using namespace std::chrono_literals;

/// What a client does between two sessions.
class tst_Reconnection : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void clientComesBackWithTheServer();
    void serverMayComeLater();
    void eachEndIsReportedOnce();
    void attemptsAreCounted();
    void permanentErrorEndsIt();
    void refusingServerIsLeftInPeace();
    void closingEndsIt();
    void abortWhileWaitingEndsIt();
    void connectToServerWhileWaitingBeginsAnew();
    void otherSideMayEndIt();
    void unresponsiveSessionIsGivenUp();

    void unsentFramesAreHandedBack();
    void keptFramesAreSentFirst();
    void keptFramesAreHandedBackWithoutANewSession();
    void keptFramesOfAMissingChannelAreHandedBack();
    void sendBetweenSessionsNeedsAKeptChannel();
    void keptChannelIsBounded();

    void slotMayDeleteThePeer_data();
    void slotMayDeleteThePeer();

private:
    void openWithPolicy();
    void restartServer();
    /// Sends numbered frames until some of them wait here, and returns how many.
    int sendMoreThanFits(quint16 channel);
    QList<int> received() const;

    QPointer<Peer> m_second; // The server's end of the second session.
    Frames m_frames; ///< What any of the server's ends has received.
};

static QByteArray numbered(int number)
{
    return QByteArray::number(number).leftJustified(1000, ' ');
}

static QList<int> numbersOf(const QList<QByteArray> &payloads)
{
    QList<int> numbers;
    for (const QByteArray &payload : payloads)
        numbers.append(payload.trimmed().toInt());
    return numbers;
}

static QList<int> range(int first, int end)
{
    QList<int> numbers;
    for (int number = first; number < end; ++number)
        numbers.append(number);
    return numbers;
}

void tst_Reconnection::openWithPolicy()
{
    m_frames.clear();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(5ms, 20ms));
    open();
}

void tst_Reconnection::restartServer()
{
    m_server.reset();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client->isOpen(), Patience);
    m_server = std::make_unique<Server>();
    connect(m_server.get(), &Server::peerConnected, this, [this](Peer *peer) {
        m_second = peer;
        connect(peer, &Peer::frameReceived, this,
                [this](quint16 channel, const QByteArray &payload) {
                    m_frames.append({channel, payload});
                });
    });
    QVERIFY(!m_server->listen(m_endpoint));
}

int tst_Reconnection::sendMoreThanFits(quint16 channel)
{
    m_peer->setReceiving(false);
    int count = 0;
    for (; m_client->bytesQueued(channel) < 100'000; ++count) {
        if (m_client->send(channel, numbered(count)))
            return -1;
    }
    m_client->flush();
    return count;
}

QList<int> tst_Reconnection::received() const
{
    QList<QByteArray> payloads;
    for (const auto &[channel, payload] : m_frames)
        payloads.append(payload);
    return numbersOf(payloads);
}

void tst_Reconnection::clientComesBackWithTheServer()
{
    openWithPolicy();
    QCOMPARE(m_client->generation(), 1u);
    QSignalSpy connected(m_client.get(), &Peer::connected);
    restartServer();
    QTRY_COMPARE_WITH_TIMEOUT(connected.size(), 1, Patience);
    QCOMPARE(m_client->generation(), 2u);
    QVERIFY(!m_client->send(Channel::Command, "hello again"));
    QTRY_COMPARE_WITH_TIMEOUT(m_frames, (Frames{{Channel::Command, "hello again"}}), Patience);
}

void tst_Reconnection::serverMayComeLater()
{
    m_server.reset();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(5ms, 20ms));
    QSignalSpy scheduled(m_client.get(), &Peer::retryScheduled);
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(scheduled.size() >= 2, Patience);
    QCOMPARE(m_client->disconnectReason().code(), ErrorCode::NotFound);
    QCOMPARE(m_client->generation(), 0u);
    restartServer();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    QCOMPARE(m_client->generation(), 1u);
}

void tst_Reconnection::eachEndIsReportedOnce()
{
    openWithPolicy();
    Diary diary(m_client.get());
    std::chrono::milliseconds left = -1ms;
    Peer::State stateThen = Peer::State::Closed;
    connect(m_client.get(), &Peer::retryScheduled, this, [&](std::chrono::milliseconds in) {
        diary.entries.append(u"retryScheduled"_s);
        QVERIFY(in <= 20ms);
        left = m_client->nextRetryIn();
        stateThen = m_client->state();
    });
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() == 2 && m_client->isOpen(), Patience);
    QCOMPARE(diary.entries,
             QStringList({u"Waiting"_s, u"disconnected"_s, u"retryScheduled"_s, u"Connecting"_s,
                          u"Handshaking"_s, u"Open"_s, u"connected"_s}));
    QCOMPARE(diary.reasons.first().code(), ErrorCode::Disconnected);
    QCOMPARE(stateThen, Peer::State::Waiting);
    QVERIFY(left >= 0ms && left <= 20ms);
    QCOMPARE(m_client->nextRetryIn(), 0ms);
}

void tst_Reconnection::attemptsAreCounted()
{
    m_server.reset();
    ReconnectPolicy policy = ReconnectPolicy::exponential(1ms, 2ms);
    policy.maxAttempts = 3;
    m_client->setReconnectPolicy(policy);
    Diary diary(m_client.get());
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 4, Patience); // The first, and three more.
    QCOMPARE(m_client->reconnectAttempts(), 3);
    // Asked again, it begins anew.
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 8, Patience);
}

void tst_Reconnection::permanentErrorEndsIt()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setRequestedChannels({});
    Diary diary(m_client.get());
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::ChannelsRefused);
    QCOMPARE(m_client->state(), Peer::State::Closed);
}

void tst_Reconnection::refusingServerIsLeftInPeace()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setRequestedChannels({4242}); // Which the server doesn't have.
    Diary diary(m_client.get());
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 5, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::HandshakeRefused);
    QCOMPARE(m_client->state(), Peer::State::Closed);
}

void tst_Reconnection::closingEndsIt()
{
    openWithPolicy();
    Diary diary(m_client.get());
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QCOMPARE(diary.reasons, QList<Error>{Error()});
}

void tst_Reconnection::abortWhileWaitingEndsIt()
{
    m_server.reset();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1h, 1h));
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Waiting, Patience);
    QVERIFY(m_client->nextRetryIn() > 10min);
    Diary diary(m_client.get());
    m_client->abort();
    QCOMPARE(m_client->state(), Peer::State::Closed);
    QCOMPARE(m_client->nextRetryIn(), 0ms);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons, QList<Error>{Error()}, Patience);
}

void tst_Reconnection::connectToServerWhileWaitingBeginsAnew()
{
    const Endpoint nowhere = Endpoint::fromPath(m_directory->filePath(u"nowhere"_s));
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1h, 1h));
    m_client->connectToServer(nowhere);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Waiting, Patience);
    Diary diary(m_client.get());
    open();
    QCOMPARE(diary.entries,
             QStringList({u"Connecting"_s, u"Handshaking"_s, u"Open"_s, u"connected"_s}));
}

void tst_Reconnection::otherSideMayEndIt()
{
    ReconnectPolicy policy = ReconnectPolicy::exponential(1ms, 1ms);
    policy.afterShutdown = false;
    m_client->setReconnectPolicy(policy);
    open();
    m_peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QCOMPARE(m_client->disconnectReason().code(), ErrorCode::ShutdownRequested);

    policy.afterShutdown = true;
    m_client->setReconnectPolicy(policy);
    open();
    m_peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->generation(), 3u, Patience);
}

void tst_Reconnection::unresponsiveSessionIsGivenUp()
{
    openWithPolicy();
    Diary diary(m_client.get());
    m_client->health()->setHeartbeat(50ms, 2);
    m_peer->setReceiving(false); // So its pings go unanswered.
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() == 2 && m_client->isOpen(), Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::Timeout);
    QVERIFY(diary.reasons.first().message().contains(u"unresponsive"_s));
}

void tst_Reconnection::unsentFramesAreHandedBack()
{
    openWithPolicy();
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    Diary diary(m_client.get());
    const int count = sendMoreThanFits(Channel::Data);
    QVERIFY(count > 0);
    restartServer();
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QCOMPARE(notSent[0][0].value<quint16>(), Channel::Data);
    // Those that were not written, all of them, in their order.
    const QList<int> numbers = numbersOf(notSent[0][1].value<QList<QByteArray>>());
    QVERIFY(numbers.size() >= 95 && numbers.size() < count);
    QCOMPARE(numbers, range(numbers.first(), count));
    QVERIFY(diary.reasons.first().message().contains(QString::number(numbers.size())
                                                     + u" accepted frames were not sent"_s));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    QCOMPARE(m_client->bytesQueued(), 0);
}

void tst_Reconnection::keptFramesAreSentFirst()
{
    openWithPolicy();
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    const int count = sendMoreThanFits(Channel::Data);
    QVERIFY(count > 0);
    // More while there is no session, and at the first chance in the new one.
    int sent = count;
    connect(m_client.get(), &Peer::retryScheduled, this, [&] {
        QVERIFY(m_client->bytesQueued(Channel::Data) >= 90'000);
        QVERIFY(!m_client->send(Channel::Data, numbered(sent++)));
    });
    connect(m_client.get(), &Peer::stateChanged, this, [&](Peer::State state) {
        if (state == Peer::State::Open)
            QVERIFY(!m_client->send(Channel::Data, numbered(sent++)));
    });
    restartServer();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && received().contains(sent - 1), Patience);
    // None twice, none left out between the first that was not written and the last.
    QVERIFY(sent >= count + 2);
    QVERIFY(received().size() >= 95);
    QCOMPARE(received(), range(received().first(), sent));
    QCOMPARE(notSent.size(), 0);
    QCOMPARE(m_client->bytesQueued(Channel::Data), 0);
}

void tst_Reconnection::keptFramesAreHandedBackWithoutANewSession()
{
    openWithPolicy();
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    const int count = sendMoreThanFits(Channel::Data);
    m_server.reset();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Waiting, Patience);
    QCOMPARE(notSent.size(), 0);
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QCOMPARE(numbersOf(notSent[0][1].value<QList<QByteArray>>()).last(), count - 1);
    QCOMPARE(m_client->bytesQueued(), 0);
}

void tst_Reconnection::keptFramesOfAMissingChannelAreHandedBack()
{
    openWithPolicy();
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    QVERIFY(sendMoreThanFits(Channel::Data) > 0);
    m_server.reset();
    m_server = std::make_unique<Server>();
    m_server->setChannels({Channel::Command});
    QVERIFY(!m_server->listen(m_endpoint));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() == 2, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QVERIFY(m_client->isOpen());
}

void tst_Reconnection::sendBetweenSessionsNeedsAKeptChannel()
{
    openWithPolicy();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1h, 1h));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    m_server.reset();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Waiting, Patience);
    QCOMPARE(m_client->send(Channel::Command, "x").code(), ErrorCode::NotConnected);
    QVERIFY(!m_client->send(Channel::Data, "x"));
    const QByteArray tooLarge(MaxPayloadSize + 1, 'x');
    QCOMPARE(m_client->send(Channel::Data, tooLarge).code(), ErrorCode::PayloadTooLarge);
    m_client->abort();
    QCOMPARE(m_client->send(Channel::Data, "x").code(), ErrorCode::NotConnected);
}

void tst_Reconnection::keptChannelIsBounded()
{
    m_server.reset();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1h, 1h));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    m_client->setSendWaterMarks(10'000, 5'000);
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Waiting, Patience);
    int count = 0;
    Error error;
    while (!error && count < 1000)
        error = m_client->send(Channel::Data, numbered(count++));
    QCOMPARE(error.code(), ErrorCode::QueueFull);
    QCOMPARE(count, 11); // Of 1008 bytes each; the one that reaches the mark is accepted.

    QSignalSpy ready(m_client.get(), &Peer::readyToSend);
    restartServer();
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, Patience);
    QCOMPARE(ready[0][0].value<quint16>(), Channel::Data);
    QVERIFY(!m_client->send(Channel::Data, "x"));
}

void tst_Reconnection::slotMayDeleteThePeer_data()
{
    QTest::addColumn<QByteArray>("signal");
    QTest::newRow("framesNotSent") << QByteArray("framesNotSent");
    QTest::newRow("disconnected") << QByteArray("disconnected");
    QTest::newRow("retryScheduled") << QByteArray("retryScheduled");
    QTest::newRow("stateChanged") << QByteArray("stateChanged");
}

void tst_Reconnection::slotMayDeleteThePeer()
{
    QFETCH(const QByteArray, signal);
    openWithPolicy();
    QVERIFY(sendMoreThanFits(Channel::Data) > 0);
    const auto deleteIt = [this] { m_client.reset(); };
    Peer *const client = m_client.get();
    if (signal == "framesNotSent")
        connect(client, &Peer::framesNotSent, this, deleteIt);
    else if (signal == "disconnected")
        connect(client, &Peer::disconnected, this, deleteIt);
    else if (signal == "retryScheduled")
        connect(client, &Peer::retryScheduled, this, deleteIt);
    else
        connect(client, &Peer::stateChanged, this, deleteIt);
    m_server.reset();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
}

QTEST_GUILESS_MAIN(tst_Reconnection)
#include "tst_reconnection.moc"
