// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"

#include "rawsocket.h"

#include <IpcPrims/authorizationrequest.h>

#include <QtTest/qtest.h>

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

const QByteArray RequestWithToken
        = R"({"protocol":"ipcprims","version":"1.0","channels":[2,9,1],"auth_token":"secret"})";

} // namespace

/// A listener that asks whether to let a client in. Clients are raw sockets.
class tst_BlockingAuthorizer : public BlockingTest
{
    Q_OBJECT

private Q_SLOTS:
    void isToldWhoWantsWhat();
    void narrowsTheChannels();
    void refusesWithSilence();
    void withoutAnAnswerTheClientIsRefused();
    void answersMayComeFromOtherThreads();
    void tokenIsForgottenUnlessItIsTaken();
    void framesMayComeWithTheRequest();
    void deadlineGoesOn();
    void badRequestIsNotAskedFor();
    void eachClientIsAskedFor();
    void mayReplaceItself();
    void mayCloseTheListener();

private:
    RawSocket newClient(const QByteArray &bytes = RawSocket::frame(0, RequestWithToken)) const
    {
        RawSocket client = RawSocket::connectTo(m_endpoint.path());
        client.write(bytes);
        return client;
    }
    ErrorCode accept(std::chrono::milliseconds timeout = 10s)
    {
        return m_listener->accept(&m_server, timeout).code();
    }
    // Accepts nobody, and says why a client was turned away meanwhile.
    Error refusal()
    {
        Error refusal;
        m_listener->setErrorHandler([&](const Error &error) {
            refusal = error;
            m_listener->cancel();
        });
        const ErrorCode code = accept();
        m_listener->setErrorHandler({});
        m_listener->clearCancellation();
        return code == ErrorCode::Cancelled ? refusal : Error();
    }
};

void tst_BlockingAuthorizer::isToldWhoWantsWhat()
{
    std::optional<AuthorizationRequest> request;
    std::optional<QByteArray> token;
    std::thread::id thread;
    m_listener->setAuthorizer([&](const AuthorizationRequest &one) {
        request = one;
        token = one.takeAuthToken();
        thread = std::this_thread::get_id();
        one.accept();
    });
    RawSocket client = newClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(request->peerId(), u"peer-1"_s);
    QCOMPARE(request->requestedChannels(), QList<quint16>({2, 9, 1}));
    QCOMPARE(request->negotiatedChannels(), QList<quint16>({2, 1}));
    QVERIFY(request->credentials());
    QCOMPARE(request->credentials()->uid, ::getuid());
    QCOMPARE(request->credentials()->pid, ::getpid());
    QCOMPARE(token, "secret");
    QVERIFY(!m_server.takeAuthToken());
    QCOMPARE(thread, std::this_thread::get_id());
    QCOMPARE(m_server.channels(), QList<quint16>({2, 1}));
    QVERIFY(client.readFrame()->payload.contains(R"("channels":[2,1],"peer_id":"peer-1")"));
}

void tst_BlockingAuthorizer::narrowsTheChannels()
{
    m_listener->setAuthorizer([](const AuthorizationRequest &request) {
        request.accept({1, 9, 3});
    });
    RawSocket client = newClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.channels(), QList<quint16>({1}));
    QCOMPARE(m_server.send(2, "x").code(), ErrorCode::UnsupportedChannel);
    QVERIFY(client.readFrame()->payload.contains(R"("channels":[1])"));
    QVERIFY(client.writeFrame(2, "x"));
    Frame frame;
    QCOMPARE(m_server.receive(&frame).code(), ErrorCode::ProtocolViolation);
}

void tst_BlockingAuthorizer::refusesWithSilence()
{
    m_listener->setAuthorizer([](const AuthorizationRequest &request) {
        request.refuse(u"not on Sundays"_s);
        request.accept(); // Too late.
    });
    RawSocket client = newClient();
    const Error error = refusal();
    QCOMPARE(error.code(), ErrorCode::PermissionDenied);
    QVERIFY2(error.message().contains(u"peer-1: not on Sundays"_s), qPrintable(error.message()));
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());

    m_listener->setAuthorizer(
            [](const AuthorizationRequest &request) { request.accept(QList<quint16>()); });
    RawSocket other = newClient();
    QCOMPARE(refusal().code(), ErrorCode::ChannelsRefused);
    QVERIFY(other.waitForClosed());
    QCOMPARE(other.leftovers(), QByteArray());
}

void tst_BlockingAuthorizer::withoutAnAnswerTheClientIsRefused()
{
    m_listener->setAuthorizer([](const AuthorizationRequest &) {});
    RawSocket forgotten = newClient();
    QCOMPARE(refusal().code(), ErrorCode::PermissionDenied);
    QVERIFY(forgotten.waitForClosed());

    std::optional<AuthorizationRequest> kept;
    m_listener->setAuthorizer([&](const AuthorizationRequest &request) { kept = request; });
    RawSocket client = newClient();
    QCOMPARE(refusal().code(), ErrorCode::PermissionDenied);
    kept->accept(); // Too late.
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
}

void tst_BlockingAuthorizer::answersMayComeFromOtherThreads()
{
    m_listener->setAuthorizer([](const AuthorizationRequest &request) {
        std::thread([request] { request.accept({2}); }).join();
    });
    const RawSocket client = newClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.channels(), QList<quint16>({2}));
}

void tst_BlockingAuthorizer::tokenIsForgottenUnlessItIsTaken()
{
    std::optional<AuthorizationRequest> kept;
    m_listener->setAuthorizer([&](const AuthorizationRequest &request) {
        kept = request;
        request.accept();
    });
    const RawSocket client = newClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QVERIFY(!kept->takeAuthToken());
    QVERIFY(!m_server.takeAuthToken());
}

void tst_BlockingAuthorizer::framesMayComeWithTheRequest()
{
    m_listener->setAuthorizer([](const AuthorizationRequest &request) { request.accept(); });
    const QByteArray large(20'000, 'x'); // More than the handshake allows.
    RawSocket client
            = newClient(RawSocket::frame(0, RequestWithToken) + RawSocket::frame(1, "early")
                        + RawSocket::frame(0, R"({"type":"ping"})") + RawSocket::frame(2, large));
    QCOMPARE(accept(), ErrorCode::NoError);
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame, (Frame{1, "early"}));
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame, (Frame{2, large}));
    QVERIFY(client.readFrame()->payload.contains("peer-1"));
    QCOMPARE(client.readFrame(), (RawSocket::Frame{0, R"({"type":"pong"})"}));
}

void tst_BlockingAuthorizer::deadlineGoesOn()
{
    m_listener->close();
    m_listener->setHandshakeTimeout(200ms);
    QVERIFY(!m_listener->listen(m_endpoint));
    m_listener->setAuthorizer([](const AuthorizationRequest &request) {
        std::this_thread::sleep_for(200ms);
        request.accept();
    });
    RawSocket client = newClient();
    QCOMPARE(refusal().code(), ErrorCode::Timeout);
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
}

void tst_BlockingAuthorizer::badRequestIsNotAskedFor()
{
    bool isAsked = false;
    m_listener->setAuthorizer([&](const AuthorizationRequest &) { isAsked = true; });
    const RawSocket client = newClient(
            RawSocket::frame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[300]})"));
    QCOMPARE(refusal().code(), ErrorCode::ChannelsRefused);
    QVERIFY(!isAsked);
}

void tst_BlockingAuthorizer::eachClientIsAskedFor()
{
    QStringList asked;
    m_listener->setAuthorizer([&](const AuthorizationRequest &request) {
        asked.append(request.peerId());
        if (asked.size() == 2)
            request.refuse();
        else
            request.accept();
    });
    std::vector<RawSocket> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(newClient());
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-1"_s);
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-3"_s);
    QCOMPARE(asked, QStringList({u"peer-1"_s, u"peer-2"_s, u"peer-3"_s}));
    QVERIFY(clients[1].waitForClosed());
}

void tst_BlockingAuthorizer::mayReplaceItself()
{
    const auto captured = std::make_shared<QList<quint16>>(QList<quint16>{1});
    m_listener->setAuthorizer([this, captured](const AuthorizationRequest &request) {
        m_listener->setAuthorizer({});
        request.accept(*captured);
    });
    const RawSocket first = newClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.channels(), QList<quint16>({1}));
    const RawSocket second = newClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.channels(), QList<quint16>({2, 1}));
}

void tst_BlockingAuthorizer::mayCloseTheListener()
{
    m_listener->setAuthorizer([this](const AuthorizationRequest &request) {
        m_listener->close();
        request.accept();
    });
    RawSocket client = newClient();
    RawSocket other = newClient();
    QCOMPARE(accept(), ErrorCode::NotConnected);
    QVERIFY(client.waitForClosed() && other.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
}

QTEST_APPLESS_MAIN(tst_BlockingAuthorizer)
#include "tst_blocking_authorizer.moc"
