// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawserver.h"
#include "toolprocess.h"

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

/// `ipcprims schema` and `ipcprims echo --validate`.
class tst_tool_schema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void goodSchemasPass();
    void badSchemasAreNamedWithTheirPlaces();
    void directoryIsChecked();
    void directoryWithoutSchemasFails();
    void directoriesAndFilesAreCheckedForThemselves();
    void payloadIsJudged_data();
    void payloadIsJudged();
    void echoRefusesBadFramesAndGoesOn();
    void echoNeedsSchemas();
    void commandIsNeeded();

private:
    QString write(const QString &name, const QByteArray &content);

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_tool_schema::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    write(u"command.schema.json"_s,
          R"({"type":"object","properties":{"cmd":{"type":"string"},"n":{"minimum":1}},"required":["cmd"]})");
}

QString tst_tool_schema::write(const QString &name, const QByteArray &content)
{
    QFile file(m_directory->filePath(name));
    if (!file.open(QFile::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write a test's file");
    return file.fileName();
}

void tst_tool_schema::goodSchemasPass()
{
    const ToolResult result = ToolProcess::run({u"schema"_s, u"check"_s, m_directory->path()});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "{\"problems\":[],\"overall\":\"pass\"}\n"_ba);
}

void tst_tool_schema::badSchemasAreNamedWithTheirPlaces()
{
    const QString one = write(u"one.json"_s, "{");
    const QString two = write(u"two.json"_s, R"({"properties":{"a":{"minLength":-1}}})");
    const QString three = write(u"three.json"_s, R"({"$ref":"urn:x"})");
    const ToolResult result = ToolProcess::run(
            {u"schema"_s, u"check"_s, u"--format"_s, u"pretty"_s, one, two, three});
    QCOMPARE(result.exitCode, 60);
    QVERIFY(result.output.contains("[FAIL] " + one.toUtf8() + ": not valid JSON"));
    QVERIFY(result.output.contains("[FAIL] " + two.toUtf8() + ": at /properties/a/minLength: "));
    QVERIFY(result.output.contains("[FAIL] " + three.toUtf8() + ": at /$ref: unresolvable"));
    QVERIFY(result.output.endsWith("result: fail\n"));
    QCOMPARE(ToolProcess::run({u"schema"_s, u"check"_s, u"--format"_s, u"raw"_s, one}).output,
             "fail"_ba);
}

void tst_tool_schema::directoriesAndFilesAreCheckedForThemselves()
{
    // Each of these would be the schema of channel 1, or of the same as the file.
    const QString bad = write(u"channel_65535.schema.json"_s, "{");
    const QTemporaryDir other;
    QVERIFY(QFile::copy(m_directory->filePath(u"command.schema.json"_s),
                        other.filePath(u"command.schema.json"_s)));
    const QString badOther = write(u"command.schema.json"_s, "[");
    const QString good = other.filePath(u"command.schema.json"_s);
    const ToolResult result = ToolProcess::run({u"schema"_s, u"check"_s, u"--format"_s, u"pretty"_s,
                                                m_directory->path(), other.path(), good});
    QCOMPARE(result.exitCode, 60);
    QVERIFY(result.output.contains("[FAIL] " + bad.toUtf8()));
    QVERIFY(result.output.contains("[FAIL] " + badOther.toUtf8()));
}

void tst_tool_schema::directoryIsChecked()
{
    write(u"other.schema.json"_s, "{}");
    const ToolResult result = ToolProcess::run({u"schema"_s, u"check"_s, m_directory->path()});
    QCOMPARE(result.exitCode, 60);
    QVERIFY(result.output.contains("unknown name"));
    const ToolResult missing = ToolProcess::run({u"schema"_s, u"check"_s, u"/nonexistent"_s});
    QCOMPARE(missing.exitCode, 125);
}

void tst_tool_schema::directoryWithoutSchemasFails()
{
    const QTemporaryDir other;
    const ToolResult result
            = ToolProcess::run({u"schema"_s, u"check"_s, u"--format"_s, u"pretty"_s, other.path()});
    QCOMPARE(result.exitCode, 60);
    QVERIFY(result.output.startsWith("  [FAIL] " + other.path().toUtf8() + ": no schemas"));
}

void tst_tool_schema::payloadIsJudged_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("output");
    QTest::newRow("good") << R"({"cmd":"x","y":1})"_ba << QStringList() << 0
                          << "{\"valid\":true,\"errors\":[]}\n"_ba;
    QTest::newRow("bad") << R"({"cmd":1})"_ba << QStringList() << 60
                         << R"("instance_pointer":"/cmd")"_ba;
    QTest::newRow("not JSON") << "{"_ba << QStringList() << 60 << "payload is not valid JSON"_ba;
    QTest::newRow("strict") << R"({"cmd":"x","y":1})"_ba << QStringList{u"--strict"_s} << 60
                            << "is an additional property"_ba;
    QTest::newRow("channel without schema") << "{}"_ba << QStringList{u"-c"_s, u"2"_s} << 60
                                            << "no schema registered for channel 2"_ba;
    QTest::newRow("raw") << "{}"_ba << QStringList{u"--format"_s, u"raw"_s} << 60 << "fail"_ba;
}

void tst_tool_schema::payloadIsJudged()
{
    QFETCH(const QByteArray, payload);
    QFETCH(const QStringList, options);
    QFETCH(const int, exitCode);
    QFETCH(const QByteArray, output);
    const QString file = write(u"payload.json"_s, payload);
    const ToolResult result = ToolProcess::run(
            QStringList{u"schema"_s, u"validate"_s, m_directory->path(), file} + options);
    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2(result.output.contains(output), result.output.constData());
}

void tst_tool_schema::echoRefusesBadFramesAndGoesOn()
{
    const QString path = m_directory->filePath(u"socket"_s);
    ToolProcess echo({u"echo"_s, path, u"--validate"_s, m_directory->path()});
    QVERIFY(echo.startListening());
    RawSocket client = connectRawClient(path);
    const RawSocket::Frame good{1, R"({"cmd":"x"})"};
    QVERIFY(client.writeFrame(1, R"({"cmd":"x","y":1})"));
    const RawSocket::Frame answer = client.readFrame().value_or(RawSocket::Frame());
    QCOMPARE(answer.channel, 4);
    QVERIFY2(answer.payload.startsWith(
                     R"({"error":"schema validation error: validation failed on channel 1: )"),
             answer.payload.constData());
    QVERIFY(client.writeFrame(1, good.payload));
    QCOMPARE(client.readFrame(), good);
    QVERIFY(echo.waitForErrors("frame does not meet its schema"));
}

void tst_tool_schema::echoNeedsSchemas()
{
    const QString path = m_directory->filePath(u"socket"_s);
    const ToolResult result
            = ToolProcess::run({u"echo"_s, path, u"--validate"_s, u"/nonexistent"_s});
    QCOMPARE(result.exitCode, 60);
    QVERIFY(result.errors.contains("schema validation error: failed to load schema: /nonexistent"));
    QVERIFY(!QFile::exists(path));
}

void tst_tool_schema::commandIsNeeded()
{
    QCOMPARE(ToolProcess::run({u"schema"_s}).exitCode, 64);
    const ToolResult unknown = ToolProcess::run({u"schema"_s, u"chek"_s});
    QCOMPARE(unknown.exitCode, 64);
    QVERIFY2(unknown.errors.contains("there is no command \"chek\""), unknown.errors.constData());
}

QTEST_GUILESS_MAIN(tst_tool_schema)

#include "tst_tool_schema.moc"
