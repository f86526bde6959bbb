// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/turntime.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <memory>
#include <thread>

using namespace std::chrono_literals;

/// Batches whose calls are not all answered when something ends.
class tst_JsonRpcBatches : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void answersGivenBeforeCloseAreSent_data();
    void answersGivenBeforeCloseAreSent();
    void answersGivenBeforeTheOtherSideClosesAreSent();
    void destructorAnswersWhatIsNotRead_data();
    void destructorAnswersWhatIsNotRead();
    void refusedAnswerThatComesAloneEndsOneCall();
};

/// Each call has a turn of its own.
class ShortTurns
{
public:
    ShortTurns() { setTurnTime(0us); }
    ~ShortTurns() { setTurnTime(m_before); }
    ShortTurns(const ShortTurns &) = delete;
    ShortTurns &operator=(const ShortTurns &) = delete;

private:
    const std::chrono::microseconds m_before = turnTime();
};

/// How the calls of a batch have ended.
class Results
{
public:
    explicit Results(int calls)
    {
        for (int i = 0; i < calls; ++i)
            futures.append(batch.call(u"m"_s));
    }

    bool waitForAll() const
    {
        return QTest::qWaitFor(
                [this] {
                    return std::all_of(futures.begin(), futures.end(),
                                       [](const auto &future) { return future.isFinished(); });
                },
                Patience);
    }
    /// How many of the first have a value.
    qsizetype succeeded() const
    {
        qsizetype count = 0;
        while (count < futures.size() && !futures[count].result().error
               && futures[count].result().value.toInteger() == count)
            ++count;
        return count;
    }

    RpcBatch batch;
    QList<QFuture<RpcResult>> futures;
};

void tst_JsonRpcBatches::answersGivenBeforeCloseAreSent_data()
{
    QTest::addColumn<bool>("inAMethod");
    QTest::addColumn<bool>("byAnotherThread");
    QTest::newRow("in a method") << true << false;
    QTest::newRow("between two turns") << false << false;
    QTest::newRow("answered by another thread") << true << true;
}

void tst_JsonRpcBatches::answersGivenBeforeCloseAreSent()
{
    QFETCH(const bool, inAMethod);
    QFETCH(const bool, byAnotherThread);
    constexpr int Count = 40;
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    int called = 0;
    int answered = 0; // Before close().
    bool isClosed = false;
    const auto close = [&] {
        isClosed = true;
        answered = called;
        m_peer->close();
    };
    const ShortTurns turns;
    server.setMethod(u"m"_s, [&](const RpcCall &call) {
        if (called == Count / 2 && inAMethod)
            close();
        const int number = called++;
        if (byAnotherThread)
            std::thread([&] { call.reply(number); }).join();
        else
            call.reply(number);
        if (called == Count / 2 && !inAMethod)
            QTimer::singleShot(0, this, close);
    });
    Results results(Count);
    QVERIFY(!client.send(std::move(results.batch), 1h));
    QVERIFY(results.waitForAll());
    QVERIFY(isClosed);
    QVERIFY2(answered >= Count / 2 && answered < Count, qPrintable(QString::number(answered)));
    QCOMPARE(results.succeeded(), answered);
    QCOMPARE(results.futures.last().result().error.code(), ErrorCode::NotConnected);
    QTRY_COMPARE_WITH_TIMEOUT(called, Count, Patience); // What has arrived is delivered.
}

void tst_JsonRpcBatches::answersGivenBeforeTheOtherSideClosesAreSent()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    QList<RpcCall> kept;
    server.setMethod(u"m"_s, [&](const RpcCall &call) { kept.append(call); });
    Results results(3);
    QVERIFY(!client.send(std::move(results.batch), 1h));
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 3, Patience);
    kept[0].reply(0);
    kept[1].reply(1);
    m_client->close();
    QVERIFY(results.waitForAll());
    QCOMPARE(results.succeeded(), 2);
    QCOMPARE(results.futures.last().result().error.code(), ErrorCode::NotConnected);
}

void tst_JsonRpcBatches::destructorAnswersWhatIsNotRead_data()
{
    QTest::addColumn<bool>("inAMethod");
    QTest::newRow("in a method") << true;
    QTest::newRow("between two turns") << false;
}

void tst_JsonRpcBatches::destructorAnswersWhatIsNotRead()
{
    QFETCH(const bool, inAMethod);
    constexpr int Count = 40;
    open();
    JsonRpc client(m_client.get());
    auto server = std::make_unique<JsonRpc>(m_peer);
    int called = 0;
    const ShortTurns turns;
    server->setMethod(u"m"_s, [&](const RpcCall &call) {
        call.reply(called++);
        if (called != Count / 2)
            return;
        if (inAMethod)
            server.reset();
        else
            QTimer::singleShot(0, this, [&] { server.reset(); });
    });
    Results results(Count);
    QVERIFY(!client.send(std::move(results.batch), NoTimeout));
    QVERIFY(results.waitForAll());
    QVERIFY(m_client->isOpen());
    QVERIFY2(called >= Count / 2 && called < Count, qPrintable(QString::number(called)));
    QCOMPARE(results.succeeded(), called);
    for (qsizetype i = called; i < Count; ++i)
        QCOMPARE(results.futures[i].result().rpcError.code, RpcError::InternalError);
}

// As all answers together would be too large for the side that answers.
void tst_JsonRpcBatches::refusedAnswerThatComesAloneEndsOneCall()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    RpcMessageLimits limits;
    limits.bytes = 10'000;
    server.setMessageLimits(limits);
    limits.bytes = 5000;
    client.setMessageLimits(limits);
    server.setMethod(u"text"_s,
                     [](const QJsonValue &params) { return QString(params[0].toInt(), u'x'); });
    RpcBatch batch;
    QList<QFuture<RpcResult>> results;
    for (const int size : {4000, 6000, 4001})
        results.append(batch.call(u"text"_s, QJsonArray{size}));
    QVERIFY(!client.send(std::move(batch), NoTimeout));
    for (const QFuture<RpcResult> &result : results)
        QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
    QCOMPARE(results[0].result().value.toString().size(), 4000);
    QCOMPARE(results[1].result().error.code(), ErrorCode::ProtocolViolation);
    QCOMPARE(results[2].result().value.toString().size(), 4001);
}

QTEST_GUILESS_MAIN(tst_JsonRpcBatches)
#include "tst_jsonrpc_batches.moc"
