// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "flood.h"
#include "turntest.h"

#include <IpcPrims/authorizationrequest.h>
#include <IpcPrims/channeldevice.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/request.h>
#include <IpcPrims/rpcbatch.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qpointer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What one event has to tell to many, or to have done by them, is shared out over many turns.
class tst_FairnessEnds : public TurnTest
{
    Q_OBJECT

private Q_SLOTS:
    void requestsEndInTurns();
    void requestsThatEndAreFinishedByTheDestructor();
    void pingsEndInTurns();
    void pingsTimeOutInTurns();
    void callsEndInTurns();
    void callsThatEndAreFinishedByTheDestructor_data();
    void callsThatEndAreFinishedByTheDestructor();
    void restOfABatchIsReadInTurns();
    void callsOfARefusedBatchEndInTurns();
    void refusedMessagesAreReportedInTurns();
    void authorizationsAreDeliveredInTurns();
    void slowPeersAreDisconnectedInTurns();
    void peersThatLeaveAtOnceEndInTurns();
    void requestsOfOtherThreadsAreMadeInTurns();
    void streamGoesOnInTurns();

private:
    void open();
    void verifyEndsInTurns(const std::function<void(int)> &ask);
    void noteEnd(int number, const Error &error);

    std::unique_ptr<Peer> m_client;
    QPointer<Peer> m_peer; // The server's end.
    std::vector<int> m_ended; // In the order of noteEnd().
};

// How long a turn may be: one of 4 ms and what ends it, and where the system interrupts at a bad
// moment much more.
static constexpr auto Limit = 50ms;

#define VERIFY_SHORT(measured) \
    do { \
        const auto silence = (measured); \
        QVERIFY2(silence < Limit, qPrintable(QString::number(silence.count()))); \
    } while (false)

void tst_FairnessEnds::open()
{
    m_server->setMaxPendingHandshakes(1000);
    listen([this](Peer *peer) { m_peer = peer; });
    m_client = std::make_unique<Peer>();
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer, PatienceMs);
}

// That all who wait learn of the end in their order, with others' turns between, and before the
// next session begins. \a ask lets one wait, who then calls noteEnd().
void tst_FairnessEnds::verifyEndsInTurns(const std::function<void(int)> &ask)
{
    constexpr int Count = 1000;
    qsizetype endedBefore = 0;
    bool hasEnded = false;
    m_ended.clear();
    const QObject thisTime;
    connect(m_client.get(), &Peer::disconnected, &thisTime, [&] {
        endedBefore = qsizetype(m_ended.size());
        hasEnded = true;
        m_client->connectToServer(m_endpoint); // Nothing of that session comes between.
    });
    for (int i = 0; i < Count; ++i)
        ask(i);
    QTimer::singleShot(0, m_client.get(), &Peer::abort);
    VERIFY_SHORT(longestSilence([&] { return hasEnded; }));
    QCOMPARE(endedBefore, Count);
    QVERIFY(std::is_sorted(m_ended.begin(), m_ended.end()));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), PatienceMs);
}

void tst_FairnessEnds::noteEnd(int number, const Error &error)
{
    QCOMPARE(error.code(), ErrorCode::NotConnected);
    work(500us);
    m_ended.push_back(number);
}

void tst_FairnessEnds::requestsEndInTurns()
{
    open();
    verifyEndsInTurns([this](int i) {
        m_client->request("q", 1h).then([this, i](const Reply &reply) { noteEnd(i, reply.error); });
    });
}

void tst_FairnessEnds::requestsThatEndAreFinishedByTheDestructor()
{
    open();
    std::vector<QFuture<Reply>> replies;
    for (int i = 0; i < 100; ++i)
        replies.push_back(m_client->request("q", 1h));
    int ended = 0;
    for (QFuture<Reply> &reply : replies) {
        reply.then([&](const Reply &) {
            work(1ms);
            if (++ended == 10)
                QTimer::singleShot(0, this, [this] { m_client.reset(); });
        });
    }
    m_client->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, PatienceMs);
    for (const QFuture<Reply> &reply : replies) {
        QVERIFY(reply.isFinished());
        QCOMPARE(reply.result().error.code(), ErrorCode::NotConnected);
    }
}

void tst_FairnessEnds::pingsEndInTurns()
{
    constexpr int Count = 200; // More in a row would be a flood.
    open();
    m_peer->setReceiving(false);
    int ended = 0;
    int endedBefore = 0;
    bool hasEnded = false;
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        endedBefore = ended;
        hasEnded = true;
    });
    for (int i = 0; i < Count; ++i) {
        m_client->ping(1h).then([&](const PingReply &) {
            work(1ms);
            ++ended;
        });
    }
    QTimer::singleShot(0, m_client.get(), &Peer::abort);
    VERIFY_SHORT(longestSilence([&] { return hasEnded; }));
    QCOMPARE(endedBefore, Count);
}

void tst_FairnessEnds::pingsTimeOutInTurns()
{
    constexpr int Count = 200;
    open();
    m_peer->setReceiving(false);
    std::vector<int> ended;
    for (int i = 0; i < Count; ++i) {
        m_client->ping(100ms).then([&ended, i](const PingReply &reply) {
            QCOMPARE(reply.error.code(), ErrorCode::Timeout);
            work(1ms);
            ended.push_back(i);
        });
    }
    VERIFY_SHORT(longestSilence([&] { return ended.size() == Count; }));
    QCOMPARE(ended.size(), size_t(Count));
    QVERIFY(std::is_sorted(ended.begin(), ended.end()));
    QVERIFY(m_client->isOpen());
}

void tst_FairnessEnds::callsEndInTurns()
{
    open();
    JsonRpc rpc(m_client.get(), Channel::Data);
    verifyEndsInTurns([this, &rpc](int i) {
        rpc.call(u"m"_s, QJsonArray(), 1h).then([this, i](const RpcResult &result) {
            noteEnd(i, result.error);
        });
    });
}

void tst_FairnessEnds::callsThatEndAreFinishedByTheDestructor_data()
{
    QTest::addColumn<bool>("deletesPeer");
    QTest::newRow("peer") << true;
    QTest::newRow("JsonRpc") << false;
}

void tst_FairnessEnds::callsThatEndAreFinishedByTheDestructor()
{
    QFETCH(const bool, deletesPeer);
    open();
    auto rpc = std::make_unique<JsonRpc>(m_client.get(), Channel::Data);
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < 100; ++i)
        results.push_back(rpc->call(u"m"_s, QJsonArray(), 1h));
    int ended = 0;
    bool isDeleted = false;
    for (QFuture<RpcResult> &result : results) {
        result.then([&](const RpcResult &) {
            work(1ms);
            if (++ended < 10 || isDeleted)
                return;
            isDeleted = true;
            QTimer::singleShot(0, this, [&] {
                if (deletesPeer)
                    m_client.reset();
                else
                    rpc.reset();
            });
        });
    }
    m_client->abort();
    QTRY_VERIFY_WITH_TIMEOUT(isDeleted && (!m_client || !rpc), PatienceMs);
    for (const QFuture<RpcResult> &result : results) {
        QVERIFY(result.isFinished());
        QCOMPARE(result.result().error.code(), ErrorCode::NotConnected);
    }
}

// What has arrived is delivered before the end of the session is told.
void tst_FairnessEnds::restOfABatchIsReadInTurns()
{
    constexpr int Count = 400;
    open();
    JsonRpc server(m_peer, Channel::Data);
    JsonRpc client(m_client.get(), Channel::Data);
    int calls = 0;
    int callsBefore = 0;
    bool hasEnded = false;
    server.setMethod(u"work"_s, [&](const QJsonValue &) {
        if (++calls == 1)
            m_client->abort();
        work(500us);
        return 0;
    });
    connect(m_peer, &Peer::disconnected, this, [&] {
        callsBefore = calls;
        hasEnded = true;
    });
    RpcBatch batch;
    for (int i = 0; i < Count; ++i)
        batch.call(u"work"_s);
    QVERIFY(!client.send(std::move(batch), 1min));
    VERIFY_SHORT(longestSilence([&] { return hasEnded; }));
    QCOMPARE(callsBefore, Count);
}

void tst_FairnessEnds::callsOfARefusedBatchEndInTurns()
{
    constexpr int Count = 400;
    open();
    JsonRpc server(m_peer, Channel::Data);
    JsonRpc client(m_client.get(), Channel::Data);
    client.setBatchLimit(10);
    server.setMethod(u"m"_s, [](const QJsonValue &) { return 0; });
    std::vector<int> ended;
    RpcBatch batch;
    for (int i = 0; i < Count; ++i) {
        batch.call(u"m"_s).then([&ended, i](const RpcResult &result) {
            QCOMPARE(result.error.code(), ErrorCode::ProtocolViolation);
            work(500us);
            ended.push_back(i);
        });
    }
    QVERIFY(!client.send(std::move(batch), 1h));
    VERIFY_SHORT(longestSilence([&] { return ended.size() == Count; }));
    QCOMPARE(ended.size(), size_t(Count));
    QVERIFY(std::is_sorted(ended.begin(), ended.end()));
}

void tst_FairnessEnds::refusedMessagesAreReportedInTurns()
{
    open();
    JsonRpc server(m_peer, Channel::Data);
    int reports = 0;
    connect(&server, &JsonRpc::messageRefused, this, [&] {
        ++reports;
        work(2ms);
    });
    for (int i = 0; i < 100; ++i)
        QVERIFY(!m_client->send(Channel::Data, "no JSON"));
    VERIFY_SHORT(longestSilence([&] { return reports > 60; }));
    QVERIFY(reports > 60);
}

void tst_FairnessEnds::authorizationsAreDeliveredInTurns()
{
    constexpr int Count = 200;
    QList<AuthorizationRequest> requests;
    m_server->setAuthorizer([&](const AuthorizationRequest &one) { requests.append(one); });
    int opened = 0;
    listen([&](Peer *) {
        ++opened;
        work(1ms);
    });
    Flood clients(m_endpoint, Count, 0);
    QTRY_COMPARE_WITH_TIMEOUT(requests.size(), Count, PatienceMs);
    Background([&] {
        for (const AuthorizationRequest &request : std::as_const(requests))
            request.accept();
    }).join();
    VERIFY_SHORT(longestSilence([&] { return opened == Count; }));
    QCOMPARE(opened, Count);
}

void tst_FairnessEnds::slowPeersAreDisconnectedInTurns()
{
    constexpr int Count = 200;
    int ended = 0;
    listen([&](Peer *peer) {
        peer->setSendWaterMarks(1, 0);
        connect(peer, &Peer::disconnected, this, [&](const Error &reason) {
            QCOMPARE(reason.code(), ErrorCode::QueueFull);
            ++ended;
            work(1ms);
        });
    });
    Flood clients(m_endpoint, Count, 0);
    QTRY_COMPARE_WITH_TIMEOUT(m_server->peerCount(), Count, PatienceMs);
    const QByteArray large(1'000'000, 'x');
    // Nothing leaves before the end of the turn.
    QCOMPARE(m_server->broadcast(Channel::Data, large).result().sent, Count);
    const BroadcastResult result
            = m_server->broadcast(Channel::Data, large, SlowPeerPolicy::Disconnect).result();
    QCOMPARE(result.disconnected, Count);
    VERIFY_SHORT(longestSilence([&] { return ended == Count; }));
    QCOMPARE(ended, Count);
}

void tst_FairnessEnds::peersThatLeaveAtOnceEndInTurns()
{
    constexpr int Count = 200;
    int ended = 0;
    listen([&](Peer *peer) {
        connect(peer, &Peer::disconnected, this, [&] {
            ++ended;
            work(1ms);
        });
    });
    {
        Flood clients(m_endpoint, Count, 0);
        QTRY_COMPARE_WITH_TIMEOUT(m_server->peerCount(), Count, PatienceMs);
    }
    VERIFY_SHORT(longestSilence([&] { return ended == Count; }));
    QCOMPARE(ended, Count);
}

void tst_FairnessEnds::requestsOfOtherThreadsAreMadeInTurns()
{
    constexpr int Count = 1000;
    open();
    QList<QByteArray> received;
    m_peer->setRequestHandler([&](const Request &request) {
        received.append(request.payload());
        request.reply("a");
    });
    m_client->setValidator(std::make_shared<SlowValidator>());
    QList<QFuture<Reply>> replies;
    Background([&] {
        for (int i = 0; i < Count; ++i)
            replies.append(m_client->request(QByteArray::number(i), 1h));
    }).join();
    VERIFY_SHORT(longestSilence([&] { return replies.last().isFinished(); }));
    QCOMPARE(received.size(), Count);
    for (int i = 0; i < Count; ++i)
        QCOMPARE(received[i], QByteArray::number(i));
}

// There is room for many frames at once.
void tst_FairnessEnds::streamGoesOnInTurns()
{
    constexpr int Chunks = 200;
    const QByteArray bytes(Chunks * 64 * 1024, 's');
    open();
    ChannelDevice reader(m_peer, Channel::Data);
    reader.setReadBufferSize(2 * bytes.size());
    QVERIFY(reader.open(QIODevice::ReadOnly));
    m_client->setValidator(std::make_shared<SlowValidator>(1ms));
    m_client->setSendWaterMarks(1, 0);
    ChannelDevice writer(m_client.get(), Channel::Data);
    writer.setWriteBufferSize(bytes.size());
    QVERIFY(writer.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QCOMPARE(writer.write(bytes), bytes.size());
    writer.finish();
    QVERIFY(writer.bytesToWrite() > bytes.size() / 2);
    m_client->setSendWaterMarks(2 * bytes.size(), bytes.size());
    VERIFY_SHORT(longestSilence([&] { return reader.isFinished(); }));
    QVERIFY(reader.isFinished());
    QVERIFY(reader.readAll() == bytes);
}

QTEST_GUILESS_MAIN(tst_FairnessEnds)
#include "tst_fairness_ends.moc"
