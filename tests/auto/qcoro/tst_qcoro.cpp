// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>

#include <QCoroFuture>
#include <QCoroTask>

#include <QtCore/qjsonarray.h>
#include <QtTest/qtest.h>

/// The library's futures in coroutines, with QCoro.
class tst_QCoro : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void requestsAreAwaitable();
    void callsAreAwaitable();
    void pingsAreAwaitable();
    void errorsAreValues();
};

static QCoro::Task<QByteArray> askTwice(Peer *peer)
{
    const Reply first = co_await peer->request("1");
    const Reply second = co_await peer->request(first.payload + " and 2");
    co_return second.payload;
}

void tst_QCoro::requestsAreAwaitable()
{
    open();
    m_peer->setRequestHandler(
            [](const Request &request) { request.reply("to " + request.payload()); });
    QCOMPARE(QCoro::waitFor(askTwice(m_client.get())), "to to 1 and 2");
}

// GCC 12 gives up on a braced list inside of a coroutine.
static QJsonArray both(const QJsonValue &a, const QJsonValue &b)
{
    return {a, b};
}

static QCoro::Task<int> subtractTwice(JsonRpc *rpc)
{
    const RpcResult first = co_await rpc->call(u"subtract"_s, both(42, 23));
    const RpcResult second = co_await rpc->call(u"subtract"_s, both(first.value, 9));
    co_return second.value.toInt();
}

void tst_QCoro::callsAreAwaitable()
{
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"subtract"_s, [](const QJsonValue &params) {
        return params[0].toInt() - params[1].toInt();
    });
    QCOMPARE(QCoro::waitFor(subtractTwice(&client)), 10);
}

static QCoro::Task<bool> pingAndClose(Peer *peer)
{
    const PingReply reply = co_await peer->ping();
    peer->close();
    co_return !reply.error;
}

void tst_QCoro::pingsAreAwaitable()
{
    open();
    QVERIFY(QCoro::waitFor(pingAndClose(m_client.get())));
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
}

static QCoro::Task<Error> askAndLose(Peer *peer, QPointer<Peer> otherEnd)
{
    const QFuture<Reply> future = peer->request("1");
    otherEnd->abort();
    const Reply reply = co_await future;
    co_return reply.error;
}

void tst_QCoro::errorsAreValues()
{
    open();
    QCOMPARE(QCoro::waitFor(askAndLose(m_client.get(), m_peer)).code(), ErrorCode::NotConnected);
}

QTEST_GUILESS_MAIN(tst_QCoro)
#include "tst_qcoro.moc"
