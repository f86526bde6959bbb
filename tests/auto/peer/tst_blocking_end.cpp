// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "scriptedtest.h"

#include "background.h"

#include <QtTest/qtest.h>

namespace {

/// Has the other side say something more whenever a frame of it is judged, up to a point.
class EndlessTalk : public PayloadValidator
{
public:
    explicit EndlessTalk(RawSocket *other)
        : m_other(other)
    {}

    std::optional<Failure> check(quint16, QByteArrayView, Direction direction) const override
    {
        if (direction == Direction::Receive && m_frames < MaxFrames
            && m_other->writeFrame(2, "and another thing"))
            ++m_frames;
        return std::nullopt;
    }
    bool hasSaidAll() const { return m_frames == MaxFrames; }

private:
    static constexpr int MaxFrames = 30'000;

    RawSocket *const m_other;
    mutable int m_frames = 0;
};

} // namespace

/// How a session ends, and the control messages that a receiver meets: sections 5.8 and 4 of the
/// protocol.
class tst_BlockingEnd : public ScriptedTest
{
    Q_OBJECT

private Q_SLOTS:
    void whatArrivedComesBeforeTheEnd();
    void buffersOutliveTheSession();
    void resetIsADisconnect();
    void sendingAfterTheEndSaysSo();
    void whatArrivedIsReceivedAfterAFailedSend();
    void endInsideAFrame();
    void badMagicIsReportedForEver();
    void tooLargeFrameIsRefusedByItsHeader();
    void pingsAreAnsweredWhileReceiving();
    void unaskedPongIsIgnored();
    void latePongDoesNotAnswerTheNextPing();
    void floodOfControlFramesEndsTheSession();
    void shutdownRequestIsAcknowledged();
    void shutdownAfterTheOthersIsNoError();
    void shutdownAfterTheOthersSendsTheRestFirst();
    void shutdownWithoutAnswerFails();
    void shutdownEndsInTimeWhateverArrives();

    void whatWasSentLeavesAfterTheOtherSidesEnd_data();
    void whatWasSentLeavesAfterTheOtherSidesEnd();
    void flushSucceedsAfterTheOtherSidesEnd();
};

void tst_BlockingEnd::whatArrivedComesBeforeTheEnd()
{
    write(1, "one");
    write(2, "two");
    m_other.close();
    COMPARE_RECEIVED(receive(), 1, "one");
    COMPARE_RECEIVED(receive(), 2, "two");
    for (int i = 0; i < 3; ++i)
        QCOMPARE(receive(), ErrorCode::Disconnected);
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
    QCOMPARE(receiveOn(1), ErrorCode::Disconnected);
    QCOMPARE(m_peer.ping().error.code(), ErrorCode::Disconnected);
    QCOMPARE(m_peer.send(1, "x").code(), ErrorCode::Disconnected);
    QCOMPARE(m_peer.shutdown().code(), ErrorCode::Disconnected);
    QCOMPARE(m_peer.channels(), (QList<quint16>{1, 2, 3, 4})); // Still known.
}

void tst_BlockingEnd::buffersOutliveTheSession()
{
    write(2, "kept");
    m_other.close();
    QCOMPARE(receiveOn(1), ErrorCode::Disconnected);
    QCOMPARE(receive(), ErrorCode::Disconnected);
    COMPARE_RECEIVED(receiveOn(2), 2, "kept");
    QCOMPARE(receiveOn(2), ErrorCode::Disconnected);
}

void tst_BlockingEnd::resetIsADisconnect()
{
    write(2, "one");
    QVERIFY(!m_peer.send(1, "never read"));
    m_other.close();
    COMPARE_RECEIVED(receive(), 2, "one");
    QCOMPARE(receive(), ErrorCode::Disconnected);
}

void tst_BlockingEnd::sendingAfterTheEndSaysSo()
{
    m_other.close();
    const Error error = m_peer.send(1, "x");
    QCOMPARE(error.code(), ErrorCode::Disconnected);
    QCOMPARE(error.nativeError(), EPIPE);
    QCOMPARE(m_peer.send(1, "x").code(), ErrorCode::Disconnected);
    QCOMPARE(receive(), ErrorCode::Disconnected);
}

void tst_BlockingEnd::whatArrivedIsReceivedAfterAFailedSend()
{
    write(2, "last words");
    m_other.close();
    QCOMPARE(m_peer.send(1, "x").code(), ErrorCode::Disconnected);
    COMPARE_RECEIVED(receive(), 2, "last words");
    QCOMPARE(receive(), ErrorCode::Disconnected);
}

void tst_BlockingEnd::endInsideAFrame()
{
    write(2, "whole");
    QVERIFY(m_other.write(RawSocket::frame(2, "cut off").chopped(3)));
    m_other.close();
    COMPARE_RECEIVED(receive(), 2, "whole");
    QCOMPARE(receive(), ErrorCode::TruncatedFrame);
    QCOMPARE(receive(), ErrorCode::TruncatedFrame);
}

void tst_BlockingEnd::badMagicIsReportedForEver()
{
    write(2, "whole");
    QVERIFY(m_other.write("HTTP/1.1"));
    COMPARE_RECEIVED(receive(), 2, "whole");
    QCOMPARE(receive(), ErrorCode::BadMagic);
    QCOMPARE(receive(), ErrorCode::BadMagic);
    QVERIFY(m_other.waitForClosed());
}

void tst_BlockingEnd::tooLargeFrameIsRefusedByItsHeader()
{
    QVERIFY(m_other.write(RawSocket::header(2, MaxPayloadSize + 1)));
    QCOMPARE(receive(), ErrorCode::PayloadTooLarge);
    QCOMPARE(m_error.message(), u"payload too large (16777217 bytes on channel 2, max 16777216)"_s);
}

void tst_BlockingEnd::pingsAreAnsweredWhileReceiving()
{
    write(0, Ping);
    write(2, "data");
    COMPARE_RECEIVED(receive(), 2, "data");
    QCOMPARE(sent(), (RawSocket::Frame{0, Pong}));
}

void tst_BlockingEnd::unaskedPongIsIgnored()
{
    write(0, Pong);
    QCOMPARE(receive(), ErrorCode::Timeout);
    QVERIFY(m_peer.isOpen());
}

void tst_BlockingEnd::latePongDoesNotAnswerTheNextPing()
{
    QCOMPARE(m_peer.ping(1ms).error.code(), ErrorCode::Timeout);
    write(0, Pong);
    QCOMPARE(m_peer.ping(1ms).error.code(), ErrorCode::Timeout);
    write(0, Pong);
    write(0, Pong);
    QVERIFY(!m_peer.ping(1s).error);
}

void tst_BlockingEnd::floodOfControlFramesEndsTheSession()
{
    const QByteArray pings = RawSocket::frame(0, Ping).repeated(MaxControlFramesInARow);
    QVERIFY(m_other.write(pings + RawSocket::frame(2, "data")));
    COMPARE_RECEIVED(receive(), 2, "data");
    for (int i = 0; i < MaxControlFramesInARow; ++i)
        QCOMPARE(sent(), (RawSocket::Frame{0, Pong}));

    QVERIFY(m_other.write(pings + RawSocket::frame(0, Ping)));
    QCOMPARE(receive(), ErrorCode::ProtocolViolation);
    QVERIFY(m_error.message().startsWith(u"control frame flood detected"));
    for (int i = 0; i < MaxControlFramesInARow; ++i)
        QCOMPARE(sent(), (RawSocket::Frame{0, Pong}));
    QVERIFY(m_other.waitForClosed());
    QCOMPARE(m_other.leftovers(), QByteArray());
}

void tst_BlockingEnd::shutdownRequestIsAcknowledged()
{
    write(2, "before");
    write(0, R"({"type":"shutdown_request","payload":{"reason":"tea"}})");
    write(2, "after");
    COMPARE_RECEIVED(receive(), 2, "before");
    COMPARE_RECEIVED(receive(), 2, "after");
    QCOMPARE(sent(), (RawSocket::Frame{0, ShutdownAck}));
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closing);
    QCOMPARE(m_peer.send(1, "x").code(), ErrorCode::ShutdownRequested);
    m_other.close();
    QCOMPARE(receive(), ErrorCode::ShutdownRequested);
    QVERIFY2(m_error.message().contains(u"tea"), qPrintable(m_error.message()));
    QCOMPARE(receive(), ErrorCode::ShutdownRequested);
}

void tst_BlockingEnd::shutdownAfterTheOthersIsNoError()
{
    write(2, "before");
    write(0, ShutdownRequest);
    write(2, "after");
    write(3, "and another");
    COMPARE_RECEIVED(receive(), 2, "before");
    COMPARE_RECEIVED(receive(), 2, "after");
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closing);
    QVERIFY(!m_peer.shutdown());
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
    QCOMPARE(sent(), (RawSocket::Frame{0, ShutdownAck}));
    QVERIFY(m_other.waitForClosed());
    COMPARE_RECEIVED(receiveOn(3), 3, "and another");
}

void tst_BlockingEnd::shutdownAfterTheOthersSendsTheRestFirst()
{
    const QByteArray payload(4 * 1024 * 1024, 'p');
    QVERIFY(!m_peer.send(2, payload, 0ms)); // It has begun, so it counts as sent.
    write(0, ShutdownRequest);
    QCOMPARE(receive(), ErrorCode::Timeout);
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closing);
    Error error;
    Background closing([&] { error = m_peer.shutdown(); });
    QVERIFY(sent() == (RawSocket::Frame{2, payload}));
    QCOMPARE(sent(), (RawSocket::Frame{0, ShutdownAck}));
    QVERIFY(m_other.waitForClosed());
    closing.join();
    QVERIFY2(!error, qPrintable(error.message()));
}

void tst_BlockingEnd::shutdownWithoutAnswerFails()
{
    const Error error = m_peer.shutdown({}, 2ms);
    QCOMPARE(error.code(), ErrorCode::ShutdownFailed);
    QVERIFY2(error.message().contains(u"timed out waiting for shutdown acknowledgement"),
             qPrintable(error.message()));
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
    QVERIFY(m_other.waitForClosed());
}

void tst_BlockingEnd::shutdownEndsInTimeWhateverArrives()
{
    const auto talk = std::make_shared<EndlessTalk>(&m_other);
    m_peer.setValidator(talk);
    m_peer.setBufferLimits(1'000'000, 1'000'000'000);
    write(2, "one thing");
    QCOMPARE(m_peer.shutdown({}, 2ms).code(), ErrorCode::ShutdownFailed);
    QVERIFY(!talk->hasSaidAll());
}

void tst_BlockingEnd::whatWasSentLeavesAfterTheOtherSidesEnd_data()
{
    QTest::addColumn<QByteArray>("last");
    QTest::addColumn<ErrorCode>("code");
    QTest::addRow("end of the stream") << QByteArray() << ErrorCode::Disconnected;
    QTest::addRow("bad frame") << QByteArray(8, 'x') << ErrorCode::BadMagic;
    QTest::addRow("bad channel") << RawSocket::frame(9, "x") << ErrorCode::ProtocolViolation;
}

void tst_BlockingEnd::whatWasSentLeavesAfterTheOtherSidesEnd()
{
    QFETCH(const QByteArray, last);
    QFETCH(const ErrorCode, code);
    const QByteArray payload(4 * 1024 * 1024, 'p');
    QVERIFY(!m_peer.send(2, payload, 0ms)); // It has begun, so it counts as sent.
    QVERIFY(m_other.write(RawSocket::frame(2, "before") + RawSocket::frame(0, Ping) + last));
    m_other.finishWriting();
    COMPARE_RECEIVED(receive(), 2, "before");
    QCOMPARE(receive(), ErrorCode::Timeout); // The rest is still on its way.
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closing);
    QCOMPARE(m_peer.send(1, "x").code(), code);

    ErrorCode received = ErrorCode::NoError;
    Background receiving([&] { received = receive(30s); });
    QVERIFY(sent() == (RawSocket::Frame{2, payload}));
    QCOMPARE(sent(), (RawSocket::Frame{0, Pong}));
    QVERIFY(m_other.waitForClosed());
    QCOMPARE(m_other.leftovers(), QByteArray());
    receiving.join();
    QCOMPARE(received, code);
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
}

void tst_BlockingEnd::flushSucceedsAfterTheOtherSidesEnd()
{
    const QByteArray payload(4 * 1024 * 1024, 'p');
    QVERIFY(!m_peer.send(2, payload, 0ms));
    m_other.finishWriting();
    Error error(ErrorCode::Timeout, {});
    Background flushing([&] { error = m_peer.flush(30s); });
    QVERIFY(sent() == (RawSocket::Frame{2, payload}));
    flushing.join();
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(receive(30s), ErrorCode::Disconnected);
    QCOMPARE(m_peer.flush(0ms).code(), ErrorCode::Disconnected);
}

QTEST_APPLESS_MAIN(tst_BlockingEnd)
#include "tst_blocking_end.moc"
