// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/quotedexcerpt_p.h"
#include "session/strictjson_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;

namespace {
constexpr qsizetype MaxDepth = 128;

QByteArray nested(char opening, qsizetype depth, char closing)
{
    return QByteArray(depth, opening) + QByteArray(depth, closing);
}
} // namespace

class tst_StrictJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valueHasToFollowTheGrammar_data();
    void valueHasToFollowTheGrammar();
    void contentOnlyMattersWhenChecked_data();
    void contentOnlyMattersWhenChecked();
    void depthIsLimitedWhenChecked();
    void depthIsNotLimitedWhenSkipped_data();
    void depthIsNotLimitedWhenSkipped();

    void stringIsDecoded_data();
    void stringIsDecoded();
    void integerIsDigitsWithinItsLimit_data();
    void integerIsDigitsWithinItsLimit();

    void knownMembersAreReadInAnyOrder();
    void textHasToBeOneObject_data();
    void textHasToBeOneObject();
    void memberNames_data();
    void memberNames();

    void firstErrorStaysAndStopsEverything();
    void errorTellsThePlaceAndNothingOfTheText();

    void writtenStringIsReadBack_data();
    void writtenStringIsReadBack();

    void excerptIsShortPrintableAndQuoted_data();
    void excerptIsShortPrintableAndQuoted();
};

void tst_StrictJson::valueHasToFollowTheGrammar_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    const auto accept = [](const char *json) { QTest::newRow(json) << QByteArray(json) << true; };
    const auto refuse = [](const char *json) { QTest::newRow(json) << QByteArray(json) << false; };

    for (const char *json : {"true", "false", "null", " true ", "\t\r\n null \t\r\n"})
        accept(json);
    for (const char *json :
         {"True", "tru", "truex", "nul", "nullx", "undefined", "NaN", "Infinity"})
        refuse(json);

    for (const char *json : {"0", "-0", "12", "-12", "0.5", "-0.50", "1e5", "1E+5", "1.5e-05"})
        accept(json);
    for (const char *json : {"01", "-01", "+1", "-", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "1 2",
                             "-Infinity", "1_0"})
        refuse(json);

    for (const char *json :
         {R"("")", R"("text")", R"("\"\\\/\b\f\n\r\t")", R"("\u00e9\uABCD")", "\"\x7f\""})
        accept(json);
    for (const char *json : {R"("open)", R"("open\")", R"('a')", R"("\x41")", R"("\u12")",
                             R"("\u12)", R"("\u")", R"("\)", R"("\uzzzz")", R"("\u+123")",
                             R"("\u 123")", R"("\u0x12")", "\"\n\"", "\"\t\"", "\"\x1f\""})
        refuse(json);

    for (const char *json : {"[]", "[ ]", "[1]", "[1,2]", " [ 1 , [ 2 ] ] ", "[[],{},[{}],\"\"]"})
        accept(json);
    for (const char *json : {"[", "]", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1,,2]", "[1 2]", "[}",
                             "[1}", "[[1]", "[]]"})
        refuse(json);

    for (const char *json : {"{}", "{ }", R"({"a":1})", R"( { "a" : 1 , "b" : { } } )",
                             R"({"a":1,"a":1})", R"({"":1})"})
        accept(json);
    for (const char *json :
         {"{", "}", R"({"a")", R"({"a"})", R"({"a":})", R"({"a":1)", R"({"a":1,)", R"({"a":1,})",
          R"({,"a":1})", R"({"a" 1})", R"({"a":1 "b":2})", R"({a:1})", R"({1:1})", R"({'a':1})",
          "{]", R"({"a":1])"})
        refuse(json);

    for (const char *json : {"", " ", "/**/1", "1//", "1#",
                             "\x0b"
                             "1",
                             "\xa0"
                             "1",
                             "1\f",
                             "\xef\xbb\xbf"
                             "1"})
        refuse(json);
    QTest::newRow("NUL in a string") << QByteArray("\"\0\"", 3) << false;
    QTest::newRow("NUL after the value") << QByteArray("1\0", 2) << false;
}

void tst_StrictJson::valueHasToFollowTheGrammar()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    StrictJsonReader skipping(json);
    skipping.skipValue();
    QCOMPARE(skipping.readEnd(), accepted);

    StrictJsonReader checking(json);
    checking.checkValue(MaxDepth);
    QCOMPARE(checking.readEnd(), accepted);
}

void tst_StrictJson::contentOnlyMattersWhenChecked_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    const auto sound
            = [](const char *name, const QByteArray &json) { QTest::newRow(name) << json << true; };
    const auto unsound = [](const char *name, const QByteArray &json) {
        QTest::newRow(name) << json << false;
    };

    sound("two bytes", "\"\xc3\xa9\"");
    sound("four bytes", "\"\xf0\x9f\x98\x80\"");
    sound("byte-order mark in a string", "\"\xef\xbb\xbf\"");
    sound("noncharacter", "\"\xef\xbf\xbe\"");
    unsound("no UTF-8 at all", "\"\xff\"");
    unsound("continuation alone", "\"\x80\"");
    unsound("cut short", "\"\xc3\"");
    unsound("cut short before an escape", "\"\xc3\\u0080\"");
    unsound("overlong", "\"\xc0\x80\"");
    unsound("surrogate", "\"\xed\xa0\x80\"");
    unsound("beyond Unicode", "\"\xf4\x90\x80\x80\"");
    unsound("five bytes", "\"\xf8\x88\x80\x80\x80\"");

    sound("surrogate pair", R"("\ud83d\uDE00")");
    unsound("high surrogate at the end", R"("\ud83d")");
    unsound("high surrogate and a letter", R"("\ud83dx")");
    unsound("high surrogate and a short escape", R"("\ud83d\n")");
    unsound("high surrogate and another letter's escape", R"("\ud83d\u0041")");
    unsound("two high surrogates", R"("\ud83d\ud83d")");
    unsound("low surrogate alone", R"("\ude00")");
    unsound("pair the wrong way round", R"("\ude00\ud83d")");

    sound("largest double", "1.7976931348623157e308");
    sound("too small for a double", "1e-400");
    sound("zero with a huge exponent", "0e999999999999");
    sound("many digits, too small for a double", "0." + QByteArray(400, '0') + "1");
    sound("many digits", "0." + QByteArray(5000, '1'));
    unsound("just too large", "1.7976931348623159e308");
    unsound("too large", "1e400");
    unsound("too large and negative", "-1e400");
    unsound("too many digits", QByteArray(400, '1'));
    unsound("exponent out of any range", "1e99999999999999999999");

    unsound("inside an array", "[1,[\"\xff\"]]");
    unsound("inside an object", R"({"a":{"b":1e400}})");
    unsound("in a member's name", "{\"\xff\":1}");
    unsound("half a pair in a member's name", R"([{"\ud83d":1}])");
}

void tst_StrictJson::contentOnlyMattersWhenChecked()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    StrictJsonReader skipping(json);
    skipping.skipValue();
    QVERIFY2(skipping.readEnd(), qPrintable(skipping.errorString()));

    StrictJsonReader checking(json);
    checking.checkValue(MaxDepth);
    QCOMPARE(checking.readEnd(), accepted);
}

void tst_StrictJson::depthIsLimitedWhenChecked()
{
    const auto isAccepted = [](const QByteArray &json, qsizetype maxDepth) {
        StrictJsonReader reader(json);
        reader.checkValue(maxDepth);
        return reader.readEnd();
    };
    QVERIFY(isAccepted("1", 0));
    QVERIFY(!isAccepted("[]", 0));
    QVERIFY(isAccepted(nested('[', 128, ']'), 128));
    QVERIFY(!isAccepted(nested('[', 129, ']'), 128));
    QVERIFY(isAccepted(R"({"a":[{}]})", 3));
    QVERIFY(!isAccepted(R"({"a":[{}]})", 2));
    // Width is no depth.
    QVERIFY(isAccepted("[[],[],[],{}]", 2));
}

void tst_StrictJson::depthIsNotLimitedWhenSkipped_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    constexpr qsizetype million = 1'000'000;
    QTest::newRow("500 arrays") << nested('[', 500, ']') << true;
    QTest::newRow("one bracket missing") << nested('[', 500, ']').chopped(1) << false;
    QTest::newRow("one bracket too many") << nested('[', 500, ']') + ']' << false;
    QTest::newRow("objects") << QByteArray("{\"a\":").repeated(500) + '1' + QByteArray(500, '}')
                             << true;
    QTest::newRow("mixed") << QByteArray("[{\"a\":").repeated(500) + '1'
                                      + QByteArray("}]").repeated(500)
                           << true;
    QTest::newRow("mixed up") << QByteArray("[{\"a\":").repeated(500) + '1'
                                         + QByteArray("]}").repeated(500)
                              << false;
    QTest::newRow("a million") << nested('[', million, ']') << true;
    QTest::newRow("a million, all open") << QByteArray(million, '[') << false;
}

void tst_StrictJson::depthIsNotLimitedWhenSkipped()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    StrictJsonReader reader(json);
    reader.skipValue();
    QCOMPARE(reader.readEnd(), accepted);
}

void tst_StrictJson::stringIsDecoded_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("decoded");

    QTest::newRow("empty") << QByteArray(R"("")") << QByteArray("");
    QTest::newRow("plain") << QByteArray(R"( "plain" )") << QByteArray("plain");
    QTest::newRow("short escapes")
            << QByteArray(R"("\"\\\/\b\f\n\r\t")") << QByteArray("\"\\/\b\f\n\r\t");
    QTest::newRow("NUL") << QByteArray(R"("a\u0000b")") << QByteArray("a\0b", 3);
    QTest::newRow("one byte") << QByteArray(R"("\u0041\u007f")") << QByteArray("A\x7f");
    QTest::newRow("two bytes") << QByteArray(R"("\u00e9\u07FF")") << QByteArray("\xc3\xa9\xdf\xbf");
    QTest::newRow("three bytes") << QByteArray(R"("\u0800\uffff")")
                                 << QByteArray("\xe0\xa0\x80\xef\xbf\xbf");
    QTest::newRow("four bytes") << QByteArray(R"("x\ud83d\ude00y")")
                                << QByteArray("x\xf0\x9f\x98\x80y");
    QTest::newRow("raw and escaped")
            << QByteArray("\"\xc3\xa9\\u00e9\"") << QByteArray("\xc3\xa9\xc3\xa9");
}

void tst_StrictJson::stringIsDecoded()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, decoded);

    StrictJsonReader reader(json);
    QByteArray text = "what was there before";
    QVERIFY2(reader.readString(&text), qPrintable(reader.errorString()));
    QVERIFY(reader.readEnd());
    QCOMPARE(text, decoded);
}

void tst_StrictJson::integerIsDigitsWithinItsLimit_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<quint16>("max");
    QTest::addColumn<int>("expected"); // -1 for refused

    const auto row = [](const char *json, quint16 max, int expected) {
        QTest::addRow("%s up to %d", json, max) << QByteArray(json) << max << expected;
    };
    row("0", 65535, 0);
    row("65535", 65535, 65535);
    row("255", 255, 255);
    row(" 7 ", 65535, 7);
    row("256", 255, -1);
    row("65536", 65535, -1);
    row("99999999999999999999", 65535, -1);
    for (const char *json : {"-0", "-1", "1.0", "1e0", "1E2", "0.0", "01", "+1", "\"1\"", "true",
                             "null", "[1]", "{}", ""})
        row(json, 65535, -1);
}

void tst_StrictJson::integerIsDigitsWithinItsLimit()
{
    QFETCH(QByteArray, json);
    QFETCH(quint16, max);
    QFETCH(int, expected);

    StrictJsonReader reader(json);
    quint16 value = 4711;
    const bool accepted = reader.readInteger(max, &value) && reader.readEnd();
    QCOMPARE(accepted, expected >= 0);
    if (accepted)
        QCOMPARE(value, quint16(expected));
}

void tst_StrictJson::knownMembersAreReadInAnyOrder()
{
    const QByteArray json = R"({"x":[1e400],"second":2,"x":"\ud800","first":"one"})";
    StrictJsonReader reader(json);
    QByteArray first;
    quint16 second = 0;
    StrictJsonReader::Member members[] = {
            {"first", true, [&] { reader.readString(&first); }},
            {"second", true, [&] { reader.readInteger(9, &second); }},
            {"third", false, [&] { reader.skipValue(); }},
    };
    QVERIFY2(reader.readObject(members), qPrintable(reader.errorString()));
    QVERIFY(reader.readEnd());
    QCOMPARE(first, "one");
    QCOMPARE(second, 2);
    QVERIFY(!members[2].wasSeen);
}

void tst_StrictJson::textHasToBeOneObject_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("object") << QByteArray("{}") << true;
    QTest::newRow("white space around it") << QByteArray(" \t\r\n{} \t\r\n") << true;
    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("white space") << QByteArray(" ") << false;
    QTest::newRow("array") << QByteArray("[]") << false;
    QTest::newRow("null") << QByteArray("null") << false;
    QTest::newRow("string") << QByteArray("\"{}\"") << false;
    QTest::newRow("two objects") << QByteArray("{}{}") << false;
    QTest::newRow("text after it") << QByteArray("{}x") << false;
    QTest::newRow("comma after it") << QByteArray("{},") << false;
    QTest::newRow("NUL after it") << QByteArray("{}\0", 3) << false;
    QTest::newRow("no-break space after it") << QByteArray("{}\xa0") << false;
    QTest::newRow("byte-order mark") << QByteArray("\xef\xbb\xbf{}") << false;
    QTest::newRow("UTF-16") << QByteArray("{\0}\0", 4) << false;
    QTest::newRow("comment") << QByteArray("/**/{}") << false;
}

void tst_StrictJson::textHasToBeOneObject()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    StrictJsonReader reader(json);
    reader.readObject({});
    QCOMPARE(reader.readEnd(), accepted);
}

void tst_StrictJson::memberNames_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    // "a" is known and required.
    QTest::newRow("as it is") << QByteArray(R"({"a":1})") << true;
    QTest::newRow("with an escape") << QByteArray(R"({"\u0061":1})") << true;
    QTest::newRow("other case") << QByteArray(R"({"A":1})") << false;
    QTest::newRow("missing") << QByteArray(R"({"b":1})") << false;
    QTest::newRow("only a prefix") << QByteArray(R"({"a\u0000":1})") << false;
    QTest::newRow("only in depth") << QByteArray(R"({"b":{"a":1}})") << false;
    QTest::newRow("also in depth") << QByteArray(R"({"b":{"a":2},"a":1})") << true;
    QTest::newRow("repeated") << QByteArray(R"({"a":1,"a":1})") << false;
    QTest::newRow("repeated with an escape") << QByteArray(R"({"a":1,"\u0061":1})") << false;
    QTest::newRow("unknown repeated") << QByteArray(R"({"b":1,"a":1,"b":1})") << true;
    QTest::newRow("unknown empty") << QByteArray(R"({"":1,"a":1})") << true;
    QTest::newRow("unknown ill-formed") << QByteArray("{\"\xff\":1,\"a\":1}") << false;
    QTest::newRow("unknown half a pair") << QByteArray(R"({"\ud800":1,"a":1})") << false;
    QTest::newRow("unknown ill-formed in depth")
            << QByteArray("{\"b\":{\"\xff\":1},\"a\":1}") << true;
}

void tst_StrictJson::memberNames()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    StrictJsonReader reader(json);
    quint16 value = 0;
    StrictJsonReader::Member members[] = {
            {"a", true, [&] { reader.readInteger(9, &value); }},
    };
    QCOMPARE(reader.readObject(members) && reader.readEnd(), accepted);
    if (accepted)
        QCOMPARE(value, 1);
}

void tst_StrictJson::firstErrorStaysAndStopsEverything()
{
    StrictJsonReader reader("[tru,1,{\"a\":\"b\"}]");
    QVERIFY(reader.enterArray());
    QVERIFY(reader.nextElement());
    reader.skipValue();
    QVERIFY(reader.hasError());
    const QString first = reader.errorString();

    QByteArray text;
    quint16 number = 0;
    QVERIFY(!reader.fail(QStringLiteral("something else")));
    QVERIFY(!reader.nextElement());
    QVERIFY(!reader.nextMember(&text));
    QVERIFY(!reader.enterArray());
    QVERIFY(!reader.nextElement());
    QVERIFY(!reader.enterObject());
    QVERIFY(!reader.nextMember(&text));
    QVERIFY(!reader.readString(&text));
    QVERIFY(!reader.readInteger(9, &number));
    reader.skipValue();
    reader.checkValue(1);
    QVERIFY(!reader.readObject({}));
    QVERIFY(!reader.readEnd());
    QCOMPARE(reader.next(), StrictJsonReader::Next::Nothing);
    QCOMPARE(reader.errorString(), first);
}

void tst_StrictJson::errorTellsThePlaceAndNothingOfTheText()
{
    const QByteArray json = R"({"a": "secret" "secret"})";
    StrictJsonReader reader(json);
    StrictJsonReader::Member members[] = {{"a", true, [&] { reader.skipValue(); }}};
    QVERIFY(!reader.readObject(members));
    QCOMPARE(reader.errorString(), QStringLiteral("expected ',' or '}' at byte 15"));

    StrictJsonReader wrongType(json);
    quint16 value = 0;
    StrictJsonReader::Member number[] = {{"a", true, [&] { wrongType.readInteger(9, &value); }}};
    QVERIFY(!wrongType.readObject(number));
    QCOMPARE(wrongType.errorString(),
             QStringLiteral("in member \"a\": expected an integer from 0 to 9 at byte 6"));
}

void tst_StrictJson::writtenStringIsReadBack_data()
{
    QTest::addColumn<QByteArray>("utf8");
    QTest::addColumn<QByteArray>("json");

    QTest::newRow("empty") << QByteArray() << QByteArray(R"("")");
    QTest::newRow("plain") << QByteArray("peer-1") << QByteArray(R"("peer-1")");
    QTest::newRow("slash as it is") << QByteArray("a/b") << QByteArray(R"("a/b")");
    QTest::newRow("short escapes")
            << QByteArray("\"\\\b\f\n\r\t") << QByteArray(R"("\"\\\b\f\n\r\t")");
    QTest::newRow("other control characters")
            << QByteArray("\0\x01\x1f\x7f", 4) << QByteArray("\"\\u0000\\u0001\\u001f\x7f\"");
    QTest::newRow("not ASCII as it is")
            << QByteArray("\xc3\xa9\xf0\x9f\x98\x80") << QByteArray("\"\xc3\xa9\xf0\x9f\x98\x80\"");
}

void tst_StrictJson::writtenStringIsReadBack()
{
    QFETCH(QByteArray, utf8);
    QFETCH(QByteArray, json);

    QByteArray written;
    appendJsonString(&written, utf8);
    QCOMPARE(written, json);

    StrictJsonReader reader(written);
    QByteArray text;
    QVERIFY(reader.readString(&text));
    QVERIFY(reader.readEnd());
    QCOMPARE(text, utf8);
}

void tst_StrictJson::excerptIsShortPrintableAndQuoted_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("excerpt");

    QTest::newRow("empty") << QString() << QStringLiteral("\"\"");
    QTest::newRow("plain") << QStringLiteral("ping me") << QStringLiteral("\"ping me\"");
    QTest::newRow("quote") << QStringLiteral("a\"b\\") << QStringLiteral("\"a\\u0022b\\u005c\"");
    QTest::newRow("line break") << QStringLiteral("a\r\nb")
                                << QStringLiteral("\"a\\u000d\\u000ab\"");
    QTest::newRow("terminal escape")
            << QStringLiteral("\x1b[0m") << QStringLiteral("\"\\u001b[0m\"");
    QTest::newRow("right to left") << QString(QChar(0x202e)) << QStringLiteral("\"\\u202e\"");
    QTest::newRow("64 characters")
            << QString(64, u'x') << QStringLiteral("\"%1\"").arg(QString(64, u'x'));
    QTest::newRow("65 characters")
            << QString(65, u'x') << QStringLiteral("\"%1\"...").arg(QString(64, u'x'));
}

void tst_StrictJson::excerptIsShortPrintableAndQuoted()
{
    QFETCH(QString, text);
    QFETCH(QString, excerpt);
    QCOMPARE(quotedExcerpt(text), excerpt);
    QCOMPARE(quotedExcerpt(text.toUtf8()), excerpt);
}

QTEST_APPLESS_MAIN(tst_StrictJson)
#include "tst_strictjson.moc"
