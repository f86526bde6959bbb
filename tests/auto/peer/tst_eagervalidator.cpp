// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/request.h>
#include <IpcPrims/rpccall.h>

#include <QtTest/qtest.h>

#include <functional>
#include <utility>

/// A validator that calls the application once, from inside a check.
class EagerValidator final : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView, Direction direction) const override
    {
        if (const auto act
            = direction == Direction::Send ? std::exchange(onSend, nullptr) : nullptr)
            act();
        return std::nullopt;
    }

    mutable std::function<void()> onSend;
};

/// What sends may be entered again while the validator looks at what is being sent.
class tst_EagerValidator : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void answersLeaveOnceAndInOrder();
    void resultsLeaveOnceEach();
    void streamStaysInOrder();
    void validatorMayAbortThePeer_data();
    void validatorMayAbortThePeer();
};

void tst_EagerValidator::answersLeaveOnceAndInOrder()
{
    open();
    const auto validator = std::make_shared<EagerValidator>();
    m_peer->setValidator(validator);
    QList<Request> requests;
    m_peer->setRequestHandler([&](const Request &request) { requests.append(request); });
    QList<QFuture<Reply>> replies;
    for (int i = 0; i < 3; ++i)
        replies.append(m_client->request("q"));
    QTRY_COMPARE_WITH_TIMEOUT(requests.size(), 3, Patience);
    validator->onSend = [&] { requests[1].reply("1"); };
    requests[0].reply("0");
    requests[2].reply("2");
    for (int i = 0; i < 3; ++i) {
        QTRY_VERIFY_WITH_TIMEOUT(replies[i].isFinished(), Patience);
        QCOMPARE(replies[i].result().payload, QByteArray::number(i));
    }
}

void tst_EagerValidator::resultsLeaveOnceEach()
{
    open();
    const auto validator = std::make_shared<EagerValidator>();
    m_peer->setValidator(validator);
    JsonRpc server(m_peer, Channel::Data);
    QList<RpcCall> calls;
    server.setMethod(u"m"_s,
                     JsonRpc::AsyncMethod([&](const RpcCall &call) { calls.append(call); }));
    JsonRpc client(m_client.get(), Channel::Data);
    QList<Error> refused;
    connect(&client, &JsonRpc::messageRefused, this,
            [&](const Error &reason) { refused.append(reason); });
    QList<QFuture<RpcResult>> results;
    for (int i = 0; i < 3; ++i)
        results.append(client.call(u"m"_s));
    QTRY_COMPARE_WITH_TIMEOUT(calls.size(), 3, Patience);
    validator->onSend = [&] { calls[1].reply(QJsonValue(1)); };
    calls[0].reply(QJsonValue(0));
    calls[2].reply(QJsonValue(2));
    for (int i = 0; i < 3; ++i) {
        QTRY_VERIFY_WITH_TIMEOUT(results[i].isFinished(), Patience);
        QCOMPARE(results[i].result().value.toInt(-1), i);
    }
    QTest::qWait(20);
    QVERIFY(refused.isEmpty()); // No result came twice.
}

void tst_EagerValidator::streamStaysInOrder()
{
    open();
    const auto validator = std::make_shared<EagerValidator>();
    m_peer->setValidator(validator);
    ChannelDevice reader(m_client.get(), Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    ChannelDevice writer(m_peer, Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    const QByteArray first(64 * 1024, '1');
    const QByteArray second(64 * 1024, '2');
    validator->onSend = [&] { QCOMPARE(writer.write(second), second.size()); };
    QCOMPARE(writer.write(first), first.size());
    writer.finish();
    QTRY_VERIFY_WITH_TIMEOUT(reader.isFinished(), Patience);
    QVERIFY(reader.readAll() == first + second);
}

void tst_EagerValidator::validatorMayAbortThePeer_data()
{
    QTest::addColumn<std::function<void(Peer *)>>("send");
    const auto row = [](const char *name, const std::function<void(Peer *)> &send) {
        QTest::newRow(name) << send;
    };
    row("send", [](Peer *peer) {
        QCOMPARE(peer->send(Channel::Data, "1").code(), ErrorCode::NotConnected);
    });
    row("policy", [](Peer *peer) {
        QCOMPARE(peer->send(Channel::Data, "1", SlowPeerPolicy::DropOldest).code(),
                 ErrorCode::NotConnected);
    });
    row("request", [](Peer *peer) {
        const QFuture<Reply> reply = peer->request("1");
        QVERIFY(reply.isFinished());
        QCOMPARE(reply.result().error.code(), ErrorCode::NotConnected);
    });
    row("device", [](Peer *peer) {
        ChannelDevice device(peer, Channel::Data);
        QVERIFY(device.open(QIODevice::WriteOnly));
        device.write("1");
        device.flush();
        QCOMPARE(device.write("2"), -1);
    });
    row("call", [](Peer *peer) {
        JsonRpc rpc(peer, Channel::Data);
        const QFuture<RpcResult> result = rpc.call(u"m"_s);
        QVERIFY(result.isFinished());
        QCOMPARE(result.result().error.code(), ErrorCode::NotConnected);
    });
}

// Nothing is sent then, and whoever sends learns it.
void tst_EagerValidator::validatorMayAbortThePeer()
{
    QFETCH(const std::function<void(Peer *)>, send);
    open();
    const auto validator = std::make_shared<EagerValidator>();
    m_client->setValidator(validator);
    Diary diary(m_client.get());
    bool hasAborted = false;
    validator->onSend = [&] {
        hasAborted = true;
        m_client->abort();
    };
    send(m_client.get());
    QVERIFY(hasAborted);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
}

QTEST_GUILESS_MAIN(tst_EagerValidator)
#include "tst_eagervalidator.moc"
