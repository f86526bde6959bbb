// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/costtable.h"
#include "micro/limits.h"

#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace Bench;
using namespace Qt::StringLiterals;

// The programs end there; nothing that is tested here gets so far.
void Bench::leave(int, const QString &reason)
{
    qFatal("%s", qPrintable(reason));
}

class TestCosts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneThingMoreIsTooMuch_data();
    void oneThingMoreIsTooMuch();
    void lessIsGood();
    void whatHasNoLimitIsReported();
    void limitOfWhatIsNotCountedIsReported();
    void limitsAreReadAsTheyWereWritten();
    void tableGetsTheCounts();
};

void TestCosts::oneThingMoreIsTooMuch_data()
{
    QTest::addColumn<double>("instructions");
    QTest::addColumn<double>("allocations");
    QTest::addColumn<double>("systemCalls");
    QTest::addColumn<bool>("isTooMuch");
    QTest::newRow("as allowed") << 200.0 << 2.0 << 3.0 << false;
    QTest::newRow("within the tolerance") << 205.0 << 2.04 << 3.04 << false;
    QTest::newRow("a copy of a kilobyte") << 264.0 << 2.0 << 3.0 << true;
    QTest::newRow("an allocation in every tenth") << 200.0 << 2.1 << 3.0 << true;
    QTest::newRow("a system call in every eighth") << 200.0 << 2.0 << 3.125 << true;
}

void TestCosts::oneThingMoreIsTooMuch()
{
    QFETCH(const double, instructions);
    QFETCH(const double, allocations);
    QFETCH(const double, systemCalls);
    QFETCH(const bool, isTooMuch);
    const Cost limit = {200, 2, 3};
    QCOMPARE(excessOf({instructions, allocations, systemCalls}, limit).isAny(), isTooMuch);
    QCOMPARE(compare({{u"send"_s, {instructions, allocations, systemCalls}}}, {{u"send"_s, limit}}),
             !isTooMuch);
}

void TestCosts::lessIsGood()
{
    QVERIFY(compare({{u"send"_s, {100, 0, 0}}}, {{u"send"_s, {200, 2, 3}}}));
}

void TestCosts::whatHasNoLimitIsReported()
{
    QVERIFY(!compare({{u"send"_s, {1, 0, 0}}}, {}));
}

void TestCosts::limitOfWhatIsNotCountedIsReported()
{
    QVERIFY(!compare({}, {{u"send"_s, {200, 2, 3}}}));
}

void TestCosts::limitsAreReadAsTheyWereWritten()
{
    const QTemporaryDir directory;
    const QString file = directory.filePath(u"limits.json"_s);
    writeLimits(file, {{u"send"_s, {199.5, 0.123, 1.5}}});
    const Costs limits = readLimits(file);
    QCOMPARE(limits.size(), 1U);
    const Cost limit = limits.at(u"send"_s);
    QCOMPARE(limit.instructions, 200.0); // Rounded up: a limit is never below what was counted.
    QCOMPARE(limit.allocations, 0.12);
    QCOMPARE(limit.systemCalls, 1.5);
}

void TestCosts::tableGetsTheCounts()
{
    const Costs costs = {{u"send"_s, {1284, 0, 0.02}}};
    const QString before = u"| path | case | a | b | c |\n|---|---|---:|---:|---:|\n"
                           "| sending | `send` | 1 | 2 | 3 |\nText with `send`.\n"_s;
    const QString after = u"| path | case | a | b | c |\n|---|---|---:|---:|---:|\n"
                          "| sending | `send` | 1,284 | 0 | 0.02 |\nText with `send`.\n"_s;
    QCOMPARE(withCosts(before, costs), after);
    QCOMPARE(withCosts(after, costs), after);
}

QTEST_GUILESS_MAIN(TestCosts)

#include "tst_costs.moc"
