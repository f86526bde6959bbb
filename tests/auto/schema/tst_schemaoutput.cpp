// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the specification's test suite says of the output of a validation, for what is reported
// here: IPCPRIMS_JSON_SCHEMA_SUITE names its folder, as for tst_schemasuite.

#include "judging.h"
#include "rawjson.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

using namespace IpcPrims;

class tst_SchemaOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void errorsAreTheBasicOutput_data();
    void errorsAreTheBasicOutput();
    void cleanupTestCase();

private:
    QMap<QString, int> m_total;
    QMap<QString, int> m_passed;
};

namespace {
constexpr quint16 OutputChannel = TestChannel + 1;

QString suiteFolder()
{
    return qEnvironmentVariable("IPCPRIMS_JSON_SCHEMA_SUITE") + QStringLiteral("/output-tests/");
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

QString idOf(const QByteArray &schema)
{
    return QJsonDocument::fromJson(schema)[QLatin1String("$id")].toString();
}

// The specification's "basic" form of what a registry says. The name that the schema was registered
// with is its URI, so that its places are absolute.
QByteArray basicOutput(const std::optional<PayloadValidator::Failure> &failure)
{
    QJsonObject output = {{QStringLiteral("valid"), !failure},
                          {QStringLiteral("keywordLocation"), QString()},
                          {QStringLiteral("instanceLocation"), QString()}};
    QJsonArray errors;
    for (const ValidationError &error : failure ? failure->errors : QList<ValidationError>()) {
        errors.append(QJsonObject{
                {QStringLiteral("valid"), false},
                {QStringLiteral("keywordLocation"), error.schemaPointer.section(u'#', 1)},
                {QStringLiteral("absoluteKeywordLocation"), error.schemaPointer},
                {QStringLiteral("instanceLocation"), error.instancePointer},
                {QStringLiteral("error"), error.message}});
    }
    if (failure)
        output[QStringLiteral("errors")] = errors;
    return QJsonDocument(output).toJson();
}
} // namespace

void tst_SchemaOutput::initTestCase()
{
    if (!qEnvironmentVariableIsSet("IPCPRIMS_JSON_SCHEMA_SUITE"))
        QSKIP("IPCPRIMS_JSON_SCHEMA_SUITE names no folder");
    QVERIFY(QDir(suiteFolder()).exists());
}

void tst_SchemaOutput::errorsAreTheBasicOutput_data()
{
    QTest::addColumn<QString>("draft");
    QTest::addColumn<QByteArray>("group");
    for (const char *draft : {"draft2020-12", "draft2019-09"}) {
        const QDir dir(suiteFolder() + QLatin1String(draft) + QStringLiteral("/content"));
        const QStringList files = dir.entryList({QStringLiteral("*.json")}, QDir::Files);
        QVERIFY(!files.isEmpty());
        for (const QString &file : files) {
            const QList<QByteArray> groups = rawElements(contentOf(dir.filePath(file)));
            for (qsizetype i = 0; i < groups.size(); ++i)
                QTest::addRow("%s/%s %d", draft, qPrintable(file), int(i))
                        << QString::fromLatin1(draft) << groups[i];
        }
    }
}

void tst_SchemaOutput::errorsAreTheBasicOutput()
{
    QFETCH(const QString, draft);
    QFETCH(const QByteArray, group);
    const QMap<QByteArray, QByteArray> members = rawMembers(group);
    const QByteArray form
            = contentOf(suiteFolder() + draft + QStringLiteral("/output-schema.json"));
    const QList<QByteArray> tests = rawElements(members["tests"]);
    for (const QByteArray &test : tests) {
        const QMap<QByteArray, QByteArray> parts = rawMembers(test);
        const QByteArray expected = rawMembers(parts["output"])["basic"];
        SchemaRegistryBuilder builder;
        builder.addResource(idOf(form), form);
        builder.registerSchema(TestChannel, members["schema"], idOf(members["schema"]));
        builder.registerSchema(OutputChannel, expected);
        Error error;
        const auto registry = builder.build(&error);
        QVERIFY2(registry, qPrintable(error.message()));

        ++m_total[draft];
        const QByteArray output = basicOutput(registry->validate(TestChannel, parts["data"]));
        const auto failure = registry->validate(OutputChannel, output);
        if (failure && expected.contains("\"required\": [\"annotations\"]"))
            QSKIP("annotations are not reported");
        QVERIFY2(!failure, qPrintable(failure ? failure->message : QString()));
        ++m_passed[draft];
    }
}

void tst_SchemaOutput::cleanupTestCase()
{
    for (auto total = m_total.cbegin(); total != m_total.cend(); ++total)
        qInfo("output-tests/%s: %d of %d", qPrintable(total.key()), m_passed[total.key()], *total);
}

QTEST_GUILESS_MAIN(tst_SchemaOutput)

#include "tst_schemaoutput.moc"
