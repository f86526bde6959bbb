// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <IpcPrims/peerhealth.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qprocess.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <memory>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using State = PeerHealth::State;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

static const QByteArray Ping = R"({"type":"ping"})";
static const QByteArray Pong = R"({"type":"pong"})";

/// Peer::health(), with a raw socket, a peer of this library, and a process at the other end.
class tst_Health : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void withoutHeartbeatAnOpenSessionIsHealthy();
    void statesFollowThePeer();
    void nothingIsSentUnlessAskedFor();
    void silentPeerIsPinged();
    void trafficMakesPingsUnnecessary();
    void onePingAtATime();
    void whoeverIsHeldBackIsNotTakenForDead();
    void pingThatEndsTheSessionReportsThatLater();
    void silenceIsNeverJudgedEarly();
    void pingOfTheApplicationHasItsTime();
    void anyFrameIsASignOfLife();
    void latePongIsNotAFastOne();
    void roundTripTimeIsSmoothed();
    void pausedReceivingMissesNothing();
    void busyApplicationMissesNothing();
    void framesAndBytesAreCountedByChannel();
    void countersAreReportedAFewTimesASecond();
    void queueIsReportedUntilItIsEmpty();
    void sessionIsDescribed();
    void reconnectsAndErrorsAreRemembered();
    void slotMayDeleteThePeer();
    void stoppedProcessIsUnresponsiveUntilItGoesOn();

private:
    void connectClient();
    bool openRaw();

    std::unique_ptr<ObservedServer> m_server;
    std::unique_ptr<Peer> m_client;
    RawSocket m_raw;
};

void tst_Health::init()
{
    m_server = std::make_unique<ObservedServer>();
    QVERIFY(m_server->listen());
    m_client = std::make_unique<Peer>();
}

void tst_Health::cleanup()
{
    m_raw.close();
    m_client.reset();
    m_server.reset();
}

void tst_Health::connectClient()
{
    m_client->connectToServer(m_server->server.endpoint());
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_server->peer, Patience);
}

// The server's peer is the library's end then.
bool tst_Health::openRaw()
{
    m_raw = m_server->openSession();
    return m_raw.isValid() && QTest::qWaitFor([this] { return m_server->peer; }, Patience);
}

void tst_Health::withoutHeartbeatAnOpenSessionIsHealthy()
{
    connectClient();
    QCOMPARE(m_client->health()->state(), State::Healthy);
    QCOMPARE(m_client->health(), m_client->health());
    QCOMPARE(m_client->health()->parent(), m_client.get());
    QVERIFY(m_client->health()->heartbeatInterval() == 0ms);
}

void tst_Health::statesFollowThePeer()
{
    QList<State> states;
    PeerHealth *const health = m_client->health();
    QCOMPARE(health->state(), State::Closed);
    connect(health, &PeerHealth::stateChanged, this, [&](State state) {
        QCOMPARE(health->state(), state);
        states.append(state);
    });
    connectClient();
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(states.size(), 5, Patience);
    QCOMPARE(states, QList<State>({State::Connecting, State::Handshaking, State::Healthy,
                                   State::Closing, State::Closed}));
}

void tst_Health::nothingIsSentUnlessAskedFor()
{
    QVERIFY(openRaw());
    m_server->peer->health();
    QTest::qWait(200);
    QVERIFY(!m_server->peer->send(Channel::Data, "first"));
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Data, "first"}));

    m_server->peer->health()->setHeartbeat(50ms, 1000);
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Control, Ping}));
    m_server->peer->health()->setHeartbeat(0ms);
    QVERIFY(m_raw.writeFrame(Channel::Control, Pong));
    QTest::qWait(200);
    QVERIFY(!m_server->peer->send(Channel::Data, "last"));
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Data, "last"}));
}

// By receive limits here: its frames, and its answers to pings, wait for many intervals.
void tst_Health::whoeverIsHeldBackIsNotTakenForDead()
{
    connectClient();
    Peer *const peer = m_server->peer;
    QSignalSpy frames(peer, &Peer::frameReceived);
    QList<State> states;
    connect(peer->health(), &PeerHealth::stateChanged, this,
            [&](State state) { states.append(state); });
    ReceiveLimits limits;
    limits.setRate(0, 2, ReceiveLimits::RatePolicy::Wait, 1ms);
    peer->setReceiveLimits(limits);
    peer->health()->setHeartbeat(50ms, 2);
    for (int i = 0; i < 3; ++i)
        QVERIFY(!m_client->send(Channel::Data, "slowly"));
    QTRY_COMPARE_WITH_TIMEOUT(frames.size(), 3, Patience);
    QVERIFY(!states.contains(State::Unresponsive));

    m_client->setReceiving(false); // It answers nothing any more, and that is noticed.
    QTRY_VERIFY_WITH_TIMEOUT(states.contains(State::Unresponsive), Patience);
}

void tst_Health::pingThatEndsTheSessionReportsThatLater()
{
    QVERIFY(openRaw());
    const QPointer<Peer> peer = m_server->peer;
    peer->setSendWaterMarks(Q_INT64_C(1) << 40, 0);
    while (peer->bytesQueued(3) < 256 * 1024) { // More than a client takes that doesn't read.
        QVERIFY(!peer->send(3, QByteArray(60'000, 'x')));
        peer->flush();
    }
    QByteArray pings;
    for (int i = 0; i < 2600; ++i)
        pings += RawSocket::frame(Channel::Control, Ping) + RawSocket::frame(Channel::Data, "x");
    QVERIFY(m_raw.write(pings));
    QTRY_COMPARE_WITH_TIMEOUT(m_server->frames.size(), 2600, Patience);
    QVERIFY(peer->isOpen());
    bool isInCall = true;
    QList<bool> tellings;
    const auto note = [&] { tellings.append(isInCall); };
    connect(peer, &Peer::stateChanged, this, note);
    connect(peer, &Peer::disconnected, this, note);
    // The answers take nearly as much as may be left unread, 64 KiB.
    for (int i = 0; i < 600 && peer->isOpen(); ++i)
        static_cast<void>(peer->ping(NoTimeout));
    isInCall = false;
    QVERIFY(!peer->isOpen());
    QTRY_COMPARE_WITH_TIMEOUT(m_server->endings.size(), 1, Patience);
    QCOMPARE(m_server->endings.first().code(), ErrorCode::ProtocolViolation);
    QTRY_COMPARE_WITH_TIMEOUT(tellings, QList<bool>({false, false}), Patience);
}

void tst_Health::silentPeerIsPinged()
{
    connectClient();
    PeerHealth *const health = m_client->health();
    QVERIFY(!health->lastRoundTripTime());
    QCOMPARE(health->property("lastRoundTripTime").toDouble(), -1.0);
    QSignalSpy changed(health, &PeerHealth::roundTripTimeChanged);
    health->setHeartbeat(50ms);
    QTRY_VERIFY_WITH_TIMEOUT(health->traffic(Channel::Control).framesReceived >= 3, Patience);
    QVERIFY(health->lastRoundTripTime() > 0ns);
    QVERIFY(health->property("smoothedRoundTripTime").toDouble() > 0);
    QTRY_VERIFY_WITH_TIMEOUT(!changed.isEmpty(), Patience);
}

void tst_Health::trafficMakesPingsUnnecessary()
{
    QVERIFY(openRaw());
    PeerHealth *const health = m_server->peer->health();
    health->setHeartbeat(2s);
    QElapsedTimer time;
    time.start();
    while (time.elapsed() < 3000) {
        QVERIFY(m_raw.writeFrame(Channel::Data, "here I am"));
        QTest::qWait(100);
    }
    QCOMPARE(health->traffic(Channel::Control).framesSent, 0);
    QCOMPARE(health->state(), State::Healthy);
}

void tst_Health::onePingAtATime()
{
    QVERIFY(openRaw());
    m_server->peer->health()->setHeartbeat(50ms, 1000);
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Control, Ping}));
    QTRY_COMPARE_WITH_TIMEOUT(m_server->peer->health()->state(), State::Degraded, Patience);
    // Frames come, but no pong: asking again would not be answered any better.
    for (int i = 0; i < 5; ++i) {
        QVERIFY(m_raw.writeFrame(Channel::Data, "busy"));
        QTest::qWait(100);
    }
    QCOMPARE(m_server->peer->health()->traffic(Channel::Control).framesSent, 1);
    QVERIFY(m_raw.writeFrame(Channel::Control, Pong));
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Control, Ping}));

    // A ping of the application is one, too.
    QVERIFY(m_raw.writeFrame(Channel::Control, Pong));
    const auto ping = m_server->peer->ping(1ms);
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Control, Ping}));
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_server->peer->health()->state(), State::Degraded, Patience);
    QVERIFY(m_server->peer->health()->traffic(Channel::Control).framesSent <= 4);
}

void tst_Health::silenceIsNeverJudgedEarly()
{
    QVERIFY(openRaw());
    PeerHealth *const health = m_server->peer->health();
    QList<std::pair<State, qint64>> changes;
    QElapsedTimer time;
    connect(health, &PeerHealth::stateChanged, this, [&](State state) {
        changes.append({state, time.elapsed()});
    });
    time.start();
    health->setHeartbeat(200ms, 3);
    QTRY_COMPARE_WITH_TIMEOUT(changes.size(), 2, Patience);
    QCOMPARE(changes.at(0).first, State::Degraded);
    QVERIFY2(changes.at(0).second >= 400, qPrintable(QString::number(changes.at(0).second)));
    QCOMPARE(changes.at(1).first, State::Unresponsive);
    QVERIFY2(changes.at(1).second >= 800, qPrintable(QString::number(changes.at(1).second)));
    QVERIFY(m_server->peer->isOpen());
}

void tst_Health::pingOfTheApplicationHasItsTime()
{
    constexpr auto interval = 500ms;
    QElapsedTimer sincePing;
    // Shortly before the heartbeat would ask itself; once more if that was faster.
    for (bool wasFirst = false; !wasFirst;) {
        QVERIFY(openRaw());
        PeerHealth *const health = m_server->peer->health();
        health->setHeartbeat(interval);
        const qint64 sentBefore = health->traffic(Channel::Control).framesSent;
        QTest::qWait(400);
        wasFirst = health->traffic(Channel::Control).framesSent == sentBefore;
        m_server->peer->ping(1h);
        sincePing.start();
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_server->peer->health()->state(), State::Degraded, Patience);
    QVERIFY(sincePing.nsecsElapsed() >= std::chrono::nanoseconds(interval).count());
}

void tst_Health::anyFrameIsASignOfLife()
{
    QVERIFY(openRaw());
    PeerHealth *const health = m_server->peer->health();
    QSignalSpy states(health, &PeerHealth::stateChanged);
    health->setHeartbeat(50ms, 1);
    for (const auto &[channel, payload] :
         {std::pair(Channel::Data, "x"_ba), std::pair(Channel::Control, Ping),
          std::pair(Channel::Control, Pong)}) {
        QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Unresponsive, Patience);
        states.clear();
        QVERIFY(m_raw.writeFrame(channel, payload));
        QTRY_VERIFY_WITH_TIMEOUT(!states.isEmpty(), Patience);
        QCOMPARE(states.at(0).at(0).value<State>(), State::Healthy);
    }
}

void tst_Health::latePongIsNotAFastOne()
{
    QVERIFY(openRaw());
    PeerHealth *const health = m_server->peer->health();
    health->setHeartbeat(100ms, 2);
    QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Control, Ping}));
    QElapsedTimer time;
    time.start();
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Unresponsive, Patience);
    const auto late = std::chrono::milliseconds(time.elapsed());
    QVERIFY(m_raw.writeFrame(Channel::Control, Pong));
    QTRY_VERIFY_WITH_TIMEOUT(health->lastRoundTripTime(), Patience);
    QVERIFY(*health->lastRoundTripTime() >= late - 1ms);
    QCOMPARE(health->state(), State::Healthy);

    // That of a ping which the application has given up measures nothing at all.
    m_server->peer->health()->setHeartbeat(0ms);
    const auto measured = health->lastRoundTripTime();
    const auto ping = m_server->peer->ping(1ms);
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    const qint64 received = health->traffic(Channel::Control).framesReceived;
    QVERIFY(m_raw.writeFrame(Channel::Control, Pong));
    QTRY_VERIFY_WITH_TIMEOUT(health->traffic(Channel::Control).framesReceived > received, Patience);
    QVERIFY(health->lastRoundTripTime() == measured);
}

void tst_Health::roundTripTimeIsSmoothed()
{
    connectClient();
    PeerHealth *const health = m_client->health();
    const auto measure = [&] {
        const auto ping = m_client->ping();
        if (!QTest::qWaitFor([&] { return ping.isFinished(); }, Patience))
            return std::chrono::nanoseconds(-1);
        return ping.result().roundTripTime;
    };
    const auto first = measure();
    QVERIFY(health->lastRoundTripTime() == first);
    QVERIFY(health->smoothedRoundTripTime() == first);
    const auto second = measure();
    QVERIFY(health->lastRoundTripTime() == second);
    QVERIFY(health->smoothedRoundTripTime() == (first * 7 + second) / 8);
}

void tst_Health::pausedReceivingMissesNothing()
{
    QVERIFY(openRaw());
    PeerHealth *const health = m_server->peer->health();
    QSignalSpy states(health, &PeerHealth::stateChanged);
    m_server->peer->setReceiving(false);
    health->setHeartbeat(50ms, 1);
    QTest::qWait(400);
    QCOMPARE(health->state(), State::Healthy);
    QCOMPARE(health->traffic(Channel::Control).framesSent, 0);
    QVERIFY(states.isEmpty());

    m_server->peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Unresponsive, Patience);
}

void tst_Health::busyApplicationMissesNothing()
{
    QVERIFY(openRaw());
    PeerHealth *const health = m_server->peer->health();
    QSignalSpy states(health, &PeerHealth::stateChanged);
    health->setHeartbeat(100ms, 1);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(m_raw.readFrame(), (RawSocket::Frame{Channel::Control, Ping}));
        QVERIFY(m_raw.writeFrame(Channel::Control, Pong));
        // The answer lies there, but nobody looks; when the event loop runs again, both the socket
        // and the timer are due.
        QThread::msleep(300);
    }
    QCoreApplication::processEvents();
    QCoreApplication::processEvents();
    QVERIFY(states.isEmpty());
}

void tst_Health::framesAndBytesAreCountedByChannel()
{
    connectClient();
    PeerHealth *const client = m_client->health();
    PeerHealth *const server = m_server->peer->health();
    QVERIFY(!client->timeSinceTraffic());
    QVERIFY(!m_client->send(Channel::Data, QByteArray(100, 'x')));
    QVERIFY(!m_client->send(Channel::Data, QByteArray(70'000, 'x')));
    QVERIFY(!m_client->send(Channel::Command, {}));
    QVERIFY(!m_server->peer->send(Channel::Telemetry, "12"));
    QVERIFY(m_client->send(300, "not negotiated"));
    QTRY_COMPARE_WITH_TIMEOUT(server->traffic().framesReceived, 3, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client->traffic().framesReceived, 1, Patience);

    QCOMPARE(client->traffic(Channel::Data), (Traffic{0, 0, 2, 70'116}));
    QCOMPARE(server->traffic(Channel::Data), (Traffic{2, 70'116, 0, 0}));
    QCOMPARE(client->traffic(Channel::Command), (Traffic{0, 0, 1, 8}));
    QCOMPARE(client->traffic(Channel::Telemetry), (Traffic{1, 10, 0, 0}));
    QCOMPARE(client->traffic(), (Traffic{1, 10, 3, 70'124}));
    QCOMPARE(client->traffic(300), Traffic());
    QCOMPARE(client->trafficChannels(), QList<quint16>({1, 2, 3}));
    QCOMPARE(client->property("framesSent").toLongLong(), 3);
    QCOMPARE(client->property("bytesReceived").toLongLong(), 10);
    QVERIFY(client->timeSinceTraffic() >= 0ns);

    // The protocol's own frames are on CONTROL, at both ends.
    const auto ping = m_client->ping();
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    QCOMPARE(client->traffic(Channel::Control), (Traffic{1, 23, 1, 23}));
    QCOMPARE(server->traffic(Channel::Control), (Traffic{1, 23, 1, 23}));
}

void tst_Health::countersAreReportedAFewTimesASecond()
{
    connectClient();
    QSignalSpy changed(m_client->health(), &PeerHealth::trafficChanged);
    QElapsedTimer time;
    time.start();
    while (time.elapsed() < 1000) {
        QVERIFY(!m_client->send(Channel::Data, "one of many"));
        QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
    }
    QTRY_VERIFY_WITH_TIMEOUT(!changed.isEmpty(), Patience);
    QVERIFY2(changed.size() <= 5, qPrintable(QString::number(changed.size())));

    // And no more once nothing happens.
    QTest::qWait(600);
    changed.clear();
    QTest::qWait(600);
    QCOMPARE(changed.size(), 0);
}

void tst_Health::queueIsReportedUntilItIsEmpty()
{
    connectClient();
    PeerHealth *const health = m_client->health();
    m_server->peer->setReceiving(false);
    qint64 reported = -1;
    connect(health, &PeerHealth::trafficChanged, this,
            [&] { reported = health->property("bytesQueued").toLongLong(); });
    for (int i = 0; i < 4; ++i)
        QVERIFY(!m_client->send(Channel::Data, QByteArray(1'000'000, 'x')));
    QTRY_VERIFY_WITH_TIMEOUT(reported > 1'000'000, Patience);
    QCOMPARE(health->bytesQueued(), m_client->bytesQueued());
    m_server->peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(reported, 0, Patience);
}

void tst_Health::sessionIsDescribed()
{
    PeerHealth *const health = m_client->health();
    QSignalSpy changed(health, &PeerHealth::sessionChanged);
    QVERIFY(!health->property("credentials").isValid());
    connectClient();
    QVERIFY(!changed.isEmpty());
    QCOMPARE(health->peerId(), m_client->peerId());
    QCOMPARE(health->property("peerId").toString(), u"peer-1"_s);
    QCOMPARE(health->property("protocolVersion").toString(), u"1.0"_s);
    const auto credentials = health->property("credentials").value<PeerCredentials>();
    QCOMPARE(credentials.pid, QCoreApplication::applicationPid());
}

void tst_Health::reconnectsAndErrorsAreRemembered()
{
    connectClient();
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    connectClient();
    PeerHealth *const health = m_client->health(); // Late, and still right.
    QCOMPARE(health->reconnectCount(), 1);
    QVERIFY(!health->lastError());

    m_client->connectToServer(Endpoint::fromPath(m_server->path() + u".none"_s));
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    const Error error = health->lastError();
    QCOMPARE(error, m_client->disconnectReason());
    QVERIFY(error);

    connectClient();
    QCOMPARE(health->reconnectCount(), 2);
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QCOMPARE(health->lastError(), error);
}

void tst_Health::slotMayDeleteThePeer()
{
    QVERIFY(openRaw());
    Peer *const peer = m_server->peer;
    connect(peer->health(), &PeerHealth::stateChanged, this, [peer](State state) {
        if (state == State::Degraded)
            delete peer;
    });
    peer->health()->setHeartbeat(50ms);
    QTRY_VERIFY_WITH_TIMEOUT(!m_server->peer, Patience);

    connectClient();
    connect(m_client->health(), &PeerHealth::trafficChanged, this, [this] { m_client.reset(); });
    const auto ping = m_client->ping();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
}

void tst_Health::stoppedProcessIsUnresponsiveUntilItGoesOn()
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedChannels);
    const QString path = m_server->path() + u".other"_s;
    process.start(QCoreApplication::applicationFilePath(), {u"serve"_s, path});
    PeerHealth *const health = m_client->health();
    const auto tryToConnect = [&] {
        if (m_client->state() == Peer::State::Closed)
            m_client->connectToServer(Endpoint::fromPath(path));
        return m_client->isOpen();
    };
    QVERIFY(QTest::qWaitFor(tryToConnect, Patience));
    health->setHeartbeat(200ms, 3);
    QTRY_VERIFY_WITH_TIMEOUT(health->traffic(Channel::Control).framesReceived > 0, Patience);

    QElapsedTimer sinceLastFrame;
    ::kill(pid_t(process.processId()), SIGSTOP);
    const auto silentFor = *health->timeSinceTraffic(); // Some of it may be sending.
    sinceLastFrame.start();
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Unresponsive, Patience);
    // Three intervals of them with a ping under way.
    QVERIFY(sinceLastFrame.nsecsElapsed() + silentFor.count() >= 600'000'000);

    ::kill(pid_t(process.processId()), SIGCONT);
    QTRY_COMPARE_WITH_TIMEOUT(health->state(), State::Healthy, Patience);
    QVERIFY(health->lastRoundTripTime() >= 600ms); // The stop is not hidden.
    QVERIFY(m_client->isOpen());
    process.kill();
    process.waitForFinished();
}

static int serve(const QString &path)
{
    Server server;
    if (const Error error = server.listen(Endpoint::fromPath(path))) {
        qCritical() << error;
        return 1;
    }
    return QCoreApplication::exec();
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == u"serve"_s)
        return serve(arguments.at(2));
    tst_Health test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_health.moc"
