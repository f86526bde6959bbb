// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "judging.h"
#include "processortimer.h"

using namespace IpcPrims;

/// No keyword lets a message of any size take more than a second of its receiver's time, however
/// often the schema applies it: what is more is refused.
class tst_SchemaCosts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void keyword_data();
    void keyword();
    void largestMessage_data();
    void largestMessage();
    void loading_data();
    void loading();

private:
    static void judge(const QByteArray &schema, const QByteArray &payload);
};

namespace {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int LargestPayload = 1 << 18; // else they take minutes
#else
constexpr int LargestPayload = 4 << 20; // of which most rows can use up all steps there are
#endif
constexpr int LargestSchema = 262144;
constexpr double TimeLimit = 1000 * Slowness; // Milliseconds

// As many as fit into \a size bytes.
QByteArray array(const QByteArray &element, int size)
{
    const auto count = size / (element.size() + 1);
    return '[' + (element + ',').repeated(count - 1) + element + ']';
}

QByteArray object(int size, const QByteArray &value, const QByteArray &prefix = "")
{
    QByteArray text = "{";
    for (int i = 0; text.size() < size; ++i)
        text += (i ? ",\"" : "\"") + prefix + QByteArray::number(i, 36) + "\":" + value;
    return text + '}';
}

QByteArray names(int size, const QByteArray &prefix = "")
{
    QByteArray text = "[";
    for (int i = 0; text.size() < size; ++i)
        text += (i ? ",\"" : "\"") + prefix + QByteArray::number(i, 36) + '"';
    return text + ']';
}

QByteArray string(int size, char c = 'a')
{
    return '"' + QByteArray(size, c) + '"';
}
} // namespace

void tst_SchemaCosts::initTestCase()
{
    static_cast<void>(registryOf("{}")); // compiles the meta-schemas
}

void tst_SchemaCosts::keyword_data()
{
    // A schema, and what it is applied to: a small value, of which there may be many, and a large
    // one.
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("small");
    QTest::addColumn<QByteArray>("large");
    const auto add
            = [](const char *name, const QByteArray &schema, const QByteArray &small,
                 const QByteArray &large) { QTest::newRow(name) << schema << small << large; };
    const QByteArray ones = array("1", LargestPayload);
    const QByteArray members = object(LargestPayload, "1");
    const QByteArray text = string(LargestPayload);
    const QByteArray digits(LargestPayload, '7');
    constexpr int much = LargestSchema / 2;

    add("type", R"({"type":["string","integer","null"]})", "1.5", digits);
    add("enum of many texts", "{\"enum\":" + names(much) + '}', "\"no\"", text);
    add("enum of few", R"({"enum":["a","b","c"]})", "\"d\"", text);
    add("enum of few numbers", R"({"enum":[1.5,2.5,3.5]})", "1.0", digits);
    add("enum of arrays", "{\"enum\":[" + array("1", much) + "]}", "[1]", ones);
    add("const", "{\"const\":" + array("1", much) + '}', "[]", array("1", much));
    add("const object", "{\"const\":" + object(much, "1") + '}', "{}", object(much, "1"));
    add("const text", "{\"const\":" + string(much) + '}', "\"\"", string(much));
    add("const number", "{\"const\":1." + QByteArray(much, '1') + '}', "1", digits);
    add("minimum", "{\"minimum\":1." + QByteArray(much, '1') + '}', "1", digits);
    add("exclusiveMaximum", R"({"exclusiveMaximum":1.5})", "1.0", digits);
    add("multipleOf", R"({"multipleOf":0.01})", "1", digits);
    add("multipleOf, with an exponent", R"({"multipleOf":7e-900000000})", "1", digits);
    add("multipleOf of numbers with exponents", R"({"multipleOf":7})", "1e999999999", digits);
    add("minLength", R"({"minLength":5})", "\"abcdef\"", text);
    add("maxLength", R"({"maxLength":3000000})", "\"abcdef\"", text);
    add("pattern", R"({"pattern":"^[a-z]*$"})", "\"a\"", text);
    add("pattern with a choice", R"({"pattern":"^(a|b)*$"})", "\"a\"", text);
    add("minItems", R"({"minItems":3})", "[]", ones);
    add("maxProperties", R"({"maxProperties":3})", "{}", members);
    add("uniqueItems", R"({"uniqueItems":true})", "[1,2]", names(LargestPayload));
    add("uniqueItems of few", R"({"uniqueItems":true})", "[[],{}]",
        '[' + string(LargestPayload / 4) + ',' + string(LargestPayload / 4) + ']');
    add("uniqueItems of numbers", R"({"uniqueItems":true})", "[1.5,2.5]",
        '[' + QByteArray("1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,") + digits + ']');
    add("items", R"({"items":true})", "[1]", ones);
    add("items of a type", R"({"items":{"type":"integer"}})", "[1]", ones);
    add("prefixItems", "{\"prefixItems\":" + array("true", much) + '}', "[1]", ones);
    add("contains", R"({"contains":false})", "[1]", ones);
    add("minContains", R"({"contains":true,"minContains":9999999})", "[1]", ones);
    add("required of many", "{\"required\":" + names(much) + '}', "{}", object(much, "1"));
    add("required of many others", "{\"required\":" + names(much) + '}', "{}",
        object(LargestPayload, "1", "x"));
    add("dependentRequired", "{\"dependentRequired\":" + object(much, "[\"a\"]") + '}', "{}",
        members);
    add("dependentRequired of many", "{\"dependentRequired\":{\"0\":" + names(much) + "}}",
        "{\"0\":1}", members);
    add("dependentSchemas", "{\"dependentSchemas\":" + object(much, "true") + '}', "{}", members);
    add("properties", "{\"properties\":" + object(much, "true") + '}', "{\"0\":1}", members);
    add("properties of alike names", "{\"properties\":" + object(much, "true", "aaaaaaaa") + '}',
        "{\"0\":1}", object(LargestPayload, "1", "aaaaaaaa"));
    add("additionalProperties", R"({"additionalProperties":true})", "{\"a\":1}", members);
    add("patternProperties", R"({"patternProperties":{"^a":true,"b$":true,"c":true}})", "{\"a\":1}",
        members);
    add("propertyNames", R"({"propertyNames":true})", "{\"a\":1}", members);
    add("propertyNames with a length", R"({"propertyNames":{"maxLength":9}})", "{\"a\":1}",
        members);
    add("allOf", "{\"allOf\":" + array("true", much) + '}', "1", ones);
    add("anyOf", "{\"anyOf\":" + array("false", much) + '}', "1", ones);
    add("oneOf", "{\"oneOf\":" + array("false", much) + '}', "1", ones);
    add("not", R"({"not":{"not":{"not":{}}}})", "1", ones);
    add("if", R"({"if":{"type":"integer"},"then":true,"else":false})", "1", ones);
    add("unevaluatedItems", R"({"unevaluatedItems":true})", "[1]", ones);
    add("unevaluatedItems after others",
        R"({"contains":{"const":1},"anyOf":[{"items":true},true],"unevaluatedItems":false})", "[1]",
        ones);
    add("unevaluatedProperties", R"({"unevaluatedProperties":{"type":"integer"}})", "{\"a\":1}",
        members);
    add("many keywords",
        R"({"type":"integer","minimum":0,"maximum":9,"multipleOf":1,"minLength":1,"minItems":1,
            "maxItems":1,"minProperties":1,"const":1,"enum":[1],"exclusiveMinimum":0})",
        "1", ones);
    add("$ref", R"({"$ref":"#/$defs/b"})", "1", ones);
    for (const char *format :
         {"date", "time", "date-time", "duration", "ipv4", "ipv6", "hostname", "idn-hostname",
          "email", "idn-email", "uri", "uri-reference", "iri", "iri-reference", "uri-template",
          "uuid", "json-pointer", "relative-json-pointer", "regex"}) {
        add(format, QByteArray(R"({"format":"%1"})").replace("%1", format), "\"\u00e4.b\"",
            string(LargestPayload, '/'));
    }
}

void tst_SchemaCosts::keyword()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, small);
    QFETCH(const QByteArray, large);
    const QByteArray definitions = R"("$defs":{"a":)" + schema + R"(,"b":{"type":"integer"}})";
    judge(R"({"$ref":"#/$defs/a",)" + definitions + '}', large);
    const QByteArray many = array(small, LargestPayload);
    judge(R"({"items":{"$ref":"#/$defs/a"},)" + definitions + '}', many);
    // Again and again, whether the value is good or bad.
    const int room = LargestSchema - int(definitions.size()) - 100;
    judge("{\"allOf\":" + array(R"({"$ref":"#/$defs/a"})", room) + ',' + definitions + '}', large);
    judge("{\"allOf\":" + array(R"({"not":{"$ref":"#/$defs/a"}})", room) + ',' + definitions + '}',
          large);
    judge("{\"items\":{\"anyOf\":" + array(R"({"$ref":"#/$defs/a"})", room) + "}," + definitions
                  + '}',
          many);
}

void tst_SchemaCosts::largestMessage_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("payload");
    constexpr int size = 4 * LargestPayload;
    const QByteArray ones = array("1", size);
    QTest::newRow("elements") << QByteArray(R"({"items":{"type":"integer"}})") << ones;
    QTest::newRow("elements, again and again")
            << QByteArray("{\"allOf\":" + array(R"({"items":true})", LargestSchema - 100) + '}')
            << ones;
    QTest::newRow("unique elements") << QByteArray(R"({"uniqueItems":true})") << names(size);
    QTest::newRow("members") << QByteArray(R"({"additionalProperties":{"type":"integer"}})")
                             << object(size, "1");
    QTest::newRow("errors at the end") << QByteArray(R"({"items":{"required":["a"]}})")
                                       << QByteArray(array("1", size).chopped(1) + ",{},{},{},{}]");
    QTest::newRow("text") << QByteArray(R"({"pattern":"a*[bc]"})") << string(size);
}

void tst_SchemaCosts::largestMessage()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, payload);
    judge(schema, payload);
}

void tst_SchemaCosts::loading_data()
{
    // As large as the loader allows.
    QTest::addColumn<QByteArray>("schema");
    const auto many = [](auto element, int room = LargestSchema - 500) {
        QByteArray text;
        for (int i = 0; text.size() < room; ++i)
            text += (i ? "," : "") + element(QByteArray::number(i, 36));
        return text;
    };
    using Text = QByteArray;
    const auto definition = [](const Text &name, const Text &schema) {
        return '"' + name + "\":" + Text(schema).replace("%1", name);
    };
    const auto definitions = [&](const char *schema, int room = LargestSchema - 500) {
        return "\"$defs\":{" + many([&](const Text &n) { return definition(n, schema); }, room)
               + '}';
    };
    QTest::newRow("resources") << '{' + definitions(R"({"$id":"%1"})") + '}';
    QTest::newRow("resources of a dialect of its own")
            << R"({"$id":"http://x/m","$schema":"http://x/m","allOf":[)"
                       + many([](const Text &) { return Text("{}"); }, LargestSchema / 2) + "],"
                       + definitions(R"({"$schema":"http://x/m","$id":"n%1"})",
                                     LargestSchema / 2 - 500)
                       + '}';
    QTest::newRow("dialects of their own")
            << '{' + definitions(R"({"$id":"%1","$schema":"%1"})") + '}';
    QTest::newRow("dynamic anchors")
            << '{'
                       + definitions(R"({"$id":"%1","$dynamicAnchor":"a%1","items":)"
                                     R"({"$dynamicRef":"#a%1"}})",
                                     LargestSchema * 3 / 4)
                       + ",\"allOf\":["
                       + many(
                               [](const Text &n) {
                                   return Text(R"({"$ref":"%1"})").replace("%1", n);
                               },
                               LargestSchema / 10)
                       + "]}";
    int next = 0;
    const auto link = [&](const Text &name) {
        const Text other = Text::number(++next, 36);
        return definition(name, R"({"$id":"%1","$dynamicAnchor":"a","items":{"$dynamicRef":")"
                                        + other + "#b" + other
                                        + R"("},"contains":{"$dynamicAnchor":"b%1"}})");
    };
    QTest::newRow("dynamic references that lead from one to the next")
            << R"({"$ref":"0","$defs":{)" + many(link) + R"(,")" + Text::number(next, 36)
                       + R"(":{"$id":")" + Text::number(next, 36) + R"(","$dynamicAnchor":"b)"
                       + Text::number(next, 36) + "\"}}}";
    QTest::newRow("references to long URIs")
            << R"({"$id":"http://x/)" + Text(4000, 'x') + R"(/","allOf":[)"
                       + many([](const Text &) { return Text(R"({"$ref":"#/$defs/a"})"); },
                              LargestSchema - 5000)
                       + R"(],"$defs":{"a":{}}})";
    const auto null = [&](const Text &n) { return definition(n, R"({"type":"null"})"); };
    Text nested = R"({"items":{"properties":{)" + many(null, LargestSchema / 2) + "}}}";
    Text references;
    Text place = "#/x";
    for (int i = 0; i < 110; ++i) {
        nested = R"({"not":)" + nested + '}';
        references += R"(,{"$ref":")" + place + "\"}";
        place += "/not";
    }
    QTest::newRow("references into the unknown")
            << "{\"x\":" + nested + ",\"allOf\":[true" + references + "]}";
    const auto patterns = [&](const char *pattern) {
        return "{\"patternProperties\":{"
               + many([&](const Text &n) { return '"' + n + pattern + "\":true"; }) + "}}";
    };
    QTest::newRow("patterns") << patterns("(a|b)*");
    QTest::newRow("large patterns") << patterns("((ab){99}){9}");
    Text groups;
    for (int i = 0; i < 5000; ++i)
        groups += "(?<n" + Text::number(i, 36) + ">)";
    QTest::newRow("groups with names")
            << "{\"allOf\":["
                       + many([&](const Text &) { return "{\"pattern\":\"" + groups + "\"}"; },
                              LargestSchema - 60000)
                       + "]}";
    QTest::newRow("names that begin and end alike")
            << "{\"properties\":{" + many([](const Text &n) {
                   return "\"aaaaaaaa" + n.rightJustified(4, '0') + "aaaaaaaa\":true";
               }) + "}}";
    QTest::newRow("anchors") << '{' + definitions(R"({"$anchor":"a%1"})") + '}';
    QTest::newRow("empty schemas")
            << "{\"allOf\":[" + many([](const Text &) { return Text("{}"); }) + "]}";
    QTest::newRow("names that are required")
            << "{\"required\":[" + many([](const Text &n) { return '"' + n + '"'; }) + "]}";
    QTest::newRow("long number") << "{\"minimum\":1." + Text(LargestSchema - 100, '1') + '}';
}

void tst_SchemaCosts::loading()
{
    QFETCH(const QByteArray, schema);
    QVERIFY(schema.size() <= LargestSchema);
    Error error;
    const ProcessorTimer timer;
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.registerSchema(TestChannel, schema));
    const auto registry = builder.build(&error);
    const double time = timer.milliseconds();
    qInfo("%.0f ms: %s", time, registry ? "good" : qPrintable(error.message().left(150)));
    QVERIFY2(time < TimeLimit, qPrintable(QStringLiteral("%1 ms").arg(time)));
    QVERIFY(error.message().size() < 1500);
}

void tst_SchemaCosts::judge(const QByteArray &schema, const QByteArray &payload)
{
    SchemaOptions options;
    options.assertFormats = true;
    const ProcessorTimer loadTimer;
    Error error;
    const auto registry = registryOf(schema, options, &error);
    const double loadTime = loadTimer.milliseconds();
    QVERIFY2(registry, qPrintable(error.message()));
    const ProcessorTimer timer;
    const auto failure = registry->validate(TestChannel, payload);
    const double time = timer.milliseconds();
    qInfo("load %.0f ms, validate %.0f ms: %s", loadTime, time,
          failure ? qPrintable(failure->message.left(90)) : "good");
    QVERIFY2(loadTime < TimeLimit, qPrintable(QStringLiteral("%1 ms").arg(loadTime)));
    QVERIFY2(time < TimeLimit, qPrintable(QStringLiteral("%1 ms").arg(time)));
}

QTEST_GUILESS_MAIN(tst_SchemaCosts)

#include "tst_schemacosts.moc"
