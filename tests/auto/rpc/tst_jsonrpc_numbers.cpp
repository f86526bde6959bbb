// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/jsonrpc.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <limits>

using namespace std::chrono_literals;

/// What goes over JSON-RPC arrives as it was sent, or is an error: ids, numbers, names, text.
class tst_JsonRpcNumbers : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void idComesBackAsItIs_data();
    void idComesBackAsItIs();
    void idIsRefused_data();
    void idIsRefused();
    void textIsRefused_data();
    void textIsRefused();
    void parametersAreKept_data();
    void parametersAreKept();
    void parametersAreRefused_data();
    void parametersAreRefused();
    void refusedNotificationIsNotAnswered();
    void numbersGoThereAndBack_data();
    void numbersGoThereAndBack();
    void callThatJsonCantSayIsNotSent_data();
    void callThatJsonCantSayIsNotSent();
    void resultThatJsonCantSayIsAnError();
    void answerMayWriteItsIdAsAFraction();

private:
    /// The server's only answer to \a message, then to \c {} for the case that it has none.
    QJsonObject answerTo(const QByteArray &message, bool isAnswered = true);
    QByteArray m_answer;
};

QJsonObject tst_JsonRpcNumbers::answerTo(const QByteArray &message, bool isAnswered)
{
    Diary client(m_client.get());
    const qsizetype count = isAnswered ? 2 : 1;
    [&] {
        QVERIFY(!m_client->send(Channel::Command, message));
        QVERIFY(!m_client->send(Channel::Command, "{}"));
        QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), count, Patience);
    }();
    m_answer = client.frames.value(0).second;
    return QJsonDocument::fromJson(m_answer).object();
}

void tst_JsonRpcNumbers::idComesBackAsItIs_data()
{
    QTest::addColumn<QByteArray>("id");
    for (const char *id : {"1",
                           "0",
                           "-0",
                           "-5",
                           "9007199254740993",
                           "9223372036854775807",
                           "9223372036854775808",
                           "18446744073709551615",
                           "123456789012345678901234567890",
                           "1.0",
                           "1.5",
                           "1e2",
                           "1E+2",
                           "1e400",
                           "-1e-400",
                           R"("")",
                           R"("1")",
                           R"("\u0000\"\\ü")",
                           R"("\u0041\/")",
                           "null"})
        QTest::newRow(id) << QByteArray(id);
    QTest::newRow("longest") << '"' + QByteArray(1022, 'x') + '"';
}

void tst_JsonRpcNumbers::idComesBackAsItIs()
{
    QFETCH(QByteArray, id);
    open();
    JsonRpc server(m_peer);
    server.setMethod(u"a"_s, [](const QJsonValue &) { return true; });
    answerTo(R"({"jsonrpc":"2.0","method":"a","id": )" + id + " }");
    QCOMPARE(m_answer, R"({"id":)" + id + R"(,"jsonrpc":"2.0","result":true})");
    // In a batch and with an error, too.
    answerTo(R"([{"id": )" + id + R"(,"jsonrpc":"2.0","method":"a"}])");
    QCOMPARE(m_answer, R"([{"id":)" + id + R"(,"jsonrpc":"2.0","result":true}])");
    answerTo(R"({"id": )" + id + R"(,"jsonrpc":"2.0","method":"b"})");
    QVERIFY2(m_answer.startsWith(R"({"id":)" + id + R"(,"jsonrpc":"2.0",)"), m_answer.constData());
}

void tst_JsonRpcNumbers::idIsRefused_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("object") << "{}"_ba;
    QTest::newRow("array") << "[]"_ba;
    QTest::newRow("true") << "true"_ba;
    QTest::newRow("false") << "false"_ba;
    QTest::newRow("twice") << R"(1,"id":1)"_ba;
    QTest::newRow("twice, once in another spelling") << R"(1,"\u0069d":2)"_ba;
    QTest::newRow("too long a text") << '"' + QByteArray(1023, 'x') + '"';
    QTest::newRow("too long a number") << QByteArray(1025, '1');
}

void tst_JsonRpcNumbers::idIsRefused()
{
    QFETCH(QByteArray, id);
    open();
    JsonRpc server(m_peer);
    bool wasCalled = false;
    server.setMethod(u"a"_s, [&](const QJsonValue &) { return wasCalled = true; });
    const QJsonObject answer = answerTo(R"({"jsonrpc":"2.0","method":"a","id":)" + id + '}');
    QCOMPARE(answer[u"error"_s][u"code"_s], RpcError::InvalidRequest);
    QVERIFY(answer[u"id"_s].isNull());
    QVERIFY(!wasCalled);
}

void tst_JsonRpcNumbers::textIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray good = R"({"jsonrpc":"2.0","method":"a","id":1})";
    QTest::newRow("byte-order mark") << "\xef\xbb\xbf" + good;
    QTest::newRow("UTF-16") << QByteArray(reinterpret_cast<const char *>(u"{}"), 4);
    QTest::newRow("something behind it") << good + 'x';
    QTest::newRow("NUL behind it") << good + '\0';
    QTest::newRow("ill-formed UTF-8")
            << R"({"jsonrpc":"2.0","method":"a","id":1,"x":")"_ba + "\xff\"}";
    QTest::newRow("half a surrogate pair")
            << R"({"jsonrpc":"2.0","method":"a","id":1,"x":"\ud800"})"_ba;
    QTest::newRow("comment") << good + "//";
    QTest::newRow("comma too many") << R"({"jsonrpc":"2.0","method":"a","id":1,})"_ba;
    QTest::newRow("number with a zero before it") << R"({"jsonrpc":"2.0","method":"a","id":01})"_ba;
    QTest::newRow("no number") << R"({"jsonrpc":"2.0","method":"a","id":NaN})"_ba;
}

void tst_JsonRpcNumbers::textIsRefused()
{
    QFETCH(QByteArray, text);
    open();
    JsonRpc server(m_peer);
    bool wasCalled = false;
    server.setMethod(u"a"_s, [&](const QJsonValue &) { return wasCalled = true; });
    const QJsonObject answer = answerTo(text);
    QCOMPARE(answer[u"error"_s][u"code"_s], RpcError::ParseError);
    QVERIFY(answer[u"id"_s].isNull());
    QVERIFY(!wasCalled);
}

void tst_JsonRpcNumbers::parametersAreKept_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QJsonValue>("value");
    const auto add = [](const char *token, const QJsonValue &value) {
        QTest::newRow(token) << QByteArray(token) << value;
    };
    // This is what QJsonValue of Qt 6 does: integers of 64 bits, and else a double.
    add("9007199254740993", qint64(9007199254740993));
    add("9223372036854775807", std::numeric_limits<qint64>::max());
    add("-9223372036854775808", std::numeric_limits<qint64>::min());
    add("9223372036854775808", 9223372036854775808.0); // 2^63 is a double's value, as 2^64 is.
    add("18446744073709551616", 18446744073709551616.0);
    add("18446744073709552000", 18446744073709551616.0); // The way in which Qt, too, writes it.
    add("-18446744073709552000", -18446744073709551616.0);
    add("0.1", 0.1);
    add("1.0", 1);
    add("1e2", 100);
    add("1e308", 1e308);
    add("5e-324", 5e-324);
    add("0e400", 0);
}

void tst_JsonRpcNumbers::parametersAreKept()
{
    QFETCH(QByteArray, token);
    QFETCH(QJsonValue, value);
    open();
    JsonRpc server(m_peer);
    QJsonValue received;
    server.setMethod(u"a"_s, [&](const QJsonValue &params) {
        received = params[0];
        return true;
    });
    answerTo(R"({"jsonrpc":"2.0","method":"a","id":1,"params":[)" + token + "]}");
    QCOMPARE(received, value);
}

void tst_JsonRpcNumbers::parametersAreRefused_data()
{
    QTest::addColumn<QByteArray>("params");
    for (const char *params :
         {"[9223372036854775809]", "[18446744073709551615]", "[-9223372036854775809]",
          "[123456789012345678901234567890]", "[[{\"x\":[1e400]}]]", "[-1e400]", "[1e-400]",
          R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"([[{"b":{},"a":1,"b":{}}]])"})
        QTest::newRow(params) << QByteArray(params);
}

void tst_JsonRpcNumbers::parametersAreRefused()
{
    QFETCH(QByteArray, params);
    open();
    JsonRpc server(m_peer);
    bool wasCalled = false;
    server.setMethod(u"a"_s, [&](const QJsonValue &) { return wasCalled = true; });
    const QJsonObject answer
            = answerTo(R"({"jsonrpc":"2.0","method":"a","id":7,"params":)" + params + '}');
    QCOMPARE(answer[u"error"_s][u"code"_s], RpcError::InvalidParams);
    QCOMPARE(answer[u"id"_s], 7);
    QVERIFY(!wasCalled);
}

void tst_JsonRpcNumbers::refusedNotificationIsNotAnswered()
{
    open();
    JsonRpc server(m_peer);
    QSignalSpy received(&server, &JsonRpc::notificationReceived);
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    answerTo(R"({"jsonrpc":"2.0","method":"a","params":[18446744073709551615]})", false);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 2, Patience);
    QCOMPARE(received.size(), 0);
}

void tst_JsonRpcNumbers::numbersGoThereAndBack_data()
{
    QTest::addColumn<QJsonValue>("value");
    const auto add
            = [](const char *name, const QJsonValue &value) { QTest::newRow(name) << value; };
    add("largest integer", std::numeric_limits<qint64>::max());
    add("smallest integer", std::numeric_limits<qint64>::min());
    add("odd integer above 2^53", qint64(9007199254740993));
    add("2^63", 9223372036854775808.0);
    add("2^64", 18446744073709551616.0);
    add("largest double", std::numeric_limits<double>::max());
    add("smallest double", std::numeric_limits<double>::denorm_min());
    add("fraction", 0.1);
    add("1e21", 1e21);
    add("1e22", 1e22);
}

void tst_JsonRpcNumbers::numbersGoThereAndBack()
{
    QFETCH(QJsonValue, value);
    open();
    JsonRpc client(m_client.get());
    JsonRpc server(m_peer);
    server.setMethod(u"same"_s, [](const QJsonValue &params) { return params[0]; });
    const QFuture<RpcResult> result = client.call(u"same"_s, QJsonArray{value});
    QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
    QVERIFY2(!result.result().error, qPrintable(result.result().error.message()));
    QCOMPARE(result.result().value, value);
}

void tst_JsonRpcNumbers::callThatJsonCantSayIsNotSent_data()
{
    QTest::addColumn<QJsonValue>("params");
    const auto add
            = [](const char *name, const QJsonValue &params) { QTest::newRow(name) << params; };
    add("no number", QJsonArray{qQNaN()});
    add("infinite", QJsonObject{{u"a"_s, QJsonArray{1, qInf()}}});
    add("half a surrogate pair", QJsonArray{QString(QChar(0xd800))});
    add("half a surrogate pair as a name", QJsonObject{{QString(QChar(0xdc00)), 1}});
}

void tst_JsonRpcNumbers::callThatJsonCantSayIsNotSent()
{
    QFETCH(QJsonValue, params);
    open();
    JsonRpc client(m_client.get());
    Diary server(m_peer);
    const QFuture<RpcResult> result = client.call(u"a"_s, params);
    QVERIFY(result.isFinished());
    QCOMPARE(result.result().error.code(), ErrorCode::InvalidArgument);
    QCOMPARE(client.notify(u"a"_s, params).code(), ErrorCode::InvalidArgument);
    RpcBatch batch;
    const QFuture<RpcResult> good = batch.call(u"a"_s);
    batch.notify(u"a"_s, params);
    QCOMPARE(client.send(std::move(batch)).code(), ErrorCode::InvalidArgument);
    QCOMPARE(good.result().error.code(), ErrorCode::InvalidArgument);
    QVERIFY(!client.notify(u"end"_s, QJsonArray{QJsonValue::Null, u"\\ud800"_s}));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
}

void tst_JsonRpcNumbers::resultThatJsonCantSayIsAnError()
{
    open();
    JsonRpc server(m_peer);
    QSignalSpy refused(&server, &JsonRpc::messageRefused);
    server.setMethod(u"number"_s, [](const QJsonValue &) { return qQNaN(); });
    server.setMethod(u"error"_s, [](const QJsonValue &) {
        return RpcError(5, u"x"_s, QJsonArray{QString(QChar(0xd800))});
    });
    for (const char *method : {"number", "error"}) {
        const QJsonObject answer
                = answerTo(R"({"jsonrpc":"2.0","id":7,"method":")"_ba + method + "\"}");
        QCOMPARE(answer[u"error"_s][u"code"_s], RpcError::InternalError);
        QCOMPARE(answer[u"id"_s], 7);
    }
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 4, Patience); // Each with a {} behind it.
}

void tst_JsonRpcNumbers::answerMayWriteItsIdAsAFraction()
{
    open();
    JsonRpc client(m_client.get());
    const QFuture<RpcResult> result = client.call(u"a"_s, QJsonArray(), 1h);
    QVERIFY(!m_peer->send(Channel::Command, R"({"jsonrpc":"2.0","id":1.0,"result":1})"));
    QTRY_VERIFY_WITH_TIMEOUT(result.isFinished(), Patience);
    QCOMPARE(result.result().value, 1);
}

QTEST_GUILESS_MAIN(tst_JsonRpcNumbers)
#include "tst_jsonrpc_numbers.moc"
