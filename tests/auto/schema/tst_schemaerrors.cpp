// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "judging.h"

using namespace IpcPrims;

/// What is reported of a bad payload, and what is not.
class tst_SchemaErrors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorNamesPlaceRuleAndReason_data();
    void errorNamesPlaceRuleAndReason();
    void noMoreErrorsThanAskedFor();
    void payloadIsNotQuotedUnlessAskedFor();
    void excerptAndNamesAreCut();
    void textsAreThoseOfTheProtocol();
    void directionsDecideWhatIsJudged();
    void giveUpIsAnError();
    void explanationThatIsGivenUpReportsNothingFalse();
    void namesCannotChangeAMessage();
};

void tst_SchemaErrors::errorNamesPlaceRuleAndReason_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("instance");
    QTest::addColumn<QString>("instancePointer");
    QTest::addColumn<QString>("schemaPointer");
    QTest::addColumn<QString>("keyword");
    QTest::addColumn<QString>("message");
    const auto add = [](const QByteArray &schema, const QByteArray &instance,
                        const char *instanceAt, const char *schemaAt, const char *keyword,
                        const char *message) {
        QTest::newRow(keyword) << schema << instance << QString::fromLatin1(instanceAt)
                               << QLatin1String("test.schema.json#") + QLatin1String(schemaAt)
                               << QString::fromLatin1(keyword) << QString::fromLatin1(message);
    };
    add(R"({"properties":{"a/b":{"items":{"type":"string"}}}})", R"({"a/b":["",1]})", "/a~1b/1",
        "/properties/a~1b/items/type", "type", "the value is not of type \"string\"");
    add(R"({"required":["ok"]})", "{}", "", "/required", "required",
        "the value lacks \"ok\", which is a required property");
    add(R"({"$ref":"#/$defs/x","$defs":{"x":{"maximum":1.5}}})", "2", "", "/$defs/x/maximum",
        "maximum", "the value is greater than the maximum of 1.5");
    add(R"({"properties":{},"additionalProperties":false})", R"({"x":1})", "/x",
        "/additionalProperties", "additionalProperties",
        "the value is an additional property, which is not allowed");
    add(R"({"unevaluatedItems":false})", "[1]", "/0", "/unevaluatedItems", "unevaluatedItems",
        "the value is an unevaluated item, which is not allowed");
    add(R"({"prefixItems":[true],"items":false})", "[1,2]", "/1", "/items", "items",
        "the value is an item that is not allowed");
    add(R"({"properties":{"required":false}})", R"({"required":1})", "/required",
        "/properties/required", "", "the value is not allowed");
    add(R"({"propertyNames":{"pattern":"^a"}})", R"({"b":1})", "/b", "/propertyNames/pattern",
        "pattern", "the value does not match \"^a\"");
    add(R"({"anyOf":[{"type":"null"}]})", "1", "", "/anyOf", "anyOf",
        "the value is not valid under any of the schemas listed in the 'anyOf' keyword");
    add(R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", "", "/dependentRequired",
        "dependentRequired", "the value lacks \"b\", which is required beside another property");
}

void tst_SchemaErrors::errorNamesPlaceRuleAndReason()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, instance);
    QFETCH(const QString, instancePointer);
    QFETCH(const QString, schemaPointer);
    QFETCH(const QString, keyword);
    QFETCH(const QString, message);
    const auto failure = registryOf(schema)->validate(TestChannel, instance);
    QVERIFY(failure);
    QCOMPARE(failure->errors.size(), 1);
    const ValidationError &error = failure->errors.first();
    QCOMPARE(error.instancePointer, instancePointer);
    QCOMPARE(error.schemaPointer, schemaPointer);
    QCOMPARE(error.keyword, keyword);
    QCOMPARE(error.message, message);
}

void tst_SchemaErrors::noMoreErrorsThanAskedFor()
{
    const QByteArray schema = R"({"items":{"type":"string","minimum":10}})";
    const QByteArray instance = "[1,2,3,4,5,6,7,8]";
    QCOMPARE(registryOf(schema)->validate(TestChannel, instance)->errors.size(), 4);
    SchemaOptions options;
    for (const int max : {1, 16, 100}) {
        options.maxErrors = max;
        const auto failure = registryOf(schema, options)->validate(TestChannel, instance);
        QCOMPARE(failure->errors.size(), qMin(max, 16));
    }
}

void tst_SchemaErrors::payloadIsNotQuotedUnlessAskedFor()
{
    const QByteArray schema = R"({"items":{"type":"string","const":1,"enum":[2],"maxLength":3}})";
    const QByteArray instance = R"(["secret-word"])";
    const auto failure = registryOf(schema)->validate(TestChannel, instance);
    QVERIFY(!failure->message.contains(QLatin1String("secret")));
    SchemaOptions options;
    options.excerptLength = 8;
    const QString message = registryOf(schema, options)->validate(TestChannel, instance)->message;
    QVERIFY2(message.contains(QStringLiteral("\"secret-… is not 1")), qPrintable(message));
}

void tst_SchemaErrors::excerptAndNamesAreCut()
{
    const QByteArray longName(100000, 'n');
    QByteArray instance = "1";
    for (int i = 0; i < 200; ++i)
        instance = "{\"" + longName.left(300) + "\":" + instance + '}';
    instance = "{\"" + longName + "\":" + instance + '}';
    SchemaOptions options;
    options.excerptLength = 20;
    const auto registry = registryOf(
            R"({"type":["object","null"],"additionalProperties":{"$ref":"#"}})", options);
    const auto failure = registry->validate(TestChannel, instance);
    QVERIFY(failure);
    QVERIFY2(failure->message.size() < 1000, qPrintable(QString::number(failure->message.size())));
}

void tst_SchemaErrors::textsAreThoseOfTheProtocol()
{
    const auto registry = registryOf(R"({"items":{"type":"string"}})");
    QVERIFY(registry->validate(TestChannel, "[1,2,3,4,5]")
                    ->message.startsWith(QLatin1String("validation failed on channel 1: ")));
    QCOMPARE(registry->validate(TestChannel, "[1,2,3,4,5]")->message.count(QLatin1String("; ")), 3);
    QVERIFY(registry->validate(TestChannel, "")
                    ->message.startsWith(QLatin1String("payload is not valid JSON: ")));
    QVERIFY(!registry->validate(2, "not JSON"));

    SchemaOptions options;
    options.failOnMissingSchema = true;
    QCOMPARE(registryOf("true", options)->validate(7, "1")->message,
             QStringLiteral("no schema registered for channel 7"));
}

void tst_SchemaErrors::directionsDecideWhatIsJudged()
{
    using Direction = PayloadValidator::Direction;
    SchemaOptions options;
    options.validateOnSend = false;
    QVERIFY(!registryOf("false", options)->check(TestChannel, "1", Direction::Send));
    QVERIFY(registryOf("false", options)->check(TestChannel, "1", Direction::Receive));
    options.validateOnSend = true;
    options.validateOnReceive = false;
    QVERIFY(registryOf("false", options)->check(TestChannel, "1", Direction::Send));
    QVERIFY(!registryOf("false", options)->check(TestChannel, "1", Direction::Receive));
}

void tst_SchemaErrors::giveUpIsAnError()
{
    // Under not, a failure would be a success.
    const auto registry = registryOf(R"({"not":{"pattern":"^(a|a)*$"}})");
    const QByteArray instance = '"' + QByteArray(60, 'a') + "b\"";
    const auto failure = registry->validate(TestChannel, instance);
    QVERIFY(failure);
    QVERIFY2(failure->message.contains(QLatin1String("too many steps")),
             qPrintable(failure->message));
    QCOMPARE(failure->errors.size(), 1);
}

void tst_SchemaErrors::explanationThatIsGivenUpReportsNothingFalse()
{
    // Only the first element is bad; what explains the others takes too long.
    const auto registry = registryOf(R"({"items":{"minLength":1,"not":{"pattern":"^(a|a)*$"}}})");
    const auto failure
            = registry->validate(TestChannel, "[\"\",\"" + QByteArray(60, 'a') + "b\",\"b\"]");
    QVERIFY(failure);
    QCOMPARE(failure->errors.size(), 3); // two of the empty text, and the reason
    QCOMPARE(failure->errors[0].keyword, QStringLiteral("minLength"));
    QCOMPARE(failure->errors[1].instancePointer, QStringLiteral("/0"));
    QVERIFY(failure->errors[2].message.contains(QLatin1String("too many steps")));
}

void tst_SchemaErrors::namesCannotChangeAMessage()
{
    SchemaOptions options;
    options.excerptLength = 100;
    const auto registry = registryOf(R"({"additionalProperties":{"type":"null"}})", options);
    const QByteArray bad = "\"\\n\xc2\x85\xe2\x80\xa8\xe2\x80\xae\"";
    const QString shown = QStringLiteral("\\u000a\\u0085\\u2028\\u202e");
    auto failure = registry->validate(TestChannel, '{' + bad + ':' + bad + '}');
    QCOMPARE(failure->errors[0].instancePointer, u'/' + shown);
    QVERIFY2(failure->errors[0].message.startsWith(u'"' + shown + u'"'),
             qPrintable(failure->message));

    // What is cut is never half a character.
    const QByteArray pairs = "\"a" + QByteArray("\xf0\x9f\x98\x80").repeated(100) + '"';
    failure = registry->validate(TestChannel, '{' + pairs + ":1}");
    QVERIFY(failure->errors[0].instancePointer.isValidUtf16());
}

QTEST_GUILESS_MAIN(tst_SchemaErrors)

#include "tst_schemaerrors.moc"
