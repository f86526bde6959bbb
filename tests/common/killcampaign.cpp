// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "killcampaign.h"

#include "descriptors.h"

#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <functional>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr int Patience = 60'000; // ms; only a failing test waits that long.

// All commands are of one size, so that the bytes that are queued tell how many they are.
static constexpr int Digits = 10;
static constexpr int FrameSize = 8 + Digits;

static QByteArray command(int number)
{
    return QByteArray::number(number).rightJustified(Digits, '0');
}

KillCampaign::KillCampaign(const QString &program, const QStringList &arguments)
    : m_program(program)
    , m_arguments(arguments)
{
    m_server.setProcessChannelMode(QProcess::ForwardedChannels);
    m_client.setReconnectPolicy(ReconnectPolicy::exponential(1ms, 10ms));
    m_client.setUnsentFrames(Channel::Command, Peer::UnsentFrames::Keep);
    connect(&m_client, &Peer::frameReceived, this, [this](quint16, const QByteArray &payload) {
        m_acknowledged.insert(payload.toInt());
        --m_unanswered;
        sendCommands();
    });
    connect(&m_client, &Peer::connected, this, [this] {
        // These were kept. Nobody knows what became of the others that were on their way.
        m_unanswered = int(m_client.bytesQueued(Channel::Command) / FrameSize);
        sendCommands();
    });
    connect(&m_client, &Peer::framesNotSent, this, [] { QFAIL("Frames were handed back"); });
}

KillCampaign::~KillCampaign()
{
    killServer();
}

int KillCampaign::cycles(int usual)
{
    bool isSet = false;
    const int cycles = qEnvironmentVariableIntValue("IPCPRIMS_KILL_CYCLES", &isSet);
    return isSet ? cycles : usual;
}

void KillCampaign::startServer()
{
    m_server.start(m_program, m_arguments
                                      + QStringList{m_directory.filePath(u"s"_s),
                                                    m_directory.filePath(u"journal"_s)});
}

void KillCampaign::killServer()
{
    m_server.kill();
    m_server.waitForFinished(Patience);
}

void KillCampaign::sendCommands()
{
    while (m_unanswered < Window && !m_client.send(Channel::Command, command(m_next))) {
        ++m_next;
        ++m_unanswered;
    }
}

QList<int> KillCampaign::journal() const
{
    QFile file(m_directory.filePath(u"journal"_s));
    QList<int> numbers;
    if (file.open(QFile::ReadOnly)) {
        while (!file.atEnd())
            numbers.append(file.readLine().trimmed().toInt());
    }
    return numbers;
}

void KillCampaign::run(int cycles)
{
    startServer();
    m_client.connectToServer(Endpoint::fromPath(m_directory.filePath(u"s"_s)));
    QTRY_VERIFY_WITH_TIMEOUT(!m_acknowledged.isEmpty(), Patience);
    const qsizetype descriptors = openDescriptors().size();

    killAgainAndAgain(cycles);
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(openDescriptors().size(), descriptors);

    m_client.close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client.state(), Peer::State::Closed, Patience);
    killServer();
    judge(cycles);
}

void KillCampaign::killAgainAndAgain(int cycles)
{
    const quint32 seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    qInfo("%d cycles, seed %u", cycles, seed);
    for (int cycle = 0; cycle < cycles; ++cycle) {
        // At a moment that depends on what has been exchanged, not on the speed of the machine.
        const qsizetype enough = m_acknowledged.size() + random.bounded(1, 500);
        QTRY_VERIFY_WITH_TIMEOUT(m_acknowledged.size() >= enough, Patience);
        killServer();
        const quint64 generation = m_client.generation();
        startServer();
        QTRY_VERIFY_WITH_TIMEOUT(m_client.generation() > generation, Patience);
    }
    const qsizetype enough = m_acknowledged.size() + 10;
    QTRY_VERIFY_WITH_TIMEOUT(m_acknowledged.size() >= enough, Patience);
}

void KillCampaign::judge(int cycles) const
{
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
