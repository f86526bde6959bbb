// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "descriptors.h"

#include <IpcPrims/peer.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <vector>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr int Patience = 60'000; // ms; only a failing test waits that long.

/// A client here and its server in another process, which does what it is told; see peerhelper.cpp.
class tst_PeerProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void tenThousandRequestsInFlightAreMatched();
    void bothSidesShutDownAtOnce();

private:
    QByteArray nextLine();
    void openAndClose();

    QTemporaryDir m_directory;
    QProcess m_helper;
    Peer m_client;
};

void tst_PeerProcesses::initTestCase()
{
    m_helper.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_helper.start(QCoreApplication::applicationDirPath() + u"/peerhelper"_s,
                   {m_directory.filePath(u"s"_s)});
    QCOMPARE(nextLine(), "listening\n"_ba);
}

void tst_PeerProcesses::cleanupTestCase()
{
    m_helper.kill();
    m_helper.waitForFinished();
}

QByteArray tst_PeerProcesses::nextLine()
{
    while (!m_helper.canReadLine() && m_helper.waitForReadyRead(Patience)) {
    }
    return m_helper.readLine();
}

void tst_PeerProcesses::tenThousandRequestsInFlightAreMatched()
{
    constexpr int Count = 10'000;
    m_client.connectToServer(Endpoint::fromPath(m_directory.filePath(u"s"_s)));
    QTRY_VERIFY_WITH_TIMEOUT(m_client.isOpen(), Patience);
    std::vector<QFuture<Reply>> replies;
    for (int i = 0; i < Count; ++i)
        replies.push_back(m_client.request(QByteArray::number(i), 60s));
    // DATA doesn't overtake COMMAND, so all of them wait over there by then.
    QVERIFY(!m_client.send(Channel::Data, "answer"));
    QTRY_VERIFY_WITH_TIMEOUT(replies.back().isFinished(), Patience);
    for (int i = 0; i < Count; ++i) {
        QVERIFY(replies[i].isFinished());
        const Reply reply = replies[i].result();
        QVERIFY2(!reply.error, qPrintable(reply.error.message()));
        QCOMPARE(reply.payload, QByteArray::number(i) + " of 10000");
    }
    m_client.close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client.state(), Peer::State::Closed, Patience);
    QCOMPARE(nextLine(), "the other side asked to shut down\n"_ba);
}

// The helper gets the word together with our request, and looks at the word first.
void tst_PeerProcesses::openAndClose()
{
    QSignalSpy connected(&m_client, &Peer::connected);
    m_client.connectToServer(Endpoint::fromPath(m_directory.filePath(u"s"_s)));
    QVERIFY(connected.wait(Patience));
    QSignalSpy ended(&m_client, &Peer::disconnected);
    QVERIFY(!m_client.send(Channel::Data, "close"));
    m_client.close();
    QVERIFY(ended.wait(Patience));
    QCOMPARE(m_client.disconnectReason(), Error());
    // It did not just agree: for those who do, the other side's request is the reason.
    QCOMPARE(nextLine(), "\n"_ba);
}

void tst_PeerProcesses::bothSidesShutDownAtOnce()
{
    openAndClose();
    const qsizetype descriptors = openDescriptors().size();
    const qsizetype helpersDescriptors = openDescriptors(m_helper.processId()).size();
    for (int i = 0; i < 1000 && !QTest::currentTestFailed(); ++i)
        openAndClose();
    QTRY_COMPARE_WITH_TIMEOUT(openDescriptors().size(), descriptors, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(openDescriptors(m_helper.processId()).size(), helpersDescriptors,
                              Patience);
}

QTEST_GUILESS_MAIN(tst_PeerProcesses)
#include "tst_peer_processes.moc"
