// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"

#include <IpcPrims/blockingpeer.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/request.h>
#include <IpcPrims/server.h>

#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// Blocking peers in a process of their own, without an application object, and Peer and Server, or
/// another blocking peer, in this one.
class tst_BlockingProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void peerTalksToABlockingListener();
    void blockingPeerTalksToAServer();
    void blockingPeerTalksToARequestHandler();
    void blockingPeerTalksToABlockingListener();
    void bothProcessesOfManyTurns();
    void killedListenerIsADisconnect();

private:
    void start(const QString &what)
    {
        m_helper.start(QStringLiteral(IPCPRIMS_BLOCKING_HELPER), {what, m_endpoint.path()});
        if (what == u"serve"_s)
            QCOMPARE(nextLine(), "listening\n"_ba);
    }
    QByteArray nextLine()
    {
        while (!m_helper.canReadLine() && m_helper.waitForReadyRead(Patience)) {
        }
        return m_helper.readLine();
    }

    QTemporaryDir m_directory;
    Endpoint m_endpoint;
    QProcess m_helper;
};

void tst_BlockingProcesses::init()
{
    m_endpoint = Endpoint::fromPath(m_directory.filePath(u"socket"_s));
    m_helper.setProcessChannelMode(QProcess::ForwardedErrorChannel);
}

void tst_BlockingProcesses::cleanup()
{
    m_helper.kill();
    m_helper.waitForFinished();
}

void tst_BlockingProcesses::peerTalksToABlockingListener()
{
    start(u"serve"_s);
    Peer peer;
    QSignalSpy frames(&peer, &Peer::frameReceived);
    QSignalSpy ends(&peer, &Peer::disconnected);
    peer.connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(peer.isOpen(), Patience);
    QCOMPARE(peer.credentials()->pid, m_helper.processId());

    const QFuture<PingReply> ping = peer.ping();
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    QVERIFY(!ping.result().error);
    for (int i = 0; i < 5000; ++i)
        QVERIFY(!peer.send(Channel::Data, QByteArray::number(i)));
    QVERIFY(!peer.send(Channel::Data, QByteArray(MaxPayloadSize, 'd')));
    QTRY_COMPARE_WITH_TIMEOUT(frames.size(), 5001, Patience);
    for (int i = 0; i < 5000; ++i)
        QCOMPARE(frames[i][1].toByteArray(), QByteArray::number(i));
    QVERIFY(frames[5000][1].toByteArray() == QByteArray(MaxPayloadSize, 'd'));

    peer.close();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, Patience);
    QVERIFY(!peer.disconnectReason());
    QCOMPARE(nextLine(), "shut down\n"_ba);
}

void tst_BlockingProcesses::blockingPeerTalksToAServer()
{
    Server server;
    Error end;
    connect(&server, &Server::peerConnected, &server, [&end](Peer *peer) {
        connect(peer, &Peer::frameReceived, peer, [peer](quint16 channel, const QByteArray &frame) {
            static_cast<void>(peer->send(channel, frame));
        });
        connect(peer, &Peer::disconnected, peer, [&end](const Error &reason) { end = reason; });
    });
    QVERIFY(!server.listen(m_endpoint));
    QSignalSpy finished(&m_helper, &QProcess::finished);
    start(u"ask"_s);
    QVERIFY(finished.wait(Patience)); // Runs an event loop, in which the server answers.
    QCOMPARE(m_helper.exitStatus(), QProcess::NormalExit);
    QCOMPARE(m_helper.exitCode(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(end.code(), ErrorCode::ShutdownRequested, Patience);
}

void tst_BlockingProcesses::blockingPeerTalksToARequestHandler()
{
    Server server;
    connect(&server, &Server::peerConnected, &server, [](Peer *peer) {
        peer->setRequestHandler([](const Request &request) {
            if (request.number() == 2)
                request.fail(u"no idea"_s);
            else
                request.reply(request.payload().toUpper());
        });
    });
    QVERIFY(!server.listen(m_endpoint));
    BlockingPeer peer;
    QList<Reply> replies;
    Background asking([&] {
        if (peer.connectToServer(m_endpoint))
            return;
        for (int i = 0; i < 3; ++i)
            replies.append(peer.request("question"));
    });
    QTRY_VERIFY_WITH_TIMEOUT(asking.isDone(), Patience);
    QCOMPARE(replies.size(), 3);
    QCOMPARE(replies[0].payload, "QUESTION"_ba);
    QCOMPARE(replies[1].error.code(), ErrorCode::RequestFailed);
    QCOMPARE(replies[1].payload, "no idea"_ba);
    QCOMPARE(replies[2].payload, "QUESTION"_ba);
}

void tst_BlockingProcesses::blockingPeerTalksToABlockingListener()
{
    start(u"serve"_s);
    QProcess client;
    client.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    client.start(QStringLiteral(IPCPRIMS_BLOCKING_HELPER), {u"ask"_s, m_endpoint.path()});
    QVERIFY(client.waitForFinished(Patience));
    QCOMPARE(client.exitCode(), 0);
    QCOMPARE(nextLine(), "shut down\n"_ba);
}

void tst_BlockingProcesses::bothProcessesOfManyTurns()
{
    start(u"serve"_s);
    for (int i = 0; i < 200; ++i) {
        BlockingPeer peer;
        QVERIFY(!peer.connectToServer(m_endpoint));
        QCOMPARE(peer.request("hello").payload, "hello"_ba);
        QVERIFY(!peer.shutdown());
        QCOMPARE(nextLine(), "shut down\n"_ba);
    }
}

void tst_BlockingProcesses::killedListenerIsADisconnect()
{
    start(u"serve"_s);
    BlockingPeer peer;
    QVERIFY(!peer.connectToServer(m_endpoint));
    QCOMPARE(peer.request("hello").payload, "hello"_ba);
    m_helper.kill();
    Frame frame;
    QCOMPARE(peer.receive(&frame, 30s).code(), ErrorCode::Disconnected);
    QCOMPARE(peer.send(Channel::Data, "x").code(), ErrorCode::Disconnected);
}

QTEST_GUILESS_MAIN(tst_BlockingProcesses)
#include "tst_blocking_processes.moc"
