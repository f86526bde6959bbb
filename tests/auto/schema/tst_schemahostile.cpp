// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "judging.h"
#include "processortimer.h"

#include <QtCore/qthread.h>

using namespace IpcPrims;

/// Messages and schemas made to harm: each gets its verdict or a clear error, in a moment.
class tst_SchemaHostile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hostilePayload_data();
    void hostilePayload();
    void patternThatTakesTooLongIsGivenUp_data();
    void patternThatTakesTooLongIsGivenUp();
    void exponentialSchemaIsGivenUp();
    void longChainOfReferencesIsGivenUp();
    void reusedMemoryHoldsNothingBack();
    void deepestRecursionFitsASmallStack();
};

namespace {
constexpr int Million = 1 << 20;

// In milliseconds. An optimised build on a quiet machine takes an eighth.
constexpr double TimeLimit = 400 * Slowness;

constexpr int LargestPayload = 16 << 20;

QByteArray repeated(const QByteArray &element, int count)
{
    return '[' + (element + ',').repeated(count - 1) + element + ']';
}

QByteArray different(int count, const char *before, const char *after)
{
    QByteArray text;
    for (int i = 0; i < count; ++i)
        text += (i ? "," : "") + QByteArray(before) + QByteArray::number(i, 36) + after;
    return text;
}

// Whole numbers whose hashes end in 20 zeros for those who know an unseeded qHash(): it is undone.
QByteArray equalHashes(int count)
{
    constexpr quint64 factor = 0xd6e8feb86659fd93;
    quint64 inverse = factor; // modulo 2^64; each round doubles the number of bits that are right
    for (int round = 0; round < 5; ++round)
        inverse *= 2 - factor * inverse;
    QByteArray text;
    for (quint64 hash = 0; count > 0; hash += 1 << 20) {
        quint64 number = hash ^ (hash >> 32);
        number = inverse * number;
        number = inverse * (number ^ (number >> 32));
        number ^= number >> 32;
        if (number >= 1'000'000'000'000'000'000)
            continue;
        text += (text.isEmpty() ? "" : ",") + QByteArray::number(number);
        --count;
    }
    return text;
}
} // namespace

void tst_SchemaHostile::hostilePayload_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("isValid");
    const auto add = [](const char *name, const QByteArray &schema, const QByteArray &payload,
                        bool isValid) { QTest::newRow(name) << schema << payload << isValid; };
    add("catastrophic pattern", R"({"pattern":"^(a+)+$"})", '"' + QByteArray(100000, 'a') + "b\"",
        false);
    add("catastrophic name", R"({"patternProperties":{"^(a|aa)+$":{}}})",
        "{\"" + QByteArray(100000, 'a') + "b\":1}", false);
    add("many catastrophic texts", R"({"items":{"not":{"pattern":"^(a+)+$"}}})",
        repeated('"' + QByteArray(15, 'a') + "b\"", 30000), false);
    add("braces as a pattern", R"({"format":"regex"})", '"' + QByteArray(Million, '{') + "}\"",
        true);
    add("groups and references as a pattern", R"({"format":"regex"})",
        '"' + different(50000, "(?<n", ">)").replace(',', "")
                + different(50000, "\\\\k<n", ">").replace(',', "") + '"',
        true);
    add("unevaluated again and again",
        R"({"allOf":[)" + QByteArray(R"({"anyOf":[{"not":true},true]},)").repeated(3000)
                + R"(true],"unevaluatedItems":true})",
        repeated("1", Million), false);
    add("harmless long text", R"({"pattern":"^[a-z]*$"})", '"' + QByteArray(Million, 'a') + '"',
        true);
    add("harmless long text with a group", R"({"pattern":"^([a-z]{4})*$"})",
        '"' + QByteArray(Million, 'a') + '"', true);
    add("harmless long text with words", R"({"pattern":"^[a-z]+( [a-z]+)*$"})",
        '"' + QByteArray("words ").repeated(Million / 8) + "end\"", true);
    add("largest text", R"({"pattern":"^[a-z]*$","minLength":5})",
        '"' + QByteArray(LargestPayload - 2, 'a') + '"', true);
    add("many elements", R"({"items":{"type":"integer"}})", repeated("1", Million), true);
    add("many different elements", R"({"uniqueItems":true})",
        '[' + different(Million, "\"", "\"") + ']', true);
    add("element that is not contained", R"({"contains":{"const":2}})", repeated("1", Million),
        false);
    add("numbers with equal hashes", R"({"uniqueItems":true})", '[' + equalHashes(100000) + ']',
        true);
    add("many equal elements", R"({"uniqueItems":true})", repeated("1", Million), false);
    add("many members",
        R"({"additionalProperties":{"type":"null"},"required":["a","b","c","zzzz"]})",
        '{' + different(1 << 19, "\"", "\":null") + '}', false);
    add("many repeated members", R"({"maxProperties":1})",
        '{' + QByteArray("\"a\":1,").repeated(Million) + "\"a\":1}", true);
    add("many unevaluated", R"({"contains":{"type":"integer"},"unevaluatedItems":false})",
        repeated("1", Million), true);
    add("deep", "true", QByteArray(10000, '[') + QByteArray(10000, ']'), false);
    add("deep objects", R"({"additionalProperties":{"$ref":"#"}})",
        QByteArray("{\"a\":").repeated(10000), false);
    add("deepest allowed", R"({"items":{"$ref":"#"}})", QByteArray(256, '[') + QByteArray(256, ']'),
        true);
    add("long number", R"({"multipleOf":7,"minimum":0})", QByteArray(Million, '7'), true);
    add("huge exponent", R"({"multipleOf":3})", "1e999999999", false);
    add("too huge exponent", "true", "1e9999999999999999999", false);
    add("deep equality", R"({"uniqueItems":true})",
        repeated(QByteArray(200, '[') + QByteArray(200, ']'), 2000), false);
}

void tst_SchemaHostile::hostilePayload()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, payload);
    QFETCH(const bool, isValid);
    SchemaOptions options;
    options.assertFormats = true;
    const auto registry = registryOf(schema, options);
    QVERIFY(registry);
    const ProcessorTimer timer;
    const auto failure = registry->validate(TestChannel, payload);
    const double time = timer.milliseconds();
    QCOMPARE(!failure, isValid);
    if (failure)
        QVERIFY(failure->message.size() < 2000);
    QVERIFY2(time < TimeLimit, qPrintable(QStringLiteral("%1 ms").arg(time)));
    qInfo("%.1f ms", time);
}

void tst_SchemaHostile::patternThatTakesTooLongIsGivenUp_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<QByteArray>("text");
    const QByteArray largest(LargestPayload - 2, 'a');
    QTest::newRow("repetition of a repetition")
            << QByteArray("^(a+)+$") << QByteArray(40, 'a') + 'b';
    QTest::newRow("repetition of alternatives")
            << QByteArray("^(a|a)*$") << largest.chopped(1) + 'b';
    // PCRE2 goes through repetitions of one character without a look at its own limits.
    QTest::newRow("repetition after another") << QByteArray("^a*a*[bc]") << largest;
    QTest::newRow("searched for everywhere") << QByteArray("a*[bc]") << largest;
    QTest::newRow("both") << QByteArray("a*a*[bc]") << largest;
    QTest::newRow("in short steps") << QByteArray("(a{0,9}){0,9}[bc]") << largest;
    QTest::newRow("as many as it has to be")
            << QByteArray("[a-z]{1000}") << (QByteArray(999, 'a') + '1').repeated(16 * 1024);
    QTest::newRow("look-behind") << QByteArray("(?<=a{500})a*[bc]") << largest;
    QTest::newRow("look-ahead") << QByteArray("(?=a*[bc])a*[bc]") << largest;
    QTest::newRow("back reference") << QByteArray("^(a*)\\\\1[bc]") << largest;
}

void tst_SchemaHostile::patternThatTakesTooLongIsGivenUp()
{
    QFETCH(const QByteArray, pattern);
    QFETCH(const QByteArray, text);
    // Whether it is wanted or not: no verdict must come of it.
    for (const char *schema : {R"({"pattern":"%1"})", R"({"not":{"pattern":"%1"}})"}) {
        const auto registry = registryOf(QByteArray(schema).replace("%1", pattern));
        QVERIFY(registry);
        const ProcessorTimer timer;
        const auto failure = registry->validate(TestChannel, '"' + text + '"');
        const double time = timer.milliseconds();
        QVERIFY(failure);
        QVERIFY2(failure->message.contains(QLatin1String("takes too")),
                 qPrintable(failure->message));
        QVERIFY2(time < TimeLimit, qPrintable(QStringLiteral("%1 ms").arg(time)));
        qInfo("%.1f ms: %s", time, qPrintable(failure->message));
    }
}

void tst_SchemaHostile::exponentialSchemaIsGivenUp()
{
    QByteArray definitions = "\"d26\":{\"type\":\"integer\"}";
    for (int i = 25; i >= 0; --i) {
        const QByteArray next = "{\"$ref\":\"#/$defs/d" + QByteArray::number(i + 1) + "\"}";
        definitions
                += ",\"d" + QByteArray::number(i) + "\":{\"allOf\":[" + next + ',' + next + "]}";
    }
    const auto registry = registryOf("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + definitions + "}}");
    QVERIFY(registry);
    const ProcessorTimer timer;
    const auto failure = registry->validate(TestChannel, "1");
    QVERIFY(failure);
    QVERIFY2(failure->message.contains(QLatin1String("too many steps")),
             qPrintable(failure->message));
    QVERIFY(timer.milliseconds() < TimeLimit);
}

void tst_SchemaHostile::longChainOfReferencesIsGivenUp()
{
    QByteArray definitions = "\"d5000\":{\"type\":\"integer\"}";
    for (int i = 0; i < 5000; ++i)
        definitions += ",\"d" + QByteArray::number(i) + "\":{\"$ref\":\"#/$defs/d"
                       + QByteArray::number(i + 1) + "\"}";
    const auto registry = registryOf("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + definitions + "}}");
    QVERIFY(registry);
    const auto failure = registry->validate(TestChannel, "1");
    QVERIFY(failure);
    QVERIFY2(failure->message.contains(QLatin1String("within one another")),
             qPrintable(failure->message));
}

void tst_SchemaHostile::reusedMemoryHoldsNothingBack()
{
    const auto registry = registryOf(R"({"items":{"type":"integer"},"uniqueItems":true})");
    const QByteArray large = '[' + different(100000, "1", "") + ']';
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(registry->validate(TestChannel, large));
        QVERIFY(!registry->validate(TestChannel, "[1,2]"));
        QVERIFY(registry->validate(TestChannel, "[1,1]"));
        QVERIFY(registry->validate(TestChannel, "[\"1\"]"));
    }
}

void tst_SchemaHostile::deepestRecursionFitsASmallStack()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
    QSKIP("sanitizers, and programs that were not optimised, need a larger stack");
#endif
    // Through several kinds of keywords, each with frames of its own.
    const auto registry = registryOf(R"({"properties":{"a":{"allOf":[{"anyOf":[{"$ref":"#"}]}]}},
        "unevaluatedProperties":false})");
    QVERIFY(registry);
    const QByteArray message = QByteArray("{\"a\":").repeated(255) + "{}" + QByteArray(255, '}');
    QString text;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        if (const auto failure = registry->validate(TestChannel, message))
            text = failure->message;
    }));
    thread->setStackSize(512 * 1024);
    thread->start();
    thread->wait();
    QVERIFY2(text.contains(QLatin1String("within one another")), qPrintable(text));
}

QTEST_GUILESS_MAIN(tst_SchemaHostile)

#include "tst_schemahostile.moc"
