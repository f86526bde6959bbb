// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

/// The examples of the JSON-RPC 2.0 specification, section 7, as they stand there: what goes to a
/// server, and what comes back.
class tst_JsonRpcSpecification : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void examples_data();
    void examples();
};

// A JSON text, of which the order of the members is no matter.
static QJsonValue json(const QByteArray &text)
{
    return QJsonDocument::fromJson('[' + text + ']').array().at(0);
}

void tst_JsonRpcSpecification::examples_data()
{
    QTest::addColumn<QByteArray>("toServer");
    QTest::addColumn<QByteArray>("fromServer"); // Empty for none.

    QTest::newRow("positional parameters")
            << R"({"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1})"_ba
            << R"({"jsonrpc": "2.0", "result": 19, "id": 1})"_ba;
    QTest::newRow("positional parameters, the other way")
            << R"({"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2})"_ba
            << R"({"jsonrpc": "2.0", "result": -19, "id": 2})"_ba;
    QTest::newRow("named parameters") << R"({"jsonrpc": "2.0", "method": "subtract",
                   "params": {"subtrahend": 23, "minuend": 42}, "id": 3})"_ba
                                      << R"({"jsonrpc": "2.0", "result": 19, "id": 3})"_ba;
    QTest::newRow("named parameters, the other way")
            << R"({"jsonrpc": "2.0", "method": "subtract",
                   "params": {"minuend": 42, "subtrahend": 23}, "id": 4})"_ba
            << R"({"jsonrpc": "2.0", "result": 19, "id": 4})"_ba;
    QTest::newRow("notification")
            << R"({"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]})"_ba
            << ""_ba;
    QTest::newRow("notification of no method") << R"({"jsonrpc": "2.0", "method": "foobar"})"_ba
                                               << ""_ba;
    QTest::newRow("no such method")
            << R"({"jsonrpc": "2.0", "method": "foobar", "id": "1"})"_ba
            << R"({"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"},
                   "id": "1"})"_ba;
    QTest::newRow("invalid JSON")
            << R"({"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz])"_ba
            << R"({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"},
                   "id": null})"_ba;
    QTest::newRow("invalid request")
            << R"({"jsonrpc": "2.0", "method": 1, "params": "bar"})"_ba
            << R"({"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                   "id": null})"_ba;
    QTest::newRow("batch, invalid JSON")
            << R"([{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
                   {"jsonrpc": "2.0", "method"])"_ba
            << R"({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"},
                   "id": null})"_ba;
    QTest::newRow("empty batch")
            << "[]"_ba
            << R"({"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                   "id": null})"_ba;
    QTest::newRow("invalid batch that isn't empty")
            << "[1]"_ba
            << R"([{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                    "id": null}])"_ba;
    QTest::newRow("invalid batch")
            << "[1,2,3]"_ba
            << R"([{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                    "id": null},
                   {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                    "id": null},
                   {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                    "id": null}])"_ba;
    QTest::newRow("batch") << R"([{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
                   {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
                   {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
                   {"foo": "boo"},
                   {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"},
                    "id": "5"},
                   {"jsonrpc": "2.0", "method": "get_data", "id": "9"}])"_ba
                           << R"([{"jsonrpc": "2.0", "result": 7, "id": "1"},
                   {"jsonrpc": "2.0", "result": 19, "id": "2"},
                   {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},
                    "id": null},
                   {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"},
                    "id": "5"},
                   {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}])"_ba;
    QTest::newRow("batch of notifications")
            << R"([{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
                   {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}])"_ba
            << ""_ba;
}

void tst_JsonRpcSpecification::examples()
{
    QFETCH(QByteArray, toServer);
    QFETCH(QByteArray, fromServer);
    open();
    JsonRpc server(m_peer);
    server.setMethod(u"subtract"_s, [](const QJsonValue &params) -> RpcResult {
        if (params.isArray())
            return params[0].toInt() - params[1].toInt();
        return params[u"minuend"_s].toInt() - params[u"subtrahend"_s].toInt();
    });
    server.setMethod(u"sum"_s, [](const QJsonValue &params) {
        int sum = 0;
        for (const QJsonValue &number : params.toArray())
            sum += number.toInt();
        return sum;
    });
    server.setMethod(u"get_data"_s, [](const QJsonValue &) { return QJsonArray{u"hello"_s, 5}; });
    server.setMethod(u"update"_s, [](const QJsonValue &) { return QJsonValue(); });

    Diary client(m_client.get());
    QVERIFY(!m_client->send(Channel::Command, toServer));
    QVERIFY(!m_client->send(Channel::Command, R"({"jsonrpc": "2.0", "method": "sum", "id": 0})"));
    const qsizetype count = fromServer.isEmpty() ? 1 : 2;
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), count, Patience);
    QCOMPARE(json(client.frames.last().second), json(R"({"jsonrpc":"2.0","result":0,"id":0})"));
    if (!fromServer.isEmpty())
        QCOMPARE(json(client.frames.first().second), json(fromServer));
}

QTEST_GUILESS_MAIN(tst_JsonRpcSpecification)
#include "tst_jsonrpc_specification.moc"
