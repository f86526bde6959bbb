// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qjsonarray.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

/// Refuses what arrives if it has a bad word.
class BadWordValidator final : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload,
                                 Direction direction) const override
    {
        if (direction == Direction::Send || !payload.contains("bad"))
            return std::nullopt;
        return Failure{u"a bad word"_s, {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }
};

/// Messages that the validator of the peer refuses when they arrive: nobody waits for what can't
/// come.
class tst_JsonRpcValidation : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void refusedAnswerEndsItsCall();
    void refusedCallIsAnswered();
    void refusedBatchIsAnsweredForEach();
    void refusedNotificationIsNotAnswered();
    void channelOfAnotherIsLeftAlone();

private:
    void openBoth();

    std::unique_ptr<JsonRpc> m_here; // Of the client.
    std::unique_ptr<JsonRpc> m_there;
    int m_called = 0;
};

void tst_JsonRpcValidation::openBoth()
{
    open();
    m_here = std::make_unique<JsonRpc>(m_client.get(), Channel::Data);
    m_there = std::make_unique<JsonRpc>(m_peer, Channel::Data);
    m_called = 0;
    m_there->setMethod(u"echo"_s, [this](const QJsonValue &params) {
        ++m_called;
        return params[0];
    });
}

static RpcResult waitFor(const QFuture<RpcResult> &future)
{
    [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience); }();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : RpcResult();
}

void tst_JsonRpcValidation::refusedAnswerEndsItsCall()
{
    openBoth();
    m_client->setValidator(std::make_shared<BadWordValidator>());
    const QFuture<RpcResult> bad = m_here->call(u"echo"_s, QJsonArray{u"bad"_s}, NoTimeout);
    const QFuture<RpcResult> good = m_here->call(u"echo"_s, QJsonArray{u"good"_s}, NoTimeout);
    QCOMPARE(waitFor(bad).error.code(), ErrorCode::ValidationFailed);
    QCOMPARE(waitFor(good).value, u"good"_s);
    QCOMPARE(m_called, 2);
}

void tst_JsonRpcValidation::refusedCallIsAnswered()
{
    openBoth();
    m_peer->setValidator(std::make_shared<BadWordValidator>());
    QSignalSpy refused(m_there.get(), &JsonRpc::messageRefused);
    const QFuture<RpcResult> bad = m_here->call(u"echo"_s, QJsonArray{u"bad"_s}, NoTimeout);
    const QFuture<RpcResult> good = m_here->call(u"echo"_s, QJsonArray{u"good"_s}, NoTimeout);
    QCOMPARE(waitFor(bad).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(waitFor(bad).rpcError.code, int(RpcError::InvalidRequest));
    QCOMPARE(waitFor(good).value, u"good"_s);
    QCOMPARE(m_called, 1);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
}

void tst_JsonRpcValidation::refusedBatchIsAnsweredForEach()
{
    openBoth();
    m_peer->setValidator(std::make_shared<BadWordValidator>());
    RpcBatch batch;
    const QFuture<RpcResult> first = batch.call(u"echo"_s, QJsonArray{u"good"_s});
    const QFuture<RpcResult> second = batch.call(u"echo"_s, QJsonArray{u"bad"_s});
    batch.notify(u"echo"_s, QJsonArray{u"good"_s});
    QVERIFY(!m_here->send(std::move(batch), NoTimeout));
    QCOMPARE(waitFor(first).rpcError.code, int(RpcError::InvalidRequest));
    QCOMPARE(waitFor(second).rpcError.code, int(RpcError::InvalidRequest));
    QCOMPARE(m_called, 0);
}

void tst_JsonRpcValidation::refusedNotificationIsNotAnswered()
{
    openBoth();
    m_peer->setValidator(std::make_shared<BadWordValidator>());
    QSignalSpy refused(m_here.get(), &JsonRpc::messageRefused);
    QVERIFY(!m_here->notify(u"bad"_s));
    QCOMPARE(waitFor(m_here->call(u"echo"_s, QJsonArray{u"good"_s}, NoTimeout)).value, u"good"_s);
    QCoreApplication::processEvents();
    QCOMPARE(refused.size(), 0);
}

void tst_JsonRpcValidation::channelOfAnotherIsLeftAlone()
{
    openBoth();
    m_peer->setValidator(std::make_shared<BadWordValidator>());
    QSignalSpy reports(m_there.get(), &JsonRpc::messageRefused);
    QSignalSpy refused(m_peer, &Peer::validationFailed);
    QVERIFY(!m_client->send(Channel::Telemetry, R"({"id":1,"jsonrpc":"2.0","method":"bad"})"));
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
    QCoreApplication::processEvents();
    QCOMPARE(reports.size(), 0);
}

QTEST_GUILESS_MAIN(tst_JsonRpcValidation)
#include "tst_jsonrpc_validation.moc"
