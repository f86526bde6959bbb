// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <vector>

using namespace std::chrono_literals;

/// JsonRpc as the one who calls: two of them, or one and hand-made messages.
class tst_JsonRpc : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void callsGoBothWaysAtOnce();
    void callIsWhatTheSpecificationSays();
    void notificationArrives();
    void errorHasCodeMessageAndData();
    void answersMayComeInAnyOrder();
    void manyCallsInFlight();
    void badAnswerEndsItsCall_data();
    void badAnswerEndsItsCall();
    void answerToNoCallIsReported_data();
    void answerToNoCallIsReported();
    void lateAnswerIsReported();
    void cancelledCallIsForgotten();
    void parametersHaveToBeStructured();
    void thereIsNoCallWithoutSession();
    void numberOfCallsIsBounded();
    void batchIsOneMessage();
    void batchAnswersMayComeInAnyWay();
    void emptyBatchIsNotSent();
    void batchThatIsNotSentEndsItsCalls();
    void endOfTheSessionEndsAllCalls();
    void destroyedPeerCancelsCalls();
    void destroyedJsonRpcCancelsCalls();
    void jsonRpcGivesItsChannelBack();
    void otherChannelsAreLeftAlone();
    void continuationMayDeleteEverything();

private:
    void tellClient(const QByteArray &message)
    {
        QVERIFY(!m_peer->send(Channel::Command, message));
    }
};

static RpcResult waitFor(const QFuture<RpcResult> &future)
{
    [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience); }();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : RpcResult();
}

void tst_JsonRpc::callsGoBothWaysAtOnce()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    client.setMethod(u"name"_s, [](const QJsonValue &) { return u"client"_s; });
    server.setMethod(u"name"_s, [](const QJsonValue &) { return u"server"_s; });
    QList<QFuture<RpcResult>> ofClient;
    QList<QFuture<RpcResult>> ofServer;
    for (int i = 0; i < 100; ++i) {
        ofClient.append(client.call(u"name"_s));
        ofServer.append(server.call(u"name"_s));
    }
    for (int i = 0; i < 100; ++i) {
        QVERIFY(!waitFor(ofClient[i]).error);
        QCOMPARE(waitFor(ofClient[i]).value, u"server"_s);
        QCOMPARE(waitFor(ofServer[i]).value, u"client"_s);
    }
}

void tst_JsonRpc::callIsWhatTheSpecificationSays()
{
    open();
    JsonRpc client(m_client.get());
    Diary server(m_peer);
    client.call(u"a"_s);
    client.call(u"b"_s, QJsonArray{1, u"x"_s});
    QVERIFY(!client.notify(u"c"_s, QJsonObject{{u"x"_s, QJsonValue::Null}}));
    client.call(u"d"_s, QJsonObject());
    QTRY_COMPARE_WITH_TIMEOUT(
            server.frames,
            Frames({{1, R"({"id":1,"jsonrpc":"2.0","method":"a"})"},
                    {1, R"({"id":2,"jsonrpc":"2.0","method":"b","params":[1,"x"]})"},
                    {1, R"({"jsonrpc":"2.0","method":"c","params":{"x":null}})"},
                    {1, R"({"id":3,"jsonrpc":"2.0","method":"d","params":{}})"}}),
            Patience);
}

void tst_JsonRpc::notificationArrives()
{
    open();
    JsonRpc client(m_client.get(), 2);
    JsonRpc server(m_peer, 2);
    QSignalSpy received(&server, &JsonRpc::notificationReceived);
    QVERIFY(!client.notify(u"progress"_s, QJsonArray{50}));
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 1, Patience);
    QCOMPARE(received[0][0], u"progress"_s);
    QCOMPARE(received[0][1].toJsonValue(), QJsonArray{50});
}

void tst_JsonRpc::errorHasCodeMessageAndData()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"fail"_s, [](const QJsonValue &) {
        return RpcResult(RpcError(7, u"no\nway"_s, QJsonObject{{u"x"_s, 1}}));
    });
    const RpcResult result = waitFor(client.call(u"fail"_s));
    QCOMPARE(result.error.code(), ErrorCode::RequestFailed);
    QCOMPARE(result.error.message(), uR"(the other side answered with error 7: "no\u000away")"_s);
    QCOMPARE(result.rpcError.code, 7);
    QCOMPARE(result.rpcError.message, u"no\nway"_s);
    QCOMPARE(result.rpcError.data, QJsonObject({{u"x"_s, 1}}));

    const RpcResult unknown = waitFor(client.call(u"unknown"_s));
    QCOMPARE(unknown.rpcError.code, RpcError::MethodNotFound);
    QVERIFY(unknown.rpcError.data.isUndefined());
}

void tst_JsonRpc::answersMayComeInAnyOrder()
{
    open();
    JsonRpc client(m_client.get());
    const QFuture<RpcResult> first = client.call(u"a"_s);
    const QFuture<RpcResult> second = client.call(u"b"_s);
    tellClient(R"({"jsonrpc":"2.0","id":2,"result":null})");
    QVERIFY(waitFor(second).value.isNull());
    QVERIFY(!second.result().error);
    QVERIFY(!first.isFinished());
    tellClient(R"({"jsonrpc":"2.0","id":1,"result":{"x":1}})");
    QCOMPARE(waitFor(first).value, QJsonObject({{u"x"_s, 1}}));
}

void tst_JsonRpc::manyCallsInFlight()
{
    constexpr int count = 10'000;
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    QList<RpcCall> calls;
    server.setCallLimit(count);
    server.setMethod(u"keep"_s, [&](const RpcCall &call) {
        calls.append(call);
        if (calls.size() < count)
            return;
        while (!calls.isEmpty()) { // The last one first.
            const RpcCall last = calls.takeLast();
            last.reply(last.params()[0]);
        }
    });
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < count; ++i)
        results.push_back(client.call(u"keep"_s, QJsonArray{i}, 60s));
    QTRY_VERIFY_WITH_TIMEOUT(results.front().isFinished(), Patience);
    for (int i = 0; i < count; ++i)
        QCOMPARE(waitFor(results[i]).value, i);
}

void tst_JsonRpc::badAnswerEndsItsCall_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("no version") << R"({"id":1,"result":1})"_ba;
    QTest::newRow("other version") << R"({"jsonrpc":"1.0","id":1,"result":1})"_ba;
    QTest::newRow("result and error")
            << R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}})"_ba;
    QTest::newRow("no error object") << R"({"jsonrpc":"2.0","id":1,"error":"x"})"_ba;
    QTest::newRow("no code") << R"({"jsonrpc":"2.0","id":1,"error":{"message":""}})"_ba;
    QTest::newRow("code with a fraction")
            << R"({"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}})"_ba;
    QTest::newRow("code beyond 32 bits")
            << R"({"jsonrpc":"2.0","id":1,"error":{"code":4294967297,"message":"x"}})"_ba;
    QTest::newRow("code beyond 64 bits")
            << R"({"jsonrpc":"2.0","id":1,"error":{"code":18446744073709551617,"message":"x"}})"_ba;
    QTest::newRow("code beyond all")
            << R"({"jsonrpc":"2.0","id":1,"error":{"code":1e400,"message":"x"}})"_ba;
    QTest::newRow("result beyond 64 bits")
            << R"({"jsonrpc":"2.0","id":1,"result":18446744073709551615})"_ba;
    QTest::newRow("result that repeats a name")
            << R"({"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}})"_ba;
    QTest::newRow("no message") << R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})"_ba;
}

void tst_JsonRpc::badAnswerEndsItsCall()
{
    QFETCH(QByteArray, answer);
    open();
    JsonRpc client(m_client.get());
    Diary server(m_peer);
    const QFuture<RpcResult> result = client.call(u"a"_s);
    tellClient(answer);
    QCOMPARE(waitFor(result).error.code(), ErrorCode::ProtocolViolation);
    QVERIFY(!client.notify(u"end"_s));
    // An answer is never answered.
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 2, Patience);
}

void tst_JsonRpc::answerToNoCallIsReported_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("unknown number") << R"({"jsonrpc":"2.0","id":2,"result":1})"_ba;
    QTest::newRow("string") << R"({"jsonrpc":"2.0","id":"1","result":1})"_ba;
    QTest::newRow("fraction") << R"({"jsonrpc":"2.0","id":1.5,"result":1})"_ba;
    QTest::newRow("null")
            << R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}})"_ba;
    QTest::newRow("none") << R"({"jsonrpc":"2.0","result":1})"_ba;
}

void tst_JsonRpc::answerToNoCallIsReported()
{
    QFETCH(QByteArray, answer);
    open();
    JsonRpc client(m_client.get());
    Diary server(m_peer);
    QSignalSpy refused(&client, &JsonRpc::messageRefused);
    const QFuture<RpcResult> result = client.call(u"a"_s);
    tellClient(answer);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
    QCOMPARE(refused[0][0].value<Error>().code(), ErrorCode::ProtocolViolation);
    QVERIFY(!result.isFinished());
    QVERIFY(!client.notify(u"end"_s));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 2, Patience);
}

void tst_JsonRpc::lateAnswerIsReported()
{
    open();
    JsonRpc client(m_client.get());
    QSignalSpy refused(&client, &JsonRpc::messageRefused);
    const RpcResult late = waitFor(client.call(u"a"_s, {}, 3ms));
    QCOMPARE(late.error.code(), ErrorCode::InvalidArgument); // {} is null, and no parameters.
    const RpcResult result = waitFor(client.call(u"a"_s, QJsonArray(), 3ms));
    QCOMPARE(result.error.code(), ErrorCode::Timeout);
    QCOMPARE(result.error.message(), u"no answer to a call within 3 ms"_s);
    const QFuture<RpcResult> next = client.call(u"b"_s);
    tellClient(R"({"jsonrpc":"2.0","id":2,"result":1})");
    tellClient(R"({"jsonrpc":"2.0","id":3,"result":2})");
    QCOMPARE(waitFor(next).value, 2);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
}

void tst_JsonRpc::cancelledCallIsForgotten()
{
    open();
    JsonRpc client(m_client.get());
    QFuture<RpcResult> first = client.call(u"a"_s);
    const QFuture<RpcResult> second = client.call(u"b"_s);
    first.cancel();
    tellClient(R"({"jsonrpc":"2.0","id":1,"result":1})");
    tellClient(R"({"jsonrpc":"2.0","id":2,"result":2})");
    QCOMPARE(waitFor(second).value, 2);
    QVERIFY(first.isFinished());
    QCOMPARE(first.resultCount(), 0);
}

void tst_JsonRpc::parametersHaveToBeStructured()
{
    open();
    JsonRpc client(m_client.get());
    Diary server(m_peer);
    QCOMPARE(waitFor(client.call(u"a"_s, 1)).error.code(), ErrorCode::InvalidArgument);
    QCOMPARE(client.notify(u"a"_s, u"x"_s).code(), ErrorCode::InvalidArgument);
    RpcBatch batch;
    const QFuture<RpcResult> good = batch.call(u"a"_s);
    batch.notify(u"b"_s, true);
    QCOMPARE(client.send(std::move(batch)).code(), ErrorCode::InvalidArgument);
    QCOMPARE(waitFor(good).error.code(), ErrorCode::InvalidArgument);
    QVERIFY(!client.notify(u"end"_s));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
}

void tst_JsonRpc::thereIsNoCallWithoutSession()
{
    JsonRpc client(m_client.get());
    const QFuture<RpcResult> result = client.call(u"a"_s);
    QVERIFY(result.isFinished());
    QCOMPARE(result.result().error.code(), ErrorCode::NotConnected);
    QCOMPARE(client.notify(u"a"_s).code(), ErrorCode::NotConnected);
}

void tst_JsonRpc::numberOfCallsIsBounded()
{
    open();
    JsonRpc client(m_client.get());
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < MaxRequestsInFlight; ++i)
        results.push_back(client.call(u"a"_s, QJsonArray(), 60s));
    QVERIFY(!results.back().isFinished());
    QCOMPARE(waitFor(client.call(u"a"_s)).error.code(), ErrorCode::QueueFull);
}

void tst_JsonRpc::batchIsOneMessage()
{
    open();
    JsonRpc client(m_client.get());
    Diary server(m_peer);
    RpcBatch batch;
    QVERIFY(batch.isEmpty());
    const QFuture<RpcResult> first = batch.call(u"a"_s, QJsonArray{1});
    batch.notify(u"b"_s);
    const QFuture<RpcResult> second = batch.call(u"c"_s);
    QCOMPARE(batch.size(), 3);
    QVERIFY(!client.send(std::move(batch)));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames,
                              Frames({{1, R"([{"id":1,"jsonrpc":"2.0","method":"a","params":[1]},)"
                                          R"({"jsonrpc":"2.0","method":"b"},)"
                                          R"({"id":2,"jsonrpc":"2.0","method":"c"}])"}}),
                              Patience);
    tellClient(R"([{"jsonrpc":"2.0","id":2,"result":"c"},{"jsonrpc":"2.0","id":1,"result":"a"}])");
    QCOMPARE(waitFor(first).value, u"a"_s);
    QCOMPARE(waitFor(second).value, u"c"_s);
}

void tst_JsonRpc::batchAnswersMayComeInAnyWay()
{
    open();
    JsonRpc client(m_client.get());
    RpcBatch batch;
    const QFuture<RpcResult> first = batch.call(u"a"_s);
    const QFuture<RpcResult> second = batch.call(u"b"_s);
    QVERIFY(!client.send(std::move(batch), 60s));
    const QFuture<RpcResult> third = client.call(u"c"_s);
    tellClient(R"({"jsonrpc":"2.0","id":2,"result":"b"})");
    tellClient(R"([{"jsonrpc":"2.0","id":1,"result":"a"},{"jsonrpc":"2.0","id":3,"result":"c"}])");
    QCOMPARE(waitFor(third).value, u"c"_s);
    QCOMPARE(waitFor(first).value, u"a"_s);
    QCOMPARE(waitFor(second).value, u"b"_s);
}

void tst_JsonRpc::emptyBatchIsNotSent()
{
    open();
    JsonRpc client(m_client.get());
    QCOMPARE(client.send(RpcBatch()).code(), ErrorCode::InvalidArgument);
}

void tst_JsonRpc::batchThatIsNotSentEndsItsCalls()
{
    QFuture<RpcResult> dropped;
    QFuture<RpcResult> replaced;
    {
        RpcBatch batch;
        replaced = batch.call(u"a"_s);
        batch = RpcBatch();
        QCOMPARE(waitFor(replaced).error.code(), ErrorCode::Cancelled);
        dropped = batch.call(u"a"_s);
    }
    QCOMPARE(waitFor(dropped).error.code(), ErrorCode::Cancelled);

    JsonRpc client(m_client.get());
    RpcBatch batch;
    const QFuture<RpcResult> result = batch.call(u"a"_s);
    QCOMPARE(client.send(std::move(batch)).code(), ErrorCode::NotConnected);
    QCOMPARE(waitFor(result).error.code(), ErrorCode::NotConnected);
}

void tst_JsonRpc::endOfTheSessionEndsAllCalls()
{
    open();
    JsonRpc client(m_client.get());
    const QFuture<RpcResult> first = client.call(u"a"_s);
    const QFuture<RpcResult> second = client.call(u"b"_s);
    m_peer->close();
    QCOMPARE(waitFor(first).error.code(), ErrorCode::NotConnected);
    QCOMPARE(waitFor(second).error.code(), ErrorCode::NotConnected);

    m_peer.clear();
    open();
    const QFuture<RpcResult> third = client.call(u"c"_s);
    tellClient(R"({"jsonrpc":"2.0","id":3,"result":1})");
    QCOMPARE(waitFor(third).value, 1);
}

void tst_JsonRpc::destroyedPeerCancelsCalls()
{
    open();
    JsonRpc client(m_client.get());
    const auto *owned = new JsonRpc(m_client.get(), 2, m_client.get());
    QVERIFY(owned->peer());
    const QFuture<RpcResult> result = client.call(u"a"_s);
    m_client.reset();
    QCOMPARE(waitFor(result).error.code(), ErrorCode::Cancelled);
    QVERIFY(!client.peer());
    QCOMPARE(waitFor(client.call(u"a"_s)).error.code(), ErrorCode::NotConnected);
}

void tst_JsonRpc::destroyedJsonRpcCancelsCalls()
{
    open();
    auto client = std::make_unique<JsonRpc>(m_client.get());
    const QFuture<RpcResult> result = client->call(u"a"_s);
    client.reset();
    QCOMPARE(waitFor(result).error.code(), ErrorCode::Cancelled);
}

void tst_JsonRpc::jsonRpcGivesItsChannelBack()
{
    open();
    Diary client(m_client.get());
    {
        const JsonRpc rpc(m_client.get(), 3);
        QCOMPARE(rpc.peer(), m_client.get());
        QCOMPARE(rpc.channel(), 3);
    }
    QVERIFY(!m_peer->send(3, "{}"));
    QTRY_COMPARE_WITH_TIMEOUT(client.frames, Frames({{3, "{}"}}), Patience);
}

void tst_JsonRpc::otherChannelsAreLeftAlone()
{
    open();
    const JsonRpc rpc(m_client.get());
    Diary client(m_client.get());
    QVERIFY(!m_peer->send(2, "{}"));
    QTRY_COMPARE_WITH_TIMEOUT(client.frames, Frames({{2, "{}"}}), Patience);
}

void tst_JsonRpc::continuationMayDeleteEverything()
{
    open();
    auto rpc = std::make_unique<JsonRpc>(m_client.get());
    const QFuture<void> done = rpc->call(u"a"_s).then([&](const RpcResult &) { rpc.reset(); });
    const QFuture<RpcResult> other = rpc->call(u"b"_s);
    tellClient(R"([{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":2,"result":1}])");
    QTRY_VERIFY_WITH_TIMEOUT(!rpc, Patience);
    QCOMPARE(waitFor(other).error.code(), ErrorCode::Cancelled);

    rpc = std::make_unique<JsonRpc>(m_client.get());
    const QFuture<void> last = rpc->call(u"a"_s).then([&](const RpcResult &) { m_client.reset(); });
    const QFuture<RpcResult> another = rpc->call(u"b"_s);
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
    QCOMPARE(waitFor(another).error.code(), ErrorCode::NotConnected);
}

QTEST_GUILESS_MAIN(tst_JsonRpc)
#include "tst_jsonrpc.moc"
