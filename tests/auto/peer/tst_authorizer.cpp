// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <IpcPrims/authorizationrequest.h>

#include <QtTest/qtest.h>

#include <optional>
#include <thread>

#include <unistd.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

static const QByteArray RequestWithToken
        = R"({"protocol":"ipcprims","version":"1.0","channels":[2,9,1],"auth_token":"secret"})";

// An observed server with an authorizer that keeps what it is asked.
class AskingServer : public ObservedServer
{
public:
    AskingServer()
    {
        server.setAuthorizer([this](const AuthorizationRequest &one) {
            request = one;
            ++asked;
        });
    }

    /// A client whose request has reached the authorizer.
    RawSocket connectAsking(const QByteArray &bytes = RawSocket::frame(0, RequestWithToken))
    {
        const int before = asked;
        RawSocket client = connectRaw();
        if (!client.write(bytes) || !QTest::qWaitFor([&] { return asked > before; }, Patience))
            return RawSocket();
        return client;
    }

    std::optional<AuthorizationRequest> request;
    int asked = 0;
};

class tst_Authorizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isToldWhoWantsWhat();
    void acceptsAtOnce();
    void acceptsLater();
    void acceptsFromAnotherThread();
    void narrowsTheChannels();
    void refusesWithSilence();
    void forgottenRequestIsRefused();
    void onlyTheFirstAnswerCounts();
    void tokenIsTakenOnceAndForgottenWithTheAnswer();
    void deadlineGoesOn();
    void framesSentEarlyWait();
    void badRequestIsNotAskedFor();
    void clientThatGoesAwayIsNoticed();
    void answerMayComeAfterTheClientIsGone();
    void answerMayComeAfterTheServerIsGone();
    void pendingClientGivesWay();
    void mayReplaceItself();
    void mayDeleteTheServer_data();
    void mayDeleteTheServer();
};

void tst_Authorizer::isToldWhoWantsWhat()
{
    AskingServer server;
    QVERIFY(server.listen());
    const RawSocket client = server.connectAsking();
    QVERIFY(client.isValid());
    QCOMPARE(server.request->peerId(), u"peer-1"_s);
    QCOMPARE(server.request->requestedChannels(), QList<quint16>({2, 9, 1}));
    QCOMPARE(server.request->negotiatedChannels(), QList<quint16>({2, 1}));
    QVERIFY(server.request->credentials());
    QCOMPARE(server.request->credentials()->uid, ::getuid());
    QCOMPARE(server.request->credentials()->pid, ::getpid());
    QVERIFY(!server.peer);
}

void tst_Authorizer::acceptsAtOnce()
{
    ObservedServer server;
    server.server.setAuthorizer([](const AuthorizationRequest &request) { request.accept(); });
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QVERIFY(client.isValid());
    QVERIFY(client.writeFrame(1, "x"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
}

void tst_Authorizer::acceptsLater()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    QTest::qWait(10);
    QVERIFY(client.leftovers().isEmpty() && !server.peer);
    server.request->accept();
    const auto answer = client.readFrame();
    QVERIFY(answer && answer->payload.contains(R"("channels":[2,1],"peer_id":"peer-1")"));
    QTRY_VERIFY_WITH_TIMEOUT(server.peer, Patience);
    QCOMPARE(server.peer->channels(), QList<quint16>({2, 1}));
}

void tst_Authorizer::acceptsFromAnotherThread()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    std::thread([request = std::exchange(server.request, std::nullopt)] {
        request->accept({1});
    }).join();
    const auto answer = client.readFrame();
    QVERIFY(answer && answer->payload.contains(R"("channels":[1])"));
}

void tst_Authorizer::narrowsTheChannels()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    server.request->accept({1, 9, 3});
    const auto answer = client.readFrame();
    QVERIFY(answer && answer->payload.contains(R"("channels":[1])"));
    QTRY_VERIFY_WITH_TIMEOUT(server.peer, Patience);
    QCOMPARE(server.peer->send(2, "x").code(), ErrorCode::UnsupportedChannel);
    QVERIFY(client.writeFrame(2, "x"));
    QVERIFY(client.waitForClosed());
    QVERIFY(server.frames.isEmpty());
}

void tst_Authorizer::refusesWithSilence()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    server.request->refuse(u"not on Sundays"_s);
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::PermissionDenied);
    QVERIFY(server.refusals.first().message().contains(u"peer-1: not on Sundays"_s));
    QVERIFY(!server.refusals.first().message().contains(u"secret"_s));
    QVERIFY(!server.peer);

    RawSocket other = server.connectAsking();
    server.request->accept(QList<quint16>());
    QVERIFY(other.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 2, Patience);
    QCOMPARE(server.refusals.last().code(), ErrorCode::ChannelsRefused);
}

void tst_Authorizer::forgottenRequestIsRefused()
{
    ObservedServer server;
    server.server.setAuthorizer([](const AuthorizationRequest &) {});
    QVERIFY(server.listen());
    RawSocket client = server.connectRaw();
    QVERIFY(client.writeFrame(0, PlainRequest));
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::PermissionDenied);
}

void tst_Authorizer::onlyTheFirstAnswerCounts()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    const AuthorizationRequest copy = *server.request;
    copy.accept({1});
    server.request->refuse();
    server.request->accept();
    server.request.reset();
    QVERIFY(client.readFrame());
    QTRY_VERIFY_WITH_TIMEOUT(server.peer, Patience);
    QCOMPARE(server.peer->channels(), QList<quint16>({1}));
    QVERIFY(server.peer->isOpen());
}

void tst_Authorizer::tokenIsTakenOnceAndForgottenWithTheAnswer()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket first = server.connectAsking();
    const AuthorizationRequest copy = *server.request;
    QCOMPARE(copy.takeAuthToken(), "secret");
    QVERIFY(!server.request->takeAuthToken());
    server.request->accept();
    QTRY_VERIFY_WITH_TIMEOUT(server.peer, Patience);
    QVERIFY(!server.peer->takeAuthToken());

    RawSocket second = server.connectAsking();
    server.request->accept();
    QVERIFY(!server.request->takeAuthToken());
}

void tst_Authorizer::deadlineGoesOn()
{
    AskingServer server;
    server.server.setHandshakeTimeout(50ms);
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::Timeout);
    server.request->accept();
    QVERIFY(!server.peer);
}

// They may come in one piece with the request, with or without an authorizer.
void tst_Authorizer::framesSentEarlyWait()
{
    AskingServer server;
    QVERIFY(server.listen());
    const QByteArray large(100'000, 'x'); // More than the handshake allows.
    RawSocket client = server.connectAsking(
            RawSocket::frame(0, RequestWithToken) + RawSocket::frame(1, "early")
            + RawSocket::frame(0, R"({"type":"ping"})") + RawSocket::frame(2, large));
    QTest::qWait(10);
    QVERIFY(server.frames.isEmpty() && client.leftovers().isEmpty());
    server.request->accept();
    QVERIFY(client.readFrame());
    const auto pong = client.readFrame();
    QVERIFY(pong && pong->payload.contains("pong"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, QList<RawSocket::Frame>({{1, "early"}, {2, large}}),
                              Patience);
}

void tst_Authorizer::badRequestIsNotAskedFor()
{
    AskingServer server;
    QVERIFY(server.listen());
    RawSocket client = server.connectRaw();
    QVERIFY(client.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[300]})"));
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.asked, 0);
}

void tst_Authorizer::clientThatGoesAwayIsNoticed()
{
    AskingServer server;
    server.server.setHandshakeTimeout(1h);
    QVERIFY(server.listen());
    RawSocket client = server.connectAsking();
    client.close();
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::Disconnected);
}

void tst_Authorizer::answerMayComeAfterTheClientIsGone()
{
    AskingServer server;
    server.server.setHandshakeTimeout(20ms);
    QVERIFY(server.listen());
    // Answers race with the deadline; the peer may be there, ending or gone.
    for (int i = 0; i < 20; ++i) {
        RawSocket client = server.connectAsking();
        std::thread late([request = *server.request, i] {
            std::this_thread::sleep_for(15ms + std::chrono::microseconds(500) * i);
            request.accept();
        });
        QTRY_VERIFY_WITH_TIMEOUT(server.refusals.size() + int(bool(server.peer)) > i, Patience);
        late.join();
        QTRY_VERIFY_WITH_TIMEOUT(server.peer || server.refusals.size() > 0, Patience);
        if (server.peer)
            break; // It was in time.
    }
}

void tst_Authorizer::answerMayComeAfterTheServerIsGone()
{
    auto server = std::make_unique<AskingServer>();
    QVERIFY(server->listen());
    RawSocket client = server->connectAsking();
    AuthorizationRequest request = *server->request;
    server.reset();
    std::thread([request] { request.accept(); }).join();
    request.refuse();
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
}

void tst_Authorizer::pendingClientGivesWay()
{
    AskingServer server;
    server.server.setMaxPendingHandshakes(1);
    QVERIFY(server.listen());
    RawSocket first = server.connectAsking();
    const AuthorizationRequest firstRequest = *server.request;
    RawSocket second = server.connectAsking();
    QVERIFY(first.waitForClosed());
    firstRequest.accept();
    server.request->accept();
    QVERIFY(second.readFrame());
    QCOMPARE(first.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peers().size(), 1, Patience);
}

void tst_Authorizer::mayReplaceItself()
{
    ObservedServer server;
    const auto captured = std::make_shared<int>(1);
    server.server.setAuthorizer([&server, captured](const AuthorizationRequest &request) {
        server.server.setAuthorizer({});
        if (*captured == 1)
            request.accept({1});
    });
    QVERIFY(server.listen());
    RawSocket first = server.openSession();
    QTRY_VERIFY_WITH_TIMEOUT(server.peer, Patience);
    QCOMPARE(server.peer->channels(), QList<quint16>({1}));
    RawSocket second = server.openSession();
    QTRY_COMPARE_WITH_TIMEOUT(server.peer->channels(), QList<quint16>({1, 2, 3, 4}), Patience);
}

void tst_Authorizer::mayDeleteTheServer_data()
{
    QTest::addColumn<int>("answer");
    QTest::newRow("without an answer") << 0;
    QTest::newRow("and accept") << 1;
    QTest::newRow("and refuse") << 2;
}

void tst_Authorizer::mayDeleteTheServer()
{
    QFETCH(const int, answer);
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"s"_s);
    const QPointer<Server> server(new Server);
    server->setAuthorizer([&](const AuthorizationRequest &request) {
        delete server.data();
        if (answer == 1)
            request.accept();
        else if (answer == 2)
            request.refuse();
    });
    QVERIFY(!server->listen(Endpoint::fromPath(path)));
    RawSocket client = RawSocket::connectTo(path);
    QVERIFY(client.writeFrame(0, PlainRequest));
    QVERIFY(client.waitForClosed());
    QVERIFY(!server);
}

QTEST_GUILESS_MAIN(tst_Authorizer)
#include "tst_authorizer.moc"
