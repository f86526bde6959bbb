// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/figures.h"
#include "harness/machineload.h"
#include "harness/quartiles.h"
#include "harness/ratios.h"

#include <QtTest/qtest.h>

using namespace Bench;
using namespace Qt::StringLiterals;

namespace {

const QString Small = u"W2-64B"_s;

void addRates(Results *results, const QString &contestant, const std::vector<double> &rates)
{
    for (const double rate : rates)
        results->add(Small, contestant, {{u"rate"_s, rate}});
}

} // namespace

class TestFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quartilesLieBetweenTheNearestRanks();
    void nothingHasNoQuartiles();
    void ratiosAreTakenRoundByRound();
    void ratioIsToTheBetterOfTwo();
    void peerThatFailsCountsWithTheRoundsItHas();
    void whatWasNotMeasuredHasNoRatio();
    void yardstickThatStraysIsNoise_data();
    void yardstickThatStraysIsNoise();
    void verdicts_data();
    void verdicts();
    void noisyWorkloadIsNotJudged();
    void timesAreReadFromTheSystem();
    void timesOfOthersAreWhatIsNotOwn();
};

void TestFigures::quartilesLieBetweenTheNearestRanks()
{
    const auto odd = quartilesOf({5, 1, 4, 2, 3});
    QCOMPARE(odd->lower, 2.0);
    QCOMPARE(odd->median, 3.0);
    QCOMPARE(odd->upper, 4.0);
    const auto even = quartilesOf({4, 1, 2, 3});
    QCOMPARE(even->lower, 1.75);
    QCOMPARE(even->median, 2.5);
    QCOMPARE(even->upper, 3.25);
    const auto one = quartilesOf({7});
    QCOMPARE(one->lower, 7.0);
    QCOMPARE(one->upper, 7.0);
}

void TestFigures::nothingHasNoQuartiles()
{
    QVERIFY(!quartilesOf({}));
}

// The machine has slow rounds, the ratio stays.
void TestFigures::ratiosAreTakenRoundByRound()
{
    Results results;
    addRates(&results, u"ipcprims"_s, {200, 20, 100});
    addRates(&results, u"raw"_s, {100, 10, 50});
    const auto relative = ratio(results, Small, u"ipcprims"_s, u"raw"_s);
    QCOMPARE(relative->lower, 2.0);
    QCOMPARE(relative->median, 2.0);
    QCOMPARE(relative->upper, 2.0);
}

void TestFigures::ratioIsToTheBetterOfTwo()
{
    Results results;
    addRates(&results, u"ipcprims"_s, {100, 100});
    addRates(&results, u"raw-batched"_s, {50, 50});
    addRates(&results, u"raw-writev"_s, {400, 400});
    QCOMPARE(ratio(results, Small, u"ipcprims"_s, TheLimit)->median, 0.25);
    addRates(&results, u"nng"_s, {200, 200});
    QCOMPARE(ratio(results, Small, u"ipcprims"_s, TheBestPeer)->median, 0.5);
}

void TestFigures::peerThatFailsCountsWithTheRoundsItHas()
{
    Results results;
    addRates(&results, u"ipcprims"_s, {100, 100, 100});
    addRates(&results, u"raw"_s, {200});
    QCOMPARE(ratio(results, Small, u"ipcprims"_s, u"raw"_s)->median, 0.5);
}

void TestFigures::whatWasNotMeasuredHasNoRatio()
{
    Results results;
    addRates(&results, u"ipcprims"_s, {100});
    QVERIFY(!ratio(results, Small, u"ipcprims"_s, u"raw"_s));
    QVERIFY(!ratio(results, Small, u"raw"_s, u"ipcprims"_s));
    QVERIFY(!noise(results, Small));
    QVERIFY(!isNoisy(results, Small));
    // Memory, for example, which is no rate.
    results.add(u"W7"_s, Yardstick, {{u"KiB"_s, 1}});
    results.add(u"W7"_s, YardstickAgain, {{u"KiB"_s, 1}});
    QVERIFY(!noise(results, u"W7"_s));
}

void TestFigures::yardstickThatStraysIsNoise_data()
{
    QTest::addColumn<QList<double>>("again");
    QTest::addColumn<bool>("noisy");
    QTest::newRow("the same") << QList<double>{100, 100, 100, 100, 100} << false;
    QTest::newRow("one bad round") << QList<double>{100, 101, 99, 100, 30} << false;
    QTest::newRow("a quarter slower") << QList<double>{80, 85, 100, 101, 102} << true;
    QTest::newRow("a quarter faster") << QList<double>{98, 99, 100, 115, 120} << true;
    QTest::newRow("always slower") << QList<double>{80, 81, 82, 83, 84} << true;
}

void TestFigures::yardstickThatStraysIsNoise()
{
    QFETCH(const QList<double>, again);
    QFETCH(const bool, noisy);
    Results results;
    addRates(&results, Yardstick, {100, 100, 100, 100, 100});
    addRates(&results, YardstickAgain, {again.begin(), again.end()});
    QCOMPARE(isNoisy(results, Small), noisy);
}

void TestFigures::verdicts_data()
{
    QTest::addColumn<double>("lower");
    QTest::addColumn<double>("upper");
    QTest::addColumn<bool>("isCeiling");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("above a floor") << 1.0 << 1.2 << false << u"pass"_s;
    QTest::newRow("below a floor") << 0.8 << 0.9 << false << u"MISS"_s;
    QTest::newRow("around a floor") << 0.9 << 1.1 << false << u"unclear"_s;
    QTest::newRow("above a ceiling") << 1.1 << 1.2 << true << u"MISS"_s;
    QTest::newRow("below a ceiling") << 0.8 << 1.0 << true << u"pass"_s;
    QTest::newRow("around a ceiling") << 0.9 << 1.1 << true << u"unclear"_s;
}

void TestFigures::verdicts()
{
    QFETCH(const double, lower);
    QFETCH(const double, upper);
    QFETCH(const bool, isCeiling);
    Figure figure;
    figure.target = 1;
    figure.isCeiling = isCeiling;
    QCOMPARE(verdictName(figure.verdict()), u"not measured"_s);
    figure.reached = Quartiles{lower, (lower + upper) / 2, upper};
    QTEST(verdictName(figure.verdict()), "verdict");
    figure.isNoisy = true;
    QCOMPARE(verdictName(figure.verdict()), u"too noisy to tell"_s);
}

void TestFigures::noisyWorkloadIsNotJudged()
{
    Results results;
    addRates(&results, u"raw"_s, {1, 1, 1});
    addRates(&results, u"ipcprims"_s, {100, 100, 100});
    addRates(&results, Yardstick, {1, 1, 1});
    addRates(&results, YardstickAgain, {2, 2, 2});
    Contest contest;
    contest.workloads = {*Workload::find(Small)};
    const QList<Figure> figures = figuresToReach(contest, results);
    QVERIFY(!figures.isEmpty());
    for (const Figure &figure : figures) {
        QCOMPARE(figure.workload, Small);
        QVERIFY(figure.verdict() == Figure::Verdict::Noisy
                || figure.verdict() == Figure::Verdict::NotMeasured);
    }
}

void TestFigures::timesAreReadFromTheSystem()
{
    const auto times = ProcessorTimes::fromStat("cpu  100 200 300 400 500 600 700 800 0 0\n"
                                                "cpu0 1 1 1 1 1 1 1 1 0 0\n",
                                                100);
    QCOMPARE(times->busy, 19.0);
    QCOMPARE(times->idle, 9.0);
    QCOMPARE(times->stolen, 8.0);
    QVERIFY(!ProcessorTimes::fromStat("", 100));
    QVERIFY(!ProcessorTimes::fromStat("intr 1 2 3 4 5 6 7 8 9\n", 100));
}

void TestFigures::timesOfOthersAreWhatIsNotOwn()
{
    const auto idle = MachineLoad::sharesOf({10, 10, 0}, {60, 60, 0}, 50);
    QCOMPARE(idle.others, 0.0);
    QVERIFY(!idle.isTooMuch());
    const auto shared = MachineLoad::sharesOf({10, 10, 0}, {60, 60, 0}, 40);
    QCOMPARE(shared.others, 0.1);
    QVERIFY(shared.isTooMuch());
    const auto stolen = MachineLoad::sharesOf({0, 0, 0}, {50, 45, 5}, 50);
    QCOMPARE(stolen.stolen, 0.05);
    QVERIFY(stolen.isTooMuch());
    // Clocks of different grain: no share is below nothing.
    QCOMPARE(MachineLoad::sharesOf({0, 0, 0}, {50, 50, 0}, 51).others, 0.0);
}

QTEST_GUILESS_MAIN(TestFigures)

#include "tst_figures.moc"
