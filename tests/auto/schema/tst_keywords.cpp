// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "judging.h"

using namespace IpcPrims;

/// What each keyword allows, with an eye on the cases in which implementations err.
class tst_Keywords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verdict_data();
    void verdict();
    void formatVerdict_data();
    void formatVerdict();
    void strictModeClosesObjects_data();
    void strictModeClosesObjects();
    void olderDraftsKeepTheirMeaning_data();
    void olderDraftsKeepTheirMeaning();
    void resourcesAreFoundByTheirUri();
    void customDialectDecidesWhatCounts();
    void customDialectOfDraft7IsDraft7();
};

namespace {
void addRow(const QByteArray &schema, const QByteArrayList &good, const QByteArrayList &bad)
{
    static int number = 0;
    for (const QByteArray &instance : good)
        QTest::addRow("%d %s: %s", number++, schema.left(60).constData(),
                      instance.left(40).constData())
                << schema << instance << true;
    for (const QByteArray &instance : bad)
        QTest::addRow("%d %s: not %s", number++, schema.left(60).constData(),
                      instance.left(40).constData())
                << schema << instance << false;
}

void addColumns()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("instance");
    QTest::addColumn<bool>("isValid");
}
} // namespace

void tst_Keywords::verdict_data()
{
    addColumns();
    addRow("true", {"1", "{}"}, {});
    addRow("false", {}, {"1", "null"});
    addRow("{}", {"1", "[]"}, {});

    // Values
    addRow(R"({"type":"integer"})", {"1", "1.0", "1e2", "-0.0", "1e400"},
           {"1.5", "1e-1", "\"1\"", "9007199254740993.5"});
    addRow(R"({"type":["null","array"]})", {"null", "[]"}, {"{}", "0", "false"});
    addRow(R"({"const":9007199254740993})", {"9007199254740993", "9007199254740993.0"},
           {"9007199254740992"});
    addRow(R"({"const":false})", {"false"}, {"0", "null"});
    addRow(R"({"const":{"a":[1,{"b":2.0}]}})", {R"({"a":[1.0,{"b":2}]})"},
           {R"({"a":[1]})", R"({"a":[1,{"b":2}],"c":0})"});
    addRow(R"({"enum":["a",1,null,[true]]})", {"\"a\"", "1.0", "null", "[true]"},
           {"\"b\"", "true", "[1]"});
    addRow(R"({"const":"a\u0000b"})", {R"("a\u0000b")"}, {R"("a")", R"("a\u0000c")"});

    // Numbers
    addRow(R"({"minimum":9007199254740993})", {"9007199254740993"}, {"9007199254740992"});
    addRow(R"({"exclusiveMaximum":0.3})", {"0.2999999999999999999999"}, {"0.3", "3e-1"});
    addRow(R"({"maximum":1e400})", {"1e400", "1e399"}, {"1e401"});
    addRow(R"({"multipleOf":0.1})", {"0.3", "1.1", "4e10", "1e300", "0"}, {"0.35", "1e-2"});
    addRow(R"({"multipleOf":0.01})", {"19.99", "1.13"}, {"19.999"});
    addRow(R"({"multipleOf":3})", {"9007199254740993", "3e30", "-6"}, {"9007199254740994", "1e30"});
    addRow(R"({"multipleOf":1e-8})", {"12391239123", "1e-8"}, {"1e-9"});

    // Strings
    addRow(R"({"minLength":2,"maxLength":2})", {R"("ab")", R"("😀😀")", R"("a\u0000")"},
           {R"("a")", R"("😀")", R"("abc")"});
    addRow(R"({"pattern":"^[\\w-]+$"})", {R"("a-b")"}, {R"("a b")", R"("a\n")", R"("ä")"});
    addRow(R"({"pattern":"^\\S+$"})", {R"("a")"}, {R"("a\ufeffb")", R"("a\u00a0")"});
    addRow(R"({"pattern":"^.$"})", {R"("😀")"}, {R"("\n")", R"("\u2028")"});
    addRow(R"({"pattern":"^\\p{Letter}+$"})", {R"("aß")"}, {R"("a1")"});
    // U+0342 is used with Greek, but inherits its script.
    addRow(R"({"pattern":"^\\p{Script=Greek}$"})", {"\"\xce\xb1\""}, {"\"\xcd\x82\"", "\"a\""});
    addRow(R"({"pattern":"^\\p{scx=Greek}$"})", {"\"\xce\xb1\"", "\"\xcd\x82\""}, {"\"a\""});
    addRow(R"({"pattern":"^\\p{Private_Use}$"})", {"\"\xee\x80\x80\""}, {"\"a\""});
    addRow(R"({"pattern":"b$"})", {R"("a\u0000b")"}, {R"("b\u0000a")"});
    addRow(R"({"pattern":"^[^]$"})", {R"("\n")"}, {R"("")"});
    addRow(R"({"pattern":"^(?:(a)|b)\\1$"})", {R"("b")", R"("aa")"}, {R"("a")"});
    addRow(R"({"pattern":"^\\d{2}\\-x$"})", {R"("12-x")"}, {R"("1-x")"});

    // Objects
    addRow(R"({"required":["a","b"]})", {R"({"a":1,"b":2})", "[]"}, {R"({"a":1})", "{}"});
    addRow(R"({"required":["a\u0000b"]})", {R"({"a\u0000b":1})"},
           {R"({"a":1})", R"({"a\u0000c":1})"});
    addRow(R"({"properties":{"a":{"type":"string"}},"patternProperties":{"^x":{"type":"null"}},"additionalProperties":{"type":"integer"}})",
           {R"({"a":"","x1":null,"b":1})"}, {R"({"a":1})", R"({"x":1})", R"({"b":""})"});
    addRow(R"({"properties":{"a":false},"additionalProperties":false})", {"{}"},
           {R"({"a":1})", R"({"b":1})"});
    addRow(R"({"properties":{"a\u0000":{"type":"null"}},"additionalProperties":false})",
           {R"({"a\u0000":null})"}, {R"({"a":null})"});
    addRow(R"({"properties":{"a":{"type":"string"}}})", {R"({"a":1,"a":"last"})"},
           {R"({"a":"first","a":1})"});
    addRow(R"({"propertyNames":{"maxLength":2}})", {R"({"ab":1})"}, {R"({"abc":1})"});
    addRow(R"({"minProperties":1,"maxProperties":2})", {R"({"a":1})", "1"},
           {"{}", R"({"a":1,"b":1,"c":1})"});
    addRow(R"({"dependentRequired":{"a":["b"]}})", {"{}", R"({"a":1,"b":1})"}, {R"({"a":1})"});
    addRow(R"({"dependentSchemas":{"a":{"maxProperties":1}}})", {R"({"a":1})", R"({"b":1,"c":1})"},
           {R"({"a":1,"b":1})"});

    // Arrays
    addRow(R"({"prefixItems":[{"type":"string"}],"items":{"type":"integer"}})",
           {R"(["a",1,2])", "[]"}, {"[1]", R"(["a","b"])"});
    addRow(R"({"prefixItems":[true],"items":false})", {"[1]"}, {"[1,2]"});
    addRow(R"({"minItems":1.0,"maxItems":2})", {"[1]"}, {"[]", "[1,2,3]"});
    addRow(R"({"contains":{"const":1},"minContains":2,"maxContains":3})", {"[1,1,2]", "[1,1,1]"},
           {"[1]", "[1,1,1,1]"});
    addRow(R"({"contains":false,"minContains":0})", {"[]", "[1]"}, {});
    addRow(R"({"uniqueItems":true})",
           {"[1,true,\"1\",[1],[true]]", "[0,false,null]", "[1,2,3,4,5,6,7,8,9,10]"},
           {"[1,1.0]", R"([{"a":1,"b":2},{"b":2,"a":1}])", "[1,2,3,4,5,6,7,8,9,10,1e1]",
            "[1e2,2,3,4,5,6,7,8,9,10,100.0]"});

    // Logic
    addRow(R"({"allOf":[{"type":"integer"},{"minimum":2}]})", {"2"}, {"1", "2.5"});
    addRow(R"({"anyOf":[{"type":"integer"},{"minimum":2}]})", {"1", "2.5", "\"\""}, {"1.5"});
    addRow(R"({"oneOf":[{"type":"integer"},{"minimum":2}]})", {"1", "2.5"}, {"3", "1.5"});
    addRow(R"({"not":{"type":"integer"}})", {"\"\""}, {"1"});
    addRow(R"({"if":{"type":"integer"},"then":{"minimum":5},"else":{"type":"string"}})",
           {"5", "\"\""}, {"4", "null"});

    // References
    addRow(R"({"$ref":"#/$defs/a~1b%25","$defs":{"a/b%":{"type":"null"}}})", {"null"}, {"1"});
    addRow(R"({"$ref":"#x","$defs":{"a":{"$anchor":"x","type":"null"}}})", {"null"}, {"1"});
    addRow(R"({"properties":{"next":{"$ref":"#"}},"additionalProperties":false})",
           {R"({"next":{"next":{}}})"}, {R"({"next":{"nxt":{}}})"});
    addRow(R"({"$id":"http://x/root","$ref":"item","$defs":{"i":{"$id":"item","type":"null"}}})",
           {"null"}, {"1"});
    addRow(R"({"$ref":"#/$defs/a","maximum":5,"$defs":{"a":{"minimum":3}}})", {"4"}, {"2", "6"});
    addRow(R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})", {R"({"minLength":1})"},
           {R"({"minLength":-1})", "1"});
    addRow(R"({"$id":"http://x/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,
               "$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","properties":{"data":true,"children":{"items":{"$dynamicRef":"#node"}}}}}})",
           {R"({"children":[{"data":1}]})"}, {R"({"children":[{"daat":1}]})"});

    // What the other keywords have evaluated
    addRow(R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false})", {R"({"a":1})"},
           {R"({"b":1})"});
    addRow(R"({"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":true},"required":["b"]}],"unevaluatedProperties":false})",
           {R"({"a":"","b":1})", R"({"b":1})"}, {R"({"a":1,"b":1})"});
    addRow(R"({"not":{"not":{"properties":{"a":true},"required":["a"]}},"unevaluatedProperties":false})",
           {}, {R"({"a":1})"});
    addRow(R"({"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"properties":{"b":true}},"unevaluatedProperties":false})",
           {R"({"a":1,"b":2})"}, {R"({"a":2})", R"({"b":2})"});
    addRow(R"({"properties":{"c":{"unevaluatedProperties":false}},"allOf":[{"properties":{"c":{"properties":{"x":true}}}}]})",
           {R"({"c":{}})"}, {R"({"c":{"x":1}})"});
    addRow(R"({"prefixItems":[true],"contains":{"type":"string"},"unevaluatedItems":{"type":"null"}})",
           {R"([1,"a",null])", R"(["a",null])"}, {R"([1,"a",2])"});
    addRow(R"({"$ref":"#/$defs/a","unevaluatedProperties":false,"$defs":{"a":{"properties":{"a":true}}}})",
           {R"({"a":1})"}, {R"({"b":1})"});
    addRow(R"({"dependentSchemas":{"a":{"properties":{"b":true}}},"properties":{"a":true},"unevaluatedProperties":false})",
           {R"({"a":1,"b":1})"}, {R"({"b":1})"});
    addRow(R"({"unevaluatedItems":false})", {"[]", "{}"}, {"[1]"});

    // Formats describe, unless they are asked for; unknown keywords do nothing
    addRow(R"({"format":"ipv4"})", {"\"no\""}, {});
    addRow(R"({"x-unit":5,"title":"t"})", {"1"}, {});
}

void tst_Keywords::verdict()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, instance);
    QFETCH(const bool, isValid);
    Error error;
    const auto registry = registryOf(schema, {}, &error);
    QVERIFY2(registry, qPrintable(error.message()));
    const auto failure = registry->validate(TestChannel, instance);
    QCOMPARE(!failure, isValid);
    if (failure)
        QVERIFY(!failure->errors.isEmpty());
}

void tst_Keywords::formatVerdict_data()
{
    addColumns();
    const auto add = [](const char *format, const QByteArrayList &good, const QByteArrayList &bad) {
        addRow("{\"format\":\"" + QByteArray(format) + "\"}", good + QByteArrayList{"1"}, bad);
    };
    add("date", {"\"2024-02-29\""}, {"\"2023-02-29\"", "\"2024-2-9\"", "\"2024-13-01\""});
    add("time", {"\"23:59:60Z\"", "\"12:00:00.5+01:30\""},
        {"\"12:00:60Z\"", "\"24:00:00Z\"", "\"12:00:00\""});
    add("date-time", {"\"1990-12-31T23:59:59z\""},
        {"\"1990-12-31 23:59:59Z\"", "\"1990-12-31T24:00:00Z\""});
    add("duration", {"\"P1Y2M\"", "\"PT5S\"", "\"P2W\""}, {"\"P\"", "\"P1YT\"", "\"P1Y2D\""});
    add("ipv4", {"\"127.0.0.1\""},
        {"\"127.0.0.01\"", "\"256.0.0.1\"", "\"1.2.3\"", "\"1.2.3.4.\""});
    add("ipv6", {"\"::1\"", "\"1::d6:192.168.0.1\""},
        {"\"1:2\"", "\"::g\"", "\"1::2::3\"", "\":1:2:3:4:5:6:7\""});
    add("hostname", {"\"a-b.c\"", "\"xn--zca29lwxobi7a\""},
        {"\"a_b\"", "\"-a\"", "\"a.\"", "\"xn--X\""});
    add("idn-hostname", {"\"ß.例え\""},
        {"\"a..b\"", "\"\xcc\x80x\"", "\"0a.\xd7\x90\"",
         // Soft hyphens, which are mapped to nothing.
         "\"\xc2\xad\"", "\"\xd7\x90.\xc2\xad.b\"", "\"\xd7\x90.\xc2\xad\""});
    add("email", {"\"a.b@c.d\"", "\"\\\"a b\\\"@c\"", "\"a@[127.0.0.1]\""},
        {"\"a\"", "\"a..b@c\"", "\"a@b_c\""});
    add("idn-email", {"\"ü@ü.de\""}, {"\"ü\"", "\"a@\xd7\x90.\xc2\xad.b\""});
    add("uri", {"\"http://a:b@[::1]:80/c?d#e\"", "\"urn:x\""},
        {"\"/a\"", "\"http://a b\"", "\"http://a:x/\"", "\"a:%zz\""});
    add("uri-reference", {"\"/a\"", "\"\""}, {"\"\\\\a\"", "\"ä\""});
    add("iri", {"\"http://ä/ö?ü#ß\""}, {"\"ä\""});
    add("iri-reference", {"\"ä\""}, {"\"<\""});
    add("uri-template", {"\"/{a,b*}{?c:3}\""}, {"\"{\"", "\"{}\"", "\"{a:0}\""});
    add("uuid", {"\"2EB8AA08-aa98-11EA-b4aa-73b441d16380\""},
        {"\"2eb8aa08aa9811eab4aa73b441d16380\""});
    add("json-pointer", {"\"/a~0~1\"", "\"\""}, {"\"a\"", "\"/~2\"", "\"/~\""});
    add("relative-json-pointer", {"\"1/a\"", "\"0#\""}, {"\"/a\"", "\"01\"", "\"-1\""});
    add("regex", {"\"^a+$\"", "\"(?<n>a)\\\\k<n>\"", "\"(?<=a+)b\""},
        {"\"(\"", "\"[b-a]\"", "\"a**\"", "\"\\\\a\"", "\"(?i)a\"", "\"a{2,1}\"",
         "\"\\\\k<n>(?<m>a)\""});
    add("something-else", {"\"?\""}, {});
}

void tst_Keywords::formatVerdict()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, instance);
    QFETCH(const bool, isValid);
    SchemaOptions options;
    options.assertFormats = true;
    QCOMPARE(!registryOf(schema, options)->validate(TestChannel, instance), isValid);
    QVERIFY(!registryOf(schema)->validate(TestChannel, instance));
}

void tst_Keywords::strictModeClosesObjects_data()
{
    addColumns();
    addRow(R"({"properties":{"a":{"properties":{"b":true}}}})", {R"({"a":{"b":1}})"},
           {R"({"a":{"c":1}})", R"({"b":1})"});
    addRow(R"({"type":"object"})", {"{}"}, {R"({"a":1})"});
    addRow(R"({"type":["object","null"]})", {"{}", "null"}, {R"({"a":1})"});
    addRow(R"({"type":"string","properties":{}})", {"\"\""}, {});
    addRow(R"({"type":"object","additionalProperties":true})", {R"({"a":1})"}, {});
    addRow(R"({"type":"object","additionalProperties":{"required":["x"],"properties":{"x":true}}})",
           {R"({"a":{"x":1}})"}, {R"({"a":{"x":1,"y":1}})"});
    addRow(R"({"items":{"patternProperties":{"^a":true}}})", {R"([{"a1":1}])"}, {R"([{"b":1}])"});
    addRow(R"({"allOf":[{"properties":{"a":true}},{"properties":{"b":true}}]})", {"{}"},
           {R"({"a":1})", R"({"a":1,"b":1})"});
    addRow(R"({"$ref":"#/$defs/x","$defs":{"x":{"required":["a"]}}})", {}, {R"({"a":1})"});
}

void tst_Keywords::strictModeClosesObjects()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, instance);
    QFETCH(const bool, isValid);
    SchemaOptions options;
    options.strictMode = true;
    QCOMPARE(!registryOf(schema, options)->validate(TestChannel, instance), isValid);
}

void tst_Keywords::olderDraftsKeepTheirMeaning_data()
{
    addColumns();
    const QByteArray draft7 = R"({"$schema":"http://json-schema.org/draft-07/schema#",)";
    const QByteArray draft2019 = R"({"$schema":"https://json-schema.org/draft/2019-09/schema",)";
    for (const QByteArray &draft : {draft7, draft2019}) {
        addRow(draft + R"("items":[{"type":"null"}],"additionalItems":{"type":"string"}})",
               {R"([null,"a"])", "[null]"}, {"[null,1]", "[1]"});
        addRow(draft + R"("additionalItems":false,"items":{"type":"null"}})", {"[null]"}, {"[1]"});
        addRow(draft + R"("dependencies":{"a":["b"],"c":{"maxProperties":1}}})",
               {R"({"a":1,"b":2})", R"({"c":1})"}, {R"({"a":1})", R"({"c":1,"d":1})"});
    }
    // In draft 7 nothing counts beside a reference, and identifiers may be fragments.
    const QByteArray siblings
            = R"("allOf":[{"$ref":"#/definitions/a","maximum":1}],"definitions":{"a":{}}})";
    addRow(draft7 + siblings, {"2"}, {});
    addRow(draft2019 + siblings, {}, {"2"});
    addRow(draft7 + R"("allOf":[{"$ref":"#x"}],"definitions":{"a":{"$id":"#x","type":"null"}}})",
           {"null"}, {"2"});
    addRow(draft2019 + R"("$recursiveAnchor":true,"maxProperties":1,)"
                   + R"("properties":{"a":{"$recursiveRef":"#"}}})",
           {R"({"a":{"b":1}})"}, {R"({"a":{"b":1,"c":1}})"});
}

void tst_Keywords::olderDraftsKeepTheirMeaning()
{
    verdict();
}

void tst_Keywords::resourcesAreFoundByTheirUri()
{
    const QByteArray types = R"({"$defs":{"n":{"type":"integer"}}})";
    const QByteArray named = R"({"$id":"urn:named","type":"null"})";
    const QByteArray schema = R"({"$id":"http://example.com/a/b","properties":{
        "n":{"$ref":"../types.json#/$defs/n"},"z":{"$ref":"urn:named"}}})";
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.addResource(QStringLiteral("http://example.com/types.json"), types));
    QVERIFY(!builder.addResource(QStringLiteral("other"), named));
    QVERIFY(!builder.registerSchema(TestChannel, schema));
    const auto registry = builder.build();
    QVERIFY(registry);
    QVERIFY(!registry->validate(TestChannel, R"({"n":1,"z":null})"));
    QVERIFY(registry->validate(TestChannel, R"({"n":"1"})"));
    QVERIFY(registry->validate(TestChannel, R"({"z":1})"));
}

void tst_Keywords::customDialectDecidesWhatCounts()
{
    const QByteArray dialect = R"({"$id":"http://example.com/dialect",
        "$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/core":true,
                       "https://json-schema.org/draft/2020-12/vocab/applicator":true,
                       "https://json-schema.org/draft/2020-12/vocab/format-assertion":true},
        "properties":{"title":{"type":"string"}}})";
    const QByteArray good = R"({"$schema":"http://example.com/dialect",
        "properties":{"a":{"type":"string"},"b":false,"c":{"format":"ipv4"}}})";
    const QByteArray bad = R"({"$schema":"http://example.com/dialect","title":1})";
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.addResource(QStringLiteral("http://example.com/dialect"), dialect));
    QVERIFY(!builder.registerSchema(TestChannel, good));
    Error error;
    const auto registry = builder.build(&error);
    QVERIFY2(registry, qPrintable(error.message()));
    QVERIFY(!registry->validate(TestChannel, R"({"a":1})")); // validation is not among them
    QVERIFY(registry->validate(TestChannel, R"({"b":1})"));
    QVERIFY(registry->validate(TestChannel, R"({"c":"x"})"));

    QVERIFY(!builder.registerSchema(TestChannel, bad));
    QVERIFY(!builder.build(&error));
    QVERIFY2(error.message().contains(QLatin1String("/title")), qPrintable(error.message()));
}

void tst_Keywords::customDialectOfDraft7IsDraft7()
{
    const QByteArray dialect = R"({"$id":"http://example.com/dialect#",
        "$schema":"http://json-schema.org/draft-07/schema#"})";
    const QByteArray schema = R"({"$schema":"http://example.com/dialect#",
        "allOf":[{"$ref":"#/definitions/a","maximum":1}],"definitions":{"a":{}}})";
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.addResource(QStringLiteral("other"), dialect));
    QVERIFY(!builder.registerSchema(TestChannel, schema));
    Error error;
    const auto registry = builder.build(&error);
    QVERIFY2(registry, qPrintable(error.message()));
    QVERIFY(!registry->validate(TestChannel, "2")); // nothing counts beside a reference

    // Not even an $id, so nothing has the URI that $schema names.
    const QByteArray unnamed = R"({"$id":"http://example.com/dialect",
        "$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/definitions/a",
        "definitions":{"a":{}}})";
    QVERIFY(!builder.addResource(QStringLiteral("other"), unnamed));
    QVERIFY(!builder.build(&error));
    QVERIFY2(error.message().contains(QLatin1String("unknown $schema")),
             qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_Keywords)

#include "tst_keywords.moc"
