// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "silence.h"

#include <IpcPrims/authorizationrequest.h>
#include <IpcPrims/channeldevice.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/peerhealth.h>
#include <IpcPrims/rpcbatch.h>
#include <IpcPrims/rpccall.h>
#include <IpcPrims/server.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.
static constexpr quint16 RpcChannel = 300;
static constexpr quint16 StreamChannel = 301;

/// What a session has come to when a call is made, and the event loop hasn't seen all of it.
enum class Situation {
    Closed,
    Connecting,
    Handshaking,
    Open,
    Full, // Nobody reads, and much waits to be sent.
    Broken, // The other side is gone.
    AskedToShutDown,
    Closing,
    Ending, // In a slot of stateChanged(), before anything else is told of the session's end.
    Waiting,
};
Q_DECLARE_METATYPE(Situation)

static std::array<int, 2> connectedSockets()
{
    std::array<int, 2> ends = {-1, -1};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
    return ends;
}

/// Both ends of a session, and what lives on the near one.
class Scene
{
public:
    Scene();

    void bringAbout(Situation situation, bool isClientNear);
    /// The other side ends the session, and a slot of stateChanged() calls \a function.
    void endWith(const std::function<void()> &function);

    QTemporaryDir directory;
    const Endpoint endpoint = Endpoint::fromPath(directory.filePath(u"s"_s));
    Server server;
    std::unique_ptr<Peer> client = std::make_unique<Peer>();
    QPointer<Peer> peer; // The server's end.
    QPointer<Peer> near;
    QPointer<Peer> far;
    std::unique_ptr<JsonRpc> rpc;
    std::unique_ptr<ChannelDevice> device;
    std::optional<AuthorizationRequest> authorization;
    std::optional<Request> request;
    std::optional<RpcCall> call;
    Silence silence;

private:
    void furnish(Peer *itsNear);
    void fill();
};

Scene::Scene()
{
    const QList<quint16> channels
            = {Channel::Command, Channel::Data, Channel::Error, RpcChannel, StreamChannel};
    server.setChannels(channels);
    client->setRequestedChannels(channels);
    QObject::connect(&server, &Server::peerConnected, &server,
                     [this](Peer *connected) { peer = connected; });
    QVERIFY(!server.listen(endpoint));
}

void Scene::furnish(Peer *itsNear)
{
    near = itsNear;
    far = near == peer ? client.get() : peer.get();
    rpc = std::make_unique<JsonRpc>(near, RpcChannel);
    rpc->setMethod(u"later"_s, [this](const RpcCall &one) { call = one; });
    device = std::make_unique<ChannelDevice>(near, StreamChannel);
    silence.listenTo(near);
    silence.listenTo(near->health());
    silence.listenTo(rpc.get());
    silence.listenTo(device.get());
    silence.listenTo(&server);
}

void Scene::fill()
{
    far->setReceiving(false);
    near->setSendWaterMarks(100'000, 10'000);
    for (const quint16 channel :
         std::initializer_list<quint16>{Channel::Data, RpcChannel, StreamChannel}) {
        while (!near->send(channel, QByteArray(10'000, 'x')))
            QCoreApplication::processEvents();
    }
    device->write(QByteArray(10'000, 'x'));
}

void Scene::bringAbout(Situation situation, bool isClientNear)
{
    if (situation == Situation::Closed)
        return furnish(client.get());
    if (situation == Situation::Handshaking) {
        server.setAuthorizer([this](const AuthorizationRequest &one) { authorization = one; });
        client->connectToServer(endpoint);
        furnish(client.get());
        QTRY_VERIFY_WITH_TIMEOUT(authorization, Patience);
        return;
    }
    if (situation == Situation::Waiting)
        client->setReconnectPolicy(ReconnectPolicy::exponential(1min, 1min));
    client->connectToServer(endpoint);
    if (situation == Situation::Connecting)
        return furnish(client.get());
    QTRY_VERIFY_WITH_TIMEOUT(client->isOpen() && peer && peer->isOpen(), Patience);
    furnish(isClientNear ? client.get() : peer.get());
    QVERIFY(device->open(QIODevice::ReadWrite));
    if (!isClientNear) { // It has something to answer.
        peer->setRequestHandler([this](const Request &one) { request = one; });
        static_cast<void>(client->request("question"));
        QVERIFY(!client->send(RpcChannel, R"({"jsonrpc":"2.0","method":"later","id":1})"));
        QTRY_VERIFY_WITH_TIMEOUT(request && call, Patience);
    }
    // What comes of this is there, and not seen yet.
    QVERIFY(!far->send(Channel::Data, "unread"));
    switch (situation) {
    case Situation::Full:
        return fill();
    case Situation::Broken:
        return far->abort();
    case Situation::AskedToShutDown:
        far->close();
        return;
    case Situation::Closing:
        near->close();
        return;
    case Situation::Waiting:
        far->abort();
        QTRY_COMPARE_WITH_TIMEOUT(near->state(), Peer::State::Waiting, Patience);
        return;
    default:
        return;
    }
}

void Scene::endWith(const std::function<void()> &function)
{
    bool isEnded = false;
    const auto connection
            = QObject::connect(near, &Peer::stateChanged, &server, [&](Peer::State state) {
                  if (state == Peer::State::Closed && !std::exchange(isEnded, true))
                      function();
              });
    far->abort();
    QTRY_VERIFY_WITH_TIMEOUT(isEnded, Patience);
    QObject::disconnect(connection);
}

/*!
    Nothing is emitted inside a call of the application, so that no slot finds the caller half done:
    neither by the object that is called nor by another one. But a setter emits the signal of its
    own property.
*/
class tst_SilentCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ofPeerAndItsParts_data();
    void ofPeerAndItsParts();
    void ofServer();
};

namespace {
using SceneCall = SilentCall<Scene &>;

const auto ignoreFrame = [](quint16, QByteArrayView) {};

std::vector<SceneCall> callsOfPeer()
{
    return {
            {"setRequestedChannels", [](Scene &s) { s.near->setRequestedChannels({2}); }},
            {"setName", [](Scene &s) { s.near->setName(u"n"_s); }, {u"nameChanged"_s}},
            {"setAuthToken", [](Scene &s) { s.near->setAuthToken("t"); }},
            {"setConnectTimeout", [](Scene &s) { s.near->setConnectTimeout(0ms); }},
            {"setTransport", [](Scene &s) { s.near->setTransport(Transport::LocalSocket); }},
            {"reconnect",
             [](Scene &s) { s.near->setReconnectPolicy(ReconnectPolicy::exponential(0ms, 0ms)); }},
            {"reconnect never",
             [](Scene &s) { s.near->setReconnectPolicy(ReconnectPolicy::never()); }},
            {"setUnsentFrames",
             [](Scene &s) { s.near->setUnsentFrames(2, Peer::UnsentFrames::Keep); }},
            {"connectToServer", [](Scene &s) { s.near->connectToServer(s.endpoint); }},
            {"connectToServer nowhere", [](Scene &s) { s.near->connectToServer(Endpoint()); }},
            {"connectOver nothing", [](Scene &s) { s.near->connectOver(nullptr); }},
            {"connectOver", [](Scene &s) { s.near->connectOver(qintptr(connectedSockets()[0])); }},
            {"acceptOver", [](Scene &s) { s.near->acceptOver(qintptr(connectedSockets()[0])); }},
            {"acceptOver nothing", [](Scene &s) { s.near->acceptOver(qintptr(-1)); }},
            {"close", [](Scene &s) { s.near->close(); }},
            {"close twice",
             [](Scene &s) {
                 s.near->close();
                 s.near->close();
             }},
            {"abort", [](Scene &s) { s.near->abort(); }},
            {"takeAuthToken", [](Scene &s) { s.near->takeAuthToken(); }},
            {"send",
             [](Scene &s) {
                 for (const quint16 channel : {0, 1, 2, 4, 300, 301, 999})
                     s.near->send(channel, QByteArray(100'000, 'x'));
             }},
            {"send with a policy",
             [](Scene &s) {
                 for (const auto policy : {SlowPeerPolicy::DropNewest, SlowPeerPolicy::DropOldest,
                                           SlowPeerPolicy::KeepLatest, SlowPeerPolicy::Disconnect})
                     s.near->send(2, QByteArray(100'000, 'x'), policy);
             }},
            {"flush",
             [](Scene &s) {
                 s.near->send(2, "x");
                 s.near->flush();
             }},
            {"bytesQueued", [](Scene &s) { s.near->bytesQueued(); }},
            {"lower marks", [](Scene &s) { s.near->setSendWaterMarks(1, 0); }},
            {"higher marks",
             [](Scene &s) { s.near->setSendWaterMarks(1'000'000'000, 999'999'999); }},
            {"setFrameHandler", [](Scene &s) { s.near->setFrameHandler(ignoreFrame); }},
            {"setFrameHandler of a channel",
             [](Scene &s) { s.near->setFrameHandler(2, ignoreFrame); }},
            {"setValidator", [](Scene &s) { s.near->setValidator(nullptr); }},
            {"setAnswersValidationErrors",
             [](Scene &s) { s.near->setAnswersValidationErrors(true); }},
            {"setReceiving",
             [](Scene &s) {
                 s.near->setReceiving(false);
                 s.near->setReceiving(true);
             }},
            {"setReceiveLimits",
             [](Scene &s) {
                 ReceiveLimits limits;
                 limits.setMaxPayloadSize(1);
                 s.near->setReceiveLimits(limits);
             }},
            {"ping", [](Scene &s) { s.near->ping(0ms); }},
            {"many pings",
             [](Scene &s) {
                 for (int i = 0; i < 2000; ++i)
                     s.near->ping();
             }},
            {"request", [](Scene &s) { s.near->request("q", 0ms); }},
            {"setRequestHandler",
             [](Scene &s) { s.near->setRequestHandler([](const Request &) {}); }},
            {"no request handler", [](Scene &s) { s.near->setRequestHandler({}); }},
            {"setRequestLimit", [](Scene &s) { s.near->setRequestLimit(1); }},
            {"setRequestBytesLimit", [](Scene &s) { s.near->setRequestBytesLimit(1); }},
            {"setAnswersFailedRequests", [](Scene &s) { s.near->setAnswersFailedRequests(false); }},
            {"reply",
             [](Scene &s) {
                 if (s.request)
                     s.request->reply("answer");
             }},
            {"fail",
             [](Scene &s) {
                 if (s.request)
                     s.request->fail(u"no"_s);
             }},
            {"drop a request", [](Scene &s) { s.request.reset(); }},
            {"drop a request without an answer",
             [](Scene &s) {
                 s.near->setAnswersFailedRequests(false);
                 s.request.reset();
             }},
            {"delete",
             [](Scene &s) {
                 if (s.near == s.client.get())
                     s.client.reset();
                 else
                     delete s.near.data();
             }},
            {"setHeartbeat", [](Scene &s) { s.near->health()->setHeartbeat(50ms, 1); }},
            {"no heartbeat", [](Scene &s) { s.near->health()->setHeartbeat(0ms, 1); }},
    };
}

std::vector<SceneCall> callsOfParts()
{
    return {
            {"JsonRpc::call", [](Scene &s) { s.rpc->call(u"m"_s, QJsonArray{1}, 0ms); }},
            {"JsonRpc::notify", [](Scene &s) { s.rpc->notify(u"m"_s); }},
            {"JsonRpc::send",
             [](Scene &s) {
                 RpcBatch batch;
                 batch.notify(u"m"_s);
                 s.rpc->send(std::move(batch));
             }},
            {"JsonRpc::setMethod",
             [](Scene &s) { s.rpc->setMethod(u"later"_s, [](const RpcCall &) {}); }},
            {"JsonRpc::removeMethod", [](Scene &s) { s.rpc->removeMethod(u"later"_s); }},
            {"JsonRpc::setCallLimit", [](Scene &s) { s.rpc->setCallLimit(1); }},
            {"JsonRpc::setBatchLimit", [](Scene &s) { s.rpc->setBatchLimit(1); }},
            {"JsonRpc::setHeldBytesLimit", [](Scene &s) { s.rpc->setHeldBytesLimit(1); }},
            {"JsonRpc::setMessageLimits", [](Scene &s) { s.rpc->setMessageLimits({}); }},
            {"reply to a call",
             [](Scene &s) {
                 if (s.call)
                     s.call->reply(QString(100'000, u'x'));
             }},
            {"drop a call", [](Scene &s) { s.call.reset(); }},
            {"delete the JsonRpc", [](Scene &s) { s.rpc.reset(); }},
            {"open", [](Scene &s) { s.device->open(QIODevice::ReadWrite); }},
            {"close the device", [](Scene &s) { s.device->close(); }, {u"aboutToClose"_s}},
            {"write", [](Scene &s) { s.device->write(QByteArray(3'000'000, 'x')); }},
            {"read", [](Scene &s) { s.device->readAll(); }},
            {"finish", [](Scene &s) { s.device->finish(); }},
            {"abort the stream", [](Scene &s) { s.device->abort(); }},
            {"stopReading", [](Scene &s) { s.device->stopReading(); }},
            {"setTotalSize",
             [](Scene &s) {
                 s.device->setTotalSize(1);
                 s.device->write("xx");
             }},
            {"flush the device",
             [](Scene &s) {
                 s.device->write("x");
                 s.device->flush();
             }},
            {"setReadBufferSize", [](Scene &s) { s.device->setReadBufferSize(1); }},
            {"setWriteBufferSize", [](Scene &s) { s.device->setWriteBufferSize(1); }},
            {"delete the device", [](Scene &s) { s.device.reset(); }},
    };
}

std::vector<SceneCall> callsOfServer()
{
    const auto add = [](Server &server) {
        const auto sockets = connectedSockets();
        static_cast<void>(server.addConnection(sockets[0]));
        ::close(sockets[1]);
    };
    return {
            {"setChannels", [](Scene &s) { s.server.setChannels({2}); }, {u"channelsChanged"_s}},
            {"setName", [](Scene &s) { s.server.setName(u"n"_s); }, {u"nameChanged"_s}},
            {"setHandshakeTimeout", [](Scene &s) { s.server.setHandshakeTimeout(0ms); }},
            {"setMaxPendingHandshakes", [](Scene &s) { s.server.setMaxPendingHandshakes(1); }},
            {"setMaxPeers",
             [](Scene &s) {
                 s.server.setMaxPeers(1);
                 s.server.setMaxPeers(2);
             }},
            {"setMaxPeersPerUser", [](Scene &s) { s.server.setMaxPeersPerUser(1); }},
            {"setAcceptRate",
             [](Scene &s) {
                 s.server.setAcceptRate(1, 1);
                 s.server.setAcceptRate(0, 1);
             }},
            {"setAuthorizer", [](Scene &s) { s.server.setAuthorizer({}); }},
            {"setWorkerThreads", [](Scene &s) { s.server.setWorkerThreads(1, {}); }},
            {"setReceiveLimits", [](Scene &s) { s.server.setReceiveLimits({}); }},
            {"listen twice", [](Scene &s) { static_cast<void>(s.server.listen(s.endpoint)); }},
            {"close", [](Scene &s) { s.server.close(); }, {u"listeningChanged"_s}},
            {"close and listen",
             [](Scene &s) {
                 s.server.close();
                 static_cast<void>(s.server.listen(s.endpoint));
             },
             {u"listeningChanged"_s, u"listeningChanged"_s}},
            {"addConnection", [add](Scene &s) { add(s.server); }},
            {"addConnection of nothing",
             [](Scene &s) { static_cast<void>(s.server.addConnection(-1)); }},
            {"addConnection of one too many",
             [add](Scene &s) {
                 s.server.setMaxPeersPerUser(1);
                 add(s.server);
             }},
            {"addConnection of one too many that shakes hands",
             [add](Scene &s) {
                 s.server.setMaxPendingHandshakes(1);
                 add(s.server);
                 add(s.server);
             }},
            {"broadcast",
             [](Scene &s) {
                 for (const auto policy : {SlowPeerPolicy::DropNewest, SlowPeerPolicy::DropOldest,
                                           SlowPeerPolicy::KeepLatest, SlowPeerPolicy::Disconnect})
                     s.server.broadcast(2, QByteArray(100'000, 'x'), policy);
             }},
            {"accept",
             [](Scene &s) {
                 if (s.authorization)
                     s.authorization->accept();
             }},
            {"accept with no channel",
             [](Scene &s) {
                 if (s.authorization)
                     s.authorization->accept({});
             }},
            {"refuse",
             [](Scene &s) {
                 if (s.authorization)
                     s.authorization->refuse(u"no"_s);
             }},
            {"forget", [](Scene &s) { s.authorization.reset(); }},
            {"delete a peer", [](Scene &s) { delete s.peer.data(); }},
    };
}

QString check(const SceneCall &call, Situation situation, bool isClientNear)
{
    Scene scene;
    scene.bringAbout(situation, isClientNear);
    QStringList emitted;
    const auto make = [&] { emitted = scene.silence.during([&] { call.make(scene); }); };
    if (situation == Situation::Ending)
        scene.endWith(make);
    else
        make();
    if (emitted == call.emits || emitted.isEmpty()) {
        for (int i = 0; i < 10; ++i)
            QCoreApplication::processEvents();
        return {};
    }
    return QLatin1String(call.name) + u": "_s + emitted.join(u", "_s);
}
} // namespace

void tst_SilentCalls::ofPeerAndItsParts_data()
{
    QTest::addColumn<Situation>("situation");
    QTest::addColumn<bool>("isClientNear");
    QTest::newRow("closed") << Situation::Closed << true;
    QTest::newRow("connecting") << Situation::Connecting << true;
    QTest::newRow("shaking hands") << Situation::Handshaking << true;
    QTest::newRow("waiting") << Situation::Waiting << true;
    for (const bool isClient : {true, false}) {
        const char *const side = isClient ? "client" : "server";
        QTest::addRow("open %s", side) << Situation::Open << isClient;
        QTest::addRow("full %s", side) << Situation::Full << isClient;
        QTest::addRow("broken %s", side) << Situation::Broken << isClient;
        QTest::addRow("asked %s", side) << Situation::AskedToShutDown << isClient;
        QTest::addRow("closing %s", side) << Situation::Closing << isClient;
        QTest::addRow("ending %s", side) << Situation::Ending << isClient;
    }
}

void tst_SilentCalls::ofPeerAndItsParts()
{
    QFETCH(Situation, situation);
    QFETCH(bool, isClientNear);
    QStringList loud;
    for (const auto &calls : {callsOfPeer(), callsOfParts()}) {
        for (const SceneCall &call : calls)
            loud.append(check(call, situation, isClientNear));
    }
    loud.removeAll(QString());
    QCOMPARE(loud.join(u'\n'), QString());
}

void tst_SilentCalls::ofServer()
{
    QStringList loud;
    for (const auto situation : {Situation::Connecting, Situation::Handshaking, Situation::Open,
                                 Situation::Full, Situation::Broken, Situation::AskedToShutDown}) {
        for (const SceneCall &call : callsOfServer())
            loud.append(check(call, situation, false));
    }
    loud.removeAll(QString());
    QCOMPARE(loud.join(u'\n'), QString());
}

QTEST_GUILESS_MAIN(tst_SilentCalls)
#include "tst_silentcalls.moc"
