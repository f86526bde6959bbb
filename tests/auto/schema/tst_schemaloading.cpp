// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "judging.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>

#include <limits>

using namespace IpcPrims;

/// What can be loaded, from where, and what an error about it says.
class tst_SchemaLoading : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void badSchemaIsRefusedWithItsPlace_data();
    void badSchemaIsRefusedWithItsPlace();
    void embeddedSchemaMayBeOfAnotherDialect_data();
    void embeddedSchemaMayBeOfAnotherDialect();
    void patternsMayNotTakeAllMemory();
    void urisMayNotTakeAllMemory();
    void nothingIsEverFetched_data();
    void nothingIsEverFetched();
    void brokenDocumentThatNobodyUsesDoesNoHarm();
    void documentOfUnknownDialectMattersOnceItIsUsed_data();
    void documentOfUnknownDialectMattersOnceItIsUsed();
    void longUriIsRefused();
    void fileNamesTellTheChannel_data();
    void fileNamesTellTheChannel();
    void directoryIsRefused_data();
    void directoryIsRefused();
    void otherFilesAreIgnored();
    void laterFileForAChannelWins();
    void limitsAreExact();
    void everyProblemIsListed();
    void registryOutlivesItsBuilder();
    void oneSchemaMayServeSeveralChannels();
    void directoryIsLimitedInBytes();
    void largestMaxFileSizeIsNoLimit();
};

namespace {
void write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}
} // namespace

void tst_SchemaLoading::badSchemaIsRefusedWithItsPlace_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("reason");
    const auto add = [](const char *name, const QByteArray &schema, const char *place,
                        const char *reason) {
        QTest::newRow(name) << schema << QString::fromLatin1(place) << QString::fromLatin1(reason);
    };
    add("not JSON", "{", "test.schema.json", "not valid JSON: ");
    add("not UTF-8", "\"\xff\"", "test.schema.json", "ill-formed UTF-8");
    add("array", "[]", "test.schema.json", "neither an object nor a boolean");
    add("type of a keyword", R"({"properties":{"a":{"minLength":"1"}}})",
        "at /properties/a/minLength:", "is not of type");
    add("value of a keyword", R"({"allOf":[{"minItems":-1}]})",
        "at /allOf/0/minItems:", "less than the minimum of 0");
    add("unknown type", R"({"type":"text"})", "at /type:", "anyOf");
    add("empty allOf", R"({"allOf":[]})", "at /allOf:", "fewer than 1 items");
    add("zero divisor", R"({"multipleOf":0})", "at /multipleOf:", "minimum of 0");
    add("long divisor", R"({"multipleOf":1.2345678901234567891})",
        "at /multipleOf:", "18 significant digits");
    add("pattern", R"({"items":{"pattern":"(a"}})",
        "at /items/pattern:", "not a regular expression");
    add("embedded schema of another draft",
        R"({"$defs":{"a":{"$id":"old","$schema":"http://json-schema.org/draft-07/schema#",
            "items":[{"minimum":"0"}]}}})",
        "at /$defs/a/items:", "'anyOf'"); // Which is how draft 7 speaks of a list of schemas.
    add("another draft without $id",
        R"({"$defs":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}})",
        "at /$defs/a/$schema:", "needs an $id beside it");
    add("pattern of names", R"({"patternProperties":{"[b-a]":{}}})",
        "at /patternProperties/[b-a]:", "out of order");
    add("unknown draft", R"({"$schema":"http://example.com/none"})",
        "at /$schema:", "unknown $schema");
    add("$schema is its own relative $id", R"({"$id":"meta","$schema":"meta"})",
        "at /$schema:", "unknown $schema");
    add("missing anchor", R"({"not":{"$ref":"#nowhere"}})",
        "at /not/$ref:", "unresolvable reference \"#nowhere\"");
    add("missing pointer", R"({"$ref":"#/$defs/a"})", "at /$ref:", "unresolvable reference");
    add("target is no schema", R"({"$ref":"#/x","x":[1]})", "at /x:", "is not of type");
    add("target of unknown keyword", R"({"$ref":"#/x","x":{"type":1}})", "at /x/type:", "anyOf");
    add("loop", R"({"$ref":"#"})", "test.schema.json:", "refers back to itself");
    add("loop of two",
        R"({"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}}})",
        "/$defs/", "refers back to itself");
    add("anchor twice", R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})", "/$defs/",
        "already in use");
    add("identifier twice", R"({"$defs":{"a":{"$id":"urn:x"},"b":{"$id":"urn:x"}}})", "/$defs/",
        "already in use");
    add("draft 7",
        R"({"$schema":"http://json-schema.org/draft-07/schema#","exclusiveMinimum":true})",
        "at /exclusiveMinimum:", "is not of type");
    add("draft 2019-09",
        R"({"$schema":"https://json-schema.org/draft/2019-09/schema","required":"a"})",
        "at /required:", "is not of type");
}

void tst_SchemaLoading::badSchemaIsRefusedWithItsPlace()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QString, place);
    QFETCH(const QString, reason);
    const QString error = loadErrorOf(schema);
    QVERIFY2(error.contains(QLatin1String("test.schema.json")), qPrintable(error));
    QVERIFY2(error.contains(place), qPrintable(error));
    QVERIFY2(error.contains(reason), qPrintable(error));
}

void tst_SchemaLoading::embeddedSchemaMayBeOfAnotherDialect_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("good");
    QTest::addColumn<QByteArray>("bad");
    // Each draft's form of a list with a schema for each element, which the others don't allow.
    QTest::newRow("old in new") << QByteArray(
            R"({"properties":{"list":{"$ref":"old"}},"$defs":{"a":{
                    "$id":"old","$schema":"http://json-schema.org/draft-07/schema#",
                    "items":[{"type":"string"}],"additionalItems":{"type":"null"}}}})")
                                << QByteArray(R"({"list":["a",null]})")
                                << QByteArray(R"({"list":["a","b"]})");
    QTest::newRow("new in old") << QByteArray(
            R"({"$schema":"http://json-schema.org/draft-07/schema#",
                    "properties":{"list":{"$id":"new",
                        "$schema":"https://json-schema.org/draft/2020-12/schema",
                        "prefixItems":[{"type":"string"}],"items":{"type":"null"}}},
                    "items":[true]})")
                                << QByteArray(R"({"list":["a",null]})")
                                << QByteArray(R"({"list":["a","b"]})");
    QTest::newRow("new in old in new")
            << QByteArray(R"({"prefixItems":[{"$id":"old",
                    "$schema":"http://json-schema.org/draft-07/schema#",
                    "items":[{"$id":"new","$schema":"https://json-schema.org/draft/2020-12/schema",
                        "prefixItems":[{"type":"string"}],"items":false}]}],"items":false})")
            << QByteArray(R"([[["a"]]])") << QByteArray(R"([[["a","b"]]])");
}

void tst_SchemaLoading::embeddedSchemaMayBeOfAnotherDialect()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, good);
    QFETCH(const QByteArray, bad);
    Error error;
    const auto registry = registryOf(schema, {}, &error);
    QVERIFY2(registry, qPrintable(error.message()));
    QVERIFY(!registry->validate(TestChannel, good));
    QVERIFY(registry->validate(TestChannel, bad));
}

void tst_SchemaLoading::patternsMayNotTakeAllMemory()
{
    // Little text, but each takes as much as a pattern can.
    const QByteArray pattern = R"({"pattern":"(?:[ab]c){700}"},)";
    const auto schemaWith
            = [&](int patterns) { return R"({"allOf":[)" + pattern.repeated(patterns) + "true]}"; };
    QVERIFY(registryOf(schemaWith(10)));
    const QString error = loadErrorOf(schemaWith(5000));
    QVERIFY2(error.contains(QLatin1String("test.schema.json: at /allOf/")), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("/pattern: with this one, the patterns of all schemas "
                                          "take more than 33554432 bytes of memory")),
             qPrintable(error));
}

// Each of these short identifiers makes a URI of 4000 bytes.
void tst_SchemaLoading::urisMayNotTakeAllMemory()
{
    const auto schemaWithParts = [](int count) {
        QByteArray parts;
        for (int i = 0; i < count; ++i) {
            const QByteArray name = QByteArray::number(i, 16);
            parts += (i ? R"(,")" : R"(")") + name + R"(":{"$id":")" + name + R"("})";
        }
        return QByteArray(R"({"$id":"http://x/)" + QByteArray(3980, 'x') + R"(/","$defs":{)" + parts
                          + "}}");
    };
    QCOMPARE(loadErrorOf(schemaWithParts(8000)), QString());
    const QString message = loadErrorOf(schemaWithParts(9000));
    QVERIFY2(message.contains(QLatin1String("more than 33554432 bytes")), qPrintable(message));
}

void tst_SchemaLoading::nothingIsEverFetched_data()
{
    QTest::addColumn<QByteArray>("reference");
    QTest::newRow("http") << QByteArray("http://127.0.0.1:1/schema.json");
    QTest::newRow("https") << QByteArray("https://json-schema.org/draft/2020-12/nothing");
    QTest::newRow("file") << QByteArray("file:///etc/hostname");
    QTest::newRow("path") << QByteArray("/etc/hostname");
    QTest::newRow("relative") << QByteArray("data.schema.json");
}

void tst_SchemaLoading::nothingIsEverFetched()
{
    QFETCH(const QByteArray, reference);
    const QString error = loadErrorOf("{\"$ref\":\"" + reference + "\"}");
    QVERIFY2(error.contains(QLatin1String("unresolvable reference \"") + QLatin1String(reference)),
             qPrintable(error));
}

void tst_SchemaLoading::brokenDocumentThatNobodyUsesDoesNoHarm()
{
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.addResource(QStringLiteral("urn:broken"), R"({"type":1})"));
    QVERIFY(!builder.registerSchema(TestChannel, "true"));
    QVERIFY(builder.build());
    QVERIFY(!builder.registerSchema(TestChannel, R"({"$ref":"urn:broken"})"));
    Error error;
    QVERIFY(!builder.build(&error));
    QVERIFY2(error.message().contains(QLatin1String("urn:broken: at /type")),
             qPrintable(error.message()));
}

void tst_SchemaLoading::fileNamesTellTheChannel_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("channel");
    const QList<QPair<const char *, int>> names = {
            {"control.schema.json", 0},    {"command.schema.json", 1},
            {"data.schema.json", 2},       {"telemetry.schema.json", 3},
            {"error.schema.json", 4},      {"COMMAND.Schema.JSON", 1},
            {"channel_7.schema.json", 7},  {"Channel_007.schema.json", 7},
            {"channel_+7.schema.json", 7}, {"channel_65535.schema.json", 65535},
    };
    for (const auto &[name, channel] : names)
        QTest::newRow(name) << QString::fromLatin1(name) << channel;
}

void tst_SchemaLoading::fileNamesTellTheChannel()
{
    QFETCH(const QString, name);
    QFETCH(const int, channel);
    QTemporaryDir directory;
    write(directory.filePath(name), "false");
    Error error;
    const auto registry = SchemaRegistry::fromDirectory(directory.path(), {}, &error);
    QVERIFY2(registry, qPrintable(error.message()));
    QCOMPARE(registry->channels(), QList<quint16>{quint16(channel)});
}

void tst_SchemaLoading::directoryIsRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("linkTarget");
    QTest::addColumn<QString>("reason");
    const auto add = [](const char *name, const QByteArray &content, const char *linkTarget,
                        const char *reason) {
        QTest::newRow(name) << QString::fromLatin1(name) << content
                            << QString::fromLatin1(linkTarget) << QString::fromLatin1(reason);
    };
    add("other.schema.json", "{}", "", "unknown name");
    add("channel_65536.schema.json", "{}", "", "unknown name");
    add("channel_-1.schema.json", "{}", "", "unknown name");
    add("channel_.schema.json", "{}", "", "unknown name");
    add("channel_1x.schema.json", "{}", "", "unknown name");
    add("channel_1 .schema.json", "{}", "", "unknown name");
    add("command.schema.json", "", "real.json", "symbolic link");
    add("data.schema.json", "nothing", "", "not valid JSON");
    add("error.schema.json", "", "", "not valid JSON");
    add("telemetry.schema.json", QByteArray(262145, ' '), "", "larger than 262144 bytes");
}

void tst_SchemaLoading::directoryIsRefused()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, content);
    QFETCH(const QString, linkTarget);
    QFETCH(const QString, reason);
    QTemporaryDir directory;
    write(directory.filePath(QStringLiteral("real.json")), "{}");
    if (linkTarget.isEmpty())
        write(directory.filePath(name), content);
    else
        QVERIFY(QFile::link(directory.filePath(linkTarget), directory.filePath(name)));
    Error error;
    QVERIFY(!SchemaRegistry::fromDirectory(directory.path(), {}, &error));
    QCOMPARE(error.code(), ErrorCode::InvalidSchema);
    QVERIFY2(error.message().startsWith(QLatin1String("failed to load schema: ") + name),
             qPrintable(error.message()));
    QVERIFY2(error.message().contains(reason), qPrintable(error.message()));
}

void tst_SchemaLoading::otherFilesAreIgnored()
{
    QTemporaryDir directory;
    write(directory.filePath(QStringLiteral("README.md")), "text");
    write(directory.filePath(QStringLiteral("other.json")), "text");
    write(directory.filePath(QStringLiteral("other.SCHEMA.json")), "text");
    QVERIFY(QDir(directory.path()).mkdir(QStringLiteral("old.SCHEMA.json")));
    QVERIFY(QFile::link(directory.filePath(QStringLiteral("other.json")),
                        directory.filePath(QStringLiteral("link.schema.JSON"))));
    write(directory.filePath(QStringLiteral("command.schema.json")), "true");
    Error error;
    const auto registry = SchemaRegistry::fromDirectory(directory.path(), {}, &error);
    QVERIFY2(registry, qPrintable(error.message()));
    QCOMPARE(registry->channels(), QList<quint16>{1});

    QVERIFY(!SchemaRegistry::fromDirectory(directory.filePath(QStringLiteral("none")), {}, &error));
    QVERIFY(error.message().contains(QLatin1String("not a directory")));
}

void tst_SchemaLoading::laterFileForAChannelWins()
{
    QTemporaryDir directory;
    write(directory.filePath(QStringLiteral("channel_1.schema.json")), "false");
    write(directory.filePath(QStringLiteral("command.schema.json")), "true");
    const auto registry = SchemaRegistry::fromDirectory(directory.path());
    QVERIFY(registry);
    QVERIFY(!registry->validate(1, "1"));
}

void tst_SchemaLoading::limitsAreExact()
{
    QTemporaryDir directory;
    for (int i = 0; i < 256; ++i)
        write(directory.filePath(QStringLiteral("channel_%1.schema.json").arg(i)), "{}");
    write(directory.filePath(QStringLiteral("channel_0.schema.json")),
          "{}" + QByteArray(262142, ' '));
    Error error;
    QVERIFY2(SchemaRegistry::fromDirectory(directory.path(), {}, &error),
             qPrintable(error.message()));
    write(directory.filePath(QStringLiteral("channel_256.schema.json")), "{}");
    QVERIFY(!SchemaRegistry::fromDirectory(directory.path(), {}, &error));
    QVERIFY(error.message().contains(QLatin1String("more than 256 schema files")));
}

void tst_SchemaLoading::everyProblemIsListed()
{
    SchemaRegistryBuilder builder;
    QVERIFY(builder.registerSchema(1, "{", QStringLiteral("one")));
    QVERIFY(!builder.registerSchema(2, R"({"type":1})", QStringLiteral("two")));
    QVERIFY(!builder.registerSchema(3, "{}", QStringLiteral("three")));
    QVERIFY(!builder.registerSchema(4, R"({"$ref":"#x"})", QStringLiteral("four")));
    const QList<SchemaLoadError> problems = builder.problems();
    QCOMPARE(problems.size(), 3);
    QCOMPARE(problems[0].source, QStringLiteral("one"));
    QCOMPARE(problems[1].source, QStringLiteral("two"));
    QCOMPARE(problems[1].schemaPointer, QStringLiteral("/type"));
    QCOMPARE(problems[2].source, QStringLiteral("four"));
}

void tst_SchemaLoading::registryOutlivesItsBuilder()
{
    std::shared_ptr<const SchemaRegistry> registry;
    {
        QByteArray schema = R"({"enum":["a long enough text to be somewhere else"]})";
        SchemaRegistryBuilder builder;
        QVERIFY(!builder.registerSchema(TestChannel, schema));
        schema.fill('x');
        registry = builder.build();
    }
    QVERIFY(!registry->validate(TestChannel, R"("a long enough text to be somewhere else")"));
    QVERIFY(registry->validate(TestChannel, R"("something else")"));
}

void tst_SchemaLoading::oneSchemaMayServeSeveralChannels()
{
    const QByteArray schema = R"({"$id":"http://x/a","properties":{"a":{"$ref":"b"}},
        "$defs":{"b":{"$id":"b","type":"null"}}})";
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.registerSchema(1, schema));
    QVERIFY(!builder.registerSchema(2, schema));
    Error error;
    const auto registry = builder.build(&error);
    QVERIFY2(registry, qPrintable(error.message()));
    for (const quint16 channel : {1, 2}) {
        QVERIFY(!registry->validate(channel, R"({"a":null})"));
        QVERIFY(registry->validate(channel, R"({"a":1})"));
    }
    QVERIFY(!builder.registerSchema(3, schema + ' '));
    QVERIFY(!builder.build(&error));
    QVERIFY2(error.message().contains(QLatin1String("already in use")),
             qPrintable(error.message()));
}

void tst_SchemaLoading::documentOfUnknownDialectMattersOnceItIsUsed_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QString>("reason");
    QTest::newRow("unknown $schema") << QByteArray(R"({"$schema":"http://example.com/none"})")
                                     << QStringLiteral("unknown $schema");
    QTest::newRow("unknown $schema of a part")
            << QByteArray(R"({"$defs":{"a":{"$id":"a","$schema":"http://example.com/none"}}})")
            << QStringLiteral("unknown $schema");
    QTest::newRow("unknown vocabulary") << QByteArray(R"({"$id":"http://x/a","$schema":"http://x/a",
                "$vocabulary":{"http://example.com/none":true}})")
                                        << QStringLiteral("unknown vocabulary");
    QTest::newRow("$schema without an $id")
            << QByteArray(R"({"not":{"$schema":"http://json-schema.org/draft-07/schema#"}})")
            << QStringLiteral("needs an $id beside it");
    QTest::newRow("anchor twice") << QByteArray(
            R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})")
                                  << QStringLiteral("already in use");
    QTest::newRow("URI of a channel's schema")
            << QByteArray(R"({"$id":"http://x/channel"})") << QStringLiteral("already in use");
}

void tst_SchemaLoading::documentOfUnknownDialectMattersOnceItIsUsed()
{
    QFETCH(const QByteArray, document);
    QFETCH(const QString, reason);
    SchemaRegistryBuilder builder;
    QVERIFY(!builder.registerSchema(1, R"({"$id":"http://x/channel","type":"integer"})"));
    QVERIFY(!builder.addResource(QStringLiteral("http://x/document"), document));
    Error error;
    const auto registry = builder.build(&error);
    QVERIFY2(registry, qPrintable(error.message()));
    QVERIFY(!registry->validate(1, "1"));
    QVERIFY(registry->validate(1, "true"));
    // It is told nevertheless.
    const QList<SchemaLoadError> problems = builder.problems();
    QCOMPARE(problems.size(), 1);
    QCOMPARE(problems.first().source, QStringLiteral("http://x/document"));
    QVERIFY2(problems.first().reason.contains(reason), qPrintable(problems.first().reason));

    QVERIFY(!builder.registerSchema(2, R"({"$ref":"http://x/document"})"));
    QVERIFY(!builder.build(&error));
    QVERIFY2(error.message().contains(reason), qPrintable(error.message()));
    QCOMPARE(builder.problems().size(), 1);
}

void tst_SchemaLoading::longUriIsRefused()
{
    const QByteArray longUri = "urn:" + QByteArray(5000, 'x');
    QVERIFY(loadErrorOf("{\"$id\":\"" + longUri + "\"}").contains(QLatin1String("4096 bytes")));
    QVERIFY(loadErrorOf("{\"$ref\":\"" + longUri + "\"}").contains(QLatin1String("unresolvable")));
    SchemaRegistryBuilder builder;
    const Error error = builder.addResource(QString::fromLatin1(longUri), "{}");
    QVERIFY2(error.message().contains(QLatin1String("4096 bytes")), qPrintable(error.message()));
    QVERIFY(error.message().size() < 300);
}

void tst_SchemaLoading::directoryIsLimitedInBytes()
{
    QTemporaryDir directory;
    for (const char *const name : {"command", "data", "error"})
        write(directory.filePath(QLatin1String(name) + QStringLiteral(".schema.json")), "{}");
    SchemaOptions options;
    options.maxDirectorySize = 6;
    QVERIFY(SchemaRegistry::fromDirectory(directory.path(), options));
    options.maxDirectorySize = 5;
    Error error;
    QVERIFY(!SchemaRegistry::fromDirectory(directory.path(), options, &error));
    QCOMPARE(error.code(), ErrorCode::InvalidSchema);
    QVERIFY2(error.message().contains(QLatin1String("more than 5 bytes together")),
             qPrintable(error.message()));
}

void tst_SchemaLoading::largestMaxFileSizeIsNoLimit()
{
    QTemporaryDir directory;
    write(directory.filePath(QStringLiteral("data.schema.json")), "{}");
    SchemaOptions options;
    options.maxFileSize = std::numeric_limits<qint64>::max();
    QVERIFY(SchemaRegistry::fromDirectory(directory.path(), options));
}

QTEST_GUILESS_MAIN(tst_SchemaLoading)

#include "tst_schemaloading.moc"
