// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <thread>
#include <vector>

using namespace std::chrono_literals;

/// JsonRpc as the one who is called. The client's messages are made by hand where their form
/// counts.
class tst_JsonRpcMethods : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void badRequestIsAnswered_data();
    void badRequestIsAnswered();
    void notificationIsNeverAnswered();
    void answersAreNeverAnswered();
    void methodMayAnswerLater();
    void droppedCallIsAnInternalError();
    void firstAnswerCounts();
    void failureOfThisSideIsNotTold();
    void batchIsAnsweredWhenAllIsDone();
    void tooManyCallsAreRefused();
    void tooLargeBatchIsRefused();
    void answerThatIsTooLargeBecomesAnError();
    void answersOfABatchLeaveAloneWhenTheyAreTooLarge();
    void answersWaitForRoom();
    void refusalsThatNobodyReadsAreDropped();
    void unreadAnswersOfABatchCountOneByOne();
    void answersComeFromOtherThreads();
    void answersOfTheLastSessionGoNowhere();
    void batchEndsWithItsSession();
    void methodMayBeReplacedAndRemoved();
    void methodMayReplaceItself();
    void methodMayDeleteEverything();

private:
    void tellServer(const QByteArray &message)
    {
        QVERIFY(!m_client->send(Channel::Command, message));
    }
};

static RpcResult waitFor(const QFuture<RpcResult> &future)
{
    [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience); }();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : RpcResult();
}

static QJsonObject errorOf(const QByteArray &message)
{
    return QJsonDocument::fromJson(message).object()[u"error"_s].toObject();
}

void tst_JsonRpcMethods::badRequestIsAnswered_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("code");
    QTest::addColumn<QJsonValue>("id");
    const auto add = [](const char *name, const QByteArray &message, int code,
                        const QJsonValue &id = QJsonValue::Null) {
        QTest::newRow(name) << message << code << id;
    };
    add("nothing", "", RpcError::ParseError);
    add("blank", " ", RpcError::ParseError);
    add("two values", "1,2", RpcError::ParseError);
    add("not UTF-8", "{\"jsonrpc\":\"\xff\"}", RpcError::ParseError);
    add("very deep", QByteArray(100'000, '['), RpcError::InvalidRequest);
    add("number", "1", RpcError::InvalidRequest);
    add("string", "\"x\"", RpcError::InvalidRequest);
    add("null", "null", RpcError::InvalidRequest);
    add("empty object", "{}", RpcError::InvalidRequest);
    add("no version", R"({"method":"a","id":7})", RpcError::InvalidRequest, 7);
    add("version as a number", R"({"jsonrpc":2.0,"method":"a","id":7})", RpcError::InvalidRequest,
        7);
    add("no method", R"({"jsonrpc":"2.0","id":"x"})", RpcError::InvalidRequest, u"x"_s);
    add("parameters as a string", R"({"jsonrpc":"2.0","method":"a","params":"x","id":7})",
        RpcError::InvalidRequest, 7);
    add("parameters as null", R"({"jsonrpc":"2.0","method":"a","params":null,"id":7})",
        RpcError::InvalidRequest, 7);
    add("id as an object", R"({"jsonrpc":"2.0","method":"a","id":{}})", RpcError::InvalidRequest);
    add("id as a truth", R"({"jsonrpc":"2.0","method":"a","id":true})", RpcError::InvalidRequest);
    add("unknown method", R"({"jsonrpc":"2.0","method":"b","id":7})", RpcError::MethodNotFound, 7);
}

void tst_JsonRpcMethods::badRequestIsAnswered()
{
    QFETCH(QByteArray, message);
    QFETCH(int, code);
    QFETCH(QJsonValue, id);
    open();
    JsonRpc server(m_peer);
    Diary client(m_client.get());
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return true; });
    tellServer(message);
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 1, Patience);
    const QJsonObject answer = QJsonDocument::fromJson(client.frames[0].second).object();
    QCOMPARE(answer[u"error"_s][u"code"_s], code);
    QCOMPARE(answer[u"id"_s], id);
    QCOMPARE(answer.size(), 3);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), code == RpcError::MethodNotFound ? 0 : 1, Patience);
}

void tst_JsonRpcMethods::notificationIsNeverAnswered()
{
    open();
    JsonRpc server(m_peer);
    Diary client(m_client.get());
    int called = 0;
    server.setMethod(u"value"_s, [&](const QJsonValue &) { return ++called; });
    server.setMethod(u"error"_s, [&](const QJsonValue &) {
        ++called;
        return RpcResult(RpcError(1, u"x"_s));
    });
    server.setMethod(u"dropped"_s, [&](const RpcCall &call) {
        QVERIFY(call.isNotification());
        ++called;
    });
    for (const char *method : {"value", "error", "dropped", "unknown"})
        tellServer(R"({"jsonrpc":"2.0","method":")"_ba + method + "\"}");
    tellServer(R"({"jsonrpc":"2.0","method":"value","id":1})");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames,
                              Frames({{1, R"({"id":1,"jsonrpc":"2.0","result":4})"}}), Patience);
}

void tst_JsonRpcMethods::answersAreNeverAnswered()
{
    open();
    JsonRpc server(m_peer);
    Diary client(m_client.get());
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    for (const char *message :
         {R"({"jsonrpc":"2.0","id":1,"result":1})", R"({"result":1})", R"({"error":1,"id":{}})",
          R"([{"jsonrpc":"2.0","id":1,"result":1}])"})
        tellServer(message);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 4, Patience);
    tellServer("{}");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 1, Patience);
    QCOMPARE(errorOf(client.frames[0].second)[u"code"_s], RpcError::InvalidRequest);
}

void tst_JsonRpcMethods::methodMayAnswerLater()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    QList<RpcCall> calls;
    server.setMethod(u"later"_s, [&](const RpcCall &call) { calls.append(call); });
    const QFuture<RpcResult> first = client.call(u"later"_s, QJsonArray{1});
    const QFuture<RpcResult> second = client.call(u"later"_s, QJsonObject{{u"x"_s, 2}});
    QTRY_COMPARE_WITH_TIMEOUT(calls.size(), 2, Patience);
    QCOMPARE(calls[0].method(), u"later"_s);
    QCOMPARE(calls[0].params(), QJsonArray{1});
    QVERIFY(!calls[0].isNotification());
    calls[1].reply(u"second"_s);
    QCOMPARE(waitFor(second).value, u"second"_s);
    QVERIFY(!first.isFinished());
    calls[0].reply(RpcError(RpcError::InvalidParams));
    QCOMPARE(waitFor(first).rpcError.code, RpcError::InvalidParams);
    QCOMPARE(first.result().rpcError.message, u"Invalid params"_s);
}

void tst_JsonRpcMethods::droppedCallIsAnInternalError()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"drop"_s, [](const RpcCall &) {});
    QCOMPARE(waitFor(client.call(u"drop"_s)).rpcError.code, RpcError::InternalError);
}

void tst_JsonRpcMethods::firstAnswerCounts()
{
    open();
    JsonRpc server(m_peer);
    Diary client(m_client.get());
    server.setMethod(u"a"_s, [](const RpcCall &call) {
        const RpcCall copy = call;
        copy.reply(1);
        call.reply(2);
    });
    RpcCall().reply(3);
    tellServer(R"({"jsonrpc":"2.0","method":"a","id":1})");
    tellServer(R"({"jsonrpc":"2.0","method":"a","id":2})");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames,
                              Frames({{1, R"({"id":1,"jsonrpc":"2.0","result":1})"},
                                      {1, R"({"id":2,"jsonrpc":"2.0","result":1})"}}),
                              Patience);
}

void tst_JsonRpcMethods::failureOfThisSideIsNotTold()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"a"_s, [](const QJsonValue &) {
        return RpcResult(Error(ErrorCode::NotFound, u"/secret/path"_s));
    });
    const RpcResult result = waitFor(client.call(u"a"_s));
    QCOMPARE(result.rpcError.code, RpcError::InternalError);
    QCOMPARE(result.rpcError.message, u"Internal error"_s);
}

void tst_JsonRpcMethods::batchIsAnsweredWhenAllIsDone()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    QList<RpcCall> calls;
    server.setMethod(u"later"_s, [&](const RpcCall &call) { calls.append(call); });
    server.setMethod(u"now"_s, [](const QJsonValue &) { return u"now"_s; });
    RpcBatch batch;
    const QFuture<RpcResult> first = batch.call(u"later"_s);
    const QFuture<RpcResult> second = batch.call(u"now"_s);
    QVERIFY(!client.send(std::move(batch)));
    QTRY_COMPARE_WITH_TIMEOUT(calls.size(), 1, Patience);
    // Others need not wait for it.
    QCOMPARE(waitFor(client.call(u"now"_s)).value, u"now"_s);
    QVERIFY(!second.isFinished());
    calls[0].reply(u"later"_s);
    QCOMPARE(waitFor(first).value, u"later"_s);
    QCOMPARE(waitFor(second).value, u"now"_s);
}

void tst_JsonRpcMethods::tooManyCallsAreRefused()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    QList<RpcCall> calls;
    server.setCallLimit(3);
    QCOMPARE(server.callLimit(), 3);
    server.setMethod(u"later"_s, [&](const RpcCall &call) { calls.append(call); });
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < 4; ++i)
        results.append(client.call(u"later"_s));
    const RpcResult refused = waitFor(results[3]);
    QCOMPARE(refused.rpcError.code, RpcError::TooManyCalls);
    QCOMPARE(refused.rpcError.message, u"Too many calls at once (at most 3)"_s);
    calls[1].reply(1);
    QCOMPARE(waitFor(results[1]).value, 1);
    const QFuture<RpcResult> next = client.call(u"later"_s);
    QTRY_COMPARE_WITH_TIMEOUT(calls.size(), 4, Patience);
    QVERIFY(!next.isFinished());
}

void tst_JsonRpcMethods::tooLargeBatchIsRefused()
{
    open();
    JsonRpc server(m_peer);
    Diary client(m_client.get());
    server.setBatchLimit(2);
    QCOMPARE(server.batchLimit(), 2);
    tellServer("[1,2]");
    tellServer("[1,2,3]");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 2, Patience);
    QCOMPARE(QJsonDocument::fromJson(client.frames[0].second).array().size(), 2);
    QCOMPARE(errorOf(client.frames[1].second)[u"code"_s], RpcError::InvalidRequest);
    QCOMPARE(errorOf(client.frames[1].second)[u"message"_s],
             u"Too large a batch (3 entries, at most 2)"_s);
}

void tst_JsonRpcMethods::answerThatIsTooLargeBecomesAnError()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    const qint64 limit = server.messageLimits().bytes;
    server.setMethod(u"large"_s, [=](const QJsonValue &) { return QString(limit, u'x'); });
    const RpcResult result = waitFor(client.call(u"large"_s, QJsonArray(), 60s));
    QCOMPARE(result.rpcError.code, RpcError::InternalError);
    QVERIFY2(result.rpcError.message.startsWith(u"the message exceeds JsonRpc::messageLimits()"_s),
             qPrintable(result.rpcError.message));
}

void tst_JsonRpcMethods::answersOfABatchLeaveAloneWhenTheyAreTooLarge()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"large"_s,
                     [](const QJsonValue &) { return QString(MaxPayloadSize / 2, u'x'); });
    RpcMessageLimits limits;
    limits.bytes = MaxPayloadSize;
    server.setMessageLimits(limits);
    client.setMessageLimits(limits);
    RpcBatch batch;
    const QFuture<RpcResult> first = batch.call(u"large"_s);
    const QFuture<RpcResult> second = batch.call(u"large"_s);
    QVERIFY(!client.send(std::move(batch), 60s));
    QCOMPARE(waitFor(first).value.toString().size(), MaxPayloadSize / 2);
    QCOMPARE(waitFor(second).value.toString().size(), MaxPayloadSize / 2);
}

void tst_JsonRpcMethods::answersWaitForRoom()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    m_peer->setSendWaterMarks(10'000, 1000);
    server.setMethod(u"large"_s, [](const QJsonValue &) { return QString(500'000, u'x'); });
    m_client->setReceiving(false);
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < 20; ++i)
        results.append(client.call(u"large"_s, QJsonArray(), 60s));
    QTRY_VERIFY_WITH_TIMEOUT(m_peer->bytesQueued() > 10'000, Patience);
    m_client->setReceiving(true);
    for (const QFuture<RpcResult> &result : std::as_const(results))
        QCOMPARE(waitFor(result).value.toString().size(), 500'000);
}

void tst_JsonRpcMethods::refusalsThatNobodyReadsAreDropped()
{
    open();
    JsonRpc server(m_peer);
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    m_peer->setSendWaterMarks(1000, 100);
    server.setCallLimit(2);
    server.setMethod(u"large"_s, [](const QJsonValue &) { return QString(500'000, u'x'); });
    m_client->setReceiving(false);
    const auto due = server.call(u"due"_s, QJsonArray(), 1h); // So it can't hold the client back.
    for (int i = 0; i < 3; ++i)
        tellServer(R"({"jsonrpc":"2.0","method":"large","id":1})");
    for (int i = 0; i < 5; ++i)
        tellServer("{}");
    const auto dropped = [&refused] {
        return std::count_if(refused.begin(), refused.end(), [](const QVariantList &arguments) {
            return arguments[0].value<Error>().code() == ErrorCode::QueueFull;
        });
    };
    QTRY_COMPARE_WITH_TIMEOUT(dropped(), 5, Patience);
}

void tst_JsonRpcMethods::unreadAnswersOfABatchCountOneByOne()
{
    open();
    JsonRpc server(m_peer);
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    m_peer->setSendWaterMarks(1000, 100);
    server.setCallLimit(3);
    int called = 0;
    server.setMethod(u"large"_s, [&](const QJsonValue &) {
        ++called;
        return QString(500'000, u'x');
    });
    m_client->setReceiving(false);
    const auto due = server.call(u"due"_s, QJsonArray(), 1h); // So it can't hold the client back.
    const QByteArray call = R"({"jsonrpc":"2.0","method":"large","id":1})";
    tellServer(call); // Its answer fills the queue.
    tellServer('[' + call + ',' + call + ',' + call + ']');
    tellServer(call);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 2, Patience); // The call, and its refusal.
    QCOMPARE(refused[0][0].value<Error>().code(), ErrorCode::QueueFull);
    QCOMPARE(refused[1][0].value<Error>().code(), ErrorCode::QueueFull);
    QCOMPARE(called, 4);
}

void tst_JsonRpcMethods::answersComeFromOtherThreads()
{
    constexpr int count = 1000;
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    std::vector<std::thread> threads;
    QList<RpcCall> calls;
    server.setMethod(u"work"_s, [&](const RpcCall &call) {
        calls.append(call);
        if (calls.size() < 100)
            return;
        threads.emplace_back([share = std::exchange(calls, {})]() mutable {
            while (!share.isEmpty()) {
                const RpcCall one = share.takeLast();
                const int number = one.params()[0].toInt();
                if (number % 50 != 0) // The others are dropped.
                    one.reply(number * 2);
            }
        });
    });
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < count; ++i)
        results.append(client.call(u"work"_s, QJsonArray{i}, 60s));
    for (int i = 0; i < count; ++i) {
        const RpcResult result = waitFor(results[i]);
        if (i % 50 == 0)
            QCOMPARE(result.rpcError.code, RpcError::InternalError);
        else
            QCOMPARE(result.value, i * 2);
    }
    for (std::thread &thread : threads)
        thread.join();
}

void tst_JsonRpcMethods::answersOfTheLastSessionGoNowhere()
{
    JsonRpc client(m_client.get());
    QList<RpcCall> calls;
    client.setMethod(u"later"_s, [&](const RpcCall &call) { calls.append(call); });
    open();
    auto server = std::make_unique<JsonRpc>(m_peer);
    const QFuture<RpcResult> before = server->call(u"later"_s);
    QTRY_COMPARE_WITH_TIMEOUT(calls.size(), 1, Patience);
    m_peer.clear();
    open();
    Diary diary(m_peer);
    calls[0].reply(1);
    QVERIFY(!client.notify(u"end"_s));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{1, R"({"jsonrpc":"2.0","method":"end"})"}}),
                              Patience);
}

void tst_JsonRpcMethods::batchEndsWithItsSession()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    open();
    JsonRpc client(m_client.get());
    int called = 0;
    client.setMethod(u"wait"_s, [&](const QJsonValue &) {
        ++called;
        m_peer->abort();
        const auto isInNextSession
                = [this] { return m_client->generation() == 2 && m_client->isOpen(); };
        return QTest::qWaitFor(isInNextSession, Patience);
    });
    QVERIFY(!m_peer->send(Channel::Command,
                          R"([{"jsonrpc":"2.0","method":"wait","id":1},1,
                              {"jsonrpc":"2.0","method":"wait","id":2}])"));
    QTRY_COMPARE_WITH_TIMEOUT(m_client->generation(), 2u, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    Diary diary(m_peer);
    QVERIFY(!client.notify(u"end"_s));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{1, R"({"jsonrpc":"2.0","method":"end"})"}}),
                              Patience);
    QCOMPARE(called, 1);
}

void tst_JsonRpcMethods::methodMayBeReplacedAndRemoved()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return 1; });
    server.setMethod(u"a"_s, [](const QJsonValue &) { return 2; });
    QCOMPARE(waitFor(client.call(u"a"_s)).value, 2);
    server.removeMethod(u"a"_s);
    QCOMPARE(waitFor(client.call(u"a"_s)).rpcError.code, RpcError::MethodNotFound);
}

void tst_JsonRpcMethods::methodMayReplaceItself()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    const auto heavy = std::make_shared<QString>(u"captured"_s);
    server.setMethod(u"a"_s, [&server, heavy](const QJsonValue &) {
        server.setMethod(u"a"_s, [](const QJsonValue &) { return u"second"_s; });
        return *heavy;
    });
    QCOMPARE(waitFor(client.call(u"a"_s)).value, u"captured"_s);
    QCOMPARE(waitFor(client.call(u"a"_s)).value, u"second"_s);
    QCOMPARE(heavy.use_count(), 1);
}

void tst_JsonRpcMethods::methodMayDeleteEverything()
{
    open();
    JsonRpc client(m_client.get());
    auto server = std::make_unique<JsonRpc>(m_peer);
    int called = 0;
    server->setMethod(u"a"_s, [&](const QJsonValue &) {
        ++called;
        server.reset();
        delete m_peer;
        return 1;
    });
    RpcBatch batch;
    const QFuture<RpcResult> first = batch.call(u"a"_s);
    const QFuture<RpcResult> second = batch.call(u"a"_s);
    QVERIFY(!client.send(std::move(batch)));
    // The JsonRpc's answer may have left before the peer went.
    const auto isOver = [](const RpcResult &result) {
        return result.error.code() == ErrorCode::NotConnected
               || result.rpcError.code == RpcError::InternalError;
    };
    QVERIFY(isOver(waitFor(first)));
    QVERIFY(isOver(waitFor(second)));
    QCOMPARE(called, 1);
}

QTEST_GUILESS_MAIN(tst_JsonRpcMethods)
#include "tst_jsonrpc_methods.moc"
