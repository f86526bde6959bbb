// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "peertest.h"
#include "rawsocket.h"

#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace std::chrono_literals;

/// What becomes of accepted frames, and in which order that and the end of a session are reported:
/// the tables of peer.h.
class tst_Fates : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void fullKeptChannelIsReadyInTheNextSession();
    void waitingSenderIsToldBeforeTheEnd();
    void keptFramesSurviveSessionsThatBreakAtOnce();
    void keptFramesPassMarksThatWereLowered();
    void frameAfterAFailedWriteIsKept();
    void frameOfAnotherThreadAfterAFailedWriteIsKept();
    void reasonCountsFramesOfOtherThreads();
    void framesThatTheSocketHoldsAreReported();
    void framesThatADeviceHoldsAreReported();
    void fullChannelOfAClosingPeerIsReady();
    void reportsOfOneEndComeTogether();
    void openingIsToldBeforeItsFrames();
    void whatASlotHasMadeUntrueIsNotReported();
    void futureOfCloseHasTheReason();
    void futureOfCloseIsAlwaysFinished();
    void closingPeerDoesNotReconnect();
    void orderlyEndsAreTold();

private:
    void openWithPolicy();
    /// A server's end that says what a test tells it to.
    RawSocket acceptRaw(RawListener &listener);
};

void tst_Fates::openWithPolicy()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    open();
}

RawSocket tst_Fates::acceptRaw(RawListener &listener)
{
    RawSocket socket = listener.accept();
    if (!socket.readFrame()
        || !socket.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4],)"
                                 R"("peer_id":"peer-1"})"))
        return RawSocket();
    return socket;
}

void tst_Fates::fullKeptChannelIsReadyInTheNextSession()
{
    openWithPolicy();
    m_client->setSendWaterMarks(1'000'000, 1000);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    QSignalSpy ready(m_client.get(), &Peer::readyToSend);
    quint64 generationThen = 0;
    connect(m_client.get(), &Peer::readyToSend, this,
            [&] { generationThen = m_client->generation(); });
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, Patience);
    QCOMPARE(ready[0][0].value<quint16>(), Channel::Data);
    QCOMPARE(generationThen, 2u);
    QVERIFY(!m_client->send(Channel::Data, "x"));
}

void tst_Fates::waitingSenderIsToldBeforeTheEnd()
{
    open();
    m_client->setSendWaterMarks(1'000'000, 1000);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::readyToSend, this,
            [&](quint16 channel) { diary.entries.append(u"ready %1"_s.arg(channel)); });
    connect(m_client.get(), &Peer::framesNotSent, this,
            [&](quint16 channel) { diary.entries.append(u"not sent %1"_s.arg(channel)); });
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(
            diary.entries,
            QStringList({u"Closed"_s, u"not sent 2"_s, u"ready 2"_s, u"disconnected"_s}), Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::NoError);
    QVERIFY(diary.reasons.first().message().contains("accepted frames were not sent"_L1));
}

void tst_Fates::keptFramesSurviveSessionsThatBreakAtOnce()
{
    m_server.reset();
    RawListener listener(m_endpoint.path());
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    m_client->setSendWaterMarks(300'000, 1000);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_client->connectToServer(m_endpoint);
    RawSocket first = acceptRaw(listener);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    // The first frame reaches the mark, and has begun to leave.
    QVERIFY(!m_client->send(Channel::Data, QByteArray(1'000'000, 'a')));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->bytesQueued() < 1'000'000, Patience);
    first.close();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client->isOpen(), Patience);
    m_client->setUnsentFrames(Channel::Telemetry, Peer::UnsentFrames::Keep);
    for (int i = 0; i < 3; ++i) // Sessions that break at once.
        acceptRaw(listener).close();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() >= 3, Patience);
    RawSocket last;
    std::optional<RawSocket::Frame> frame;
    while (!frame) { // Another one may have broken before it could be used.
        last = acceptRaw(listener);
        frame = last.readFrame();
    }
    QCOMPARE(frame->channel, Channel::Data);
    QCOMPARE(frame->payload, QByteArray(1'000'000, 'a'));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_client->bytesQueued() == 0, Patience);
    QVERIFY(!m_client->send(Channel::Data, "b"));
    QCOMPARE(*last.readFrame(), (RawSocket::Frame{Channel::Data, "b"}));
    QCOMPARE(notSent.size(), 0);
}

void tst_Fates::keptFramesPassMarksThatWereLowered()
{
    openWithPolicy();
    Frames frames;
    connect(m_server.get(), &Server::peerConnected, this, [&](Peer *peer) {
        connect(peer, &Peer::frameReceived, this, [&](quint16 channel, const QByteArray &payload) {
            frames.append({channel, payload.first(1)});
        });
    });
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_peer->setReceiving(false);
    for (const char name : {'a', 'b', 'c', 'd'})
        QVERIFY(!m_client->send(Channel::Data, QByteArray(1'000'000, name)));
    m_client->setSendWaterMarks(1000, 10);
    connect(m_client.get(), &Peer::connected, this, [this] {
        // It must not pass them.
        QCOMPARE(m_client->send(Channel::Data, "e").code(), ErrorCode::QueueFull);
    });
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(frames,
                              Frames({{Channel::Data, "a"},
                                      {Channel::Data, "b"},
                                      {Channel::Data, "c"},
                                      {Channel::Data, "d"}}),
                              Patience);
    QCOMPARE(notSent.size(), 0);
}

void tst_Fates::frameAfterAFailedWriteIsKept()
{
    m_server.reset();
    RawListener listener(m_endpoint.path());
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    m_client->connectToServer(m_endpoint);
    RawSocket first = acceptRaw(listener);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    first.close();
    // Before the event loop has had a chance to see the end: a write fails.
    QVERIFY(!m_client->send(Channel::Data, "1"));
    m_client->flush();
    QVERIFY(m_client->isOpen());
    QVERIFY(!m_client->send(Channel::Data, "2"));
    m_client->flush();
    QVERIFY(!m_client->send(Channel::Data, "3"));
    QCOMPARE(m_client->send(Channel::Command, "x").code(), ErrorCode::NotConnected);
    RawSocket second = acceptRaw(listener);
    for (const char *payload : {"1", "2", "3"})
        QCOMPARE(*second.readFrame(), (RawSocket::Frame{Channel::Data, payload}));
}

void tst_Fates::frameOfAnotherThreadAfterAFailedWriteIsKept()
{
    m_server.reset();
    RawListener listener(m_endpoint.path());
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_client->connectToServer(m_endpoint);
    RawSocket first = acceptRaw(listener);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    first.close();
    Error error;
    Background([&] { error = m_client->send(Channel::Data, "other thread's"); }).join();
    QVERIFY2(!error, qPrintable(error.message()));
    QVERIFY(!m_client->send(Channel::Data, "1"));
    m_client->flush(); // Which fails, before the other thread's has arrived.
    RawSocket second = acceptRaw(listener);
    QCOMPARE(*second.readFrame(), (RawSocket::Frame{Channel::Data, "1"}));
    QCOMPARE(*second.readFrame(), (RawSocket::Frame{Channel::Data, "other thread's"}));
    QCOMPARE(notSent.size(), 0);
}

void tst_Fates::reasonCountsFramesOfOtherThreads()
{
    open();
    Diary diary(m_client.get());
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    Background([this] {
        for (int i = 0; i < 3; ++i)
            static_cast<void>(m_client->send(Channel::Data, "too late"));
    }).join();
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QVERIFY2(diary.reasons.first().message().contains("3 accepted frames were not sent"_L1),
             qPrintable(diary.reasons.first().message()));
    QCOMPARE(notSent.size(), 1);
    QCOMPARE(notSent[0][1].value<QList<QByteArray>>().size(), 3);
}

// Some have left, others are in the hands of the transport, and the rest waits.
void tst_Fates::framesThatTheSocketHoldsAreReported()
{
    m_server.reset();
    RawListener listener(m_endpoint.path());
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_client->connectToServer(m_endpoint);
    RawSocket there = acceptRaw(listener);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    QList<QByteArray> sent;
    for (int i = 0; i < 3000; ++i) {
        sent.append(QByteArray::number(i).leftJustified(1000, 'x'));
        QVERIFY(!m_client->send(Channel::Data, sent.last()));
    }
    m_client->flush();
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QList<QByteArray> fates;
    while (const auto frame = there.readFrame())
        fates.append(frame->payload);
    QVERIFY(!fates.isEmpty());
    fates.append(notSent[0][1].value<QList<QByteArray>>());
    QCOMPARE(fates.size(), sent.size());
    QVERIFY(fates == sent);
}

void tst_Fates::framesThatADeviceHoldsAreReported()
{
    m_server.reset();
    RawListener listener(m_endpoint.path());
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    auto device = std::make_unique<QLocalSocket>();
    device->connectToServer(m_endpoint.path());
    m_client->connectOver(std::move(device));
    RawSocket there;
    Background server([&] { there = acceptRaw(listener); });
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    server.join();
    QList<QByteArray> sent;
    for (int i = 0; i < 3000; ++i) {
        sent.append(QByteArray::number(i).leftJustified(1000, 'x'));
        QVERIFY(!m_client->send(Channel::Data, sent.last()));
    }
    m_client->flush();
    there.close();
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    // What the system had taken is gone with the other side; its buffer is smaller than 1 MiB.
    const auto reported = notSent[0][1].value<QList<QByteArray>>();
    QVERIFY2(reported.size() > 2000, qPrintable(QString::number(reported.size())));
    QVERIFY(reported == sent.last(reported.size()));
    QCOMPARE(m_client->bytesQueued(), 0);
}

void tst_Fates::fullChannelOfAClosingPeerIsReady()
{
    open();
    m_client->setSendWaterMarks(1'000'000, 1000);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::readyToSend, this,
            [&](quint16 channel) { diary.entries.append(u"ready %1"_s.arg(channel)); });
    m_client->close();
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(
            diary.entries,
            QStringList({u"Closing"_s, u"ready 2"_s, u"Closed"_s, u"disconnected"_s}), Patience);
}

void tst_Fates::reportsOfOneEndComeTogether()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    open();
    m_peer->setReceiving(false);
    for (const quint16 channel : {Channel::Command, Channel::Data, Channel::Telemetry})
        QVERIFY(!m_client->send(channel, QByteArray(2'000'000, 'x')));
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::framesNotSent, this, [&](quint16 channel) {
        diary.entries.append(u"not sent %1"_s.arg(channel));
        QVERIFY(QTest::qWaitFor([&] { return diary.entries.contains(u"connected"_s); }, Patience));
    });
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(diary.entries,
                              QStringList({u"Waiting"_s, u"not sent 1"_s, u"not sent 2"_s,
                                           u"not sent 3"_s, u"disconnected"_s, u"Connecting"_s,
                                           u"Handshaking"_s, u"Open"_s, u"connected"_s}),
                              Patience);
}

void tst_Fates::openingIsToldBeforeItsFrames()
{
    connect(m_server.get(), &Server::peerConnected, this,
            [](Peer *peer) { QVERIFY(!peer->send(Channel::Data, "welcome")); });
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::stateChanged, this, [&](Peer::State state) {
        if (state == Peer::State::Open)
            QVERIFY(QTest::qWaitFor([&] { return !diary.frames.isEmpty(); }, Patience));
    });
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), 1, Patience);
    QCOMPARE(diary.entries, QStringList({u"Connecting"_s, u"Handshaking"_s, u"Open"_s,
                                         u"connected"_s, u"frame"_s}));
}

void tst_Fates::whatASlotHasMadeUntrueIsNotReported()
{
    {
        Diary diary(m_client.get());
        const auto connection
                = connect(m_client.get(), &Peer::stateChanged, this, [this](Peer::State state) {
                      if (state == Peer::State::Open)
                          m_client->close();
                  });
        connect(m_server.get(), &Server::peerConnected, &diary,
                [](Peer *peer) { QVERIFY(!peer->send(Channel::Data, "early")); });
        m_client->connectToServer(m_endpoint);
        QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
        QVERIFY(!diary.entries.contains(u"connected"_s));
        QCOMPARE(diary.frames, Frames({{Channel::Data, "early"}}));
        disconnect(connection);
    }
    open();
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::stateChanged, this, [this](Peer::State state) {
        if (state == Peer::State::Closing)
            m_client->abort();
    });
    m_peer->close(u"why"_s);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.entries, QStringList({u"Closing"_s, u"Closed"_s, u"disconnected"_s}));
}

void tst_Fates::futureOfCloseHasTheReason()
{
    open();
    Diary diary(m_client.get());
    const QFuture<Error> first = m_client->close();
    const QFuture<Error> second = m_client->close();
    bool wasFinished = true;
    connect(m_client.get(), &Peer::disconnected, this,
            [&] { wasFinished = first.isFinished() || second.isFinished(); });
    QVERIFY(!first.isFinished());
    QTRY_VERIFY_WITH_TIMEOUT(first.isFinished() && second.isFinished(), Patience);
    QVERIFY(!wasFinished);
    QCOMPARE(first.result(), Error());

    open();
    m_peer->setReceiving(false);
    const QFuture<Error> failed = m_client->close();
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(failed.isFinished(), Patience);
    QCOMPARE(failed.result().code(), ErrorCode::ShutdownFailed);
    QCOMPARE(failed.result(), m_client->disconnectReason());
}

void tst_Fates::futureOfCloseIsAlwaysFinished()
{
    QVERIFY(m_client->close().isFinished()); // Closed
    QCOMPARE(m_client->close().result(), Error());

    m_client->connectToServer(m_endpoint);
    const QFuture<Error> connecting = m_client->close();
    QVERIFY(!connecting.isFinished());
    QTRY_VERIFY_WITH_TIMEOUT(connecting.isFinished(), Patience);
    QCOMPARE(connecting.result(), Error());

    open();
    m_client->abort();
    const QFuture<Error> aborted = m_client->close();
    QTRY_VERIFY_WITH_TIMEOUT(aborted.isFinished(), Patience);

    open();
    const QFuture<Error> replaced = m_client->close();
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(replaced.isFinished() && m_client->isOpen(), Patience);
    QCOMPARE(replaced.result().code(), ErrorCode::Cancelled);

    // In a continuation, too.
    QFuture<Error> again;
    m_client->close().then(this, [&](const Error &) { again = m_client->close(); });
    QTRY_VERIFY_WITH_TIMEOUT(again.isValid() && again.isFinished(), Patience);

    open();
    const QFuture<Error> destroyed = m_client->close();
    m_client.reset();
    QVERIFY(destroyed.isFinished());
    QCOMPARE(destroyed.result().code(), ErrorCode::Cancelled);
}

void tst_Fates::closingPeerDoesNotReconnect()
{
    openWithPolicy();
    Diary diary(m_client.get());
    connect(m_client.get(), &Peer::shutdownRequested, this, [this] { m_client->close(); });
    m_peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(m_client->state(), Peer::State::Closed);
    QCOMPARE(diary.entries,
             QStringList({u"Closing"_s, u"asked "_s, u"Closed"_s, u"disconnected"_s}));
}

void tst_Fates::orderlyEndsAreTold()
{
    QVERIFY(Error().isOrderlyEnd());
    QVERIFY(Error(ErrorCode::ShutdownRequested, u"asked"_s).isOrderlyEnd());
    QVERIFY(!Error(ErrorCode::Disconnected, u"gone"_s).isOrderlyEnd());
    QVERIFY(!Error(ErrorCode::ShutdownFailed, u"late"_s).isOrderlyEnd());
}

QTEST_GUILESS_MAIN(tst_Fates)
#include "tst_fates.moc"
