// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/decimal_p.h"
#include "schema/json/document_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims::JsonSchema;

class tst_Document : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonIsAccepted_data();
    void jsonIsAccepted();
    void everythingElseIsRefused_data();
    void everythingElseIsRefused();
    void escapesAreResolved();
    void lastOfRepeatedMembersCounts();
    void everyMemberOfALargeObjectIsFound();
    void numbersAreComparedExactly_data();
    void numbersAreComparedExactly();
    void oneDocumentParsesOneTextAfterTheOther();
};

void tst_Document::jsonIsAccepted_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArrayList texts = {
            "null",
            " true ",
            "\t[\r\n]",
            "{}",
            "[[],{}]",
            "0",
            "-0",
            "-1.5e+10",
            "1E400",
            "0e0",
            "1e-999999999",
            "123456789012345678901234567890",
            "\"\"",
            "\"\\u0000\"",
            "\"\xc3\xbc\xf0\x9f\x98\x80\"",
            "\"\\ud83d\\ude00\"",
            R"({"a":{"b":[1,{"c":null}]}})",
            QByteArray(256, '[') + QByteArray(256, ']'),
    };
    for (const QByteArray &text : texts)
        QTest::newRow(text.left(40).constData()) << text;
}

void tst_Document::jsonIsAccepted()
{
    QFETCH(const QByteArray, text);
    Document document;
    QVERIFY2(document.parse(text), qPrintable(document.errorString()));
}

void tst_Document::everythingElseIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");

    const QByteArrayList texts = {
            "",
            " ",
            "nul",
            "nulll",
            "True",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{1:2}",
            R"({"a"})",
            R"({"a":})",
            R"({"a":1,})",
            R"({"a":1 "b":2})",
            R"({,})",
            "{}{}",
            "01",
            "-",
            "+1",
            "1.",
            ".1",
            "1e",
            "1e+",
            "0x10",
            "NaN",
            "1e1000000000",
            "\"",
            "\"\\\"",
            "\"\n\"",
            "\"\x01\"",
            R"("\x")",
            R"("\u12")",
            R"("\u12g4")",
            R"("\ud800")",
            R"("\udc00")",
            R"("\ud800\u0041")",
            "'a'",
            "/**/1",
            "\xef\xbb\xbf"
            "1",
            "\"\xc3\"",
            "\"\xed\xa0\x80\"",
            "\"\xc0\x80\"",
            QByteArray("{}\0", 3),
            QByteArray("{}\0{", 4),
            QByteArray(1, char(0)),
            QByteArray("\"\0\"", 3),
            QByteArray(257, '[') + QByteArray(257, ']'),
            QByteArray(10000, '['),
    };
    int number = 0;
    for (const QByteArray &text : texts)
        QTest::addRow("%d %s", number++, text.left(40).toPercentEncoding().constData()) << text;
}

void tst_Document::everythingElseIsRefused()
{
    QFETCH(const QByteArray, text);
    Document document;
    QVERIFY(!document.parse(text));
    QVERIFY(document.errorString().contains(QLatin1String(" at byte ")));
}

void tst_Document::escapesAreResolved()
{
    Document document;
    const QByteArray text = R"("\"\\\/\b\f\n\r\t\u00fc\u20ac\ud83d\ude00 end")";
    QVERIFY(document.parse(text));
    const std::string_view expected = "\"\\/\b\f\n\r\tü€😀 end";
    QVERIFY(document.root().text() == expected);
}

void tst_Document::lastOfRepeatedMembersCounts()
{
    Document document;
    const QByteArray text = R"({"a":1,"b":2,"\u0061":3})";
    QVERIFY(document.parse(text));
    QCOMPARE(document.root().members().size(), 2U);
    QCOMPARE(document.root().find("a")->integer(), 3);
}

void tst_Document::everyMemberOfALargeObjectIsFound()
{
    constexpr int count = 1000;
    QByteArray text = "{\"repeated\":-1";
    for (int i = 0; i < count; ++i)
        text += ",\"name" + QByteArray::number(i) + "\":" + QByteArray::number(i);
    text += ",\"repeated\":-2}";
    Document document;
    QVERIFY(document.parse(text));
    const Value &root = document.root();
    QCOMPARE(root.members().size(), std::size_t(count + 1));
    QCOMPARE(root.find("repeated")->integer(), -2);
    for (int i = 0; i < count; ++i)
        QCOMPARE(root.find("name" + std::to_string(i))->integer(), i);
    QVERIFY(!root.find("name"));
    QVERIFY(!root.find("name1000"));
}

void tst_Document::numbersAreComparedExactly_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<int>("order");
    QTest::newRow("integers") << QByteArray("1") << QByteArray("2") << -1;
    QTest::newRow("fraction") << QByteArray("1.0") << QByteArray("1") << 0;
    QTest::newRow("exponent") << QByteArray("12e-1") << QByteArray("1.20") << 0;
    QTest::newRow("beyond double")
            << QByteArray("9007199254740993") << QByteArray("9007199254740992.0") << 1;
    QTest::newRow("long") << QByteArray("123456789012345678901")
                          << QByteArray("123456789012345678902") << -1;
    QTest::newRow("huge") << QByteArray("1e400") << QByteArray("1e399") << 1;
    QTest::newRow("tiny") << QByteArray("1e-400") << QByteArray("0") << 1;
    QTest::newRow("signs") << QByteArray("-1e400") << QByteArray("1") << -1;
    QTest::newRow("negative") << QByteArray("-1.5") << QByteArray("-1.25") << -1;
    QTest::newRow("zeros") << QByteArray("-0.0e5") << QByteArray("0") << 0;
    QTest::newRow("digits left") << QByteArray("1.00000000000000000001") << QByteArray("1") << 1;
}

void tst_Document::numbersAreComparedExactly()
{
    QFETCH(const QByteArray, left);
    QFETCH(const QByteArray, right);
    QFETCH(const int, order);
    Document first;
    Document second;
    QVERIFY(first.parse(left) && second.parse(right));
    QCOMPARE(compare(first.root(), second.root()), order);
    QCOMPARE(compare(second.root(), first.root()), -order);
    qsizetype work = 0;
    QCOMPARE(first.root().equals(second.root(), &work), order == 0);
    QVERIFY(work > 0);
    if (order == 0)
        QCOMPARE(first.root().hash(&work), second.root().hash(&work));
}

void tst_Document::oneDocumentParsesOneTextAfterTheOther()
{
    Document document;
    QByteArray large = "[";
    for (int i = 0; i < 100000; ++i)
        large += "{\"a\":[1,2,3]},";
    large += "null]";
    const QByteArray small = R"(["a\n"])";
    for (int i = 0; i < 3; ++i) {
        QVERIFY(document.parse(large));
        QCOMPARE(document.root().elements().size(), 100001U);
        QVERIFY(!document.parse("[1,"));
        QVERIFY(document.parse(small));
        QVERIFY(document.root().elements()[0].text() == "a\n");
    }
}

QTEST_GUILESS_MAIN(tst_Document)

#include "tst_document.moc"
