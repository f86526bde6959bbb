// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/fifo_p.h"
#include "peer/report_p.h"

#include <QtCore/qstring.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace IpcPrims;

class tst_Report : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatItHoldsLastsAsLongAsIt();
    void whatItHoldsMovesWithIt();
    void assignmentReleasesWhatWasThere();
};

void tst_Report::whatItHoldsLastsAsLongAsIt()
{
    const auto shared = std::make_shared<int>(0);
    {
        Report report([shared] { ++*shared; });
        QCOMPARE(shared.use_count(), 2);
        report();
        QCOMPARE(*shared, 1);
    }
    QCOMPARE(shared.use_count(), 1);
}

void tst_Report::whatItHoldsMovesWithIt()
{
    const auto shared = std::make_shared<QString>();
    Fifo<Report> reports;
    for (int i = 0; i < 20; ++i) {
        Report report([shared, text = QString::number(i)] { *shared += text; });
        report.isOneOfMany = i == 19;
        reports.push_back(std::move(report));
    }
    QVERIFY(reports.back().isOneOfMany);
    while (!reports.empty()) {
        Report report = std::move(reports.front());
        reports.pop_front();
        report();
    }
    QCOMPARE(*shared, QStringLiteral("012345678910111213141516171819"));
    QCOMPARE(shared.use_count(), 1);
}

void tst_Report::assignmentReleasesWhatWasThere()
{
    const auto first = std::make_shared<int>(0);
    const auto second = std::make_shared<int>(0);
    Report report([first] { ++*first; });
    report = Report([second] { ++*second; });
    QCOMPARE(first.use_count(), 1);
    report();
    QCOMPARE(*first, 0);
    QCOMPARE(*second, 1);
}

QTEST_APPLESS_MAIN(tst_Report)

#include "tst_report.moc"
