// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <IpcPrims/receivelimits.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <vector>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Clock = std::chrono::steady_clock;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// What Peer and Server let the other side send; the client is a raw one.
class tst_ReceiveLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesAreBounded();
    void copiesAreIndependent();

    void tooLargeFrameIsRefusedByItsHeader();
    void channelsHaveTheirOwnLimits();
    void sendingIsNotLimited();
    void controlHasTheProtocolsLimit();
    void handshakeIsNotLimited();
    void limitMayChangeDuringASession();
    void clientLimitsItsServer();
    void workersKnowTheLimits();

    void framesBeyondTheRateWait();
    void bytesBeyondTheRateWait();
    void waitingClientIsHeldBack();
    void applicationCannotEndThePause();
    void frameBeyondTheRateEndsTheSession();
    void sessionThatWaitsCanBeClosed();
    void anotherRateEndsThePause();
};

static ReceiveLimits limitedTo(qint64 bytes)
{
    ReceiveLimits limits;
    limits.setMaxPayloadSize(bytes);
    return limits;
}

static ReceiveLimits withRate(qint64 bytesPerSecond, qint64 framesPerSecond,
                              ReceiveLimits::RatePolicy policy, std::chrono::milliseconds burst)
{
    ReceiveLimits limits;
    limits.setRate(bytesPerSecond, framesPerSecond, policy, burst);
    return limits;
}

void tst_ReceiveLimits::valuesAreBounded()
{
    ReceiveLimits limits;
    QCOMPARE(limits.maxPayloadSize(), MaxPayloadSize);
    QCOMPARE(limits.maxPayloadSize(Channel::Data), MaxPayloadSize);
    QCOMPARE(limits.maxPayloadSize(Channel::Control), MaxControlPayloadSize);
    QCOMPARE(limits.bytesPerSecond(), 0);
    QCOMPARE(limits.framesPerSecond(), 0);

    limits.setMaxPayloadSize(MaxPayloadSize + 1);
    QCOMPARE(limits.maxPayloadSize(), MaxPayloadSize);
    limits.setMaxPayloadSize(-1);
    QCOMPARE(limits.maxPayloadSize(), 0);
    limits.setMaxPayloadSize(Channel::Data, MaxPayloadSize + 1);
    QCOMPARE(limits.maxPayloadSize(Channel::Data), MaxPayloadSize);
    QCOMPARE(limits.maxPayloadSize(Channel::Command), 0);
    limits.setMaxPayloadSize(Channel::Control, 1);
    QCOMPARE(limits.maxPayloadSize(Channel::Control), MaxControlPayloadSize);

    limits.setRate(-1, -1, ReceiveLimits::RatePolicy::Disconnect, -1s);
    QCOMPARE(limits.bytesPerSecond(), 0);
    QCOMPARE(limits.framesPerSecond(), 0);
    QCOMPARE(limits.rateBurst(), 0ms);
    QCOMPARE(limits.ratePolicy(), ReceiveLimits::RatePolicy::Disconnect);
}

void tst_ReceiveLimits::copiesAreIndependent()
{
    const ReceiveLimits none;
    ReceiveLimits limits = none;
    QCOMPARE(limits, none);
    limits.setMaxPayloadSize(Channel::Data, 10);
    QVERIFY(limits != none);
    QCOMPARE(none.maxPayloadSize(Channel::Data), MaxPayloadSize);
    ReceiveLimits same;
    same.setMaxPayloadSize(Channel::Data, 10);
    QCOMPARE(limits, same);
    same.setRate(1, 0);
    QVERIFY(limits != same);
}

// Size

void tst_ReceiveLimits::tooLargeFrameIsRefusedByItsHeader()
{
    ObservedServer server;
    server.server.setReceiveLimits(limitedTo(100));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QCOMPARE(server.peer->receiveLimits(), limitedTo(100));
    const QByteArray fitting(100, 'x');
    QVERIFY(client.writeFrame(Channel::Data, fitting));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, QList<RawSocket::Frame>({{2, fitting}}), Patience);
    QVERIFY(client.write(RawSocket::header(Channel::Data, 101)));
    QVERIFY(client.waitForClosed());
    QCOMPARE(server.waitForEnding(),
             Error(ErrorCode::PayloadTooLarge,
                   u"payload too large (101 bytes on channel 2, max 100)"_s));
}

void tst_ReceiveLimits::channelsHaveTheirOwnLimits()
{
    ReceiveLimits limits = limitedTo(100);
    limits.setMaxPayloadSize(Channel::Command, 10);
    limits.setMaxPayloadSize(Channel::Data, 1000);
    ObservedServer server;
    server.server.setReceiveLimits(limits);
    QVERIFY(server.listen());
    std::vector<RawSocket> clients; // Their ends are no part of it.
    const auto outcome = [&](quint16 channel, int size) {
        server.frames.clear();
        server.endings.clear();
        RawSocket &client = clients.emplace_back(server.openSession());
        client.write(RawSocket::header(channel, quint32(size)));
        client.write(QByteArray(size, 'x')); // Which may fail.
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT(!server.frames.isEmpty() || !server.endings.isEmpty(),
                                     Patience);
        }();
        return server.endings.isEmpty() ? ErrorCode::NoError : server.endings.first().code();
    };
    QCOMPARE(outcome(Channel::Command, 10), ErrorCode::NoError);
    QCOMPARE(outcome(Channel::Command, 11), ErrorCode::PayloadTooLarge);
    QCOMPARE(outcome(Channel::Data, 1000), ErrorCode::NoError);
    QCOMPARE(outcome(Channel::Data, 1001), ErrorCode::PayloadTooLarge);
    QCOMPARE(outcome(Channel::Telemetry, 100), ErrorCode::NoError);
    QCOMPARE(outcome(Channel::Telemetry, 101), ErrorCode::PayloadTooLarge);
}

void tst_ReceiveLimits::sendingIsNotLimited()
{
    ObservedServer server;
    server.server.setReceiveLimits(limitedTo(10));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    const QByteArray large(MaxPayloadSize, 'x');
    QVERIFY(!server.peer->send(Channel::Data, large));
    const auto received = client.readFrame();
    QVERIFY(received && received->payload == large);
}

void tst_ReceiveLimits::controlHasTheProtocolsLimit()
{
    ObservedServer server;
    server.server.setReceiveLimits(limitedTo(0));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    const QByteArray start = R"({"type":"ping","x":")";
    const QByteArray longest
            = start + QByteArray(MaxControlPayloadSize - start.size() - 2, 'x') + R"("})";
    QVERIFY(client.writeFrame(Channel::Control, longest));
    QVERIFY(client.readFrame()); // The pong.
    QVERIFY(client.write(RawSocket::header(Channel::Control, MaxControlPayloadSize + 1)));
    QVERIFY(client.waitForClosed());
    QCOMPARE(server.waitForEnding(),
             Error(ErrorCode::PayloadTooLarge,
                   u"payload too large (65537 bytes on channel 0, max 65536)"_s));
}

void tst_ReceiveLimits::handshakeIsNotLimited()
{
    ReceiveLimits limits = limitedTo(1);
    limits.setRate(1, 1, ReceiveLimits::RatePolicy::Disconnect, 0ms);
    ObservedServer server;
    server.server.setReceiveLimits(limits);
    QVERIFY(server.listen());
    const RawSocket client = server.openSession();
    QVERIFY(client.isValid());
    QCOMPARE(server.refusals.size(), 0);
}

void tst_ReceiveLimits::limitMayChangeDuringASession()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    connect(server.peer, &Peer::frameReceived, this,
            [&] { server.peer->setReceiveLimits(limitedTo(3)); });
    // The second header is with us already when the limit changes.
    QVERIFY(client.write(RawSocket::frame(2, "four") + RawSocket::header(2, 4)));
    QVERIFY(client.waitForClosed());
    QCOMPARE(server.waitForEnding().code(), ErrorCode::PayloadTooLarge);
    QCOMPARE(server.frames.size(), 1);
}

void tst_ReceiveLimits::clientLimitsItsServer()
{
    ObservedServer server;
    QVERIFY(server.listen());
    Peer client;
    client.setReceiveLimits(limitedTo(10));
    QSignalSpy ended(&client, &Peer::disconnected);
    client.connectToServer(Endpoint::fromPath(server.path()));
    QTRY_VERIFY_WITH_TIMEOUT(client.isOpen() && server.peer && server.peer->isOpen(), Patience);
    QVERIFY(!client.send(Channel::Data, QByteArray(1000, 'x')));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
    QVERIFY(!server.peer->send(Channel::Data, QByteArray(11, 'x')));
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    QCOMPARE(client.disconnectReason().code(), ErrorCode::PayloadTooLarge);
}

void tst_ReceiveLimits::workersKnowTheLimits()
{
    ObservedServer server;
    server.server.setReceiveLimits(limitedTo(10));
    server.server.setWorkerThreads(1, [](Peer *) {});
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QVERIFY(client.write(RawSocket::header(Channel::Data, 11)));
    QVERIFY(client.waitForClosed());
}

// Rate. Nothing may come earlier than the rate allows; how much later it comes is not for a test.

void tst_ReceiveLimits::framesBeyondTheRateWait()
{
    ObservedServer server;
    server.server.setReceiveLimits(withRate(0, 10, ReceiveLimits::RatePolicy::Wait, 300ms));
    QVERIFY(server.listen());
    const auto start = Clock::now();
    RawSocket client = server.openSession();
    // Three at once, and five that come 100 ms after one another.
    QByteArray together;
    for (int i = 0; i < 8; ++i)
        together += RawSocket::frame(Channel::Data, QByteArray::number(i));
    QVERIFY(client.write(together));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 8, Patience);
    QVERIFY(Clock::now() - start >= 500ms);
    for (int i = 0; i < 8; ++i)
        QCOMPARE(server.frames.at(i).payload, QByteArray::number(i));
    QVERIFY(server.endings.isEmpty());
}

void tst_ReceiveLimits::bytesBeyondTheRateWait()
{
    ObservedServer server;
    // The first frame is more than what may come at once, and so the others wait for it.
    server.server.setReceiveLimits(withRate(200'000, 0, ReceiveLimits::RatePolicy::Wait, 100ms));
    QVERIFY(server.listen());
    const auto start = Clock::now();
    RawSocket client = server.openSession();
    for (int i = 0; i < 4; ++i)
        QVERIFY(client.writeFrame(Channel::Data, QByteArray(40'000 - 8, 'x')));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 4, Patience);
    QVERIFY(Clock::now() - start >= 500ms);
}

void tst_ReceiveLimits::waitingClientIsHeldBack()
{
    ObservedServer server;
    server.server.setReceiveLimits(withRate(1, 0, ReceiveLimits::RatePolicy::Wait, 0ms));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    // What follows the first frame stays in the system's buffers, and fills them.
    constexpr qint64 Most = 64 * 1024 * 1024;
    QVERIFY(client.flood(RawSocket::frame(Channel::Data, QByteArray(100'000, 'x')), Most) < Most);
    QCOMPARE(server.frames.size(), 1);
    QVERIFY(server.peer->isOpen());
}

void tst_ReceiveLimits::applicationCannotEndThePause()
{
    ObservedServer server;
    server.server.setReceiveLimits(withRate(1, 0, ReceiveLimits::RatePolicy::Wait, 0ms));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QVERIFY(client.writeFrame(Channel::Data, QByteArray(100'000, 'x')));
    QVERIFY(client.writeFrame(Channel::Data, "waits"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
    server.peer->setReceiving(false);
    server.peer->setReceiving(true);
    // A second client's answer shows that the event loop had its turns.
    QVERIFY(server.openSession().isValid());
    QCOMPARE(server.frames.size(), 1);
}

void tst_ReceiveLimits::frameBeyondTheRateEndsTheSession()
{
    ObservedServer server;
    server.server.setReceiveLimits(withRate(0, 1, ReceiveLimits::RatePolicy::Disconnect, 3s));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QByteArray together;
    for (int i = 0; i < 100; ++i)
        together += RawSocket::frame(Channel::Data, "xx");
    client.write(together); // Which may fail.
    QCOMPARE(server.waitForEnding(),
             Error(ErrorCode::RateExceeded,
                   u"the other side sends too fast: a frame of 2 bytes on channel 2 is more than "
                   "this side's limit of 1 frames per second allows, with bursts of 3000 ms"_s));
    // More only if the machine has taken a second for it.
    QVERIFY(server.frames.size() >= 3 && server.frames.size() < 50);
}

void tst_ReceiveLimits::sessionThatWaitsCanBeClosed()
{
    ObservedServer server;
    server.server.setReceiveLimits(withRate(1, 0, ReceiveLimits::RatePolicy::Wait, 0ms));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QVERIFY(client.writeFrame(Channel::Data, QByteArray(100'000, 'x')));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
    QVERIFY(client.writeFrame(Channel::Data, "on its way"));
    server.peer->close();
    QVERIFY(client.readFrame()); // The request to shut down.
    QVERIFY(client.writeFrame(Channel::Control, R"({"type":"shutdown_ack"})"));
    QTRY_COMPARE_WITH_TIMEOUT(server.endings, QList<Error>({Error()}), Patience);
    QCOMPARE(server.frames.size(), 2);
}

void tst_ReceiveLimits::anotherRateEndsThePause()
{
    ObservedServer server;
    server.server.setReceiveLimits(withRate(1, 0, ReceiveLimits::RatePolicy::Wait, 0ms));
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QVERIFY(client.writeFrame(Channel::Data, QByteArray(100'000, 'x')));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
    QVERIFY(client.writeFrame(Channel::Data, "waits"));
    server.peer->setReceiveLimits(ReceiveLimits());
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 2, Patience);
}

QTEST_GUILESS_MAIN(tst_ReceiveLimits)
#include "tst_receivelimits.moc"
