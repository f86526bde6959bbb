// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "loopthread.h"
#include "peertest.h"
#include "rawsocket.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/framer.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peerhealth.h>

#include <QtCore/qjsonarray.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <array>
#include <functional>
#include <mutex>
#include <utility>

#include <sys/socket.h>

using namespace std::chrono_literals;

/// The thread of a peer or server ends before that one does, or is exchanged for another.
class tst_OwnThread : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void sessionEndsWithItsThread();
    void attemptEndsWithItsThread_data();
    void attemptEndsWithItsThread();
    void serverStopsListeningWithItsThread();
    void framerOutlivesItsThread();
    void movingAnOpenPeerEndsTheSession();
    void movedPeerConnectsAgain();
    void movingAPeerOfAServer();
    void movingAServerThatListens();
    void jsonRpcMovesWithItsPeer_data();
    void jsonRpcMovesWithItsPeer();
    void jsonRpcThatIsMovedAloneRefusesCalls();
    void jsonRpcThatIsLeftBehindRefusesCalls();
    void movingADeviceEndsItsStreams();

private:
    static QStringList takeMessages()
    {
        const std::lock_guard lock(s_mutex);
        return std::exchange(s_messages, {});
    }

    static std::mutex s_mutex;
    static QStringList s_messages;
};

std::mutex tst_OwnThread::s_mutex;
QStringList tst_OwnThread::s_messages;

void tst_OwnThread::initTestCase()
{
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &message) {
        const std::lock_guard lock(s_mutex);
        s_messages.append(message);
    });
}

void tst_OwnThread::cleanupTestCase()
{
    qInstallMessageHandler(nullptr);
}

void tst_OwnThread::sessionEndsWithItsThread()
{
    takeMessages();
    LoopThread thread;
    thread.start();
    std::unique_ptr<Peer> peer;
    std::unique_ptr<JsonRpc> rpc;
    std::unique_ptr<ChannelDevice> device;
    std::atomic<bool> isOpen = false;
    QList<Error> reasons;
    QFuture<Reply> request;
    QFuture<PingReply> ping;
    QFuture<RpcResult> call;
    connect(m_server.get(), &Server::peerConnected, this,
            [](Peer *served) { served->setReceiving(false); });
    thread.call([&] {
        peer = std::make_unique<Peer>();
        peer->setReconnectPolicy(ReconnectPolicy::exponential(1h, 2h));
        peer->health()->setHeartbeat(1h);
        connect(peer.get(), &Peer::connected, peer.get(), [&] {
            rpc = std::make_unique<JsonRpc>(peer.get(), Channel::Data);
            device = std::make_unique<ChannelDevice>(peer.get(), Channel::Telemetry);
            device->open(QIODevice::ReadWrite);
            device->write("stream");
            request = peer->request("x", 1h);
            ping = peer->ping(1h);
            call = rpc->call(u"method"_s, QJsonArray(), 1h);
            isOpen = true;
        });
        connect(peer.get(), &Peer::disconnected, peer.get(),
                [&](const Error &reason) { reasons.append(reason); });
        peer->connectToServer(m_endpoint);
    });
    QTRY_VERIFY_WITH_TIMEOUT(isOpen && m_peer, Patience);
    QSignalSpy served(m_peer, &Peer::disconnected);
    thread.end();

    QCOMPARE(peer->state(), Peer::State::Closed);
    QCOMPARE(reasons.size(), 1);
    QCOMPARE(reasons[0].code(), ErrorCode::Cancelled);
    QVERIFY(request.isFinished() && ping.isFinished() && call.isFinished());
    // The other side isn't left waiting for somebody who can't answer.
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(served.size(), 1, Patience);
    device.reset();
    rpc.reset();
    peer.reset();
    QCOMPARE(takeMessages(), QStringList());
}

void tst_OwnThread::attemptEndsWithItsThread_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Peer::State>("state");
    QTest::newRow("waiting for the next attempt") << u"none"_s << Peer::State::Waiting;
    QTest::newRow("connecting") << u"full"_s << Peer::State::Connecting;
    QTest::newRow("handshaking") << u"silent"_s << Peer::State::Handshaking;
}

void tst_OwnThread::attemptEndsWithItsThread()
{
    QFETCH(QString, path);
    QFETCH(Peer::State, state);
    takeMessages();
    const RawListener silent(m_directory->filePath(u"silent"_s));
    const RawListener full(m_directory->filePath(u"full"_s));
    std::vector<std::unique_ptr<Peer>> others; // Until the backlog is full.
    if (state == Peer::State::Connecting) {
        for (int i = 0; i < 256; ++i) {
            auto &other = others.emplace_back(std::make_unique<Peer>());
            other->connectToServer(Endpoint::fromPath(m_directory->filePath(path)));
            QCoreApplication::processEvents();
        }
    }
    LoopThread thread;
    thread.start();
    std::unique_ptr<Peer> peer;
    std::atomic<Peer::State> reached = Peer::State::Closed;
    thread.call([&] {
        peer = std::make_unique<Peer>();
        peer->setReconnectPolicy(ReconnectPolicy::exponential(1h, 2h));
        peer->setConnectTimeout(1h);
        connect(peer.get(), &Peer::stateChanged, peer.get(),
                [&](Peer::State now) { reached = now; });
        peer->connectToServer(Endpoint::fromPath(m_directory->filePath(path)));
    });
    QTRY_COMPARE_WITH_TIMEOUT(reached.load(), state, Patience);
    thread.end();
    QCOMPARE(peer->state(), Peer::State::Closed);
    QCOMPARE(peer->disconnectReason().code(), ErrorCode::Cancelled);
    peer.reset();
    QCOMPARE(takeMessages(), QStringList());
}

void tst_OwnThread::serverStopsListeningWithItsThread()
{
    takeMessages();
    LoopThread thread;
    thread.start();
    std::unique_ptr<Server> server;
    std::unique_ptr<Peer> client;
    std::atomic<bool> isOpen = false;
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"other"_s));
    Error error;
    thread.call([&] {
        server = std::make_unique<Server>();
        server->setAcceptRate(1, 1); // So that it waits for the next one.
        connect(server.get(), &Server::peerConnected, server.get(), [&] { isOpen = true; });
        error = server->listen(endpoint);
    });
    QVERIFY2(!error, qPrintable(error.message()));
    m_client->connectToServer(endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(isOpen && m_client->isOpen(), Patience);
    thread.end();
    QVERIFY(!server->isListening());
    QVERIFY(!QFile::exists(endpoint.path()));
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    server.reset();
    QCOMPARE(takeMessages(), QStringList());
}

void tst_OwnThread::framerOutlivesItsThread()
{
    takeMessages();
    std::array<int, 2> ends = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    RawSocket other(ends[0]);
    LoopThread thread;
    thread.start();
    std::unique_ptr<Framer> framer;
    Error error;
    thread.call([&] {
        framer = std::make_unique<Framer>(ends[1]);
        error = framer->send(1, QByteArray(4'000'000, 'x')); // It won't leave as a whole.
    });
    QVERIFY(!error);
    thread.end();
    framer.reset();
    QCOMPARE(takeMessages(), QStringList());
}

void tst_OwnThread::movingAnOpenPeerEndsTheSession()
{
    open();
    takeMessages();
    QSignalSpy served(m_peer, &Peer::disconnected);
    LoopThread thread;
    std::atomic<QThread *> toldIn = nullptr;
    Error reason;
    connect(m_client.get(), &Peer::disconnected, m_client.get(), [&](const Error &why) {
        reason = why;
        toldIn = QThread::currentThread();
    });
    m_client->health()->setHeartbeat(1h);
    const QFuture<Reply> request = m_client->request("x", 1h);

    m_client->moveToThread(&thread);
    thread.start();
    const QStringList warnings = takeMessages();
    QCOMPARE(warnings.size(), 1);
    QVERIFY2(warnings[0].contains(u"moved to another thread while it was not Closed"_s),
             qPrintable(warnings[0]));
    QTRY_VERIFY_WITH_TIMEOUT(toldIn, Patience);
    QCOMPARE(toldIn.load(), &thread);
    QCOMPARE(reason.code(), ErrorCode::InvalidArgument);
    QTRY_COMPARE_WITH_TIMEOUT(served.size(), 1, Patience);
    thread.end();
    QVERIFY(request.isFinished());
    m_client.reset();
    QCOMPARE(takeMessages(), QStringList());
}

void tst_OwnThread::movedPeerConnectsAgain()
{
    open();
    LoopThread thread;
    std::atomic<bool> isOpen = false;
    connect(m_client.get(), &Peer::disconnected, m_client.get(),
            [this] { m_client->connectToServer(m_endpoint); });
    connect(m_client.get(), &Peer::connected, m_client.get(), [&] { isOpen = true; });
    m_client->moveToThread(&thread);
    thread.start();
    QTRY_VERIFY_WITH_TIMEOUT(isOpen, Patience);
    m_client->disconnect();
    thread.end();
}

void tst_OwnThread::movingAPeerOfAServer()
{
    open();
    Diary client(m_client.get());
    takeMessages();
    const std::unique_ptr<Peer> taken(m_peer);
    taken->setParent(nullptr);
    LoopThread thread;
    taken->moveToThread(&thread);
    thread.start();
    QCOMPARE(takeMessages().size(), 1);
    QCOMPARE(m_server->peerCount(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    thread.end();
}

void tst_OwnThread::movingAServerThatListens()
{
    open();
    Diary client(m_client.get());
    takeMessages();
    LoopThread thread;
    m_server->moveToThread(&thread);
    thread.start();
    const QStringList warnings = takeMessages();
    QCOMPARE(warnings.size(), 2); // For itself and for its peer.
    QVERIFY2(warnings[0].contains(u"Server: moved to another thread while it was listening"_s),
             qPrintable(warnings[0]));
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);

    Error error;
    thread.call([&] { error = m_server->listen(m_endpoint); });
    QVERIFY2(!error, qPrintable(error.message()));
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    thread.end();
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 2, Patience);
}

void tst_OwnThread::jsonRpcMovesWithItsPeer_data()
{
    QTest::addColumn<bool>("isChild");
    QTest::newRow("as a child") << true;
    QTest::newRow("after the peer") << false;
}

void tst_OwnThread::jsonRpcMovesWithItsPeer()
{
    QFETCH(bool, isChild);
    takeMessages();
    std::unique_ptr<JsonRpc> served;
    connect(m_server.get(), &Server::peerConnected, this, [&](Peer *peer) {
        served = std::make_unique<JsonRpc>(peer);
        served->setMethod(u"a"_s, [](const QJsonValue &) { return 1; });
    });
    LoopThread thread;
    Peer *const peer = m_client.get();
    auto *const rpc = new JsonRpc(peer, Channel::Command, isChild ? peer : nullptr);
    rpc->setMethod(u"b"_s, [](const QJsonValue &) { return 2; });
    peer->moveToThread(&thread);
    if (!isChild)
        rpc->moveToThread(&thread);
    thread.start();
    std::atomic<bool> isOpen = false;
    thread.call([&] {
        connect(peer, &Peer::connected, peer, [&] { isOpen = true; });
        peer->connectToServer(m_endpoint);
    });
    QTRY_VERIFY_WITH_TIMEOUT(isOpen && served, Patience);
    QFuture<RpcResult> there;
    thread.call([&] { there = rpc->call(u"a"_s); });
    const QFuture<RpcResult> back = served->call(u"b"_s);
    QTRY_VERIFY_WITH_TIMEOUT(there.isFinished() && back.isFinished(), Patience);
    QCOMPARE(there.result().value, 1);
    QCOMPARE(back.result().value, 2);
    thread.call([&] {
        delete rpc;
        m_client.reset();
    });
    thread.end();
    QCOMPARE(takeMessages(), QStringList());
}

void tst_OwnThread::jsonRpcThatIsMovedAloneRefusesCalls()
{
    takeMessages();
    open();
    JsonRpc served(m_peer);
    QList<RpcCall> kept;
    served.setMethod(u"keep"_s, [&](const RpcCall &call) { kept.append(call); });
    JsonRpc rpc(m_client.get());
    int called = 0;
    rpc.setMethod(u"b"_s, [&](const QJsonValue &) { return ++called; });
    QFuture<RpcResult> waiting = rpc.call(u"keep"_s, QJsonArray(), 1h);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, Patience);
    LoopThread thread;
    rpc.moveToThread(&thread);
    thread.start();
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isFinished(), Patience);
    QCOMPARE(waiting.result().error.code(), ErrorCode::InvalidArgument);
    thread.call([] {}); // It has had its turn there.
    const QStringList messages = takeMessages();
    QCOMPARE(messages.size(), 1);
    QVERIFY2(messages[0].contains(u"another thread"_s), qPrintable(messages[0]));
    // From here and from there, and not a word of the other side's comes to it.
    Error error;
    thread.call([&] { error = rpc.notify(u"a"_s); });
    QCOMPARE(error.code(), ErrorCode::InvalidArgument);
    QCOMPARE(rpc.notify(u"a"_s).code(), ErrorCode::InvalidArgument);
    QSignalSpy frames(m_client.get(), &Peer::frameReceived);
    const QFuture<RpcResult> lost = served.call(u"b"_s, QJsonArray(), 1h);
    QTRY_COMPARE_WITH_TIMEOUT(frames.size(), 1, Patience);
    QCOMPARE(called, 0);

    thread.call([&, home = QThread::currentThread()] { rpc.moveToThread(home); });
    const QFuture<RpcResult> again = rpc.call(u"keep"_s, QJsonArray(), 1h);
    const QFuture<RpcResult> back = served.call(u"b"_s, QJsonArray(), 1h);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2, Patience);
    kept[1].reply(1);
    QTRY_VERIFY_WITH_TIMEOUT(again.isFinished() && back.isFinished(), Patience);
    QCOMPARE(again.result().value, 1);
    QCOMPARE(back.result().value, 1);
    thread.end();
}

void tst_OwnThread::jsonRpcThatIsLeftBehindRefusesCalls()
{
    takeMessages();
    JsonRpc rpc(m_client.get());
    LoopThread thread;
    m_client->moveToThread(&thread);
    thread.start();
    QStringList messages;
    QTRY_COMPARE_WITH_TIMEOUT((messages += takeMessages()).size(), 1, Patience);
    QVERIFY2(messages[0].contains(u"another thread"_s), qPrintable(messages[0]));
    QCOMPARE(rpc.notify(u"a"_s).code(), ErrorCode::InvalidArgument);
    std::atomic<bool> isOpen = false;
    thread.call([&] {
        connect(m_client.get(), &Peer::connected, m_client.get(), [&] { isOpen = true; });
        m_client->connectToServer(m_endpoint);
    });
    QTRY_VERIFY_WITH_TIMEOUT(isOpen, Patience);
    QCOMPARE(rpc.call(u"a"_s).result().error.code(), ErrorCode::InvalidArgument);
    thread.call([&] { m_client.reset(); });
    QCOMPARE(rpc.notify(u"a"_s).code(), ErrorCode::NotConnected);
    thread.end();
}

void tst_OwnThread::movingADeviceEndsItsStreams()
{
    takeMessages();
    open();
    ChannelDevice writer(m_peer, Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    ChannelDevice device(m_client.get(), Channel::Data);
    QVERIFY(device.open(QIODevice::ReadWrite));
    QCOMPARE(writer.write("begin"), 5);
    QTRY_COMPARE_WITH_TIMEOUT(device.bytesAvailable(), 5, Patience);
    LoopThread thread;
    QSignalSpy finished(&device, &ChannelDevice::readChannelFinished);
    device.moveToThread(&thread);
    thread.start();
    const QStringList messages = takeMessages();
    QCOMPARE(messages.size(), 1);
    QVERIFY2(messages[0].contains(u"another thread"_s), qPrintable(messages[0]));
    thread.call([&] {
        QCOMPARE(device.error().code(), ErrorCode::InvalidArgument);
        QCOMPARE(device.readAll(), "begin");
        QVERIFY(device.atEnd());
        QCOMPARE(device.write("x"), -1);
        device.close();
        QVERIFY(!device.open(QIODevice::ReadOnly));
        QCOMPARE(device.error().code(), ErrorCode::InvalidArgument);
    });
    QCOMPARE(finished.size(), 1);
    // What follows is no stream of anybody's here.
    QSignalSpy frames(m_client.get(), &Peer::frameReceived);
    writer.write("rest");
    writer.close();
    QTRY_VERIFY_WITH_TIMEOUT(!frames.isEmpty(), Patience);
    thread.call([&, home = QThread::currentThread()] { device.moveToThread(home); });
    thread.end();
    QVERIFY(device.open(QIODevice::ReadOnly));
}

QTEST_GUILESS_MAIN(tst_OwnThread)
#include "tst_ownthread.moc"
