// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "memory.h"
#include "scriptedtest.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/receivelimits.h>

#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <ctime>
#include <memory>
#include <vector>

using Clock = std::chrono::steady_clock;
using Policy = ReceiveLimits::RatePolicy;

/// What a BlockingPeer lets the other side send; see tst_receivelimits for the other classes.
class tst_BlockingReceiveLimits : public ScriptedTest
{
    Q_OBJECT

private Q_SLOTS:
    void tooLargeFrameIsRefusedByItsHeader();
    void sendingIsNotLimited();
    void listenerLimitsItsClients();
    void framesBeyondTheRateWait();
    void frameThatComesAfterAPauseIsReceived();
    void callThatWaitsForTheRateTimesOut();
    void frameBeyondTheRateEndsTheSession();
    void sessionThatWaitsCanBeShutDown();
    void waitingTakesNoTimeOfTheProcessor();
    void answersToBadFramesAreBoundedAndNoneIsLost();
    void framesBeforeTheAcceptTakeLittleMemory();

private:
    void limitRate(qint64 bytes, qint64 frames, Policy policy, std::chrono::milliseconds burst)
    {
        ReceiveLimits limits;
        limits.setRate(bytes, frames, policy, burst);
        m_peer.setReceiveLimits(limits);
    }
};

static ReceiveLimits limitedTo(qint64 bytes)
{
    ReceiveLimits limits;
    limits.setMaxPayloadSize(bytes);
    return limits;
}

void tst_BlockingReceiveLimits::tooLargeFrameIsRefusedByItsHeader()
{
    ReceiveLimits limits = limitedTo(100);
    limits.setMaxPayloadSize(Channel::Data, 4);
    m_peer.setReceiveLimits(limits);
    QCOMPARE(m_peer.receiveLimits(), limits);
    write(1, QByteArray(100, 'x'));
    write(2, "four");
    QVERIFY(m_other.write(RawSocket::header(2, 5)));
    COMPARE_RECEIVED(receive(), 1, QByteArray(100, 'x'));
    COMPARE_RECEIVED(receive(), 2, "four");
    QCOMPARE(receive(), ErrorCode::PayloadTooLarge);
    QCOMPARE(m_error.message(), u"payload too large (5 bytes on channel 2, max 4)"_s);
    QVERIFY(m_other.waitForClosed());
}

void tst_BlockingReceiveLimits::sendingIsNotLimited()
{
    m_peer.setReceiveLimits(limitedTo(1));
    QVERIFY(!m_peer.send(2, "much longer"));
    QCOMPARE(sent().payload, "much longer");
}

void tst_BlockingReceiveLimits::listenerLimitsItsClients()
{
    const QTemporaryDir directory;
    BlockingListener listener;
    listener.setReceiveLimits(limitedTo(10));
    const Endpoint endpoint = Endpoint::fromPath(directory.filePath(u"s"_s));
    QVERIFY(!listener.listen(endpoint));
    BlockingPeer served;
    Error accepted;
    Background accepting([&] { accepted = listener.accept(&served); });
    QVERIFY(!m_peer.connectToServer(endpoint));
    accepting.join();
    QVERIFY(!accepted);
    QCOMPARE(served.receiveLimits(), limitedTo(10));
    QVERIFY(!m_peer.send(2, QByteArray(11, 'x')));
    Frame frame;
    QCOMPARE(served.receive(&frame).code(), ErrorCode::PayloadTooLarge);
}

// Nothing may come earlier than the rate allows; how much later it comes is not for a test.

void tst_BlockingReceiveLimits::framesBeyondTheRateWait()
{
    const auto start = Clock::now();
    limitRate(0, 10, Policy::Wait, 300ms);
    for (int i = 0; i < 8; ++i)
        write(2, QByteArray::number(i));
    for (int i = 0; i < 8; ++i) {
        COMPARE_RECEIVED(receive(30s), 2, QByteArray::number(i));
    }
    QVERIFY(Clock::now() - start >= 500ms);
}

// When the pause begins nothing else has arrived.
void tst_BlockingReceiveLimits::frameThatComesAfterAPauseIsReceived()
{
    limitRate(0, 10, Policy::Wait, 0ms);
    for (int i = 0; i < 3; ++i) {
        write(2, QByteArray::number(i));
        COMPARE_RECEIVED(receive(30s), 2, QByteArray::number(i));
    }
    QCOMPARE(receive(10ms), ErrorCode::Timeout);
}

void tst_BlockingReceiveLimits::callThatWaitsForTheRateTimesOut()
{
    limitRate(1, 0, Policy::Wait, 0ms);
    write(2, QByteArray(100'000, 'x'));
    write(2, "waits");
    COMPARE_RECEIVED(receive(), 2, QByteArray(100'000, 'x'));
    QCOMPARE(receive(10ms), ErrorCode::Timeout);
    QVERIFY(!m_peer.send(2, "not held up"));
    QCOMPARE(sent().payload, "not held up");
    m_peer.setReceiveLimits(ReceiveLimits());
    COMPARE_RECEIVED(receive(), 2, "waits");
}

void tst_BlockingReceiveLimits::frameBeyondTheRateEndsTheSession()
{
    limitRate(0, 1, Policy::Disconnect, 3s);
    for (int i = 0; i < 50; ++i)
        write(2, "xx");
    int received = 0;
    while (receive() == ErrorCode::NoError)
        ++received;
    // More only if the machine has taken a second for it.
    QVERIFY(received >= 3 && received < 20);
    QCOMPARE(m_error.code(), ErrorCode::RateExceeded);
    QVERIFY2(m_error.message().contains(u"a frame of 2 bytes on channel 2"_s),
             qPrintable(m_error.message()));
    QVERIFY(m_other.waitForClosed());
}

void tst_BlockingReceiveLimits::sessionThatWaitsCanBeShutDown()
{
    limitRate(1, 0, Policy::Wait, 0ms);
    write(2, QByteArray(100'000, 'x'));
    write(2, "on its way");
    write(Channel::Control, ShutdownAck);
    COMPARE_RECEIVED(receive(), 2, QByteArray(100'000, 'x'));
    const Error error = m_peer.shutdown();
    QVERIFY2(!error, qPrintable(error.message()));
    COMPARE_RECEIVED(receiveOn(2), 2, "on its way");
}

void tst_BlockingReceiveLimits::waitingTakesNoTimeOfTheProcessor()
{
    limitRate(1, 0, Policy::Wait, 0ms);
    write(2, QByteArray(100'000, 'x'));
    write(2, "waits");
    COMPARE_RECEIVED(receive(), 2, QByteArray(100'000, 'x'));
    m_other.close(); // Which a poll() would tell of at once, again and again.
    const std::clock_t before = std::clock();
    QCOMPARE(receive(500ms), ErrorCode::Timeout);
    QVERIFY(std::clock() - before < CLOCKS_PER_SEC / 4);
}

/// Refuses whatever is received, with as long an answer as there may be.
class Refusing : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView, Direction direction) const override
    {
        if (direction == Direction::Send)
            return std::nullopt;
        return Failure{QString(4096, u'x'), {{}}};
    }
};

void tst_BlockingReceiveLimits::answersToBadFramesAreBoundedAndNoneIsLost()
{
    m_peer.setValidator(std::make_shared<Refusing>());
    m_peer.setAnswersValidationErrors(true);
    // More than 16 MiB of answers, which the other side doesn't read until it has sent all that.
    constexpr int Count = 5000;
    QVERIFY(m_other.write(RawSocket::frame(2, "bad").repeated(Count)));
    int refused = 0;
    while (receive(100ms) == ErrorCode::ValidationFailed)
        ++refused;
    QCOMPARE(m_error.code(), ErrorCode::Timeout);
    // In the queue, and in the system's buffers.
    QVERIFY2(refused > 3800 && refused < 4500, QByteArray::number(refused).constData());
    Background reading([&] {
        for (int i = 0; i < Count; ++i)
            QVERIFY(sent().channel == Channel::Error);
    });
    while (refused < Count && receive(30s) == ErrorCode::ValidationFailed)
        ++refused;
    QCOMPARE(refused, Count);
    QVERIFY(!m_peer.flush());
    reading.join();
}

void tst_BlockingReceiveLimits::framesBeforeTheAcceptTakeLittleMemory()
{
    const QTemporaryDir directory;
    BlockingListener listener;
    const QString path = directory.filePath(u"s"_s);
    QVERIFY(!listener.listen(Endpoint::fromPath(path)));
    // Tiny frames would take ten times their bytes, were they taken apart before anybody asks.
    const QByteArray request = RawSocket::frame(
            Channel::Control, R"({"protocol":"ipcprims","version":"1.0","channels":[2]})");
    const QByteArray flood = RawSocket::frame(2, "x").repeated(6000);
    std::vector<RawSocket> clients;
    for (int i = 0; i < 60; ++i) {
        clients.push_back(RawSocket::connectTo(path));
        QVERIFY(clients.back().write(request + flood));
    }
    const qint64 before = residentBytes();
    BlockingPeer first;
    QVERIFY(!listener.accept(&first));
    const qint64 growth = residentBytes() - before;
    QVERIFY2(growth < 60 * 128 * 1024, QByteArray::number(growth).constData());
    Frame frame;
    for (int i = 0; i < 6000; ++i)
        QVERIFY(!first.receive(&frame) && frame.payload == "x");
}

QTEST_APPLESS_MAIN(tst_BlockingReceiveLimits)
#include "tst_blocking_receivelimits.moc"
