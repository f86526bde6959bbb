// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "scriptedtest.h"

#include "background.h"

#include <QtTest/qtest.h>

#include <array>
#include <memory>
#include <utility>

#include <sys/socket.h>

namespace {

/// Refuses payloads that begin with "bad".
class NothingBad : public PayloadValidator
{
public:
    explicit NothingBad(QString message = u"it is bad"_s)
        : m_message(std::move(message))
    {}

    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        if (!payload.startsWith("bad"))
            return std::nullopt;
        return Failure{m_message, {ValidationError()}};
    }

private:
    const QString m_message;
};

} // namespace

/// Section 5 of the protocol: which call receives which frames.
class tst_BlockingReceiving : public ScriptedTest
{
    Q_OBJECT

private Q_SLOTS:
    void framesAreReceivedInOrder();
    void framesMayComeWithTheHandshake();
    void timeoutLeavesTheSessionUsable();
    void partOfAFrameSurvivesATimeout_data();
    void partOfAFrameSurvivesATimeout();
    void timeoutIsFiveSecondsUnlessChanged();
    void receiveNeverLooksIntoTheBuffers();
    void receiveOnTakesFromTheBufferFirst();
    void pingPutsFramesAside();
    void shutdownPutsFramesAside();
    void bufferHolds256FramesOfAChannel();
    void everyChannelHasItsOwnCount();
    void bufferCountsHeaders();
    void pingReportsAFullBuffer();
    void shutdownReportsAFullBufferAndEndsTheSessionAllTheSame();
    void unnegotiatedChannelEndsTheSession();
    void unnegotiatedChannelIsNotSent();
    void unnegotiatedChannelIsNotReceivedOn();
    void tooLargePayloadIsNotSent();
    void requestTakesTheNextCommand();
    void lateAnswerIsNotGivenToTheNextRequest();
    void lateAnswerCanBeReceivedInstead();
    void failedRequestIsTold();
    void badFrameIsReportedAndTheSessionGoesOn();
};

void tst_BlockingReceiving::framesAreReceivedInOrder()
{
    write(2, "one");
    write(1, "");
    write(2, QByteArray(100'000, 'x'));
    COMPARE_RECEIVED(receive(), 2, "one");
    COMPARE_RECEIVED(receive(), 1, "");
    COMPARE_RECEIVED(receive(), 2, QByteArray(100'000, 'x'));
}

void tst_BlockingReceiving::framesMayComeWithTheHandshake()
{
    std::array<int, 2> ends = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    RawSocket other(ends[0]);
    QVERIFY(other.write(RawSocket::frame(0, Response) + RawSocket::frame(2, "one")
                        + RawSocket::frame(1, "two")));
    other.finishWriting();
    BlockingPeer peer;
    QVERIFY(!peer.connectOver(ends[1]));
    QVERIFY(!peer.receive(&m_frame));
    QCOMPARE(m_frame, (Frame{2, "one"}));
    QVERIFY(!peer.receive(&m_frame));
    QCOMPARE(m_frame, (Frame{1, "two"}));
    QCOMPARE(peer.receive(&m_frame).code(), ErrorCode::Disconnected);
}

void tst_BlockingReceiving::timeoutLeavesTheSessionUsable()
{
    QCOMPARE(receive(20ms), ErrorCode::Timeout);
    QVERIFY2(m_error.message().contains(u"20 ms"), qPrintable(m_error.message()));
    QCOMPARE(receiveOn(2), ErrorCode::Timeout);
    QVERIFY(m_peer.isOpen());
    write(2, "late");
    COMPARE_RECEIVED(receive(), 2, "late");
    QVERIFY(!m_peer.send(1, "on"));
    QCOMPARE(sent(), (RawSocket::Frame{1, "on"}));
}

void tst_BlockingReceiving::partOfAFrameSurvivesATimeout_data()
{
    QTest::addColumn<qsizetype>("part");
    QTest::newRow("half a header") << qsizetype(5);
    QTest::newRow("a header") << qsizetype(8);
    QTest::newRow("half a payload") << qsizetype(50'000);
}

void tst_BlockingReceiving::partOfAFrameSurvivesATimeout()
{
    QFETCH(qsizetype, part);
    const QByteArray payload(90'000, 'p');
    const QByteArray bytes = RawSocket::frame(3, payload);
    QVERIFY(m_other.write(bytes.first(part)));
    QCOMPARE(receive(1ms), ErrorCode::Timeout);
    QCOMPARE(receive(1ms), ErrorCode::Timeout);
    QVERIFY(m_other.write(bytes.sliced(part)));
    COMPARE_RECEIVED(receive(), 3, payload);
}

void tst_BlockingReceiving::timeoutIsFiveSecondsUnlessChanged()
{
    QCOMPARE(m_peer.timeout(), 5s);
    QCOMPARE(m_peer.connectTimeout(), 5s);
    m_peer.setTimeout(3ms);
    for (const Error &error :
         {m_peer.receive(&m_frame), m_peer.receiveOn(1, &m_frame), m_peer.request("x").error}) {
        QCOMPARE(error.code(), ErrorCode::Timeout);
        QVERIFY2(error.message().contains(u" 3 ms"), qPrintable(error.message()));
    }
    QCOMPARE(m_peer.ping().error.code(), ErrorCode::Timeout);
}

void tst_BlockingReceiving::receiveNeverLooksIntoTheBuffers()
{
    write(2, "data");
    write(1, "command");
    COMPARE_RECEIVED(receiveOn(1), 1, "command");
    QCOMPARE(receive(), ErrorCode::Timeout);
    write(3, "new");
    COMPARE_RECEIVED(receive(), 3, "new");
    COMPARE_RECEIVED(receiveOn(2), 2, "data");
    QCOMPARE(receiveOn(2), ErrorCode::Timeout);
}

void tst_BlockingReceiving::receiveOnTakesFromTheBufferFirst()
{
    write(2, "first");
    write(2, "second");
    write(1, "command");
    COMPARE_RECEIVED(receiveOn(1), 1, "command");
    write(2, "third");
    COMPARE_RECEIVED(receiveOn(2), 2, "first");
    COMPARE_RECEIVED(receiveOn(2), 2, "second");
    COMPARE_RECEIVED(receiveOn(2), 2, "third");
}

void tst_BlockingReceiving::pingPutsFramesAside()
{
    write(2, "data");
    write(0, Pong);
    write(1, "after");
    const PingReply reply = m_peer.ping();
    QVERIFY2(!reply.error, qPrintable(reply.error.message()));
    QVERIFY(reply.roundTripTime > 0ns);
    QCOMPARE(sent(), (RawSocket::Frame{0, Ping}));
    QCOMPARE(receive(), ErrorCode::Timeout);
    COMPARE_RECEIVED(receiveOn(2), 2, "data");
    COMPARE_RECEIVED(receiveOn(1), 1, "after");
}

void tst_BlockingReceiving::shutdownPutsFramesAside()
{
    write(2, "data");
    write(0, Ping);
    write(0, ShutdownAck);
    const Error error = m_peer.shutdown(u"enough"_s);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(sent(),
             (RawSocket::Frame{0, R"({"type":"shutdown_request","payload":{"reason":"enough"}})"}));
    QCOMPARE(sent(), (RawSocket::Frame{0, Pong}));
    QVERIFY(m_other.waitForClosed());
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
    COMPARE_RECEIVED(receiveOn(2), 2, "data");
    QCOMPARE(receive(), ErrorCode::NotConnected);
    QCOMPARE(m_peer.send(1, "x").code(), ErrorCode::NotConnected);
}

void tst_BlockingReceiving::bufferHolds256FramesOfAChannel()
{
    QByteArray bytes;
    for (int i = 0; i < 258; ++i)
        bytes += RawSocket::frame(2, QByteArray::number(i));
    QVERIFY(m_other.write(bytes)); // At once: the system has no room for so many writes.
    write(1, "command");

    for (int i = 256; i < 258; ++i) {
        QCOMPARE(receiveOn(1), ErrorCode::BufferFull);
        QVERIFY2(m_error.message().startsWith(u"channel 2 buffer full"),
                 qPrintable(m_error.message()));
    }
    COMPARE_RECEIVED(receiveOn(1), 1, "command");
    for (int i = 0; i < 256; ++i) {
        COMPARE_RECEIVED(receiveOn(2), 2, QByteArray::number(i));
    }
    QCOMPARE(receiveOn(2), ErrorCode::Timeout); // Only those that did not fit are lost.
    write(2, "again");
    COMPARE_RECEIVED(receiveOn(2), 2, "again");
}

void tst_BlockingReceiving::everyChannelHasItsOwnCount()
{
    QByteArray bytes;
    for (int i = 0; i < 256; ++i)
        bytes += RawSocket::frame(2, "d") + RawSocket::frame(3, "t");
    QVERIFY(m_other.write(bytes));
    write(1, "command");
    COMPARE_RECEIVED(receiveOn(1), 1, "command");
    for (int i = 0; i < 256; ++i) {
        COMPARE_RECEIVED(receiveOn(3), 3, "t");
        COMPARE_RECEIVED(receiveOn(2), 2, "d");
    }
}

void tst_BlockingReceiving::bufferCountsHeaders()
{
    m_peer.setBufferLimits(256, 200);
    write(2, QByteArray(92, 'd'));
    write(3, QByteArray(92, 't')); // Exactly full.
    write(4, "");
    write(1, "command");
    QCOMPARE(receiveOn(1), ErrorCode::BufferFull);
    QVERIFY(m_error.message().startsWith(u"channel 4 buffer full"));
    COMPARE_RECEIVED(receiveOn(1), 1, "command");
    COMPARE_RECEIVED(receiveOn(2), 2, QByteArray(92, 'd'));
    // There is room again.
    write(4, QByteArray(92, 'e'));
    write(1, "command");
    COMPARE_RECEIVED(receiveOn(1), 1, "command");
    write(2, QByteArray());
    write(1, "command");
    QCOMPARE(receiveOn(1), ErrorCode::BufferFull);
}

void tst_BlockingReceiving::pingReportsAFullBuffer()
{
    m_peer.setBufferLimits(1, 1000);
    write(2, "fits");
    write(2, "lost");
    write(0, Pong);
    const PingReply reply = m_peer.ping();
    QCOMPARE(reply.error.code(), ErrorCode::BufferFull);
    QVERIFY(m_peer.isOpen());
    COMPARE_RECEIVED(receiveOn(2), 2, "fits");
}

void tst_BlockingReceiving::shutdownReportsAFullBufferAndEndsTheSessionAllTheSame()
{
    m_peer.setBufferLimits(1, 1000);
    write(2, "fits");
    write(2, "lost");
    write(0, ShutdownAck);
    QCOMPARE(m_peer.shutdown().code(), ErrorCode::BufferFull);
    QCOMPARE(sent(), (RawSocket::Frame{0, ShutdownRequest}));
    QVERIFY(m_other.waitForClosed());
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
    COMPARE_RECEIVED(receiveOn(2), 2, "fits");
}

void tst_BlockingReceiving::unnegotiatedChannelEndsTheSession()
{
    write(2, "good");
    write(9, "bad");
    write(2, "never");
    COMPARE_RECEIVED(receive(), 2, "good");
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(receive(), ErrorCode::ProtocolViolation);
        QCOMPARE(m_error.message(), u"received frame on unnegotiated channel 9"_s);
    }
    QVERIFY(m_other.waitForClosed());
}

void tst_BlockingReceiving::unnegotiatedChannelIsNotSent()
{
    const Error error = m_peer.send(9, "x");
    QCOMPARE(error.code(), ErrorCode::UnsupportedChannel);
    QVERIFY(error.message().contains(u"channel 9 was not requested by this side"_s));
    QCOMPARE(m_peer.gather(300, "x").code(), ErrorCode::UnsupportedChannel);
    // CONTROL is the library's own, here as in Peer.
    QCOMPARE(m_peer.send(0, Ping).code(), ErrorCode::UnsupportedChannel);
    QVERIFY(!m_peer.send(4, "y"));
    QCOMPARE(sent(), (RawSocket::Frame{4, "y"}));
}

void tst_BlockingReceiving::unnegotiatedChannelIsNotReceivedOn()
{
    QCOMPARE(receiveOn(9), ErrorCode::UnsupportedChannel);
    QVERIFY(m_error.message().contains(u"channel 9 was not requested by this side"_s));
    QCOMPARE(receiveOn(0), ErrorCode::UnsupportedChannel);
    write(2, "unharmed");
    COMPARE_RECEIVED(receive(), 2, "unharmed");
}

void tst_BlockingReceiving::tooLargePayloadIsNotSent()
{
    const Error error = m_peer.send(2, QByteArray(MaxPayloadSize + 1, 'x'));
    QCOMPARE(error.code(), ErrorCode::PayloadTooLarge);
    QCOMPARE(error.message(), u"payload too large (16777217 bytes, max 16777216)"_s);
    QVERIFY(!m_peer.send(2, "y"));
    QCOMPARE(sent(), (RawSocket::Frame{2, "y"}));
}

void tst_BlockingReceiving::requestTakesTheNextCommand()
{
    write(2, "data");
    write(1, "answer");
    const Reply reply = m_peer.request("question", 0ms);
    QVERIFY(!reply.error);
    QCOMPARE(reply.payload, "answer"_ba);
    QCOMPARE(sent(), (RawSocket::Frame{1, "question"}));
    COMPARE_RECEIVED(receiveOn(2), 2, "data");
}

void tst_BlockingReceiving::lateAnswerIsNotGivenToTheNextRequest()
{
    QCOMPARE(m_peer.request("1", 1ms).error.code(), ErrorCode::Timeout);
    QCOMPARE(m_peer.request("2", 1ms).error.code(), ErrorCode::Timeout);
    write(1, "to 1");
    write(1, "to 2");
    write(1, "to 3");
    QCOMPARE(m_peer.request("3", 0ms).payload, "to 3"_ba);
}

void tst_BlockingReceiving::lateAnswerCanBeReceivedInstead()
{
    QCOMPARE(m_peer.request("1", 1ms).error.code(), ErrorCode::Timeout);
    write(1, "to 1");
    COMPARE_RECEIVED(receiveOn(1), 1, "to 1");
    write(1, "to 2");
    QCOMPARE(m_peer.request("2", 0ms).payload, "to 2"_ba);
}

// As a Peer answers that has such a request; see RequestFailure.
void tst_BlockingReceiving::failedRequestIsTold()
{
    QCOMPARE(m_peer.request("1", 1ms).error.code(), ErrorCode::Timeout);
    write(4, R"({"error":"another matter"})");
    write(4, R"({"error":"too late","request":1})");
    write(4, R"({"error":"no idea","request":2})");
    const Reply failed = m_peer.request("2", 0ms);
    QCOMPARE(failed.error.code(), ErrorCode::RequestFailed);
    QCOMPARE(failed.payload, "no idea"_ba);

    write(1, "to 3");
    QCOMPARE(m_peer.request("3", 0ms).payload, "to 3"_ba);
    COMPARE_RECEIVED(receiveOn(4), 4, R"({"error":"another matter"})");
    QCOMPARE(receiveOn(4), ErrorCode::Timeout);
}

void tst_BlockingReceiving::badFrameIsReportedAndTheSessionGoesOn()
{
    m_peer.setValidator(std::make_shared<NothingBad>());
    m_peer.setAnswersValidationErrors(true);
    QCOMPARE(m_peer.send(1, "bad one").code(), ErrorCode::ValidationFailed);
    write(2, "bad one");
    write(4, "bad answer");
    write(2, "good one");
    QCOMPARE(receive(), ErrorCode::ValidationFailed);
    QCOMPARE(m_error.message(), u"schema validation error: it is bad"_s);
    QCOMPARE(receive(), ErrorCode::ValidationFailed); // ERROR is never answered.
    COMPARE_RECEIVED(receive(), 2, "good one");
    QVERIFY(!m_peer.send(1, "good one"));
    QCOMPARE(sent(), (RawSocket::Frame{4, R"({"error":"schema validation error: it is bad"})"}));
    QCOMPARE(sent(), (RawSocket::Frame{1, "good one"}));
}

QTEST_APPLESS_MAIN(tst_BlockingReceiving)
#include "tst_blocking_receiving.moc"
