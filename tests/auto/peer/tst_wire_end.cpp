// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "observedserver.h"

#include <IpcPrims/turntime.h>

#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

static const QByteArray Ping = R"({"type":"ping"})";
static const QByteArray Pong = R"({"type":"pong"})";

/*!
    Ends that the client brings about while it can still be written to: what the server had queued
    until then is written first, whole frames only.
*/
class tst_WireEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void responseLeavesBeforeTheEnd_data();
    void responseLeavesBeforeTheEnd();
    void refusedClientHearsNothing();
    void everyPongOfAFloodLeaves();
    void halfClosedClientGetsAllEchoes_data();
    void halfClosedClientGetsAllEchoes();
    void halfClosedClientThatShutsDownGetsAllEchoes();
    void clientThatBreaksARuleGetsAllEchoes();
    void halfClosedClientGetsAnswersThatWaitForRoom();
    void clientThatEndsGetsAllThatWasAnswered_data();
    void clientThatEndsGetsAllThatWasAnswered();
    void framesOfOtherThreadsLeave();
    void nothingIsReceivedOrAcceptedMeanwhile();
    void abortEndsItAtOnce();
    void closedClientEndsItAtOnce();

private:
    void startEcho();
    /// Reads \a count echoes of that size, and then the end.
    void verifyEchoes(int count, qsizetype size);

    std::unique_ptr<ObservedServer> m_observed;
    RawSocket m_client;
};

void tst_WireEnd::init()
{
    m_observed = std::make_unique<ObservedServer>();
    QVERIFY(m_observed->listen());
}

void tst_WireEnd::cleanup()
{
    m_client.close();
    m_observed.reset();
}

static QByteArray numbered(int number, qsizetype size)
{
    return QByteArray::number(number).leftJustified(size, ' ');
}

static QByteArray numberedFrames(int count, qsizetype size)
{
    QByteArray frames;
    for (int i = 0; i < count; ++i)
        frames += RawSocket::frame(Channel::Data, numbered(i, size));
    return frames;
}

void tst_WireEnd::startEcho()
{
    m_client = m_observed->openSession();
    QTRY_VERIFY_WITH_TIMEOUT(m_observed->peer, Patience);
    Peer *const peer = m_observed->peer;
    connect(peer, &Peer::frameReceived, peer, [peer](quint16 channel, const QByteArray &payload) {
        QVERIFY(!peer->send(channel, payload));
    });
}

void tst_WireEnd::verifyEchoes(int count, qsizetype size)
{
    for (int i = 0; i < count; ++i) {
        const std::optional<RawSocket::Frame> echo = m_client.readFrame();
        QVERIFY2(echo, qPrintable(u"echo %1 is missing"_s.arg(i)));
        QCOMPARE(*echo, (RawSocket::Frame{Channel::Data, numbered(i, size)}));
    }
}

void tst_WireEnd::responseLeavesBeforeTheEnd_data()
{
    QTest::addColumn<QByteArray>("bad");
    QTest::addColumn<ErrorCode>("code");
    QTest::addRow("unnegotiated channel")
            << RawSocket::frame(9, "x") << ErrorCode::ProtocolViolation;
    QTest::addRow("bad magic") << QByteArray(8, 'x') << ErrorCode::BadMagic;
    QTest::addRow("announced size")
            << RawSocket::header(1, MaxPayloadSize + 1) << ErrorCode::PayloadTooLarge;
    QTest::addRow("control message") << RawSocket::frame(0, "x") << ErrorCode::ProtocolViolation;
}

void tst_WireEnd::responseLeavesBeforeTheEnd()
{
    QFETCH(const QByteArray, bad);
    QFETCH(const ErrorCode, code);
    m_client = m_observed->connectRaw();
    QVERIFY(m_client.write(RawSocket::frame(Channel::Control, PlainRequest)
                           + RawSocket::frame(Channel::Data, "good") + bad));
    const std::optional<RawSocket::Frame> response = m_client.readFrame();
    QVERIFY(response);
    QVERIFY(response->payload.contains("peer_id"));
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->endings.first().code(), code);
    QCOMPARE(m_observed->frames.size(), 1);
}

void tst_WireEnd::refusedClientHearsNothing()
{
    m_client = m_observed->connectRaw();
    QVERIFY(m_client.write(RawSocket::frame(Channel::Control, "{}")));
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
}

void tst_WireEnd::everyPongOfAFloodLeaves()
{
    m_client = m_observed->openSession();
    QVERIFY(m_client.write(RawSocket::frame(0, Ping).repeated(MaxControlFramesInARow + 1)));
    for (int i = 0; i < MaxControlFramesInARow; ++i)
        QCOMPARE(m_client.readFrame(), (RawSocket::Frame{0, Pong}));
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::ProtocolViolation);
}

void tst_WireEnd::halfClosedClientGetsAllEchoes_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<qsizetype>("size");
    QTest::addRow("one") << 1 << qsizetype(10);
    QTest::addRow("that fit into the socket") << 100 << qsizetype(100);
    QTest::addRow("small") << 500 << qsizetype(1000);
    QTest::addRow("many") << 2000 << qsizetype(1000);
    QTest::addRow("large") << 5 << qsizetype(1'000'000);
}

void tst_WireEnd::halfClosedClientGetsAllEchoes()
{
    QFETCH(const int, count);
    QFETCH(const qsizetype, size);
    startEcho();
    QVERIFY(m_client.write(numberedFrames(count, size)));
    m_client.finishWriting();
    // It reads nothing before the server has learned of the end.
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->frames.size(), count, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(!m_observed->peer || !m_observed->peer->isOpen(), Patience);
    verifyEchoes(count, size);
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::Disconnected);
    QVERIFY2(!m_observed->endings.first().message().contains("not sent"_L1),
             qPrintable(m_observed->endings.first().message()));
}

void tst_WireEnd::halfClosedClientThatShutsDownGetsAllEchoes()
{
    startEcho();
    QVERIFY(m_client.write(numberedFrames(2000, 1000)
                           + RawSocket::frame(0, R"({"type":"shutdown_request"})")));
    m_client.finishWriting();
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->frames.size(), 2000, Patience);
    verifyEchoes(2000, 1000);
    QCOMPARE(m_client.readFrame(), (RawSocket::Frame{0, R"({"type":"shutdown_ack"})"}));
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::ShutdownRequested);
}

void tst_WireEnd::clientThatBreaksARuleGetsAllEchoes()
{
    startEcho();
    QVERIFY(m_client.write(numberedFrames(2000, 1000) + RawSocket::frame(9, "x")
                           + RawSocket::frame(Channel::Data, "too late")));
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->frames.size(), 2000, Patience);
    verifyEchoes(2000, 1000);
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QCOMPARE(m_observed->frames.size(), 2000);
}

// More of them than there is room for, so that some are not in the queue yet when the end is seen.
void tst_WireEnd::halfClosedClientGetsAnswersThatWaitForRoom()
{
    constexpr int count = 40;
    constexpr qsizetype size = 1'000'000;
    m_client = m_observed->openSession();
    QTRY_VERIFY_WITH_TIMEOUT(m_observed->peer, Patience);
    QList<Request> kept;
    m_observed->peer->setRequestHandler([&kept](const Request &request) { kept.append(request); });
    QByteArray requests;
    for (int i = 0; i < count; ++i)
        requests += RawSocket::frame(Channel::Command, QByteArray::number(i));
    QVERIFY(m_client.write(requests));
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), count, Patience);
    for (const Request &request : std::as_const(kept))
        request.reply(request.payload().leftJustified(size));
    m_client.finishWriting();
    QTest::qWait(1000); // The end of a client that isn't read from is looked for now and then.
    for (int i = 0; i < count; ++i) {
        const std::optional<RawSocket::Frame> answer = m_client.readFrame();
        QVERIFY2(answer, qPrintable(u"answer %1 is missing"_s.arg(i)));
        QCOMPARE(*answer, (RawSocket::Frame{Channel::Command, numbered(i, size)}));
    }
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
}

void tst_WireEnd::clientThatEndsGetsAllThatWasAnswered_data()
{
    QTest::addColumn<bool>("asks");
    QTest::newRow("asks to shut down") << true;
    QTest::newRow("sends nothing more") << false;
}

// More answers at once than are sent in one turn of the event loop.
void tst_WireEnd::clientThatEndsGetsAllThatWasAnswered()
{
    QFETCH(const bool, asks);
    constexpr int count = 50;
    setTurnTime(0us);
    const auto reset = qScopeGuard([] { setTurnTime(4ms); });
    m_client = m_observed->openSession();
    QTRY_VERIFY_WITH_TIMEOUT(m_observed->peer, Patience);
    QList<Request> kept;
    m_observed->peer->setRequestHandler([&kept](const Request &request) {
        kept.append(request);
        if (kept.size() < count)
            return;
        // The first one last, as the others have to wait for it.
        for (auto it = kept.crbegin(); it != kept.crend(); ++it)
            it->reply("answer");
    });
    QByteArray requests;
    for (int i = 0; i < count; ++i)
        requests += RawSocket::frame(Channel::Command, QByteArray::number(i));
    if (asks)
        requests += RawSocket::frame(0, R"({"type":"shutdown_request"})");
    QVERIFY(m_client.write(requests));
    if (!asks)
        m_client.finishWriting();
    for (int i = 0; i < count; ++i)
        QCOMPARE(m_client.readFrame(), (RawSocket::Frame{Channel::Command, "answer"}));
    if (asks)
        QCOMPARE(m_client.readFrame(), (RawSocket::Frame{0, R"({"type":"shutdown_ack"})"}));
    QVERIFY(m_client.waitForClosed());
}

void tst_WireEnd::framesOfOtherThreadsLeave()
{
    m_client = m_observed->openSession();
    QTRY_VERIFY_WITH_TIMEOUT(m_observed->peer, Patience);
    Peer *const peer = m_observed->peer;
    peer->setSendWaterMarks(1'000'000, 1000);
    while (!peer->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    Error error;
    Background([&] { error = peer->send(Channel::Data, "another thread's"); }).join();
    QVERIFY2(!error, qPrintable(error.message()));
    QCoreApplication::processEvents(); // It now waits for room.
    m_client.finishWriting();
    std::optional<RawSocket::Frame> last;
    while (const auto frame = m_client.readFrame())
        last = frame;
    QCOMPARE(last, (RawSocket::Frame{Channel::Data, "another thread's"}));
}

void tst_WireEnd::nothingIsReceivedOrAcceptedMeanwhile()
{
    startEcho();
    QSignalSpy states(m_observed->peer, &Peer::stateChanged);
    QVERIFY(m_client.write(numberedFrames(2000, 1000) + RawSocket::frame(9, "x")));
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->peer->state(), Peer::State::Closing, Patience);
    QVERIFY(m_client.write(RawSocket::frame(Channel::Data, "too late")));
    QCOMPARE(m_observed->peer->send(Channel::Data, "x").code(), ErrorCode::NotConnected);
    QCOMPARE(m_observed->peer->ping().result().error.code(), ErrorCode::NotConnected);
    m_observed->peer->setReceiving(false);
    m_observed->peer->setReceiving(true);
    verifyEchoes(2000, 1000);
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->frames.size(), 2000);
    QCOMPARE(states.size(), 2); // Closing, Closed
}

void tst_WireEnd::abortEndsItAtOnce()
{
    startEcho();
    QSignalSpy notSent(m_observed->peer, &Peer::framesNotSent);
    QVERIFY(m_client.write(numberedFrames(3000, 1000)));
    m_client.finishWriting();
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->peer->state(), Peer::State::Closing, Patience);
    QVERIFY(m_observed->endings.isEmpty());
    m_observed->peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::NoError);
    QCOMPARE(notSent.size(), 1);
}

void tst_WireEnd::closedClientEndsItAtOnce()
{
    startEcho();
    QSignalSpy notSent(m_observed->peer, &Peer::framesNotSent);
    QVERIFY(m_client.write(numberedFrames(3000, 1000)));
    m_client.finishWriting();
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->peer->state(), Peer::State::Closing, Patience);
    QElapsedTimer timer;
    timer.start();
    m_client.close();
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->endings.size(), 1, Patience);
    QCOMPARE(m_observed->endings.first().code(), ErrorCode::Disconnected);
    QVERIFY(m_observed->endings.first().message().contains("frames were not sent"_L1));
    QCOMPARE(notSent.size(), 1);
    QVERIFY(std::chrono::milliseconds(timer.elapsed())
            < DefaultTimeout); // So it did not wait for that.
}

QTEST_GUILESS_MAIN(tst_WireEnd)
#include "tst_wire_end.moc"
