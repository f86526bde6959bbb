// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/requestfailure_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;

/// The text that says that a request won't be answered.
class tst_RequestFailure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas();
    void isReadStrictly_data();
    void isReadStrictly();
};

void tst_RequestFailure::comesBackAsItWas()
{
    const auto failure
            = RequestFailure::fromJson(RequestFailure{Q_UINT64_C(1) << 60, "\"ä\"\n"}.toJson());
    QVERIFY(failure);
    QCOMPARE(failure->request, Q_UINT64_C(1) << 60);
    QCOMPARE(failure->text, "\"ä\"\n");
}

void tst_RequestFailure::isReadStrictly_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isOne");
    const auto row = [](const char *name, const QByteArray &json, bool isOne = false) {
        QTest::newRow(name) << json << isOne;
    };
    row("as it is written", R"({"error":"x","request":1})", true);
    row("in another order, with more", R"( {"request":1,"more":[{}],"error":"x"} )", true);
    row("a name twice", R"({"error":"x","request":1,"request":2})");
    row("a fraction", R"({"error":"x","request":1.0})");
    row("an exponent", R"({"error":"x","request":1e0})");
    row("a text for a number", R"({"error":"x","request":"1"})");
    row("a number for a text", R"({"error":1,"request":1})");
    row("none of the requests", R"({"error":"x","request":0})");
    row("negative", R"({"error":"x","request":-1})");
    row("beyond 64 bits", R"({"error":"x","request":18446744073709551617})");
    row("without a number", R"({"error":"x"})");
    row("without a text", R"({"request":1})");
    row("something behind it", R"({"error":"x","request":1}1)");
    row("a byte-order mark", "\xEF\xBB\xBF{\"error\":\"x\",\"request\":1}");
    row("no UTF-8", "{\"error\":\"\xFF\",\"request\":1}");
    row("half a pair", R"({"error":"\ud800","request":1})");
    row("an array", "[1]");
    row("nothing", "");
}

void tst_RequestFailure::isReadStrictly()
{
    QFETCH(const QByteArray, json);
    QFETCH(const bool, isOne);
    QCOMPARE(RequestFailure::fromJson(json).has_value(), isOne);
}

QTEST_GUILESS_MAIN(tst_RequestFailure)
#include "tst_requestfailure.moc"
