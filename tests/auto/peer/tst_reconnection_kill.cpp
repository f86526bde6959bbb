// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "killcampaign.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

/// A client whose server, of this library, is killed again and again.
class tst_ReconnectionKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgedCommandsAreNeitherLostNorDoubled();
};

void tst_ReconnectionKill::acknowledgedCommandsAreNeitherLostNorDoubled()
{
    KillCampaign campaign(QCoreApplication::applicationDirPath() + u"/journalserver"_s);
    campaign.run(KillCampaign::cycles(100));
}

QTEST_GUILESS_MAIN(tst_ReconnectionKill)
#include "tst_reconnection_kill.moc"
