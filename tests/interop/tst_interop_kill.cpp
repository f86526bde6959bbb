// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "killcampaign.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

/// A client whose server, the reference implementation, is killed again and again.
class tst_InteropKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgedCommandsAreNeitherLostNorDoubled_data();
    void acknowledgedCommandsAreNeitherLostNorDoubled();
};

void tst_InteropKill::acknowledgedCommandsAreNeitherLostNorDoubled_data()
{
    QTest::addColumn<QString>("style");
    QTest::newRow("blocking server") << u"blocking"_s;
    QTest::newRow("promise server") << u"promise"_s;
}

void tst_InteropKill::acknowledgedCommandsAreNeitherLostNorDoubled()
{
    QFETCH(QString, style);
    KillCampaign campaign(QStringLiteral(IPCPRIMS_NODE),
                          {QStringLiteral(IPCPRIMS_JOURNALSERVER), style});
    campaign.run(KillCampaign::cycles(10)); // Node takes long to start.
}

QTEST_GUILESS_MAIN(tst_InteropKill)
#include "tst_interop_kill.moc"
