// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"

#include "rawsocket.h"

#include <QtTest/qtest.h>

#include <algorithm>
#include <array>

#include <poll.h>
#include <sys/socket.h>

namespace {

// More than the system takes off a sender's hands.
constexpr qsizetype LargeSize = 8 * 1024 * 1024;

} // namespace

/// What becomes of frames that the system does not take at once.
class tst_BlockingSending : public BlockingTest
{
    Q_OBJECT

private Q_SLOTS:
    void twoThatSendAtOnceDontWaitForEachOther();
    void readingMeanwhileIsBounded();
    void pingIsAnsweredWhileASendWaits();
    void sendThatTimesOutHasSentNothing();
    void frameThatHasBegunIsFinishedLater();
    void gatheredFramesLeaveTogether();
    void gatheredFramesLeaveBeforeACallThatWaits();
    void gatheringIsBounded();
    void cancelEndsASendThatWaits();
};

// Neither receives before it has sent more than the system keeps for it.
void tst_BlockingSending::twoThatSendAtOnceDontWaitForEachOther()
{
    open();
    const auto exchange = [](BlockingPeer *peer) {
        for (int i = 0; i < 3; ++i) {
            if (peer->send(Channel::Data, QByteArray(LargeSize / 2, 'a' + i), 30s))
                return false;
        }
        for (int i = 0; i < 3; ++i) {
            Frame frame;
            if (peer->receive(&frame) || frame.payload != QByteArray(LargeSize / 2, 'a' + i))
                return false;
        }
        return true;
    };
    bool worked = false;
    Background other([&] { worked = exchange(&m_server); });
    QVERIFY(exchange(&m_client));
    other.join();
    QVERIFY(worked);
}

// In memory, of which a tiny frame takes more than its bytes.
void tst_BlockingSending::readingMeanwhileIsBounded()
{
    std::array<int, 2> ends = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    RawSocket other(ends[0]);
    QVERIFY(other.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[2],)"
                                R"("peer_id":"peer-1"})"));
    m_client.setRequestedChannels({2});
    QVERIFY(!m_client.connectOver(ends[1]));
    Background sending(
            [&] { static_cast<void>(m_client.send(Channel::Data, QByteArray(LargeSize, 's'))); });

    const QByteArray frames = RawSocket::frame(Channel::Data, {}).repeated(10'000);
    qsizetype taken = 0;
    pollfd state = {ends[0], POLLOUT, 0};
    while (taken<2 * LargeSize && ::poll(&state, 1, 500)> 0) {
        const QByteArrayView rest = QByteArrayView(frames).sliced(taken % frames.size());
        taken += std::max<qsizetype>(
                0, ::send(ends[0], rest.data(), size_t(rest.size()), MSG_DONTWAIT));
    }
    m_client.cancel();
    sending.join();
    QVERIFY2(taken < LargeSize / 2, qPrintable(QString::number(taken)));
}

void tst_BlockingSending::pingIsAnsweredWhileASendWaits()
{
    open();
    Background sending(
            [&] { static_cast<void>(m_client.send(Channel::Data, QByteArray(LargeSize, 'd'))); });
    sending.waitUntilAsleep();
    // The answer comes behind the frame that has begun.
    QVERIFY(!m_server.ping().error);
    Frame frame;
    QVERIFY(!m_server.receiveOn(Channel::Data, &frame));
    QCOMPARE(frame.payload.size(), LargeSize);
}

void tst_BlockingSending::sendThatTimesOutHasSentNothing()
{
    open();
    const QByteArray payload(5'000, 'x');
    int accepted = 0;
    Error error;
    while (!(error = m_client.send(Channel::Data, QByteArray::number(accepted) + payload, 1ms)))
        ++accepted;
    QCOMPARE(error.code(), ErrorCode::Timeout);
    QVERIFY(accepted > 1);
    QCOMPARE(m_client.send(Channel::Data, "nor is this", 0ms).code(), ErrorCode::Timeout);

    Background rest([&] {
        if (!m_client.send(Channel::Command, "the end"))
            static_cast<void>(m_client.shutdown());
    });
    Frame frame;
    for (int i = 0; i < accepted; ++i) {
        QVERIFY(!m_server.receive(&frame));
        QVERIFY(frame.payload == QByteArray::number(i) + payload);
    }
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame.payload, "the end"_ba);
    QCOMPARE(m_server.receive(&frame).code(), ErrorCode::ShutdownRequested);
}

void tst_BlockingSending::frameThatHasBegunIsFinishedLater()
{
    open();
    const QByteArray payload(LargeSize, 'l');
    QVERIFY(!m_client.send(Channel::Data, payload, 0ms));
    QCOMPARE(m_client.send(Channel::Data, "too early", 1ms).code(), ErrorCode::Timeout);
    Background waiting([&] {
        Frame frame;
        static_cast<void>(m_client.receive(&frame));
    });
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QVERIFY(frame.payload == payload);
    QVERIFY(!m_server.send(Channel::Data, "enough"));
}

void tst_BlockingSending::gatheredFramesLeaveTogether()
{
    open();
    for (int i = 0; i < 1000; ++i)
        QVERIFY(!m_client.gather(Channel::Data, QByteArray::number(i)));
    Frame frame;
    QCOMPARE(m_server.receive(&frame, 0ms).code(), ErrorCode::Timeout);
    QVERIFY(!m_client.flush());
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(!m_server.receive(&frame, 0ms));
        QCOMPARE(frame.payload, QByteArray::number(i));
    }
    QVERIFY(!m_client.gather(Channel::Data, "first"));
    QVERIFY(!m_client.send(Channel::Data, "second"));
    QVERIFY(!m_server.receive(&frame, 0ms));
    QCOMPARE(frame.payload, "first"_ba);
    QVERIFY(!m_server.receive(&frame, 0ms));
    QCOMPARE(frame.payload, "second"_ba);
}

void tst_BlockingSending::gatheredFramesLeaveBeforeACallThatWaits()
{
    open();
    QVERIFY(!m_client.gather(Channel::Data, "kept"));
    Frame frame;
    QCOMPARE(m_client.receive(&frame, 0ms).code(), ErrorCode::Timeout);
    QVERIFY(!m_server.receive(&frame, 0ms));
    QCOMPARE(frame.payload, "kept"_ba);

    QVERIFY(!m_client.gather(Channel::Data, "kept"));
    Background shuttingDown([&] { static_cast<void>(m_client.shutdown()); });
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame.payload, "kept"_ba);
    QCOMPARE(m_server.receive(&frame).code(), ErrorCode::ShutdownRequested);
}

void tst_BlockingSending::gatheringIsBounded()
{
    open();
    m_client.cancel(); // So that a call that has to wait doesn't.
    QCOMPARE(m_client.gather(Channel::Data, "x").code(), ErrorCode::Cancelled);
    m_client.clearCancellation();
    // 64 KiB leave at once, and the system has no room for all of it.
    Error error;
    Background gathering([&] {
        while (!error)
            error = m_client.gather(Channel::Data, QByteArray(10'000, 'g'));
    });
    gathering.waitUntilAsleep();
    m_client.cancel();
    gathering.join();
    QCOMPARE(error.code(), ErrorCode::Cancelled);
}

void tst_BlockingSending::cancelEndsASendThatWaits()
{
    open();
    Error first;
    Background filling([&] {
        while (!first)
            first = m_client.send(Channel::Data, QByteArray(30'000, 's'));
    });
    filling.waitUntilAsleep();
    m_client.cancel();
    filling.join();
    QCOMPARE(first.code(), ErrorCode::Cancelled);
    // What is underway is whole frames.
    Frame frame;
    m_client.clearCancellation();
    Background rest([&] { static_cast<void>(m_client.shutdown()); });
    Error error;
    while (!(error = m_server.receive(&frame)))
        QCOMPARE(frame.payload.size(), 30'000);
    QCOMPARE(error.code(), ErrorCode::ShutdownRequested);
}

QTEST_APPLESS_MAIN(tst_BlockingSending)
#include "tst_blocking_sending.moc"
