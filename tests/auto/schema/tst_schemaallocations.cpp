// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "allocations.h"
#include "judging.h"

using namespace IpcPrims;

/// Good messages cost no memory, once the first few have been judged.
class tst_SchemaAllocations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void badMessageIsCounted();
    void goodMessageAllocatesNothing_data();
    void goodMessageAllocatesNothing();
};

void tst_SchemaAllocations::initTestCase()
{
    if (!IPCPRIMS_COUNTS_ALLOCATIONS)
        QSKIP("allocations are only counted with glibc, and without sanitizers");
}

void tst_SchemaAllocations::badMessageIsCounted()
{
    const auto registry = registryOf(R"({"type":"null"})");
    const qint64 before = allocations();
    QVERIFY(registry->validate(TestChannel, "1"));
    QVERIFY(allocations() > before);
}

void tst_SchemaAllocations::goodMessageAllocatesNothing_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("every family") << QByteArray(R"({
        "type": "object", "required": ["name", "a name of more than a few characters"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[a-z ]+$"},
            "a name of more than a few characters": {"enum": ["a value of more than a few characters", 1, null]},
            "number": {"type": "number", "minimum": 0.5, "multipleOf": 0.1},
            "list": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true, "contains": {"const": 3}, "maxItems": 20}
        },
        "patternProperties": {"^x-": {"anyOf": [{"type": "null"}, {"const": {"a": [1]}}]}},
        "propertyNames": {"maxLength": 60}, "dependentRequired": {"name": ["list"]},
        "if": {"required": ["number"]}, "then": {"maxProperties": 10},
        "allOf": [{"$ref": "#/$defs/more"}], "not": {"required": ["forbidden"]},
        "unevaluatedProperties": false,
        "$defs": {"more": {"properties": {"nested": {"$ref": "#"}}}}})")
                                  << QByteArray(R"({"name": "some text with an ordinary length",
        "a name of more than a few characters": "a value of more than a few \u0063haracters",
        "number": 12345678901234567890.5, "list": [1,2,3,4,5,6,7,8,9,10,11,12],
        "x-1": {"a": [1.0]}, "x-2": null})");
    QByteArray samples;
    for (int i = 0; i < 100; ++i)
        samples += (i ? "," : "")
                   + QByteArray(R"({"t":1700000000000,"name":"sensor","value":1.25})");
    QTest::newRow("telemetry") << QByteArray(
            R"({"items":{"type":"object","properties":{"t":{"type":"integer"},
        "name":{"type":"string"},"value":{"type":"number"}},"additionalProperties":false}})")
                               << QByteArray('[' + samples + ']');
    QByteArray members;
    for (int i = 0; i < 100; ++i)
        members += (i ? ",\"" : "\"") + QByteArray::number(i) + "\":true";
    QTest::newRow("large object") << QByteArray(
            R"({"additionalProperties":{"type":"boolean"},"unevaluatedProperties":false})")
                                  << QByteArray('{' + members + '}');
}

void tst_SchemaAllocations::goodMessageAllocatesNothing()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, payload);
    Error error;
    const auto registry = registryOf(schema, {}, &error);
    QVERIFY2(registry, qPrintable(error.message()));
    bool isValid = true;
    for (int i = 0; i < 3; ++i)
        isValid = isValid && !registry->validate(TestChannel, payload);
    const qint64 before = allocations();
    for (int i = 0; i < 100; ++i)
        isValid = isValid && !registry->validate(TestChannel, payload);
    const qint64 count = allocations() - before;
    QVERIFY(isValid);
    QCOMPARE(count, 0);
}

QTEST_GUILESS_MAIN(tst_SchemaAllocations)

#include "tst_schemaallocations.moc"
