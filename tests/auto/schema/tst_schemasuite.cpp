// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The specification's own test suite, which is not a part of this project: the environment variable
// IPCPRIMS_JSON_SCHEMA_SUITE names its folder.

#include "rawjson.h"

#include <IpcPrims/schemaregistry.h>

#include <QtCore/qdir.h>
#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace IpcPrims;

namespace {
constexpr quint16 TestChannel = 1000;

constexpr const char *Draft7 = "http://json-schema.org/draft-07/schema#";
constexpr const char *Draft2019 = "https://json-schema.org/draft/2019-09/schema";
constexpr const char *Draft2020 = ""; // needs no name

QString suiteFolder()
{
    return qEnvironmentVariable("IPCPRIMS_JSON_SCHEMA_SUITE");
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

// Most schemas for the older drafts leave out what a schema without it would be taken for.
QByteArray withDraft(const QByteArray &draft, const QByteArray &schema)
{
    if (draft.isEmpty() || !schema.startsWith('{') || schema.contains("\"$schema\""))
        return schema;
    const QByteArray rest = schema.mid(1).trimmed();
    return "{\"$schema\":\"" + draft + '"' + (rest.startsWith('}') ? "" : ",") + rest;
}

// What the suite expects to be served at its made-up host.
void addRemotes(SchemaRegistryBuilder *builder)
{
    const QDir remotes(suiteFolder() + QStringLiteral("/remotes"));
    QDirIterator files(remotes.path(), {QStringLiteral("*.json")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        const QString name = remotes.relativeFilePath(path);
        const bool isOfUnknownDraft = name.startsWith(QLatin1String("draft3"))
                                      || name.startsWith(QLatin1String("draft4"))
                                      || name.startsWith(QLatin1String("draft6"))
                                      || name.startsWith(QLatin1String("v1"));
        const QByteArray draft = name.startsWith(QLatin1String("draft7"))         ? Draft7
                                 : name.startsWith(QLatin1String("draft2019-09")) ? Draft2019
                                                                                  : Draft2020;
        if (!isOfUnknownDraft)
            builder->addResource(QStringLiteral("http://localhost:1234/") + name,
                                 withDraft(draft, contentOf(path)));
    }
}
} // namespace

class tst_SchemaSuite : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyVerdictOfTheSuite_data();
    void everyVerdictOfTheSuite();
    void cleanupTestCase();

private:
    void addRows(const QString &folder, const QByteArray &defaultSchema, bool assertFormats);

    QMap<QString, int> m_total;
    QMap<QString, int> m_passed;
};

void tst_SchemaSuite::initTestCase()
{
    if (suiteFolder().isEmpty())
        QSKIP("IPCPRIMS_JSON_SCHEMA_SUITE names no folder");
    QVERIFY(QDir(suiteFolder() + QStringLiteral("/tests")).exists());
}

void tst_SchemaSuite::addRows(const QString &folder, const QByteArray &draft, bool assertFormats)
{
    const QDir dir(suiteFolder() + QStringLiteral("/tests/") + folder);
    const QStringList files = dir.entryList({QStringLiteral("*.json")}, QDir::Files);
    QVERIFY(!files.isEmpty());
    for (const QString &file : files) {
        const QList<QByteArray> groups = rawElements(contentOf(dir.filePath(file)));
        for (qsizetype i = 0; i < groups.size(); ++i) {
            const QByteArray name = QStringLiteral("%1/%2 %3").arg(folder, file).arg(i).toUtf8();
            QTest::newRow(name.constData()) << folder << groups[i] << draft << assertFormats;
        }
    }
}

void tst_SchemaSuite::everyVerdictOfTheSuite_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QByteArray>("group");
    QTest::addColumn<QByteArray>("draft");
    QTest::addColumn<bool>("assertFormats");

    addRows(QStringLiteral("draft2020-12"), Draft2020, false);
    addRows(QStringLiteral("draft2020-12/optional"), Draft2020, false);
    addRows(QStringLiteral("draft2020-12/optional/format"), Draft2020, true);
    addRows(QStringLiteral("draft2019-09"), Draft2019, false);
    addRows(QStringLiteral("draft7"), Draft7, false);
}

void tst_SchemaSuite::everyVerdictOfTheSuite()
{
    QFETCH(const QString, folder);
    QFETCH(const QByteArray, group);
    QFETCH(const QByteArray, draft);
    QFETCH(const bool, assertFormats);

    const QMap<QByteArray, QByteArray> groupMembers = rawMembers(group);
    SchemaOptions options;
    options.assertFormats = assertFormats;
    SchemaRegistryBuilder builder(options);
    addRemotes(&builder);
    builder.registerSchema(TestChannel, withDraft(draft, groupMembers["schema"]));
    Error error;
    const auto registry = builder.build(&error);

    QStringList wrong;
    const QList<QByteArray> tests = rawElements(groupMembers["tests"]);
    m_total[folder] += int(tests.size());
    for (const QByteArray &test : tests) {
        const QMap<QByteArray, QByteArray> members = rawMembers(test);
        const auto failure = registry ? registry->validate(TestChannel, members["data"])
                                      : PayloadValidator::Failure{error.message(), {}};
        if (registry && !failure.has_value() == (members["valid"] == "true"))
            ++m_passed[folder];
        else
            wrong += QString::fromUtf8(groupMembers["description"] + ": " + members["description"])
                     + (failure ? QStringLiteral(" (%1)").arg(failure->message) : QString());
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void tst_SchemaSuite::cleanupTestCase()
{
    for (auto total = m_total.cbegin(); total != m_total.cend(); ++total)
        qInfo("%s: %d of %d", qPrintable(total.key()), m_passed[total.key()], *total);
}

QTEST_GUILESS_MAIN(tst_SchemaSuite)

#include "tst_schemasuite.moc"
