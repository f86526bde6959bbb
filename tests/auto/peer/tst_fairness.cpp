// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "flood.h"
#include "turntest.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/request.h>
#include <IpcPrims/rpcbatch.h>
#include <IpcPrims/server.h>
#include <IpcPrims/turntime.h>

#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using std::chrono::microseconds;

// Of the thread's own time. With the thread sanitizer a turn takes ten times as long.
#ifdef __SANITIZE_THREAD__
static constexpr auto LongestSilence = 250ms;
#else
static constexpr auto LongestSilence = 100ms;
#endif

/// A thread's time is shared by whoever wants some of it.
class tst_Fairness : public TurnTest
{
    Q_OBJECT

private Q_SLOTS:
    void timersFireDuringAFlood_data();
    void timersFireDuringAFlood();
    void everyPeerHasItsTurn();
    void quietPeerIsServedDuringAFlood();
    void clientsAreAcceptedDuringAFlood();
    void broadcastLeavesInTurns();
    void batchOfCallsIsReadInTurns();
    void framesOfOtherThreadsAreSentInTurns();
    void answersThatHaveWaitedLeaveInTurns();
    void limitOfAThreadCanBeSet();
};

void tst_Fairness::timersFireDuringAFlood_data()
{
    QTest::addColumn<int>("peers");
    QTest::addColumn<int>("size");
    QTest::addColumn<microseconds>("handler");
    const auto add = [](int peers, int size, microseconds handler) {
        QTest::addRow("%d peers, %d bytes, %d us", peers, size, int(handler.count()))
                << peers << size << handler;
    };
    for (const int peers : {1, 10, 100}) {
        for (const auto handler : {0us, 5us, 20us, 100us, 1000us})
            add(peers, 16, handler);
        for (const auto handler : {0us, 100us})
            add(peers, 60'000, handler);
    }
}

void tst_Fairness::timersFireDuringAFlood()
{
    QFETCH(const int, peers);
    QFETCH(const int, size);
    QFETCH(const microseconds, handler);
    qint64 frames = 0;
    listen([&](Peer *peer) {
        peer->setFrameHandler([&](quint16, QByteArrayView) {
            ++frames;
            work(handler);
        });
    });
    Flood flood(m_endpoint, peers, size);
    const auto silence
            = longestSilence([&] { return m_server->peerCount() == peers && frames > 0; });
    QVERIFY(frames > 0);
    // A turn and the handler that ends it; much more where the system interrupts at a bad moment.
    const auto limit = 10 * (turnTime() + handler);
    QVERIFY2(silence < limit,
             qPrintable(u"silent for %1 us, at most %2"_s.arg(silence.count()).arg(limit.count())));
}

void tst_Fairness::everyPeerHasItsTurn()
{
    constexpr int Peers = 20;
    std::vector<qint64> frames(Peers);
    int count = 0;
    listen([&](Peer *peer) {
        peer->setFrameHandler([&frames, own = count++](quint16, QByteArrayView) {
            ++frames[size_t(own)];
            work(50us);
        });
    });
    Flood flood(m_endpoint, Peers, 16);
    const auto hasEachMany = [&] {
        return std::all_of(frames.begin(), frames.end(), [](qint64 n) { return n > 500; });
    };
    longestSilence(hasEachMany);
    const auto [least, most] = std::minmax_element(frames.begin(), frames.end());
    // Those that came first had a time of their own.
    QVERIFY2(*least > 500, qPrintable(QString::number(*least)));
    QVERIFY2(*most < 20 * *least, qPrintable(u"%1 and %2"_s.arg(*least).arg(*most)));
}

void tst_Fairness::quietPeerIsServedDuringAFlood()
{
    listen([](Peer *peer) {
        peer->setFrameHandler([peer](quint16 channel, QByteArrayView payload) {
            if (payload == "question")
                static_cast<void>(peer->send(channel, "answer"));
            else
                work(20us);
        });
    });
    Flood flood(m_endpoint, 20, 16);
    Peer quiet;
    quiet.connectToServer(m_endpoint);
    int answers = 0;
    quiet.setFrameHandler([&](quint16 channel, QByteArrayView) {
        if (++answers < 10)
            QVERIFY(!quiet.send(channel, "question"));
    });
    connect(&quiet, &Peer::connected, this,
            [&] { QVERIFY(!quiet.send(Channel::Data, "question")); });
    longestSilence([&] { return answers == 10; });
    QCOMPARE(answers, 10);
}

void tst_Fairness::clientsAreAcceptedDuringAFlood()
{
    listen([](Peer *peer) { peer->setFrameHandler([](quint16, QByteArrayView) { work(20us); }); });
    Flood flood(m_endpoint, 20, 16);
    longestSilence([&] { return m_server->peerCount() == 20; }, 1);
    Flood more(m_endpoint, 20, 16);
    const auto silence = longestSilence([&] { return m_server->peerCount() == 40; }, 1);
    QCOMPARE(m_server->peerCount(), 40);
    QVERIFY2(silence < LongestSilence, qPrintable(QString::number(silence.count())));
}

void tst_Fairness::broadcastLeavesInTurns()
{
    constexpr int Peers = 300;
    listen([](Peer *) {});
    Flood readers(m_endpoint, Peers, 0);
    longestSilence([&] { return m_server->peerCount() == Peers; }, 1);
    QCOMPARE(m_server->peerCount(), Peers);
    // What takes long is to write, which is for each of them a system call or more.
    const QByteArray payload(100'000, 'b');
    int sent = 0;
    QTimer producer;
    producer.callOnTimeout([&] {
        if (sent < 10 && m_server->broadcast(Channel::Data, payload).result().sent == Peers)
            ++sent;
    });
    producer.start(0);
    const qint64 expected = Peers * 10 * (8 + payload.size());
    const auto silence = longestSilence([&] { return readers.bytesRead() >= expected; });
    QCOMPARE(sent, 10);
    QVERIFY2(silence < LongestSilence, qPrintable(QString::number(silence.count())));
}

void tst_Fairness::batchOfCallsIsReadInTurns()
{
    std::unique_ptr<JsonRpc> rpc;
    int calls = 0;
    listen([&](Peer *peer) {
        rpc = std::make_unique<JsonRpc>(peer, Channel::Data);
        rpc->setMethod(u"work"_s, JsonRpc::Method([&](const QJsonValue &) {
                           work(500us);
                           return RpcResult(QJsonValue(++calls));
                       }));
    });
    Peer peer;
    JsonRpc client(&peer, Channel::Data);
    peer.connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(peer.isOpen() && rpc, PatienceMs);
    RpcBatch batch;
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < 400; ++i)
        results.append(batch.call(u"work"_s));
    QVERIFY(!client.send(std::move(batch), 1min));
    const auto silence = longestSilence([&] { return results.last().isFinished(); });
    for (int i = 0; i < results.size(); ++i)
        QCOMPARE(results[i].result().value.toInt(), i + 1); // In order.
    QVERIFY2(silence < 50ms, qPrintable(QString::number(silence.count())));
    rpc.reset();
}

void tst_Fairness::framesOfOtherThreadsAreSentInTurns()
{
    qint64 received = 0;
    listen([&](Peer *peer) {
        peer->setFrameHandler([&](quint16, QByteArrayView) { ++received; });
    });
    Peer peer;
    peer.setValidator(std::make_shared<SlowValidator>());
    peer.connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(peer.isOpen(), PatienceMs);
    Background other([&peer] {
        for (int i = 0; i < 1000; ++i)
            static_cast<void>(peer.send(Channel::Data, "x"));
    });
    other.join();
    const auto silence = longestSilence([&] { return received == 1000; });
    QCOMPARE(received, 1000);
    QVERIFY2(silence < 50ms, qPrintable(QString::number(silence.count())));
}

void tst_Fairness::answersThatHaveWaitedLeaveInTurns()
{
    QList<Request> requests;
    listen([&](Peer *peer) {
        peer->setValidator(std::make_shared<SlowValidator>());
        peer->setRequestHandler([&](const Request &request) { requests.append(request); });
    });
    Peer peer;
    peer.connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(peer.isOpen(), PatienceMs);
    QList<QFuture<Reply>> replies;
    for (int i = 0; i < 900; ++i)
        replies.append(peer.request(QByteArray::number(i), 1min));
    QTRY_COMPARE_WITH_TIMEOUT(requests.size(), 900, PatienceMs);
    // The first one is answered last, and all others have waited for that.
    for (qsizetype i = requests.size() - 1; i > 0; --i)
        requests[i].reply(requests[i].payload());
    QTimer::singleShot(0, this, [&] { requests[0].reply(requests[0].payload()); });
    const auto silence = longestSilence([&] { return replies.last().isFinished(); });
    for (int i = 0; i < replies.size(); ++i)
        QCOMPARE(replies[i].result().payload, QByteArray::number(i));
    QVERIFY2(silence < 50ms, qPrintable(QString::number(silence.count())));
}

void tst_Fairness::limitOfAThreadCanBeSet()
{
    QCOMPARE(turnTime(), 4ms);
    setTurnTime(-1s);
    QCOMPARE(turnTime(), 0us);
    setTurnTime(24h);
    QCOMPARE(turnTime(), 1h);

    // With no time at all a turn has one handler.
    setTurnTime(0us);
    int frames = 0;
    int most = 0;
    listen([&](Peer *peer) {
        peer->setFrameHandler([&](quint16, QByteArrayView) {
            ++frames;
            work(1ms);
        });
    });
    Flood flood(m_endpoint, 5, 16);
    QTimer often;
    int before = 0;
    often.callOnTimeout([&] { most = std::max(most, frames - std::exchange(before, frames)); });
    often.start(0);
    longestSilence([&] { return frames > 50; });
    QVERIFY(frames > 50);
    QVERIFY2(most <= 5, qPrintable(QString::number(most)));
}

QTEST_GUILESS_MAIN(tst_Fairness)
#include "tst_fairness.moc"
