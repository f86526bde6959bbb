// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qprocess.h>
#include <QtTest/qtest.h>

/// An application that quits while a peer of its is being closed; see quittinghelper.cpp.
class tst_Quitting : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsLostAfterClose();
    void endOfTheOtherSideEndsTheWaiting();

private:
    void start();

    QProcess m_helper;
};

// The process connects, and is not listened to yet.
void tst_Quitting::start()
{
    connect(m_server.get(), &Server::peerConnected, this,
            [](Peer *peer) { peer->setReceiving(false); });
    m_helper.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_helper.start(QCoreApplication::applicationDirPath() + u"/quittinghelper"_s,
                   {m_endpoint.path()});
    QVERIFY(m_helper.waitForStarted(Patience));
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    // Not before that is its session one that it is closing.
    QTRY_VERIFY_WITH_TIMEOUT(m_helper.canReadLine(), Patience);
}

void tst_Quitting::nothingIsLostAfterClose()
{
    start();
    QVERIFY(m_peer);
    Diary diary(m_peer);
    // As long as the session lasts, so does the process.
    QVERIFY(!m_helper.waitForFinished(300));
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.frames.size(), 8);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::ShutdownRequested);
    QVERIFY(m_helper.state() == QProcess::NotRunning || m_helper.waitForFinished(Patience));
    QCOMPARE(m_helper.exitCode(), 0);
}

void tst_Quitting::endOfTheOtherSideEndsTheWaiting()
{
    start();
    QVERIFY(m_peer);
    m_peer->abort();
    QVERIFY(m_helper.state() == QProcess::NotRunning || m_helper.waitForFinished(Patience));
    QCOMPARE(m_helper.exitCode(), 1); // As the shutdown has failed.
}

QTEST_GUILESS_MAIN(tst_Quitting)
#include "tst_quitting.moc"
