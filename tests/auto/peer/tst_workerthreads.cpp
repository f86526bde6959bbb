// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <IpcPrims/authorizationrequest.h>

#include <QtCore/qset.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

static void echo(Peer *peer)
{
    QObject::connect(peer, &Peer::frameReceived, peer,
                     [peer](quint16 channel, const QByteArray &payload) {
                         const Error error = peer->send(channel, payload);
                         if (error)
                             qWarning() << error;
                     });
}

// Remembers in which threads something happened.
class ThreadsSeen
{
public:
    void note()
    {
        const std::lock_guard lock(m_mutex);
        m_threads.insert(QThread::currentThread());
    }
    QSet<QThread *> all() const
    {
        const std::lock_guard lock(m_mutex);
        return m_threads;
    }

private:
    mutable std::mutex m_mutex;
    QSet<QThread *> m_threads;
};

class tst_WorkerThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void peersLiveInTheWorkers();
    void clientsAreSpreadOverTheWorkers();
    void workersServeManyClientsAtOnce();
    void failedHandshakesAreToldInTheServersThread();
    void authorizerIsAskedInTheWorker();
    void limitsHoldForAllWorkers();
    void oldestPendingGivesWay();
    void broadcastReachesAllWorkers();
    void sessionsSurviveClose();
    void endOfTheServerEndsItsPeers();
    void unstartedConnectionsAreClosed();
    void busyServerMayBeDestroyedAtAnyTime();
    void threadsCannotBeChangedOnceStarted();
};

void tst_WorkerThreads::peersLiveInTheWorkers()
{
    ObservedServer server;
    ThreadsSeen handlers;
    ThreadsSeen frames;
    ThreadsSeen ends;
    std::atomic<bool> livesThere = false;
    server.server.setWorkerThreads(1, [&](Peer *peer) {
        handlers.note();
        livesThere = peer->isOpen() && peer->thread() == QThread::currentThread();
        connect(peer, &Peer::frameReceived, peer, [&] { frames.note(); });
        connect(peer, &Peer::disconnected, peer, [&] { ends.note(); });
        echo(peer);
    });
    QSignalSpy connected(&server.server, &Server::peerConnected);
    QVERIFY(server.listen());
    // A frame that comes together with the request isn't lost.
    RawSocket client = server.connectRaw();
    QVERIFY(client.write(RawSocket::frame(0, PlainRequest) + RawSocket::frame(1, "early")));
    QVERIFY(client.readFrame());
    QCOMPARE(client.readFrame(), RawSocket::Frame({1, "early"}));
    QVERIFY(livesThere);
    QCOMPARE(server.server.peerCount(), 1);
    client.close();
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 0, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(ends.all().size(), 1, Patience);
    QVERIFY(!handlers.all().contains(QThread::currentThread()));
    QCOMPARE(frames.all(), handlers.all());
    QCOMPARE(ends.all(), handlers.all());
    QVERIFY(connected.isEmpty() && server.server.peers().isEmpty());
}

void tst_WorkerThreads::clientsAreSpreadOverTheWorkers()
{
    ObservedServer server;
    ThreadsSeen handlers;
    server.server.setWorkerThreads(3, [&](Peer *) { handlers.note(); });
    QCOMPARE(server.server.workerThreads(), 3);
    QVERIFY(server.listen());
    std::vector<RawSocket> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(server.openSession());
    QTRY_COMPARE_WITH_TIMEOUT(handlers.all().size(), 3, Patience);
}

void tst_WorkerThreads::workersServeManyClientsAtOnce()
{
    ObservedServer server;
    server.server.setWorkerThreads(2, echo);
    QVERIFY(server.listen());
    std::vector<std::unique_ptr<Peer>> clients;
    int answers = 0;
    for (int i = 0; i < 50; ++i) {
        auto client = std::make_unique<Peer>();
        Peer *const raw = client.get();
        const QByteArray word = QByteArray::number(i);
        connect(raw, &Peer::connected, this, [raw, word] { QVERIFY(!raw->send(1, word)); });
        connect(raw, &Peer::frameReceived, this,
                [&answers, raw, word](quint16, const QByteArray &payload) {
                    QCOMPARE(payload, word);
                    ++answers;
                    raw->close();
                });
        raw->connectToServer(Endpoint::fromPath(server.path()));
        clients.push_back(std::move(client));
    }
    QTRY_COMPARE_WITH_TIMEOUT(answers, 50, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 0, Patience);
    for (const auto &client : clients)
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), Peer::State::Closed, Patience);
}

void tst_WorkerThreads::failedHandshakesAreToldInTheServersThread()
{
    ObservedServer server;
    server.server.setWorkerThreads(1, echo);
    ThreadsSeen failures;
    connect(&server.server, &Server::handshakeFailed, &server.server, [&] { failures.note(); });
    QVERIFY(server.listen());
    RawSocket client = server.connectRaw();
    QVERIFY(client.write("GET / HTTP/1.1\r\n\r\n"));
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::BadMagic);
    QCOMPARE(failures.all(), QSet<QThread *>({QThread::currentThread()}));
}

void tst_WorkerThreads::authorizerIsAskedInTheWorker()
{
    ObservedServer server;
    ThreadsSeen questions;
    std::mutex mutex;
    std::vector<AuthorizationRequest> requests;
    server.server.setAuthorizer([&](const AuthorizationRequest &request) {
        questions.note();
        const std::lock_guard lock(mutex);
        requests.push_back(request);
    });
    const auto count = [&] {
        const std::lock_guard lock(mutex);
        return requests.size();
    };
    server.server.setWorkerThreads(1, echo);
    QVERIFY(server.listen());
    RawSocket client = server.connectRaw();
    QVERIFY(client.writeFrame(0, PlainRequest));
    QTRY_COMPARE_WITH_TIMEOUT(count(), 1u, Patience);
    QVERIFY(!questions.all().contains(QThread::currentThread()));
    requests.front().accept({1}); // From here.
    const auto answer = client.readFrame();
    QVERIFY(answer && answer->payload.contains(R"("channels":[1])"));
}

void tst_WorkerThreads::limitsHoldForAllWorkers()
{
    ObservedServer server;
    server.server.setMaxPeersPerUser(3);
    server.server.setWorkerThreads(2, echo);
    QVERIFY(server.listen());
    std::vector<RawSocket> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(server.openSession());
    QVERIFY(clients[2].isValid());
    RawSocket fourth = server.connectRaw();
    QVERIFY(fourth.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    clients.pop_back();
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 2, Patience);
    QVERIFY(server.openSession().isValid());

    server.server.setMaxPeersPerUser(100);
    server.server.setMaxPeers(3);
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 2, Patience);
    clients.push_back(server.openSession());
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 3, Patience);
    QCoreApplication::processEvents(); // The server is told.
    RawSocket waiting = server.connectRaw();
    QVERIFY(waiting.writeFrame(0, PlainRequest));
    QTest::qWait(20);
    QCOMPARE(server.server.peerCount(), 3);
    clients.pop_back();
    QVERIFY(waiting.readFrame());
}

void tst_WorkerThreads::oldestPendingGivesWay()
{
    ObservedServer server;
    server.server.setMaxPendingHandshakes(3);
    server.server.setHandshakeTimeout(1h);
    server.server.setWorkerThreads(2, echo);
    QVERIFY(server.listen());
    std::vector<RawSocket> silent;
    for (int i = 0; i < 4; ++i)
        silent.push_back(server.connectRaw());
    QVERIFY(silent[0].waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::ResourcesExhausted);
    QVERIFY(silent[1].writeFrame(0, PlainRequest));
    QVERIFY(silent[1].readFrame());
    QCOMPARE(server.refusals.size(), 1);
}

void tst_WorkerThreads::broadcastReachesAllWorkers()
{
    ObservedServer server;
    server.server.setWorkerThreads(3, echo);
    QVERIFY(server.listen());
    std::vector<RawSocket> clients;
    for (int i = 0; i < 7; ++i)
        clients.push_back(server.openSession());
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 7, Patience);
    QFuture<BroadcastResult> future = server.server.broadcast(2, "news");
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience);
    QCOMPARE(future.result().sent, 7);
    for (RawSocket &client : clients)
        QCOMPARE(client.readFrame(), RawSocket::Frame({2, "news"}));
}

void tst_WorkerThreads::sessionsSurviveClose()
{
    ObservedServer server;
    server.server.setWorkerThreads(1, echo);
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    RawSocket pending = server.connectRaw();
    QVERIFY(pending.write("I"));
    server.server.close();
    QVERIFY(pending.waitForClosed());
    QVERIFY(client.writeFrame(1, "still here"));
    QCOMPARE(client.readFrame(), RawSocket::Frame({1, "still here"}));
    QVERIFY(server.listen());
    QVERIFY(server.openSession().isValid());
}

void tst_WorkerThreads::endOfTheServerEndsItsPeers()
{
    auto server = std::make_unique<ObservedServer>();
    std::atomic<int> destroyed = 0;
    ThreadsSeen destructions;
    server->server.setWorkerThreads(2, [&](Peer *peer) {
        connect(peer, &QObject::destroyed, peer, [&] {
            destructions.note();
            ++destroyed;
        });
    });
    QVERIFY(server->listen());
    std::vector<RawSocket> clients;
    for (int i = 0; i < 4; ++i)
        clients.push_back(server->openSession());
    QTRY_COMPARE_WITH_TIMEOUT(server->server.peerCount(), 4, Patience);
    server.reset();
    QCOMPARE(destroyed, 4);
    QVERIFY(!destructions.all().contains(QThread::currentThread()));
    for (RawSocket &client : clients)
        QVERIFY(client.waitForClosed());
}

// What is on its way to a worker when the server ends goes nowhere, and doesn't leak.
void tst_WorkerThreads::unstartedConnectionsAreClosed()
{
    std::vector<RawSocket> clients;
    {
        ObservedServer server;
        std::atomic<bool> isBlocked = false;
        std::atomic<bool> isOver = false;
        server.server.setWorkerThreads(1, [&](Peer *) {
            isBlocked = true;
            while (!isOver)
                QThread::usleep(100);
        });
        QVERIFY(server.listen());
        clients.push_back(server.connectRaw());
        QVERIFY(clients.back().writeFrame(0, PlainRequest));
        QTRY_VERIFY_WITH_TIMEOUT(isBlocked, Patience);
        QSignalSpy refused(&server.server, &Server::handshakeFailed);
        server.server.setMaxPendingHandshakes(3);
        for (int i = 0; i < 4; ++i)
            clients.push_back(server.connectRaw());
        // The worker hasn't heard of any of them.
        QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
        isOver = true;
    }
    for (RawSocket &client : clients)
        QVERIFY(client.waitForClosed());
}

void tst_WorkerThreads::busyServerMayBeDestroyedAtAnyTime()
{
    for (int round = 0; round < 20; ++round) {
        ObservedServer server;
        server.server.setWorkerThreads(2, echo);
        QVERIFY(server.listen());
        std::vector<RawSocket> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(server.connectRaw());
            QVERIFY(clients.back().write(RawSocket::frame(0, PlainRequest)
                                         + RawSocket::frame(1, "x")));
        }
        for (int i = 0; i < round; ++i)
            QCoreApplication::processEvents();
        server.server.broadcast(1, "y");
    }
}

void tst_WorkerThreads::threadsCannotBeChangedOnceStarted()
{
    ObservedServer server;
    server.server.setWorkerThreads(1, echo);
    QVERIFY(server.listen());
    QTest::ignoreMessage(QtWarningMsg, "The worker threads of a server can't be changed any more");
    server.server.setWorkerThreads(2, {});
    QCOMPARE(server.server.workerThreads(), 1);
    RawSocket client = server.openSession();
    QVERIFY(client.writeFrame(1, "x"));
    QCOMPARE(client.readFrame(), RawSocket::Frame({1, "x"}));
}

QTEST_GUILESS_MAIN(tst_WorkerThreads)
#include "tst_workerthreads.moc"
