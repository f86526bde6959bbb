// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peerhealth.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>
#include <vector>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

class RefusingValidator final : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        if (payload == "good")
            return std::nullopt;
        return Failure{u"bad"_s, {}};
    }
};

class tst_Broadcast : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reachesThoseWhoHaveTheChannel();
    void largePayloadIsShared();
    void impossibleFrameIsSentToNobody();
    void nobodyIsFine();
    void dropNewestLeavesTheQueueAsItIs();
    void dropOldestMakesRoomForTheNewest();
    void dropOldestDoesNotWakeThoseWhoWaitTooEarly();
    void disconnectAbortsTheSlowPeerOnly();
    void bordersAreExact();
    void keepLatestLeavesTheLatestOnly();
    void aPeerAloneHasThePolicies();
    void disconnectOfAPeerAlone();
    void framesThatTheLibraryNeedsDoNotGo();
    void replacedFramesAreNotReported();
    void keptFramesMakeRoomBetweenSessions();
    void veryManyKeptFramesMakeRoom();
};

// A broadcast without worker threads is done at once.
static BroadcastResult broadcast(ObservedServer &server, quint16 channel, const QByteArray &payload,
                                 SlowPeerPolicy policy = SlowPeerPolicy::DropNewest)
{
    const QFuture<BroadcastResult> future = server.server.broadcast(channel, payload, policy);
    return future.isFinished() ? future.result() : BroadcastResult();
}

// A session whose client reads nothing, with a full socket: frames stay in the queue.
static RawSocket openBlockedSession(ObservedServer &server, qint64 mark)
{
    RawSocket client = server.openSession();
    server.peer->setSendWaterMarks(Q_INT64_C(1) << 40, 0);
    while (server.peer->bytesQueued(3) < 256 * 1024) { // A QLocalSocket takes half of that.
        if (server.peer->send(3, QByteArray(60'000, 'x'))) // Not the channel of the test.
            return RawSocket();
        server.peer->flush();
    }
    server.peer->setSendWaterMarks(mark, mark / 2);
    return client;
}

// What a client has received on channel 2, until there is nothing more for it.
static QByteArrayList receivedByNow(RawSocket &client, Peer *peer)
{
    QByteArrayList payloads;
    while (peer->bytesQueued() > 0 || client.leftovers().size() > 0) {
        const auto frame = client.readFrame();
        if (!frame)
            break;
        if (frame->channel == 2)
            payloads.append(frame->payload);
    }
    if (peer->send(2, "end"))
        return payloads;
    while (const auto frame = client.readFrame()) {
        if (frame->payload == "end")
            break;
        if (frame->channel == 2)
            payloads.append(frame->payload);
    }
    return payloads;
}

void tst_Broadcast::reachesThoseWhoHaveTheChannel()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket first = server.openSession();
    RawSocket second = server.openSession();
    RawSocket other
            = server.openSession(R"({"protocol":"ipcprims","version":"1.0","channels":[1]})");
    const RawSocket pending = server.connectRaw();
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 3, Patience);
    const BroadcastResult result = broadcast(server, 2, "news");
    QVERIFY(!result.error);
    QCOMPARE(result.sent, 2);
    QCOMPARE(result.dropped, 0);
    QCOMPARE(result.disconnected, 0);
    QCOMPARE(first.readFrame(), RawSocket::Frame({2, "news"}));
    QCOMPARE(second.readFrame(), RawSocket::Frame({2, "news"}));
    QCOMPARE(broadcast(server, 1, "end").sent, 3);
    QCOMPARE(other.readFrame(), RawSocket::Frame({1, "end"}));
}

void tst_Broadcast::largePayloadIsShared()
{
    ObservedServer server;
    QVERIFY(server.listen());
    const RawSocket first = openBlockedSession(server, 1'000'000);
    const RawSocket second = openBlockedSession(server, 1'000'000);
    QVERIFY(first.isValid() && second.isValid());
    const QByteArray payload(100'000, 'x');
    QVERIFY(payload.isDetached());
    QCOMPARE(broadcast(server, 2, payload).sent, 2);
    QVERIFY(!payload.isDetached());
    server.server.peers()[0]->abort();
    QVERIFY(!payload.isDetached());
    server.server.peers()[1]->abort();
    QTRY_VERIFY_WITH_TIMEOUT(payload.isDetached(), Patience);
}

void tst_Broadcast::impossibleFrameIsSentToNobody()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QCOMPARE(broadcast(server, 0, "x").error.code(), ErrorCode::UnsupportedChannel);
    QCOMPARE(broadcast(server, 2, QByteArray(MaxPayloadSize + 1, 'x')).error.code(),
             ErrorCode::PayloadTooLarge);
    server.server.setValidator(std::make_shared<RefusingValidator>());
    QCOMPARE(broadcast(server, 2, "x").error.code(), ErrorCode::ValidationFailed);
    QCOMPARE(broadcast(server, 2, "good").sent, 1);
    QCOMPARE(client.readFrame(), RawSocket::Frame({2, "good"}));
    // A peer may have a validator of its own.
    server.server.setValidator(nullptr);
    server.peer->setValidator(std::make_shared<RefusingValidator>());
    const BroadcastResult result = broadcast(server, 2, "x");
    QVERIFY(!result.error);
    QCOMPARE(result.sent, 0);
    QCOMPARE(result.dropped, 1);
}

void tst_Broadcast::nobodyIsFine()
{
    ObservedServer server;
    const BroadcastResult result = broadcast(server, 2, "x");
    QVERIFY(!result.error);
    QCOMPARE(result.sent + result.dropped + result.disconnected, 0);
}

void tst_Broadcast::dropNewestLeavesTheQueueAsItIs()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 3 * 108);
    const QPointer<Peer> slowPeer = server.peer;
    RawSocket fast = server.openSession();
    for (char c = 'a'; c < 'h'; ++c) {
        const BroadcastResult result = broadcast(server, 2, QByteArray(100, c));
        QCOMPARE(result.sent, c < 'd' ? 2 : 1);
        QCOMPARE(result.dropped, c < 'd' ? 0 : 1);
        QCOMPARE(fast.readFrame(), RawSocket::Frame({2, QByteArray(100, c)}));
    }
    QCOMPARE(receivedByNow(slow, slowPeer),
             QByteArrayList({QByteArray(100, 'a'), QByteArray(100, 'b'), QByteArray(100, 'c')}));
}

void tst_Broadcast::dropOldestMakesRoomForTheNewest()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 3 * 108);
    const QPointer<Peer> slowPeer = server.peer;
    RawSocket fast = server.openSession();
    for (char c = 'a'; c < 'h'; ++c) {
        const BroadcastResult result
                = broadcast(server, 2, QByteArray(100, c), SlowPeerPolicy::DropOldest);
        QCOMPARE(result.sent, 2);
        QCOMPARE(result.dropped, c < 'd' ? 0 : 1);
        QCOMPARE(fast.readFrame(), RawSocket::Frame({2, QByteArray(100, c)}));
    }
    QCOMPARE(slowPeer->bytesQueued(2), 3 * 108);
    QCOMPARE(receivedByNow(slow, slowPeer),
             QByteArrayList({QByteArray(100, 'e'), QByteArray(100, 'f'), QByteArray(100, 'g')}));
}

// send() was told to wait for the low-water mark, and that holds.
void tst_Broadcast::dropOldestDoesNotWakeThoseWhoWaitTooEarly()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 3 * 108);
    Peer *const peer = server.peer;
    QSignalSpy ready(peer, &Peer::readyToSend);
    for (int i = 0; i < 3; ++i)
        QVERIFY(!peer->send(2, QByteArray(100, 'a')));
    QCOMPARE(peer->send(2, "x").code(), ErrorCode::QueueFull);
    QCOMPARE(broadcast(server, 2, QByteArray(100, 'b'), SlowPeerPolicy::DropOldest).sent, 1);
    QCOMPARE(peer->send(2, "x").code(), ErrorCode::QueueFull);
    QCoreApplication::processEvents();
    QCOMPARE(ready.size(), 0);
    while (const auto frame = slow.readFrame()) {
        if (frame->payload == QByteArray(100, 'b'))
            break;
    }
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, Patience);
    QCOMPARE(ready, QList<QVariantList>({{QVariant::fromValue(quint16(2))}}));
}

void tst_Broadcast::disconnectAbortsTheSlowPeerOnly()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 108);
    RawSocket fast = server.openSession();
    BroadcastResult result = broadcast(server, 2, QByteArray(100, 'a'), SlowPeerPolicy::Disconnect);
    QCOMPARE(result.sent, 2);
    QCOMPARE(result.disconnected, 0);
    result = broadcast(server, 2, "b", SlowPeerPolicy::Disconnect);
    QCOMPARE(result.sent, 1);
    QCOMPARE(result.dropped, 0);
    QCOMPARE(result.disconnected, 1);
    QVERIFY(server.endings.isEmpty()); // Nothing is emitted inside the call.
    QVERIFY(slow.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.endings.size(), 1, Patience);
    QCOMPARE(server.endings.first().code(), ErrorCode::QueueFull);
    QVERIFY2(server.endings.first().message().contains(u"reads too slowly: 108 bytes"_s),
             qPrintable(server.endings.first().message()));
    QVERIFY(fast.readFrame() && fast.readFrame());
    QCOMPARE(broadcast(server, 2, "c").sent, 1);
}

// The frame that reaches the mark is still accepted.
void tst_Broadcast::bordersAreExact()
{
    ObservedServer server;
    QVERIFY(server.listen());
    const RawSocket client = openBlockedSession(server, 2 * 108 + 1);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(broadcast(server, 2, QByteArray(100, 'a')).sent, 1);
    QCOMPARE(broadcast(server, 2, QByteArray(100, 'b')).dropped, 1);
    // One frame of three has to go, as then there are less than the mark.
    QCOMPARE(broadcast(server, 2, QByteArray(100, 'c'), SlowPeerPolicy::DropOldest).dropped, 1);
    QCOMPARE(server.peer->bytesQueued(2), 3 * 108);
    server.peer->setSendWaterMarks(2 * 108, 0);
    // Two, as one would leave as much as the mark.
    QCOMPARE(broadcast(server, 2, QByteArray(100, 'd'), SlowPeerPolicy::DropOldest).dropped, 2);
    QCOMPARE(server.peer->bytesQueued(2), 2 * 108);
}

void tst_Broadcast::keepLatestLeavesTheLatestOnly()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 1'000'000);
    const QPointer<Peer> slowPeer = server.peer;
    for (char c = 'a'; c < 'h'; ++c) {
        const BroadcastResult result
                = broadcast(server, 2, QByteArray(100, c), SlowPeerPolicy::KeepLatest);
        QCOMPARE(result.sent, 1);
        QCOMPARE(result.dropped, c == 'a' ? 0 : 1);
        QCOMPARE(slowPeer->bytesQueued(2), 108);
    }
    QCOMPARE(receivedByNow(slow, slowPeer), QByteArrayList({QByteArray(100, 'g')}));
}

void tst_Broadcast::aPeerAloneHasThePolicies()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 3 * 108);
    Peer *const peer = server.peer;
    const Traffic before = peer->health()->traffic(2);
    for (char c = 'a'; c < 'h'; ++c)
        QVERIFY(!peer->send(2, QByteArray(100, c), SlowPeerPolicy::DropOldest));
    QCOMPARE(peer->bytesQueued(2), 3 * 108);
    QCOMPARE(peer->health()->traffic(2).framesSent - before.framesSent, 7);
    QCOMPARE(peer->send(2, "x", SlowPeerPolicy::DropNewest).code(), ErrorCode::QueueFull);
    QCOMPARE(peer->send(9, "x", SlowPeerPolicy::KeepLatest).code(), ErrorCode::UnsupportedChannel);
    QCOMPARE(peer->send(2, QByteArray(MaxPayloadSize + 1, 'x'), SlowPeerPolicy::KeepLatest).code(),
             ErrorCode::PayloadTooLarge);
    QCOMPARE(peer->bytesQueued(2), 3 * 108); // Which has cost nothing.
    QVERIFY(!peer->send(2, QByteArray(100, 'k'), SlowPeerPolicy::DropOldest));
    QCOMPARE(receivedByNow(slow, peer),
             QByteArrayList({QByteArray(100, 'f'), QByteArray(100, 'g'), QByteArray(100, 'k')}));
    for (char c = 'a'; c < 'h'; ++c)
        QVERIFY(!peer->send(2, QByteArray(100, c), SlowPeerPolicy::KeepLatest));
    const auto last = receivedByNow(slow, peer).last();
    QCOMPARE(last, QByteArray(100, 'g'));
}

void tst_Broadcast::disconnectOfAPeerAlone()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket slow = openBlockedSession(server, 108);
    QVERIFY(!server.peer->send(2, QByteArray(100, 'a'), SlowPeerPolicy::Disconnect));
    QCOMPARE(server.peer->send(2, "b", SlowPeerPolicy::Disconnect).code(), ErrorCode::QueueFull);
    QVERIFY(server.endings.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(server.endings.size(), 1, Patience);
    QCOMPARE(server.endings.first().code(), ErrorCode::QueueFull);
    QVERIFY(slow.waitForClosed());
}

void tst_Broadcast::framesThatTheLibraryNeedsDoNotGo()
{
    ObservedServer server;
    QVERIFY(server.listen());
    const RawSocket slow = openBlockedSession(server, 108);
    Peer *const peer = server.peer;
    QVERIFY(!peer->send(4, QByteArray(100, 'a')));
    QVERIFY(!peer->setRequestHandler([](const Request &) {}));
    for (const auto policy : {SlowPeerPolicy::DropOldest, SlowPeerPolicy::KeepLatest}) {
        QCOMPARE(peer->send(1, "x", policy).code(), ErrorCode::InvalidArgument);
        QCOMPARE(peer->send(4, "x", policy).code(), ErrorCode::InvalidArgument);
        QCOMPARE(broadcast(server, 4, "x", policy).dropped, 1);
    }
    QCOMPARE(peer->bytesQueued(4), 108);
    JsonRpc rpc(peer, 2);
    QCOMPARE(peer->send(2, "x", SlowPeerPolicy::KeepLatest).code(), ErrorCode::InvalidArgument);
}

void tst_Broadcast::replacedFramesAreNotReported()
{
    ObservedServer server;
    QVERIFY(server.listen());
    const RawSocket slow = openBlockedSession(server, 1'000'000);
    QList<QByteArray> reported;
    connect(server.peer, &Peer::framesNotSent, this,
            [&](quint16 channel, const QList<QByteArray> &payloads) {
                if (channel == 2)
                    reported.append(payloads);
            });
    for (const char *const payload : {"first", "second", "third"})
        QVERIFY(!server.peer->send(2, payload, SlowPeerPolicy::KeepLatest));
    server.peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(server.endings.size(), 1, Patience);
    QCOMPARE(reported, QList<QByteArray>{"third"});
}

void tst_Broadcast::keptFramesMakeRoomBetweenSessions()
{
    ObservedServer server;
    Peer client;
    client.setReconnectPolicy(ReconnectPolicy::exponential(1ms, 10ms));
    client.setUnsentFrames(2, Peer::UnsentFrames::Keep);
    client.setUnsentFrames(3, Peer::UnsentFrames::Keep);
    client.setSendWaterMarks(3 * 108, 0);
    client.connectToServer(Endpoint::fromPath(server.path()));
    for (char c = 'a'; c < 'h'; ++c) {
        QVERIFY(!client.send(2, QByteArray(100, c), SlowPeerPolicy::DropOldest));
        QVERIFY(!client.send(3, QByteArray(100, c), SlowPeerPolicy::KeepLatest));
    }
    QCOMPARE(client.bytesQueued(2), 3 * 108);
    QCOMPARE(client.bytesQueued(3), 108);
    QCOMPARE(client.bytesQueued(), 4 * 108);
    QCOMPARE(client.send(2, "x").code(), ErrorCode::QueueFull);
    QVERIFY(server.listen());
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 4, Patience);
    QByteArray order;
    for (const RawSocket::Frame &frame : std::as_const(server.frames))
        order += QByteArray::number(frame.channel) + frame.payload.left(1);
    QVERIFY2(order.contains("3g"), order.constData());
    order.remove(order.indexOf("3g"), 2);
    QCOMPARE(order, "2e2f2g");
}

// In a time that doesn't grow with the number of those that wait.
void tst_Broadcast::veryManyKeptFramesMakeRoom()
{
    Peer client;
    client.setReconnectPolicy(ReconnectPolicy::exponential(1h, 1h));
    client.setUnsentFrames(2, Peer::UnsentFrames::Keep);
    client.setUnsentFrames(3, Peer::UnsentFrames::Keep);
    client.connectToServer(Endpoint::fromPath(u"/nonexistent/s"_s));
    int next = 0;
    const auto numbered = [&next] { return QByteArray::number(next++).leftJustified(100); };
    while (!client.send(2, numbered())) {
    }
    const qint64 full = client.bytesQueued(2);
    const qint64 count = full / 108;
    QVERIFY(!client.send(3, "another channel"));
    --next; // It was refused.
    const QDeadlineTimer patience(20s);
    for (int i = 0; i < 50'000; ++i)
        QVERIFY(!client.send(2, numbered(), SlowPeerPolicy::DropOldest));
    QVERIFY(!patience.hasExpired());
    QCOMPARE(client.bytesQueued(2), full);

    std::map<quint16, QList<QByteArray>> unsent;
    connect(&client, &Peer::framesNotSent, this,
            [&](quint16 channel, const QList<QByteArray> &frames) { unsent[channel] += frames; });
    client.abort();
    QTRY_COMPARE_WITH_TIMEOUT(unsent.size(), size_t(2), Patience);
    QCOMPARE(unsent[3], QList<QByteArray>{"another channel"});
    QCOMPARE(unsent[2].size(), count);
    QCOMPARE(unsent[2].first().trimmed(), QByteArray::number(next - count));
    QCOMPARE(unsent[2].last().trimmed(), QByteArray::number(next - 1));
}

QTEST_GUILESS_MAIN(tst_Broadcast)
#include "tst_broadcast.moc"
