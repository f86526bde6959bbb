// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "loopthread.h"
#include "peertest.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qeventloop.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <thread>
#include <vector>

using namespace std::chrono_literals;

/// JsonRpc between sessions, beside other JsonRpcs, and from other threads.
class tst_JsonRpcSessions : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void clientAsksForItsChannel();
    void missingChannelIsExplained();
    void answerIsNotTakenForThatOfAnother();
    void destroyedJsonRpcAnswersItsCalls();
    void destroyedJsonRpcSendsWhatWasAnswered();
    void answersGivenBeforeCloseAreSent_data();
    void answersGivenBeforeCloseAreSent();
    void endIsKnownBeforeDisconnected();
    void crashHasOneCode_data();
    void crashHasOneCode();
    void otherThreadsCallAndNotify();
    void otherThreadsAreToldWhatIsWrong();
    void callsOfOtherThreadsEndWithTheSession();
    void callOfAnotherThreadEndsWithTheJsonRpc();
    void callOfAnotherThreadEndsWithThePeer();
    void callOfAnotherThreadEndsWhereItIsMoved();
    void answerToAnotherThreadsCallIsNeverEarly();
    void restOfABatchEndsWithItsSession();
    void messageBehindABatchEndsWithItsSession();
    void batchesInEachOthersMethodsAreReadWhole();
};

static RpcResult waitFor(const QFuture<RpcResult> &future)
{
    [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience); }();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : RpcResult();
}

void tst_JsonRpcSessions::clientAsksForItsChannel()
{
    m_server->close();
    m_server->setChannels(m_server->channels() + QList<quint16>{256, 257});
    QVERIFY(!m_server->listen(m_endpoint));
    JsonRpc client(m_client.get(), 256);
    const QList<quint16> asked = m_client->requestedChannels();
    const JsonRpc second(m_client.get(), Channel::Command); // Was asked for already.
    QCOMPARE(m_client->requestedChannels(), asked);
    open();
    JsonRpc server(m_peer, 256);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return 1; });
    QCOMPARE(waitFor(client.call(u"a"_s)).value, 1);
    // One that comes later has to wait for the next session.
    JsonRpc late(m_client.get(), 257);
    QCOMPARE(late.notify(u"a"_s).code(), ErrorCode::UnsupportedChannel);
    m_client->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!m_peer, Patience);
    open();
    QVERIFY(!late.notify(u"a"_s));
}

void tst_JsonRpcSessions::missingChannelIsExplained()
{
    JsonRpc client(m_client.get(), 256);
    open();
    const Error error = client.notify(u"a"_s);
    QCOMPARE(error.code(), ErrorCode::UnsupportedChannel);
    // Each thing to do is said once.
    QCOMPARE(error.message().count(u"setChannels()"_s), 1);
    QCOMPARE(error.message().count(u"made before its peer connects"_s), 1);
}

void tst_JsonRpcSessions::answerIsNotTakenForThatOfAnother()
{
    open();
    JsonRpc server(m_peer);
    QList<RpcCall> kept;
    server.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    auto client = std::make_unique<JsonRpc>(m_client.get());
    const QFuture<RpcResult> old = client->call(u"keep"_s, QJsonArray{u"old"_s}, 1h);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, Patience);
    client.reset();
    QCOMPARE(waitFor(old).error.code(), ErrorCode::Cancelled);

    client = std::make_unique<JsonRpc>(m_client.get());
    const JsonRpc beside(m_client.get(), Channel::Data);
    QSignalSpy refused(client.get(), &JsonRpc::messageRefused);
    const QFuture<RpcResult> mine = client->call(u"keep"_s, QJsonArray{u"mine"_s}, 1h);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2, Patience);
    for (const RpcCall &call : std::as_const(kept))
        call.reply(call.params()[0]);
    QCOMPARE(waitFor(mine).value, u"mine"_s);
    // Late answers of the first are nothing that the second has to report.
    QVERIFY(!server.notify(u"end"_s));
    QSignalSpy received(client.get(), &JsonRpc::notificationReceived);
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 1, Patience);
    QCOMPARE(refused.size(), 0);
}

void tst_JsonRpcSessions::destroyedJsonRpcAnswersItsCalls()
{
    open();
    JsonRpc client(m_client.get());
    auto server = std::make_unique<JsonRpc>(m_peer);
    QList<RpcCall> kept;
    server->setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    const QFuture<RpcResult> single = client.call(u"keep"_s, QJsonArray(), 1h);
    RpcBatch batch;
    const QFuture<RpcResult> first = batch.call(u"keep"_s);
    const QFuture<RpcResult> second = batch.call(u"keep"_s);
    QVERIFY(!client.send(std::move(batch), 1h));
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 3, Patience);
    kept[1].reply(1);
    server.reset();
    QCOMPARE(waitFor(single).rpcError.code, RpcError::InternalError);
    QCOMPARE(waitFor(first).value, 1);
    QCOMPARE(waitFor(second).rpcError.code, RpcError::InternalError);
}

void tst_JsonRpcSessions::destroyedJsonRpcSendsWhatWasAnswered()
{
    open();
    JsonRpc client(m_client.get());
    auto server = std::make_unique<JsonRpc>(m_peer);
    QList<RpcCall> kept;
    server->setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    const QFuture<RpcResult> answered = client.call(u"keep"_s, QJsonArray(), 1h);
    const QFuture<RpcResult> open = client.call(u"keep"_s, QJsonArray(), 1h);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2, Patience);
    // This thread's event loop doesn't run meanwhile.
    std::thread([&kept] { kept[0].reply(u"in time"_s); }).join();
    server.reset();
    QCOMPARE(waitFor(answered).value, u"in time"_s);
    QCOMPARE(waitFor(open).rpcError.code, RpcError::InternalError);
}

void tst_JsonRpcSessions::answersGivenBeforeCloseAreSent_data()
{
    QTest::addColumn<int>("size");
    QTest::newRow("with room for them") << 10;
    QTest::newRow("with more than the queue takes") << 100'000;
}

void tst_JsonRpcSessions::answersGivenBeforeCloseAreSent()
{
    QFETCH(int, size);
    open();
    m_peer->setSendWaterMarks(100'000, 10'000);
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    QList<RpcCall> kept;
    server.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    std::vector<QFuture<RpcResult>> results;
    for (int i = 0; i < 10; ++i)
        results.push_back(client.call(u"keep"_s, QJsonArray(), 1h));
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 10, Patience);
    const QString text(size, u'x');
    std::thread([&] {
        for (const RpcCall &call : std::as_const(kept))
            call.reply(text);
    }).join();
    m_peer->close();
    for (const QFuture<RpcResult> &result : results)
        QCOMPARE(waitFor(result).value, text);
}

void tst_JsonRpcSessions::endIsKnownBeforeDisconnected()
{
    open();
    QFuture<RpcResult> call;
    QFuture<RpcResult> nested;
    bool wasKnown = false;
    // Connected before the JsonRpc is made, and so called before any slot of its.
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        wasKnown = call.isFinished();
        wasKnown = wasKnown && nested.isFinished();
    });
    JsonRpc client(m_client.get());
    JsonRpc other(m_client.get(), Channel::Data);
    call = client.call(u"a"_s, QJsonArray(), 1h);
    nested = other.call(u"a"_s, QJsonArray(), 1h);
    bool wasToldMeanwhile = false;
    const QFuture<void> done = call.then([&](const RpcResult &) {
        wasToldMeanwhile = QTest::qWaitFor([&] { return nested.isFinished(); }, Patience);
    });
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(done.isFinished(), Patience);
    QVERIFY(wasToldMeanwhile);
    QVERIFY(wasKnown);
    QCOMPARE(waitFor(call).error.code(), ErrorCode::NotConnected);
    QCOMPARE(waitFor(nested).error.code(), ErrorCode::NotConnected);
}

void tst_JsonRpcSessions::crashHasOneCode_data()
{
    QTest::addColumn<bool>("atStateChange");
    QTest::addColumn<bool>("deletesPeer");
    QTest::newRow("peer, at disconnected()") << false << true;
    QTest::newRow("peer, at stateChanged()") << true << true;
    QTest::newRow("JsonRpc, at disconnected()") << false << false;
}

void tst_JsonRpcSessions::crashHasOneCode()
{
    QFETCH(bool, atStateChange);
    QFETCH(bool, deletesPeer);
    open();
    std::unique_ptr<JsonRpc> client;
    const auto destroy = [&] {
        if (deletesPeer)
            m_client.reset();
        else
            client.reset();
    };
    if (atStateChange)
        connect(m_client.get(), &Peer::stateChanged, this, destroy);
    else
        connect(m_client.get(), &Peer::disconnected, this, destroy);
    client = std::make_unique<JsonRpc>(m_client.get(), Channel::Data); // COMMAND has the request.
    const QFuture<RpcResult> call = client->call(u"a"_s, QJsonArray(), 1h);
    const QFuture<Reply> request = m_client->request("x", 1h);
    m_peer->abort();
    QCOMPARE(waitFor(call).error.code(), ErrorCode::NotConnected);
    QTRY_VERIFY_WITH_TIMEOUT(request.isFinished(), Patience);
    QCOMPARE(request.result().error.code(), ErrorCode::NotConnected);
}

void tst_JsonRpcSessions::otherThreadsCallAndNotify()
{
    constexpr int count = 500;
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    int next = 0; // What was sent by one thread comes in its order, whichever of both it is.
    bool isInOrder = true;
    server.setMethod(u"work"_s, [&](const QJsonValue &params) {
        isInOrder = isInOrder && params[0] == next++;
        return params[0];
    });
    std::vector<QFuture<RpcResult>> results;
    Error failed;
    std::thread thread([&] {
        for (int i = 0; i < count; ++i) {
            RpcBatch batch;
            results.push_back(client.call(u"work"_s, QJsonArray{4 * i}, 1h));
            Error error = client.notify(u"work"_s, QJsonArray{4 * i + 1});
            results.push_back(batch.call(u"work"_s, QJsonArray{4 * i + 2}));
            batch.notify(u"work"_s, QJsonArray{4 * i + 3});
            error = error ? error : client.send(std::move(batch), 1h);
            if (error)
                failed = error;
        }
    });
    QVERIFY(QTest::qWaitFor([&] { return next == 4 * count; }, Patience));
    thread.join();
    QVERIFY2(!failed, qPrintable(failed.message()));
    QVERIFY(isInOrder);
    for (size_t i = 0; i < results.size(); ++i)
        QCOMPARE(waitFor(results[i]).value, int(2 * i));
}

void tst_JsonRpcSessions::otherThreadsAreToldWhatIsWrong()
{
    JsonRpc client(m_client.get());
    QList<Error> errors;
    std::vector<QFuture<RpcResult>> results;
    const auto useInAnotherThread = [&] {
        errors.clear();
        std::thread([&] {
            errors.append(client.notify(u"a"_s));
            errors.append(client.notify(u"a"_s, QJsonArray{qQNaN()}));
            errors.append(client.send(RpcBatch()));
            results.push_back(client.call(u"a"_s));
        }).join();
    };
    useInAnotherThread();
    QCOMPARE(errors[0].code(), ErrorCode::NotConnected);
    QCOMPARE(errors[1].code(), ErrorCode::InvalidArgument);
    QCOMPARE(errors[2].code(), ErrorCode::InvalidArgument);
    QCOMPARE(waitFor(results.back()).error.code(), ErrorCode::NotConnected);
    open();
    JsonRpc server(m_peer);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return 1; });
    useInAnotherThread();
    QVERIFY(!errors[0]);
    QCOMPARE(waitFor(results.back()).value, 1);
}

void tst_JsonRpcSessions::callsOfOtherThreadsEndWithTheSession()
{
    open();
    JsonRpc client(m_client.get());
    std::vector<QFuture<RpcResult>> results;
    // Handed over while this thread is busy, and the session ends before it takes them.
    m_client->abort();
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    std::thread([&] {
        for (int i = 0; i < 10; ++i)
            results.push_back(client.call(u"a"_s, QJsonArray(), 1h));
    }).join();
    m_client->abort();
    for (const QFuture<RpcResult> &result : results)
        QCOMPARE(waitFor(result).error.code(), ErrorCode::NotConnected);
}

void tst_JsonRpcSessions::callOfAnotherThreadEndsWithTheJsonRpc()
{
    open();
    auto client = std::make_unique<JsonRpc>(m_client.get());
    QFuture<RpcResult> result;
    std::thread([&] { result = client->call(u"a"_s, QJsonArray(), 1h); }).join();
    client.reset();
    QCOMPARE(waitFor(result).error.code(), ErrorCode::Cancelled);
}

void tst_JsonRpcSessions::callOfAnotherThreadEndsWithThePeer()
{
    open();
    JsonRpc client(m_client.get());
    QFuture<RpcResult> result;
    std::thread([&] { result = client.call(u"a"_s, QJsonArray(), NoTimeout); }).join();
    m_client.reset();
    QCOMPARE(waitFor(result).error.code(), ErrorCode::Cancelled);
}

void tst_JsonRpcSessions::callOfAnotherThreadEndsWhereItIsMoved()
{
    open();
    JsonRpc client(m_client.get());
    QFuture<RpcResult> result;
    std::thread([&] { result = client.call(u"a"_s, QJsonArray(), NoTimeout); }).join();
    LoopThread thread;
    client.moveToThread(&thread);
    thread.start(); // Now, so that the thread sanitizer sees what is handed over.
    const RpcResult told = waitFor(result);
    thread.call([&] { client.moveToThread(thread.thread()); });
    QCOMPARE(told.error.code(), ErrorCode::InvalidArgument);
}

/// Lets pass what isn't bad.
class Taste : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        return payload.contains("bad") ? std::optional(Failure{u"bad"_s, {}}) : std::nullopt;
    }
};

// Calls that come to nothing have the time to be told of it; what was sent doesn't wait for them.
void tst_JsonRpcSessions::answerToAnotherThreadsCallIsNeverEarly()
{
    open();
    m_client->setValidator(std::make_shared<Taste>());
    JsonRpc server(m_peer);
    server.setMethod(u"good"_s, [](const QJsonValue &) { return 1; });
    JsonRpc client(m_client.get());
    QSignalSpy refused(&client, &JsonRpc::messageRefused);
    QFuture<RpcResult> good;
    QList<QFuture<void>> failed;
    std::thread([&] {
        for (int i = 0; i < 10; ++i) {
            failed += client.call(u"bad"_s).then(
                    [](const RpcResult &) { std::this_thread::sleep_for(20ms); });
        }
        good = client.call(u"good"_s);
    }).join();
    QCOMPARE(waitFor(good).value, 1);
    QTRY_VERIFY_WITH_TIMEOUT(failed.last().isFinished(), Patience);
    QCOMPARE(refused.size(), 0);
}

void tst_JsonRpcSessions::restOfABatchEndsWithItsSession()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(100ms, 100ms));
    JsonRpc client(m_client.get());
    open();
    int called = 0;
    QList<RpcCall> kept;
    bool hasEnded = false;
    connect(m_client.get(), &Peer::disconnected, this, [&] { hasEnded = true; });
    client.setMethod(u"wait"_s, [&](const QJsonValue &) {
        ++called;
        m_peer->abort();
        [&] { QTRY_VERIFY_WITH_TIMEOUT(hasEnded, Patience); }();
        return 0;
    });
    client.setMethod(u"keep"_s, [&](const RpcCall &call) {
        ++called;
        kept.append(call);
    });
    auto server = std::make_unique<JsonRpc>(m_peer);
    RpcBatch batch;
    batch.call(u"wait"_s);
    const QFuture<RpcResult> old = batch.call(u"keep"_s);
    QVERIFY(!server->send(std::move(batch), 1h));
    QTRY_VERIFY_WITH_TIMEOUT(hasEnded && m_client->generation() == 2 && m_peer, Patience);
    QCOMPARE(called, 1);

    // Else an answer to it would be taken for one to a call of the next session.
    server = std::make_unique<JsonRpc>(m_peer);
    const QFuture<RpcResult> first = server->call(u"keep"_s, QJsonArray(), 1h);
    const QFuture<RpcResult> second = server->call(u"keep"_s, QJsonArray(), 1h);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2, Patience);
    kept[0].reply(1);
    kept[1].reply(2);
    QCOMPARE(waitFor(first).value, 1);
    QCOMPARE(waitFor(second).value, 2);
}

// It has come with a batch that takes longer than a turn.
void tst_JsonRpcSessions::messageBehindABatchEndsWithItsSession()
{
    JsonRpc client(m_client.get());
    open();
    connect(m_client.get(), &Peer::disconnected, this,
            [this] { m_client->connectToServer(m_endpoint); });
    client.setMethod(u"slow"_s, [&](const QJsonValue &) {
        std::this_thread::sleep_for(5ms);
        m_client->close(); // From now on nothing is held back.
        return 0;
    });
    bool isInNextSession = false;
    client.setMethod(u"wait"_s, [&](const QJsonValue &) {
        m_peer->abort();
        isInNextSession = QTest::qWaitFor(
                [&] { return m_client->generation() == 2 && m_client->isOpen(); }, Patience);
        return 0;
    });
    // It may come while "wait" waits for the end of its session.
    quint64 session = 1;
    client.setMethod(u"late"_s, [&](const QJsonValue &) {
        session = m_client->generation();
        return 0;
    });
    JsonRpc server(m_peer);
    RpcBatch batch;
    for (const auto &method : {u"slow"_s, u"slow"_s, u"wait"_s})
        batch.call(method);
    QVERIFY(!server.send(std::move(batch), 1h));
    QVERIFY(!server.notify(u"late"_s));
    QTRY_VERIFY_WITH_TIMEOUT(isInNextSession, Patience);
    QCoreApplication::processEvents();
    QCOMPARE(session, 1);
}

// One batch comes while a method of another runs an event loop, and both take longer than a turn.
void tst_JsonRpcSessions::batchesInEachOthersMethodsAreReadWhole()
{
    open();
    JsonRpc server(m_peer);
    QEventLoop loop;
    server.setMethod(u"wait"_s, [&](const QJsonValue &) { return loop.exec(); });
    server.setMethod(u"slow"_s, [&](const QJsonValue &) {
        std::this_thread::sleep_for(5ms);
        loop.quit();
        return 1;
    });
    JsonRpc client(m_client.get());
    std::vector<QFuture<RpcResult>> results;
    RpcBatch outer;
    results.push_back(outer.call(u"wait"_s));
    results.push_back(outer.call(u"slow"_s));
    RpcBatch inner;
    for (int i = 0; i < 3; ++i)
        results.push_back(inner.call(u"slow"_s));
    QVERIFY(!client.send(std::move(outer), 1h));
    QVERIFY(!client.send(std::move(inner), 1h));
    for (const QFuture<RpcResult> &result : results)
        QVERIFY(!waitFor(result).error);
}

QTEST_GUILESS_MAIN(tst_JsonRpcSessions)
#include "tst_jsonrpc_sessions.moc"
