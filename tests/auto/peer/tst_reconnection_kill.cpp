// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/peer.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qrandom.h>
#include <QtCore/qset.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <algorithm>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr int Patience = 60'000; // ms; only a failing test waits that long.

/// A client whose server is killed again and again.
class tst_ReconnectionKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgedCommandsAreNeitherLostNorDoubled();

private:
    void startServer();
    void sendCommands();
    QList<int> journal() const;
    static qsizetype openDescriptors();

    // So many are on their way at a time.
    static constexpr int Window = 100;

    QTemporaryDir m_directory;
    QProcess m_server;
    Peer m_client;
    int m_next = 0;
    int m_unanswered = 0;
    QSet<int> m_acknowledged;
};

void tst_ReconnectionKill::startServer()
{
    m_server.start(QCoreApplication::applicationDirPath() + u"/journalserver"_s,
                   {m_directory.filePath(u"s"_s), m_directory.filePath(u"journal"_s)});
}

void tst_ReconnectionKill::sendCommands()
{
    while (m_unanswered < Window && !m_client.send(Channel::Command, QByteArray::number(m_next))) {
        ++m_next;
        ++m_unanswered;
    }
}

QList<int> tst_ReconnectionKill::journal() const
{
    QFile file(m_directory.filePath(u"journal"_s));
    QList<int> numbers;
    if (file.open(QFile::ReadOnly)) {
        while (!file.atEnd())
            numbers.append(file.readLine().trimmed().toInt());
    }
    return numbers;
}

qsizetype tst_ReconnectionKill::openDescriptors()
{
    return QDir(u"/proc/self/fd"_s).entryList(QDir::System | QDir::Files).size();
}

void tst_ReconnectionKill::acknowledgedCommandsAreNeitherLostNorDoubled()
{
    const int cycles = qEnvironmentVariableIsSet("IPCPRIMS_KILL_CYCLES")
                               ? qEnvironmentVariableIntValue("IPCPRIMS_KILL_CYCLES")
                               : 100;
    const quint32 seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    qInfo("%d cycles, seed %u", cycles, seed);
    m_server.setProcessChannelMode(QProcess::ForwardedChannels);

    m_client.setReconnectPolicy(ReconnectPolicy::exponential(1ms, 10ms));
    m_client.setUnsentFrames(Channel::Command, Peer::UnsentFrames::Keep);
    connect(&m_client, &Peer::frameReceived, this, [&](quint16, const QByteArray &payload) {
        m_acknowledged.insert(payload.toInt());
        --m_unanswered;
        sendCommands();
    });
    connect(&m_client, &Peer::connected, this, [&] {
        // Nobody knows what became of those that were on their way.
        m_unanswered = 0;
        sendCommands();
    });
    connect(&m_client, &Peer::framesNotSent, this, [] { QFAIL("Frames were handed back"); });

    startServer();
    m_client.connectToServer(Endpoint::fromPath(m_directory.filePath(u"s"_s)));
    QTRY_VERIFY_WITH_TIMEOUT(!m_acknowledged.isEmpty(), Patience);
    const qsizetype descriptors = openDescriptors();

    for (int cycle = 0; cycle < cycles; ++cycle) {
        // At a moment that depends on what has been exchanged, not on the speed of the machine.
        const qsizetype enough = m_acknowledged.size() + random.bounded(1, 500);
        QTRY_VERIFY_WITH_TIMEOUT(m_acknowledged.size() >= enough, Patience);
        m_server.kill();
        QVERIFY(m_server.waitForFinished(Patience));
        const quint64 generation = m_client.generation();
        startServer();
        QTRY_VERIFY_WITH_TIMEOUT(m_client.generation() > generation, Patience);
    }
    const qsizetype enough = m_acknowledged.size() + 10;
    QTRY_VERIFY_WITH_TIMEOUT(m_acknowledged.size() >= enough, Patience);
    QCOMPARE(openDescriptors(), descriptors);
    m_client.close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client.state(), Peer::State::Closed, Patience);
    m_server.kill();
    QVERIFY(m_server.waitForFinished(Patience));

    const QList<int> delivered = journal();
    // In order, so none twice.
    QVERIFY(std::is_sorted(delivered.begin(), delivered.end(), std::less_equal<int>()));
    const QSet<int> known(delivered.begin(), delivered.end());
    QCOMPARE(known.size(), delivered.size());
    const QSet<int> lost = QSet<int>(m_acknowledged).subtract(known);
    QVERIFY2(lost.isEmpty(), qPrintable(QString::number(lost.size())));
    // What is in neither had been written to a server that died before it read it.
    QVERIFY(m_next - known.size() <= qsizetype(cycles) * 2 * Window);
}

QTEST_GUILESS_MAIN(tst_ReconnectionKill)
#include "tst_reconnection_kill.moc"
