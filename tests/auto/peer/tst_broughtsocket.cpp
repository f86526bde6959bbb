// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "descriptors.h"
#include "peertest.h"
#include "rawsocket.h"

#include <IpcPrims/blockingpeer.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;

// Sessions over sockets that the application brings.
class tst_BroughtSocket : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void peersOnBothEnds();
    void blockingPeersOnBothEnds();
    void serverServesIt();
    void serverServesItWithoutListening();
    void closeGivesUpItsHandshake_data();
    void closeGivesUpItsHandshake();
    void serverServesItInAThread();
    void limitsHoldForIt();
    void childHasTheOtherEnd();
    void tokenIsHandedOut();
    void silentClientIsGivenUp();
    void unfitDescriptorsAreRefused_data();
    void unfitDescriptorsAreRefused();
    void peerMaySwitchToAnEndpointAfterwards();
};

namespace {
struct Pair
{
    Pair()
    {
        int both[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, both) != 0)
            qFatal("A test has no pair of sockets");
        client = both[0];
        server = both[1];
    }
    int client = -1;
    int server = -1;
};
} // namespace

void tst_BroughtSocket::peersOnBothEnds()
{
    const QSet<int> descriptors = openDescriptors();
    {
        const Pair pair;
        Peer client;
        Peer server;
        Diary clientDiary(&client);
        Diary serverDiary(&server);
        server.acceptOver(pair.server);
        client.connectOver(pair.client);
        QCOMPARE(client.state(), Peer::State::Connecting);
        QTRY_VERIFY_WITH_TIMEOUT(client.isOpen() && server.isOpen(), Patience);
        QVERIFY(::fcntl(pair.client, F_GETFD) & FD_CLOEXEC);
        QVERIFY(::fcntl(pair.server, F_GETFD) & FD_CLOEXEC);
        QCOMPARE(client.peerId(), u"peer-1"_s);
        QCOMPARE(server.peerId(), u"peer-1"_s);
        QCOMPARE(client.channels(), server.channels());
        // Of who called socketpair().
        QVERIFY(client.credentials() && server.credentials());
        QCOMPARE(server.credentials()->pid, ::getpid());

        QVERIFY(!client.send(Channel::Data, "there"));
        QVERIFY(!server.send(Channel::Data, "back"));
        QTRY_COMPARE_WITH_TIMEOUT(serverDiary.frames, (Frames{{Channel::Data, "there"}}), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(clientDiary.frames, (Frames{{Channel::Data, "back"}}), Patience);
        client.close();
        QTRY_COMPARE_WITH_TIMEOUT(serverDiary.reasons.size(), 1, Patience);
        QTRY_COMPARE_WITH_TIMEOUT(clientDiary.reasons.size(), 1, Patience);
        QVERIFY(!clientDiary.reasons.first());
    }
    QTRY_COMPARE_WITH_TIMEOUT(openDescriptors(), descriptors, Patience);
}

void tst_BroughtSocket::blockingPeersOnBothEnds()
{
    const Pair pair;
    BlockingPeer client;
    BlockingPeer server;
    server.setRequestedChannels({Channel::Data});
    Error accepted;
    Background accepting([&] { accepted = server.acceptOver(pair.server); });
    const Error connected = client.connectOver(pair.client);
    accepting.join();
    QVERIFY2(!connected, qPrintable(connected.message()));
    QVERIFY2(!accepted, qPrintable(accepted.message()));
    QCOMPARE(server.peerId(), u"peer-1"_s);
    QCOMPARE(client.channels(), QList<quint16>{Channel::Data});
    QVERIFY(!client.send(Channel::Data, "there"));
    Frame frame;
    QVERIFY(!server.receive(&frame, 30s));
    QCOMPARE(frame.payload, QByteArray("there"));
}

void tst_BroughtSocket::serverServesIt()
{
    const Pair pair;
    QVERIFY(!m_server->addConnection(pair.server));
    m_client->connectOver(pair.client);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer && m_peer->isOpen(), Patience);
    QCOMPARE(m_server->peers(), QList<Peer *>{m_peer});
    QVERIFY(!m_peer->send(Channel::Data, "frame"));
    Diary diary(m_client.get());
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, (Frames{{Channel::Data, "frame"}}), Patience);
}

void tst_BroughtSocket::serverServesItWithoutListening()
{
    m_server->close();
    m_server->setChannels({Channel::Telemetry});
    const Pair pair;
    QVERIFY(!m_server->addConnection(pair.server));
    m_client->connectOver(pair.client);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer && m_peer->isOpen(), Patience);
    QCOMPARE(m_client->channels(), QList<quint16>{Channel::Telemetry});

    m_server->setChannels({Channel::Control});
    const Pair another;
    QCOMPARE(m_server->addConnection(another.server).code(), ErrorCode::InvalidArgument);
    char byte = 0;
    QCOMPARE(::read(another.client, &byte, 1), ssize_t(0)); // The other end is closed.
    ::close(another.client);
}

void tst_BroughtSocket::closeGivesUpItsHandshake_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("server's thread") << 0;
    QTest::newRow("worker thread") << 1;
}

void tst_BroughtSocket::closeGivesUpItsHandshake()
{
    QFETCH(const int, threads);
    Server server;
    server.setHandshakeTimeout(NoTimeout);
    if (threads > 0)
        server.setWorkerThreads(threads, [](Peer *) {});
    QSignalSpy listening(&server, &Server::listeningChanged);
    const Pair pair;
    QVERIFY(!server.addConnection(pair.server));
    server.close();
    RawSocket client(int(pair.client));
    QVERIFY(client.waitForClosed());
    QCOMPARE(listening.size(), 0);
}

void tst_BroughtSocket::serverServesItInAThread()
{
    Server server;
    server.setWorkerThreads(1, [](Peer *peer) { peer->send(Channel::Data, "from the thread"); });
    const Pair pair;
    QVERIFY(!server.addConnection(pair.server));
    Diary diary(m_client.get());
    m_client->connectOver(pair.client);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, (Frames{{Channel::Data, "from the thread"}}), Patience);
}

void tst_BroughtSocket::limitsHoldForIt()
{
    m_server->setMaxPeersPerUser(1);
    const Pair first;
    const Pair second;
    QSignalSpy turnedAway(m_server.get(), &Server::handshakeFailed);
    QVERIFY(!m_server->addConnection(first.server));
    QVERIFY(!m_server->addConnection(second.server));
    QTRY_COMPARE_WITH_TIMEOUT(turnedAway.count(), 1, Patience);
    m_client->connectOver(first.client);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    ::close(second.client);
}

// What it is made for: a child process that inherits one end.
void tst_BroughtSocket::childHasTheOtherEnd()
{
    const Pair pair;
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(pair.server);
        BlockingPeer peer;
        if (peer.connectOver(pair.client) || peer.send(Channel::Data, "from the child"))
            ::_exit(1);
        Frame frame;
        ::_exit(peer.receive(&frame, 30s).code() == ErrorCode::ShutdownRequested ? 0 : 2);
    }
    ::close(pair.client);
    Peer server;
    Diary diary(&server);
    server.acceptOver(pair.server);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, (Frames{{Channel::Data, "from the child"}}), Patience);
    server.close();
    int status = -1;
    QVERIFY(QTest::qWaitFor([&] { return ::waitpid(child, &status, WNOHANG) == child; }, Patience));
    QCOMPARE(status, 0);
}

void tst_BroughtSocket::tokenIsHandedOut()
{
    const Pair pair;
    Peer server;
    server.acceptOver(pair.server);
    m_client->setAuthToken("secret");
    m_client->connectOver(pair.client);
    QTRY_VERIFY_WITH_TIMEOUT(server.isOpen(), Patience);
    QCOMPARE(server.takeAuthToken(), std::optional<QByteArray>("secret"));
}

void tst_BroughtSocket::silentClientIsGivenUp()
{
    const Pair pair;
    Peer server;
    Diary diary(&server);
    server.setConnectTimeout(std::chrono::milliseconds(50));
    server.acceptOver(pair.server);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::Timeout);
    ::close(pair.client);
}

void tst_BroughtSocket::unfitDescriptorsAreRefused_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("text");
    QTest::newRow("not open") << u"none"_s << u"which is not open"_s;
    QTest::newRow("negative") << u"negative"_s << u"which is not open"_s;
    QTest::newRow("a file") << u"file"_s << u"which is not a socket"_s;
    QTest::newRow("datagrams") << u"datagrams"_s << u"which is not a stream socket"_s;
    QTest::newRow("not connected") << u"unconnected"_s << u"which is not connected"_s;
}

void tst_BroughtSocket::unfitDescriptorsAreRefused()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, text);
    const auto make = [&] {
        if (kind == u"file")
            return ::open("/dev/null", O_RDWR);
        if (kind == u"datagrams")
            return ::socket(AF_UNIX, SOCK_DGRAM, 0);
        if (kind == u"unconnected")
            return ::socket(AF_UNIX, SOCK_STREAM, 0);
        return kind == u"none" ? 9999 : -1;
    };
    const QSet<int> before = openDescriptors();
    BlockingPeer blocking;
    QList<Error> errors = {m_server->addConnection(make()), blocking.connectOver(make()),
                           blocking.acceptOver(make())};
    for (const auto begin : {qOverload<qintptr>(&Peer::connectOver), &Peer::acceptOver}) {
        Peer peer;
        Diary diary(&peer);
        (peer.*begin)(make());
        QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
        errors += diary.reasons;
    }
    for (const Error &error : errors) {
        QCOMPARE(error.code(), ErrorCode::InvalidArgument);
        QVERIFY2(error.message().contains(text), qPrintable(error.message()));
    }
    QCOMPARE(openDescriptors(), before); // All were taken over, and closed.
}

void tst_BroughtSocket::peerMaySwitchToAnEndpointAfterwards()
{
    const Pair pair;
    Peer server;
    server.acceptOver(pair.server);
    m_client->connectOver(pair.client);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    open();
    QTRY_VERIFY_WITH_TIMEOUT(!server.isOpen(), Patience);
}

QTEST_GUILESS_MAIN(tst_BroughtSocket)
#include "tst_broughtsocket.moc"
