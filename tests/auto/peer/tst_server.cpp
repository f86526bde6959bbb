// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "descriptors.h"
#include "rawsocket.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>
#include <vector>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

class tst_Server : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void listensAndCloses();
    void refusesWhatCannotWork();
    void liveServerIsNeverDisplaced();
    void deadServersSocketIsReplaced();
    void regularFileSurvives();
    void servesManyClientsAtOnce();
    void silentClientsDelayNobody();
    void oldestPendingHandshakeGivesWay();
    void peersAreLimited();
    void clientsThatAreReadyWaitForTheirPlace();
    void silentClientsTakeNoPlaceFromGoodOnes();
    void closeEndsHandshakesButNotSessions();
    void failedHandshakesAreTold();
    void peersAreDeletedUnlessTakenOver();
    void peerIdsCountEveryAccept();
    void nothingIsLeftBehind();
    void slotsMayCloseOrDeleteTheServer();

private:
    std::unique_ptr<Peer> connectedClient(const QList<quint16> &channels = {1, 2});

    QTemporaryDir m_directory;
    Endpoint m_endpoint;
};

void tst_Server::init()
{
    m_endpoint = Endpoint::fromPath(m_directory.filePath(u"s"_s));
    QVERIFY(!QFile::exists(m_endpoint.path()));
}

std::unique_ptr<Peer> tst_Server::connectedClient(const QList<quint16> &channels)
{
    auto client = std::make_unique<Peer>();
    client->setRequestedChannels(channels);
    client->connectToServer(m_endpoint);
    if (!QTest::qWaitFor([&] { return client->isOpen(); }, Patience))
        qWarning() << "not connected:" << client->disconnectReason();
    return client;
}

void tst_Server::listensAndCloses()
{
    Server server;
    QSignalSpy listening(&server, &Server::listeningChanged);
    QVERIFY(!server.isListening());
    QVERIFY(!server.listen(m_endpoint));
    QVERIFY(server.isListening());
    QCOMPARE(server.endpoint(), m_endpoint);
    QVERIFY(QFile::exists(m_endpoint.path()));
    QCOMPARE(
            QFile::permissions(m_endpoint.path())
                    & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
            QFile::Permissions());
    QCOMPARE(server.listen(m_endpoint).code(), ErrorCode::InvalidArgument);
    server.close();
    QVERIFY(!server.isListening());
    QVERIFY(!QFile::exists(m_endpoint.path()));
    QCOMPARE(listening, QList<QVariantList>({{true}, {false}}));
    QVERIFY(!server.listen(m_endpoint));
}

void tst_Server::refusesWhatCannotWork()
{
    Server server;
    QCOMPARE(server.listen(Endpoint()).code(), ErrorCode::InvalidEndpoint);
    server.setChannels({1, 0});
    QCOMPARE(server.listen(m_endpoint).code(), ErrorCode::InvalidArgument);
    server.setChannels({});
    QCOMPARE(server.listen(m_endpoint).code(), ErrorCode::InvalidArgument);
    server.setChannels({1});
    const Error tooLong = server.listen(Endpoint::fromPath(u'/' + QString(107, u'p')));
    QCOMPARE(tooLong.code(), ErrorCode::PathTooLong);
    QVERIFY2(tooLong.message().contains("socket path too long"_L1), qPrintable(tooLong.message()));
    QCOMPARE(server.listen(Endpoint::fromPath(m_directory.filePath(u"no/s"_s))).code(),
             ErrorCode::NotFound);
    QVERIFY(!server.isListening());
}

void tst_Server::liveServerIsNeverDisplaced()
{
    Server first;
    QVERIFY(!first.listen(m_endpoint));
    Server second;
    const Error error = second.listen(m_endpoint);
    QCOMPARE(error.code(), ErrorCode::AddressInUse);
    QVERIFY2(error.message().contains(m_endpoint.path()), qPrintable(error.message()));
    QVERIFY(connectedClient()->isOpen());
    QTRY_COMPARE_WITH_TIMEOUT(first.peers().size(), 0, Patience);
}

void tst_Server::deadServersSocketIsReplaced()
{
    {
        Server dying;
        QVERIFY(!dying.listen(m_endpoint));
        QVERIFY(QFile::rename(m_endpoint.path(), m_endpoint.path() + u'x'));
    }
    QVERIFY(QFile::rename(m_endpoint.path() + u'x', m_endpoint.path()));
    Server server;
    const Error error = server.listen(m_endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
    QVERIFY(connectedClient()->isOpen());
}

void tst_Server::regularFileSurvives()
{
    QFile file(m_endpoint.path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("precious");
    file.close();
    {
        Server server;
        const Error error = server.listen(m_endpoint);
        QCOMPARE(error.code(), ErrorCode::PathOccupied);
        QVERIFY2(error.message().contains("existing path is not a unix socket"_L1),
                 qPrintable(error.message()));
    }
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "precious");
    QVERIFY(file.remove());
}

void tst_Server::servesManyClientsAtOnce()
{
    Server server;
    connect(&server, &Server::peerConnected, this, [](Peer *peer) {
        connect(peer, &Peer::frameReceived, peer,
                [peer](quint16 channel, const QByteArray &payload) {
                    QVERIFY(!peer->send(channel, payload));
                });
    });
    QVERIFY(!server.listen(m_endpoint));
    std::vector<std::unique_ptr<Peer>> clients;
    int answers = 0;
    for (int i = 0; i < 200; ++i) {
        auto client = std::make_unique<Peer>();
        Peer *const raw = client.get();
        const QByteArray word = QByteArray::number(i);
        connect(raw, &Peer::connected, this, [raw, word] { QVERIFY(!raw->send(1, word)); });
        connect(raw, &Peer::frameReceived, this, [&, word](quint16, const QByteArray &payload) {
            QCOMPARE(payload, word);
            ++answers;
        });
        raw->connectToServer(m_endpoint);
        clients.push_back(std::move(client));
    }
    QTRY_COMPARE_WITH_TIMEOUT(answers, 200, Patience);
    QCOMPARE(server.peers().size(), 200);
}

void tst_Server::silentClientsDelayNobody()
{
    Server server;
    QVERIFY(!server.listen(m_endpoint));
    std::vector<RawSocket> silent;
    for (int i = 0; i < 50; ++i)
        silent.push_back(RawSocket::connectTo(m_endpoint.path()));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(connectedClient()->isOpen());
    QVERIFY(timer.elapsed() < server.handshakeTimeout().count());
}

void tst_Server::oldestPendingHandshakeGivesWay()
{
    Server server;
    server.setMaxPendingHandshakes(3);
    server.setHandshakeTimeout(1h);
    QSignalSpy failed(&server, &Server::handshakeFailed);
    QVERIFY(!server.listen(m_endpoint));
    std::vector<RawSocket> silent;
    for (int i = 0; i < 4; ++i)
        silent.push_back(RawSocket::connectTo(m_endpoint.path()));
    QVERIFY(silent[0].waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QCOMPARE(failed.first().first().value<Error>().code(), ErrorCode::ResourcesExhausted);
    // The others can still finish.
    QVERIFY(silent[1].writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[1]})"));
    QVERIFY(silent[1].readFrame());
}

void tst_Server::peersAreLimited()
{
    Server server;
    server.setMaxPeers(2);
    QVERIFY(!server.listen(m_endpoint));
    auto first = connectedClient();
    auto second = connectedClient();
    QVERIFY(first->isOpen() && second->isOpen());
    Peer third;
    third.setConnectTimeout(1h);
    third.connectToServer(m_endpoint);
    // The third waits until a place is free.
    QTest::qWait(20);
    QVERIFY(!third.isOpen());
    QCOMPARE(server.peers().size(), 2);
    first->close();
    QTRY_VERIFY_WITH_TIMEOUT(third.isOpen(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.peers().size(), 2, Patience);
}

// Though they come at the same time.
void tst_Server::clientsThatAreReadyWaitForTheirPlace()
{
    Server server;
    server.setMaxPeers(1);
    QVERIFY(!server.listen(m_endpoint));
    QSignalSpy refused(&server, &Server::handshakeFailed);
    std::vector<RawSocket> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(RawSocket::connectTo(m_endpoint.path()));
        QVERIFY(clients.back().writeFrame(
                0, R"({"protocol":"ipcprims","version":"1.0","channels":[1]})"));
    }
    for (RawSocket &client : clients) {
        QVERIFY(client.readFrame());
        client.close();
    }
    QVERIFY(refused.isEmpty());
}

void tst_Server::silentClientsTakeNoPlaceFromGoodOnes()
{
    Server server;
    server.setMaxPeers(2);
    server.setHandshakeTimeout(1h);
    QVERIFY(!server.listen(m_endpoint));
    std::vector<RawSocket> silent;
    for (int i = 0; i < 5; ++i)
        silent.push_back(RawSocket::connectTo(m_endpoint.path()));
    auto client = connectedClient();
    QVERIFY(client->isOpen());
}

void tst_Server::closeEndsHandshakesButNotSessions()
{
    Server server;
    QVERIFY(!server.listen(m_endpoint));
    auto client = connectedClient();
    RawSocket pending = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(pending.write("I"));
    QSignalSpy received(server.peers().first(), &Peer::frameReceived);
    server.close();
    QVERIFY(pending.waitForClosed());
    QVERIFY(!client->send(1, "still here"));
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 1, Patience);
}

void tst_Server::failedHandshakesAreTold()
{
    Server server;
    QSignalSpy failed(&server, &Server::handshakeFailed);
    QSignalSpy connected(&server, &Server::peerConnected);
    QVERIFY(!server.listen(m_endpoint));
    Peer client;
    QSignalSpy refused(&client, &Peer::disconnected);
    client.setRequestedChannels({300});
    client.connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 1, Patience);
    QCOMPARE(refused.first().first().value<Error>().code(), ErrorCode::HandshakeRefused);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    const Error reason = failed.first().first().value<Error>();
    QCOMPARE(reason.code(), ErrorCode::ChannelsRefused);
    QVERIFY2(reason.message().contains("no overlapping channels"_L1), qPrintable(reason.message()));
    QCOMPARE(connected.size(), 0);
}

void tst_Server::peersAreDeletedUnlessTakenOver()
{
    Server server;
    QList<QPointer<Peer>> peers;
    connect(&server, &Server::peerConnected, this, [&](Peer *peer) { peers.append(peer); });
    QVERIFY(!server.listen(m_endpoint));
    auto first = connectedClient();
    auto second = connectedClient();
    QTRY_COMPARE_WITH_TIMEOUT(peers.size(), 2, Patience);
    QObject owner;
    peers[1]->setParent(&owner);
    first->abort();
    second->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!peers[0] && server.peers().isEmpty(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(peers[1]->state(), Peer::State::Closed, Patience);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(peers[1]);
}

void tst_Server::peerIdsCountEveryAccept()
{
    Server server;
    QSignalSpy failed(&server, &Server::handshakeFailed);
    QVERIFY(!server.listen(m_endpoint));
    QCOMPARE(connectedClient()->peerId(), u"peer-1"_s);
    RawSocket::connectTo(m_endpoint.path()).close();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QCOMPARE(connectedClient()->peerId(), u"peer-3"_s);
}

void tst_Server::nothingIsLeftBehind()
{
    Server server;
    QVERIFY(!server.listen(m_endpoint));
    connectedClient()->close();
    QTRY_VERIFY_WITH_TIMEOUT(server.peers().isEmpty(), Patience);
    const QSet<int> before = openDescriptors();
    const qsizetype childrenBefore = server.children().size();
    for (int i = 0; i < 100; ++i) {
        auto client = connectedClient();
        QVERIFY(!client->send(1, "x"));
        RawSocket bad = RawSocket::connectTo(m_endpoint.path());
        QVERIFY(bad.write("GET / HTTP/1.1\r\n\r\n"));
        QVERIFY(bad.waitForClosed());
    }
    QTRY_COMPARE_WITH_TIMEOUT(openDescriptors(), before, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(server.children().size(), childrenBefore, Patience);
}

void tst_Server::slotsMayCloseOrDeleteTheServer()
{
    for (const bool destroy : {false, true}) {
        QPointer<Server> server = new Server;
        int told = 0;
        const auto end = [&, server] {
            ++told;
            if (destroy)
                delete server.data();
            else
                server->close();
        };
        connect(server, &Server::peerConnected, this, end);
        QVERIFY(!server->listen(m_endpoint));
        Peer client;
        QSignalSpy over(&client, &Peer::disconnected);
        client.connectToServer(m_endpoint);
        QTRY_COMPARE_WITH_TIMEOUT(told, 1, Patience);
        if (destroy)
            QTRY_COMPARE_WITH_TIMEOUT(over.size(), 1, Patience);
        else
            QTRY_VERIFY_WITH_TIMEOUT(client.isOpen(), Patience);
        delete server.data();
        QVERIFY(!QFile::exists(m_endpoint.path()));
    }
}

QTEST_GUILESS_MAIN(tst_Server)
#include "tst_server.moc"
