// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

#include <functional>
#include <utility>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

namespace {

RawSocket::Frame control(const QByteArray &json)
{
    return {Channel::Control, json};
}

const RawSocket::Frame Ping = control(R"({"type":"ping"})");
const RawSocket::Frame Pong = control(R"({"type":"pong"})");
const RawSocket::Frame ShutdownRequest = control(R"({"type":"shutdown_request"})");
const RawSocket::Frame ShutdownAck = control(R"({"type":"shutdown_ack"})");

/// Calls the application from inside whatever is logged, once.
class EagerLog
{
public:
    explicit EagerLog(std::function<void()> act)
    {
        s_act = std::move(act);
        QLoggingCategory::setFilterRules(u"ipcprims.*=true"_s);
        m_before = qInstallMessageHandler(
                [](QtMsgType, const QMessageLogContext &, const QString &) {
                    if (const auto once = std::exchange(s_act, nullptr))
                        once();
                });
    }
    ~EagerLog()
    {
        qInstallMessageHandler(m_before);
        QLoggingCategory::setFilterRules(QString());
    }
    EagerLog(const EagerLog &) = delete;
    EagerLog &operator=(const EagerLog &) = delete;

private:
    static inline std::function<void()> s_act;
    QtMessageHandler m_before = nullptr;
};

} // namespace

/*!
    The control messages that a session starts by itself, ping and shutdown, and the answer to the
    other side's shutdown, byte for byte: section 4 of the protocol.
*/
class tst_WireControl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_observed.reset(); }

    void pingIsExactAndWaitsForThePong();
    void latePongDoesNotAnswerTheNextPing();
    void shutdownRequestIsAcknowledgedExactly();
    void framesAfterAShutdownRequestAreDelivered();
    void everyShutdownRequestIsAcknowledged();
    void answersLeaveInOrder();
    void closeAsksExactly_data();
    void closeAsksExactly();
    void closeAsksAfterEverythingElse();
    void whileWaitingForTheAckEverythingIsServed();
    void endInsteadOfTheAckFailsTheShutdown();
    void twoShutdownsAtOnceAgree();
    void callFromALogEntryEmitsNothing();

private:
    void send(const RawSocket::Frame &frame)
    {
        QVERIFY(m_client.writeFrame(frame.channel, frame.payload));
    }
    /// The next frame that the session sends is \a expected.
    void verifyNext(const RawSocket::Frame &expected);

    std::unique_ptr<ObservedServer> m_observed;
    RawSocket m_client;
};

void tst_WireControl::init()
{
    m_observed = std::make_unique<ObservedServer>();
    QVERIFY(m_observed->listen());
    m_client = m_observed->openSession();
    QTRY_VERIFY(m_observed->peer);
}

void tst_WireControl::verifyNext(const RawSocket::Frame &expected)
{
    const std::optional<RawSocket::Frame> frame = m_client.readFrame();
    QVERIFY(frame);
    QCOMPARE(*frame, expected);
}

void tst_WireControl::pingIsExactAndWaitsForThePong()
{
    const QFuture<PingReply> ping = m_observed->peer->ping();
    verifyNext(Ping);
    QVERIFY(!ping.isFinished());
    send({Channel::Data, "first"});
    send(Pong);
    QTRY_VERIFY(ping.isFinished());
    QVERIFY(!ping.result().error);
    QVERIFY(ping.result().roundTripTime > std::chrono::nanoseconds::zero());
    QCOMPARE(m_observed->frames.size(), 1);
}

void tst_WireControl::latePongDoesNotAnswerTheNextPing()
{
    const QFuture<PingReply> first = m_observed->peer->ping(std::chrono::milliseconds(20));
    QTRY_VERIFY(first.isFinished());
    QCOMPARE(first.result().error.code(), ErrorCode::Timeout);

    const QFuture<PingReply> second = m_observed->peer->ping();
    verifyNext(Ping);
    verifyNext(Ping);
    send(Pong); // The first one's.
    send({Channel::Data, "between"});
    QTRY_COMPARE(m_observed->frames.size(), 1);
    QVERIFY(!second.isFinished());
    send(Pong);
    QTRY_VERIFY(second.isFinished());
    QVERIFY(!second.result().error);
}

void tst_WireControl::shutdownRequestIsAcknowledgedExactly()
{
    send({Channel::Data, "before"});
    send(control(R"({"type":"shutdown_request","payload":{"reason":"enough"}})"));
    verifyNext(ShutdownAck);
    QCOMPARE(m_observed->frames.size(), 1);
    QCOMPARE(m_observed->shutdownReasons, QStringList{u"enough"_s});
    QCOMPARE(m_observed->peer->state(), Peer::State::Closing);
    QCOMPARE(m_observed->peer->send(Channel::Data, "too late").code(),
             ErrorCode::ShutdownRequested);

    m_client.close();
    QTRY_COMPARE(m_observed->endings.size(), 1);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::ShutdownRequested);
}

void tst_WireControl::framesAfterAShutdownRequestAreDelivered()
{
    send(ShutdownRequest);
    verifyNext(ShutdownAck);
    send({Channel::Data, "last words"});
    m_client.finishWriting();
    QVERIFY(m_client.waitForClosed());
    QTRY_COMPARE(m_observed->endings.size(), 1);
    const QList<RawSocket::Frame> expected = {{Channel::Data, "last words"}};
    QCOMPARE(m_observed->frames, expected);
}

void tst_WireControl::everyShutdownRequestIsAcknowledged()
{
    send(ShutdownRequest);
    send(ShutdownRequest);
    verifyNext(ShutdownAck);
    verifyNext(ShutdownAck);
    QCOMPARE(m_observed->shutdownReasons.size(), 1);
}

void tst_WireControl::answersLeaveInOrder()
{
    QByteArray atOnce;
    for (const RawSocket::Frame &frame : {Ping, ShutdownRequest, Ping})
        atOnce += RawSocket::frame(frame.channel, frame.payload);
    QVERIFY(m_client.write(atOnce));
    verifyNext(Pong);
    verifyNext(ShutdownAck);
    verifyNext(Pong);
}

void tst_WireControl::closeAsksExactly_data()
{
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("without a reason") << QString() << ShutdownRequest.payload;
    QTest::newRow("with a reason")
            << u"see \"you\" \u00e9"_s
            << QByteArray(R"({"type":"shutdown_request","payload":{"reason":"see \"you\" )"
                          "\xc3\xa9\"}}");
}

void tst_WireControl::closeAsksExactly()
{
    QFETCH(QString, reason);
    QFETCH(QByteArray, request);
    m_observed->peer->close(reason);
    verifyNext(control(request));
    QVERIFY(m_observed->endings.isEmpty());

    send(ShutdownAck);
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QTRY_COMPARE(m_observed->endings.size(), 1);
    QVERIFY(!m_observed->endings.first());
}

void tst_WireControl::closeAsksAfterEverythingElse()
{
    // More than the system's buffers take, so that most of it still waits when close() is called.
    const QByteArray large(8 * 1024 * 1024, 'x');
    QVERIFY(!m_observed->peer->send(Channel::Data, large));
    QVERIFY(!m_observed->peer->send(Channel::Telemetry, "behind it"));
    m_observed->peer->close();

    verifyNext({Channel::Data, large});
    verifyNext({Channel::Telemetry, "behind it"});
    verifyNext(ShutdownRequest);
}

void tst_WireControl::whileWaitingForTheAckEverythingIsServed()
{
    m_observed->peer->close();
    verifyNext(ShutdownRequest);
    send(Ping);
    verifyNext(Pong);
    send({Channel::Data, "was on its way"});
    send(Pong); // Late, asked for by nobody any more.
    send(ShutdownAck);
    QVERIFY(m_client.waitForClosed());
    QTRY_COMPARE(m_observed->endings.size(), 1);
    QVERIFY(!m_observed->endings.first());
    QCOMPARE(m_observed->frames.value(0).payload, "was on its way"_ba);
}

void tst_WireControl::endInsteadOfTheAckFailsTheShutdown()
{
    m_observed->peer->close();
    verifyNext(ShutdownRequest);
    m_client.close();
    QTRY_COMPARE(m_observed->endings.size(), 1);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::ShutdownFailed);
}

void tst_WireControl::twoShutdownsAtOnceAgree()
{
    m_observed->peer->close();
    send(ShutdownRequest);
    verifyNext(ShutdownRequest);
    verifyNext(ShutdownAck);
    send(ShutdownAck);
    QVERIFY(m_client.waitForClosed());
    QTRY_COMPARE(m_observed->endings.size(), 1);
    QVERIFY(!m_observed->endings.first());
}

// A client that leaves too many pings unread ends the session inside ping(), which is logged there.
void tst_WireControl::callFromALogEntryEmitsNothing()
{
    const QPointer<Peer> peer = m_observed->peer;
    peer->setSendWaterMarks(Q_INT64_C(1) << 40, 0);
    while (peer->bytesQueued(Channel::Telemetry) < 256 * 1024) { // More than the system takes.
        QVERIFY(!peer->send(Channel::Telemetry, QByteArray(60'000, 'x')));
        peer->flush();
    }
    bool isCalled = false;
    bool isInCall = true;
    QList<bool> tellings;
    const auto note = [&] { tellings.append(isInCall); };
    connect(peer, &Peer::stateChanged, this, note);
    connect(peer, &Peer::disconnected, this, note);
    const EagerLog log([&] {
        static_cast<void>(peer->ping());
        isCalled = true;
    });
    // Pings of this side and answers to those of the other one count together.
    QByteArray pings;
    for (int i = 0; i < 2600; ++i)
        pings += RawSocket::frame(Channel::Control, Ping.payload)
                 + RawSocket::frame(Channel::Data, "x");
    QVERIFY(m_client.write(pings));
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->frames.size(), 2600, 30'000);
    QVERIFY(peer->isOpen());
    for (int i = 0; i < 600 && peer->isOpen(); ++i)
        static_cast<void>(peer->ping());
    isInCall = false;
    QVERIFY(isCalled);
    QTRY_COMPARE_WITH_TIMEOUT(tellings, QList<bool>({false, false}), 30'000);
}

QTEST_GUILESS_MAIN(tst_WireControl)
#include "tst_wire_control.moc"
