// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/turntime.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <vector>

using namespace std::chrono_literals;

static RpcMessageLimits smallLimits()
{
    RpcMessageLimits limits;
    limits.bytes = 1000;
    limits.depth = 5;
    return limits;
}

/// What one side of JSON-RPC can make the other one hold, and how long one message takes.
class tst_JsonRpcBounds : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void messageIsRefusedByItsSizeAlone();
    void messageIsRefusedBeforeItIsBuilt_data();
    void messageIsRefusedBeforeItIsBuilt();
    void messageAtTheLimitsIsTaken();
    void limitsHoldForWhatIsSent();
    void answerBeyondTheCallersLimitsEndsTheCall();
    void errorBeyondTheCallersLimitsEndsTheCall();
    void answersToABatchBeyondTheLimitsEndItsCalls();
    void limitsAreBounded();
    void clientThatDoesNotReadIsHeldBack();
    void keptCallsAreBoundedInBytes();
    void keptNotificationsAreBounded();
    void unreadAnswersAreBoundedInBytes();
    void sidesThatFloodEachOtherGoOn();
    void reportsAreBounded();

private:
    void tellServer(const QByteArray &message)
    {
        QVERIFY(!m_client->send(Channel::Command, message));
    }
};

static QJsonValue codeOf(const QByteArray &message)
{
    return QJsonDocument::fromJson(message).object()[u"error"_s][u"code"_s];
}

void tst_JsonRpcBounds::messageIsRefusedByItsSizeAlone()
{
    open();
    JsonRpc server(m_peer);
    Diary client(m_client.get());
    tellServer(QByteArray(server.messageLimits().bytes, '[')); // Is read, and so found too deep.
    tellServer(QByteArray(15'000'000, '!')); // Isn't read, or it would be no JSON.
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 2, Patience);
    QCOMPARE(codeOf(client.frames[1].second), RpcError::InvalidRequest);
    const QByteArray text = "Too large a message: 15000000 bytes, at most 1048576";
    QVERIFY2(client.frames[1].second.contains(text), client.frames[1].second.constData());
}

void tst_JsonRpcBounds::messageIsRefusedBeforeItIsBuilt_data()
{
    QTest::addColumn<QByteArray>("params");
    QTest::newRow("deep") << QByteArray(10, '[') + QByteArray(10, ']');
    QTest::newRow("many elements") << "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"_ba;
    QTest::newRow("many members") << R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,
                                         "j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1,"r":1,"s":1,"t":1})"_ba;
    QTest::newRow("many on several levels") << "[[1,1,1],[1,1,1],[1,1,1],[1,1,1],[1,1,1]]"_ba;
}

void tst_JsonRpcBounds::messageIsRefusedBeforeItIsBuilt()
{
    QFETCH(QByteArray, params);
    open();
    JsonRpc server(m_peer);
    RpcMessageLimits limits;
    limits.depth = 8;
    limits.values = 20;
    server.setMessageLimits(limits);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return true; });
    Diary client(m_client.get());
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    const QByteArray call = R"({"jsonrpc":"2.0","id":1,"method":"a","params":)" + params + '}';
    tellServer(call);
    tellServer('[' + call + ']');
    tellServer("[" + params + "]"); // Not of a message, but it would be built as well.
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 3, Patience);
    for (const auto &[channel, answer] : std::as_const(client.frames))
        QCOMPARE(codeOf(answer), RpcError::InvalidRequest);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 3, Patience);
}

void tst_JsonRpcBounds::messageAtTheLimitsIsTaken()
{
    open();
    JsonRpc server(m_peer);
    const QByteArray call = R"({"jsonrpc":"2.0","id":1,"method":"a","params":[[[[1,2,3,4,5]]]]})";
    RpcMessageLimits limits;
    limits.bytes = call.size();
    limits.depth = 5;
    limits.values = 13; // The message, its 4 members, 3 arrays, and 5 numbers.
    server.setMessageLimits(limits);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return true; });
    Diary client(m_client.get());
    tellServer(call);
    QTRY_COMPARE_WITH_TIMEOUT(client.frames,
                              Frames({{1, R"({"id":1,"jsonrpc":"2.0","result":true})"}}), Patience);
}

void tst_JsonRpcBounds::limitsHoldForWhatIsSent()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    RpcMessageLimits limits = smallLimits();
    limits.values = 50;
    client.setMessageLimits(limits);
    QJsonArray deep;
    for (int i = 0; i < 5; ++i)
        deep = QJsonArray{deep};
    QJsonArray many;
    for (int i = 0; i < 50; ++i)
        many.append(i);
    QCOMPARE(client.notify(u"a"_s, QJsonArray{QString(1000, u'x')}).code(),
             ErrorCode::PayloadTooLarge);
    QCOMPARE(client.notify(u"a"_s, deep).code(), ErrorCode::InvalidArgument);
    QCOMPARE(client.notify(u"a"_s, many).code(), ErrorCode::InvalidArgument);
    QCOMPARE(client.call(u"a"_s, many).result().error.code(), ErrorCode::InvalidArgument);
    QVERIFY(!client.notify(u"a"_s, QJsonArray{QJsonArray{1}}));

    // An answer that exceeds them is an error for whoever called.
    client.setMethod(u"many"_s, [many](const QJsonValue &) { return many; });
    const QFuture<RpcResult> result = server.call(u"many"_s);
    QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
    QCOMPARE(result.result().rpcError.code, RpcError::InternalError);
}

void tst_JsonRpcBounds::answerBeyondTheCallersLimitsEndsTheCall()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    client.setMessageLimits(smallLimits());
    server.setMethod(u"long"_s, [](const QJsonValue &) { return QString(5000, u'x'); });
    server.setMethod(u"deep"_s, [](const QJsonValue &) {
        return QJsonArray{QJsonArray{QJsonArray{QJsonArray{QJsonArray{1}}}}};
    });
    server.setMethod(u"short"_s, [](const QJsonValue &) { return true; });
    QSignalSpy refusedByServer(&server, &JsonRpc::messageRefused);

    const auto call = [&](const QString &method) {
        return client.call(method, QJsonValue(QJsonValue::Undefined), NoTimeout);
    };
    const QFuture<RpcResult> waiting = call(u"none"_s);
    const QFuture<RpcResult> tooLong = call(u"long"_s);
    const QFuture<RpcResult> tooDeep = call(u"deep"_s);
    const QFuture<RpcResult> good = call(u"short"_s);
    QTRY_VERIFY_WITH_TIMEOUT(good.isFinished() && tooLong.isFinished() && tooDeep.isFinished(),
                             Patience);
    QCOMPARE(tooLong.result().error.code(), ErrorCode::ProtocolViolation);
    QVERIFY2(tooLong.result().error.message().contains(u"at most 1000"_s),
             qPrintable(tooLong.result().error.message()));
    QCOMPARE(tooDeep.result().error.code(), ErrorCode::ProtocolViolation);
    QCOMPARE(good.result().value, QJsonValue(true));
    QCOMPARE(waiting.result().rpcError.code, RpcError::MethodNotFound);
    QCOMPARE(refusedByServer.size(), 0);
}

void tst_JsonRpcBounds::errorBeyondTheCallersLimitsEndsTheCall()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    client.setMessageLimits(smallLimits());
    server.setMethod(u"long"_s,
                     [](const QJsonValue &) { return RpcError(1, QString(5000, u'x')); });
    server.setMethod(u"deep"_s, [](const QJsonValue &) {
        return RpcError(1, u"m"_s, QJsonArray{QJsonArray{QJsonArray{QJsonArray{1}}}});
    });
    QList<QFuture<RpcResult>> results;
    for (const QString &method : {u"long"_s, u"deep"_s})
        results.append(client.call(method, QJsonArray(), NoTimeout));
    for (const QFuture<RpcResult> &result : std::as_const(results)) {
        QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
        QCOMPARE(result.result().error.code(), ErrorCode::ProtocolViolation);
    }
}

// The answers come in one message, which is refused as a whole and answered with nothing.
void tst_JsonRpcBounds::answersToABatchBeyondTheLimitsEndItsCalls()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    RpcMessageLimits limits;
    limits.bytes = 1000;
    client.setMessageLimits(limits);
    server.setMethod(u"long"_s, [](const QJsonValue &) { return QString(400, u'x'); });
    QList<RpcCall> kept;
    server.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    QSignalSpy refusedByServer(&server, &JsonRpc::messageRefused);
    const QFuture<RpcResult> before = client.call(u"keep"_s, QJsonArray(), NoTimeout);
    RpcBatch batch;
    batch.notify(u"nothing"_s);
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < 3; ++i)
        results.append(batch.call(u"long"_s));
    QVERIFY(!client.send(std::move(batch), NoTimeout));
    const QFuture<RpcResult> after = client.call(u"keep"_s, QJsonArray(), NoTimeout);
    for (const QFuture<RpcResult> &result : std::as_const(results)) {
        QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
        QCOMPARE(result.result().error.code(), ErrorCode::ProtocolViolation);
    }
    // No other call is taken for one of them, and none has lost its place.
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2, Patience);
    QVERIFY(!before.isFinished() && !after.isFinished());
    for (const RpcCall &call : std::as_const(kept))
        call.reply(1);
    QTRY_VERIFY_WITH_TIMEOUT(before.isFinished() && after.isFinished(), Patience);
    QCOMPARE(before.result().value, 1);
    QCOMPARE(after.result().value, 1);
    QCOMPARE(refusedByServer.size(), 0);
}

void tst_JsonRpcBounds::limitsAreBounded()
{
    JsonRpc rpc(m_client.get());
    rpc.setMessageLimits({MaxPayloadSize + 1, 1'000'000, 0});
    QCOMPARE(rpc.messageLimits().bytes, MaxPayloadSize);
    QCOMPARE(rpc.messageLimits().depth, 1000);
    QCOMPARE(rpc.messageLimits().values, 1);
    rpc.setHeldBytesLimit(0);
    QCOMPARE(rpc.heldBytesLimit(), 1);
}

void tst_JsonRpcBounds::clientThatDoesNotReadIsHeldBack()
{
    constexpr int count = 2000;
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    m_peer->setSendWaterMarks(1'000'000, 100'000);
    qint64 mostQueued = 0;
    server.setMethod(u"large"_s, [&](const QJsonValue &) {
        mostQueued = std::max(mostQueued, m_peer->bytesQueued());
        return QString(100'000, u'x');
    });
    m_client->setReceiving(false);
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < count; ++i)
        results.push_back(client.call(u"large"_s, QJsonArray{QString(5000, u'x')}, 1h));
    QTRY_VERIFY_WITH_TIMEOUT(m_peer->bytesQueued() >= 1'000'000, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->bytesQueued() > 0, Patience);
    m_client->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(results.back().isFinished(), 10 * Patience);
    // None was refused, and no more was ever made than has a place to be.
    for (const QFuture<RpcResult> &result : results)
        QVERIFY2(!result.result().error, qPrintable(result.result().error.message()));
    QVERIFY2(mostQueued < 1'300'000, QByteArray::number(mostQueued).constData());
}

void tst_JsonRpcBounds::keptCallsAreBoundedInBytes()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setHeldBytesLimit(100'000);
    QList<RpcCall> kept;
    server.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < 30; ++i)
        results.push_back(client.call(u"keep"_s, QJsonArray{QString(10'000, u'x')}, 1h));
    QTRY_VERIFY_WITH_TIMEOUT(results.back().isFinished(), Patience);
    QCOMPARE(results.back().result().rpcError.code, RpcError::TooManyCalls);
    QCOMPARE(kept.size(), 9);
    // What is answered makes room again, and a single call is never too large.
    kept.clear();
    server.setHeldBytesLimit(1);
    const QFuture<RpcResult> alone = client.call(u"keep"_s, QJsonArray{QString(10'000, u'x')});
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, Patience);
    kept.first().reply(1);
    QTRY_VERIFY_WITH_TIMEOUT(alone.isFinished(), Patience);
    QCOMPARE(alone.result().value, 1);
}

void tst_JsonRpcBounds::keptNotificationsAreBounded()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setCallLimit(10);
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    QList<RpcCall> kept;
    server.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    for (int i = 0; i < 15; ++i)
        QVERIFY(!client.notify(u"keep"_s));
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 5, Patience);
    QCOMPARE(refused[0][0].value<Error>().code(), ErrorCode::QueueFull);
    QCOMPARE(kept.size(), 10);
    kept.clear();
    QVERIFY(!client.notify(u"keep"_s));
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, Patience);
}

// Where the other side can't be held back, as this one waits for an answer of its own.
void tst_JsonRpcBounds::unreadAnswersAreBoundedInBytes()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setHeldBytesLimit(300'000);
    m_peer->setSendWaterMarks(1000, 100);
    QList<RpcCall> due;
    client.setMethod(u"due"_s, [&](const RpcCall &call) { due.append(call); });
    const QFuture<RpcResult> answer = server.call(u"due"_s, QJsonArray(), 1h);
    QList<RpcCall> kept;
    server.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < 100; ++i)
        results.append(client.call(u"keep"_s, QJsonArray(), 1h));
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 100, Patience);
    m_client->setReceiving(false);
    for (const RpcCall &call : std::as_const(kept))
        call.reply(QString(50'000, u'x'));
    m_client->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(results.last().isFinished(), Patience);
    const auto errors = std::count_if(results.begin(), results.end(), [](const auto &result) {
        return result.result().rpcError.code == RpcError::TooManyCalls;
    });
    // What the system's buffers take is sent; all else but the limit comes to an error.
    QVERIFY2(errors >= 100 - 20, QByteArray::number(qlonglong(errors)).constData());
    QVERIFY(errors < 100);
}

void tst_JsonRpcBounds::sidesThatFloodEachOtherGoOn()
{
    constexpr int count = 500;
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    for (JsonRpc *rpc : {&client, &server}) {
        rpc->peer()->setSendWaterMarks(100'000, 10'000);
        rpc->setMethod(u"large"_s, [](const QJsonValue &) { return QString(50'000, u'x'); });
    }
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < count; ++i) {
        results.push_back(client.call(u"large"_s, QJsonArray(), 1h));
        results.push_back(server.call(u"large"_s, QJsonArray(), 1h));
    }
    for (const QFuture<RpcResult> &result : results) {
        QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
        QVERIFY2(!result.result().error, qPrintable(result.result().error.message()));
    }
}

void tst_JsonRpcBounds::reportsAreBounded()
{
    constexpr int count = 10'000;
    // However slow the machine is, a turn reads more than it reports.
    setTurnTime(1h);
    const auto restore = qScopeGuard([] { setTurnTime(4ms); });
    open();
    JsonRpc server(m_peer);
    server.setCallLimit(2 * count);
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    Diary client(m_client.get());
    for (int i = 0; i < count; ++i)
        tellServer("1");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), count, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(!refused.isEmpty(), Patience);
    const auto summaries = std::count_if(refused.begin(), refused.end(), [](const auto &report) {
        return report[0].template value<Error>().code() == ErrorCode::QueueFull;
    });
    // Each turn tells 64 and the rest in one; a turn reads far more than that.
    QVERIFY(summaries > 0);
    QVERIFY2(refused.size() <= 65 * (summaries + 1),
             QByteArray::number(refused.size()).constData());
}

QTEST_GUILESS_MAIN(tst_JsonRpcBounds)
#include "tst_jsonrpc_bounds.moc"
