// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schemagenerator.h"

#include <IpcPrims/schemaregistry.h>

#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

/*!
    Made-up values are judged by made-up schemas here and by the reference implementation: 20,000,
    or as many as the environment variable IPCPRIMS_SCHEMA_INSTANCES says.
*/
class tst_InteropSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothGiveTheSameVerdicts();
};

namespace {
constexpr int SchemasInBatch = 200;
constexpr int InstancesOfSchema = 100;

QByteArray compact(const QJsonValue &value)
{
    // A document is an array or an object.
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).mid(1).chopped(1);
}

void write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

QByteArray referenceVerdicts(const QString &directory, const QString &instances)
{
    QProcess node;
    node.start(QStringLiteral(IPCPRIMS_NODE),
               {QStringLiteral(IPCPRIMS_JUDGE), directory, instances});
    node.waitForFinished(120'000);
    const QByteArray errors = node.readAllStandardError();
    if (!errors.isEmpty())
        qWarning("%s", errors.constData());
    return node.readAllStandardOutput();
}

void compareBatch(quint32 seed, int *validCount)
{
    SchemaGenerator generator(seed);
    QTemporaryDir directory;
    QByteArrayList schemas;
    QByteArrayList lines;
    for (int channel = 0; channel < SchemasInBatch; ++channel) {
        schemas.append(QJsonDocument(generator.schema()).toJson(QJsonDocument::Compact));
        write(directory.filePath(u"channel_%1.schema.json"_s.arg(channel)), schemas.last());
        for (int i = 0; i < InstancesOfSchema; ++i)
            lines.append(QByteArray::number(channel) + ' ' + compact(generator.instance()));
    }
    const QString instances = directory.filePath(u"instances"_s);
    write(instances, lines.join('\n'));

    const QByteArray expected = referenceVerdicts(directory.path(), instances);
    QCOMPARE(expected.size(), lines.size());
    Error error;
    const auto registry = SchemaRegistry::fromDirectory(directory.path(), {}, &error);
    QVERIFY2(registry, qPrintable(error.message()));
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const qsizetype channel = i / InstancesOfSchema;
        const QByteArray instance = lines[i].mid(lines[i].indexOf(' ') + 1);
        const auto failure = registry->validate(quint16(channel), instance);
        *validCount += !failure;
        const QByteArray difference = "seed " + QByteArray::number(seed) + ", reference "
                                      + expected[i] + ": " + instance + '\n' + schemas[channel];
        QVERIFY2(!failure == (expected[i] == '1'), difference.constData());
    }
}
} // namespace

void tst_InteropSchema::bothGiveTheSameVerdicts()
{
    bool isNumber = false;
    const int wanted = qEnvironmentVariableIntValue("IPCPRIMS_SCHEMA_INSTANCES", &isNumber);
    const int batch = SchemasInBatch * InstancesOfSchema;
    const int batches = isNumber ? (wanted + batch - 1) / batch : 1;
    int validCount = 0;
    for (int i = 0; i < batches; ++i) {
        compareBatch(quint32(i + 1), &validCount);
        if (QTest::currentTestFailed())
            return;
    }
    // Else it would not have been much of a comparison.
    QVERIFY(validCount > batches * batch / 10);
    QVERIFY(validCount < batches * batch * 9 / 10);
    qInfo("%d values, %d of them valid", batches * batch, validCount);
}

QTEST_GUILESS_MAIN(tst_InteropSchema)

#include "tst_interop_schema.moc"
