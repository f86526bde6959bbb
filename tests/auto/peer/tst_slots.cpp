// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"
#include "waiting.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peerhealth.h>

#include <QtCore/qfuture.h>
#include <QtCore/qmetaobject.h>
#include <QtTest/qtest.h>

#include <functional>
#include <utility>

using namespace std::chrono_literals;

enum class Side { Client, Server };
Q_DECLARE_METATYPE(Side)

/// What a slot does to the peer, or to the object whose signal it is connected to.
enum class Act { DeletePeer, DeleteSender, Abort, Close, Connect, StopServer, RunEventLoop };
Q_DECLARE_METATYPE(Act)

/// Refuses to receive "bad".
class OneWordValidator : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        if (payload != "bad")
            return std::nullopt;
        return Failure{u"a bad word"_s, {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }
};

/*!
    Slots may do anything: for each signal, whatever it is called, one that deletes, ends, replaces
    the session or runs an event loop. A signal that is new appears here by itself; then play() has
    to raise it.
*/
class tst_Slots : public PeerTest
{
    Q_OBJECT

public Q_SLOTS:
    void act();

private Q_SLOTS:
    void ofPeer_data();
    void ofPeer();
    void inEachState_data();
    void inEachState();
    void ofHealth_data();
    void ofHealth();
    void ofDevice_data();
    void ofDevice();
    void ofJsonRpc_data();
    void ofJsonRpc();
    void ofServer_data();
    void ofServer();

private:
    /// Connects act() to the row's signal of \a sender.
    void listenTo(QObject *sender);
    /// Makes the session; \a prepare gets the near peer as soon as it is there.
    void begin(const std::function<void(Peer *near)> &prepare);
    void play();
    void raiseOfDevice(ChannelDevice &here, ChannelDevice &there);
    void fill() const;
    void endNear(Act what);
    /// Runs the event loop until act() was called or \a condition holds.
    bool waitUntil(const std::function<bool()> &condition = [] { return false; }) const;
    void checkThatServerGoesOn();
    /// That the client is what the act has made of it.
    void checkOutcome() const;

    Side m_side = Side::Client;
    Act m_act = Act::DeletePeer;
    QByteArray m_signal;
    QPointer<QObject> m_sender;
    QPointer<Peer> m_near; // The one that is listened to.
    QPointer<Peer> m_far;
    bool m_hasActed = false;
    bool m_isReady = false; // The near one has emitted readyToSend().
};

static const char *nameOf(Act act)
{
    switch (act) {
    case Act::DeletePeer:
        return "deletes the peer";
    case Act::DeleteSender:
        return "deletes the sender";
    case Act::Abort:
        return "aborts";
    case Act::Close:
        return "closes";
    case Act::Connect:
        return "connects";
    case Act::StopServer:
        return "stops the server";
    case Act::RunEventLoop:
        return "runs an event loop";
    }
    return nullptr;
}

static void addColumns()
{
    QTest::addColumn<Side>("side");
    QTest::addColumn<Act>("act");
    QTest::addColumn<QByteArray>("signal");
}

static void addRow(Side side, Act act, const QByteArray &signal)
{
    QTest::addRow("%s of the %s %s", signal.constData(), side == Side::Client ? "client" : "server",
                  nameOf(act))
            << side << act << signal;
}

static QByteArrayList signalsOf(const QMetaObject &type)
{
    QByteArrayList names;
    for (int i = type.methodOffset(); i < type.methodCount(); ++i) {
        if (type.method(i).methodType() == QMetaMethod::Signal)
            names.append(type.method(i).name());
    }
    return names;
}

void tst_Slots::listenTo(QObject *sender)
{
    m_sender = sender;
    const QMetaObject *const type = sender->metaObject();
    const int slot = metaObject()->indexOfSlot("act()");
    for (int i = 0; i < type->methodCount(); ++i) {
        if (type->method(i).name() == m_signal)
            QVERIFY(QMetaObject::connect(sender, i, this, slot));
    }
}

void tst_Slots::act()
{
    if (!std::exchange(m_hasActed, true))
        endNear(m_act);
}

void tst_Slots::endNear(Act what)
{
    switch (what) {
    case Act::DeletePeer:
        if (m_near == m_client.get())
            m_client.reset();
        else
            delete m_near.data();
        break;
    case Act::DeleteSender:
        delete m_sender.data();
        break;
    case Act::Abort:
        m_near->abort();
        break;
    case Act::Close:
        m_near->close();
        break;
    case Act::Connect:
        m_near->connectToServer(m_endpoint);
        break;
    case Act::StopServer:
        m_server->close();
        break;
    case Act::RunEventLoop:
        QTest::qWait(20);
        break;
    }
}

bool tst_Slots::waitUntil(const std::function<bool()> &condition) const
{
    return waitFor([&] { return m_hasActed || condition(); }, Patience);
}

void tst_Slots::begin(const std::function<void(Peer *near)> &prepare)
{
    QFETCH(const Side, side);
    QFETCH(const Act, act);
    QFETCH(const QByteArray, signal);
    m_side = side;
    m_act = act;
    m_signal = signal;
    m_hasActed = m_isReady = false;
    m_near.clear();
    m_far.clear();
    connect(m_server.get(), &Server::peerConnected, this, [this, prepare](Peer *peer) {
        if (m_near && m_far)
            return;
        (m_side == Side::Client ? m_far : m_near) = peer;
        if (m_side == Side::Server)
            prepare(peer);
    });
    if (m_side == Side::Client) {
        m_near = m_client.get();
        m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
        prepare(m_client.get());
    } else {
        m_far = m_client.get();
    }
    m_client->connectToServer(m_endpoint);
    QVERIFY(waitUntil([this] { return m_near && m_near->isOpen() && m_far && m_far->isOpen(); }));
}

void tst_Slots::fill() const
{
    const QByteArray block(100'000, 'x');
    while (!m_near->send(Channel::Telemetry, block)) {
    }
}

// Raises every signal of the near peer, and of its health, until act() was called.
void tst_Slots::play()
{
    if (m_hasActed)
        return;
    m_near->setName(u"another"_s);
    if (m_hasActed)
        return;
    QVERIFY(!m_far->send(Channel::Data, "good"));
    QVERIFY(!m_far->send(Channel::Data, "bad"));
    const QFuture<PingReply> ping = m_near->ping(1h);
    QVERIFY(waitUntil([&] { return ping.isFinished(); }));
    if (m_signal == "trafficChanged" || m_signal == "roundTripTimeChanged"
        || m_signal == "timePassed")
        QVERIFY(waitUntil());
    if (m_hasActed)
        return;

    m_near->setSendWaterMarks(1'000'000, 1000);
    m_far->setReceiving(false);
    fill();
    if (m_signal == "bytesQueuedChanged") {
        QVERIFY(waitUntil());
        if (m_far) // Else a near one that closes would wait for it in vain.
            m_far->setReceiving(true);
        return;
    }
    m_far->setReceiving(true);
    QVERIFY(waitUntil([this] { return m_isReady; }));
    if (m_hasActed)
        return;

    m_far->setReceiving(false);
    fill();
    if (m_signal == "shutdownRequested")
        m_far->close();
    else
        m_far->abort();
    QVERIFY(waitUntil());
}

void tst_Slots::checkThatServerGoesOn()
{
    QVERIFY(m_hasActed);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    if (!m_server->isListening())
        QVERIFY(!m_server->listen(m_endpoint));
    Peer client;
    client.connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(client.isOpen(), Patience);
    const QFuture<PingReply> ping = client.ping(1h);
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    QVERIFY(!ping.result().error);
}

void tst_Slots::ofPeer_data()
{
    addColumns();
    for (const QByteArray &signal : signalsOf(Peer::staticMetaObject)) {
        for (const Act act : {Act::DeletePeer, Act::Abort, Act::Close, Act::Connect,
                              Act::StopServer, Act::RunEventLoop})
            addRow(Side::Client, act, signal);
        // A server's end never tries again, and is complete when the application gets it.
        if (signal == "retryScheduled" || signal == "reconnectAttemptsChanged"
            || signal == "sessionChanged")
            continue;
        for (const Act act : {Act::DeletePeer, Act::Abort, Act::Close, Act::RunEventLoop})
            addRow(Side::Server, act, signal);
    }
}

void tst_Slots::ofPeer()
{
    begin([this](Peer *near) {
        near->setValidator(std::make_shared<OneWordValidator>());
        connect(near, &Peer::readyToSend, this, [this] { m_isReady = true; });
        listenTo(near);
    });
    play();
    if (m_side == Side::Client) // The server deletes its end some time after the session.
        QCOMPARE(!m_near, m_act == Act::DeletePeer);
    checkOutcome();
    if (m_act == Act::Connect) {
        const QFuture<PingReply> ping = m_near->ping(1h);
        QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
        QVERIFY(!ping.result().error);
    }
    checkThatServerGoesOn();
    checkOutcome(); // It still is, although a policy would have it connect again.
}

void tst_Slots::checkOutcome() const
{
    if (!m_near)
        return;
    if (m_act == Act::Connect)
        QTRY_VERIFY_WITH_TIMEOUT(m_near->isOpen(), Patience);
    else if (m_act == Act::Abort || (m_act == Act::Close && m_side == Side::Client))
        QTRY_VERIFY_WITH_TIMEOUT(!m_near || m_near->state() == Peer::State::Closed, Patience);
}

void tst_Slots::inEachState_data()
{
    addColumns();
    QTest::addColumn<Peer::State>("state");
    const QMetaEnum states = QMetaEnum::fromType<Peer::State>();
    for (int i = 0; i < states.keyCount(); ++i) {
        for (const Act act : {Act::DeletePeer, Act::Abort, Act::Close, Act::Connect,
                              Act::StopServer, Act::RunEventLoop})
            QTest::addRow("%s, the client %s", states.key(i), nameOf(act))
                    << Side::Client << act << QByteArray() << Peer::State(states.value(i));
    }
}

void tst_Slots::inEachState()
{
    QFETCH(const Peer::State, state);
    begin([this, state](Peer *near) {
        connect(near, &Peer::stateChanged, this, [this, state](Peer::State now) {
            if (now == state)
                act();
        });
    });
    if (!m_hasActed) {
        if (state == Peer::State::Closing)
            m_far->close();
        else if (state == Peer::State::Waiting)
            m_far->abort();
        else
            m_near->close();
    }
    QVERIFY(waitUntil());
    QCOMPARE(!m_near, m_act == Act::DeletePeer);
    checkOutcome();
    checkThatServerGoesOn();
    checkOutcome();
}

void tst_Slots::ofHealth_data()
{
    addColumns();
    for (const QByteArray &signal : signalsOf(PeerHealth::staticMetaObject)) {
        for (const Side side : {Side::Client, Side::Server}) {
            addRow(side, Act::DeletePeer, signal);
            addRow(side, Act::Abort, signal);
        }
        addRow(Side::Client, Act::Connect, signal);
    }
}

void tst_Slots::ofHealth()
{
    begin([this](Peer *near) {
        connect(near, &Peer::readyToSend, this, [this] { m_isReady = true; });
        near->health()->setHeartbeat(50ms);
        listenTo(near->health());
    });
    play();
    checkThatServerGoesOn();
}

void tst_Slots::ofDevice_data()
{
    addColumns();
    const QByteArrayList inherited
            = {"readyRead", "bytesWritten", "readChannelFinished", "aboutToClose"};
    for (const QByteArray &signal : inherited + signalsOf(ChannelDevice::staticMetaObject)) {
        for (const Side side : {Side::Client, Side::Server}) {
            addRow(side, Act::DeletePeer, signal);
            addRow(side, Act::Abort, signal);
            if (signal != "aboutToClose") // QIODevice goes on with itself after that.
                addRow(side, Act::DeleteSender, signal);
        }
    }
}

// Raises what reading and writing doesn't.
void tst_Slots::raiseOfDevice(ChannelDevice &here, ChannelDevice &there)
{
    if (m_signal == "readChannelFinished")
        there.finish();
    else if (m_signal == "aboutToClose")
        here.close();
    else
        m_far->abort();
}

void tst_Slots::ofDevice()
{
    begin([](Peer *) {});
    QPointer<ChannelDevice> here = new ChannelDevice(m_near, Channel::Data);
    ChannelDevice there(m_far, Channel::Data);
    const auto deletion = qScopeGuard([&] { delete here.data(); });
    QVERIFY(here->open(QIODevice::ReadWrite));
    QVERIFY(there.open(QIODevice::ReadWrite));
    listenTo(here);
    if (m_signal == "totalSizeReceived")
        there.setTotalSize(1);
    here->write("a");
    there.write("b");
    QVERIFY(waitUntil([&] { return there.bytesAvailable() > 0 && here->bytesAvailable() > 0; }));
    if (!m_hasActed) // Else the far end may be gone as well by now.
        raiseOfDevice(*here, there);
    QVERIFY(waitUntil());
    QCOMPARE(!here, m_act == Act::DeleteSender);
    checkThatServerGoesOn();
}

void tst_Slots::ofJsonRpc_data()
{
    addColumns();
    for (const QByteArray &signal : signalsOf(JsonRpc::staticMetaObject)) {
        for (const Side side : {Side::Client, Side::Server}) {
            for (const Act act : {Act::DeletePeer, Act::DeleteSender, Act::Abort, Act::Close})
                addRow(side, act, signal);
        }
    }
}

void tst_Slots::ofJsonRpc()
{
    begin([](Peer *) {});
    QPointer<JsonRpc> rpc = new JsonRpc(m_near);
    const auto deletion = qScopeGuard([&] { delete rpc.data(); });
    listenTo(rpc);
    // In one batch, so that there is more to be done after the slot.
    QVERIFY(!m_far->send(Channel::Command, R"([{"jsonrpc":"2.0","method":"a"},1,
                                              {"jsonrpc":"2.0","method":"b","id":1}])"));
    QVERIFY(waitUntil());
    QCOMPARE(!rpc, m_act == Act::DeleteSender);
    checkThatServerGoesOn();
}

void tst_Slots::ofServer_data()
{
    addColumns();
    addRow(Side::Server, Act::DeletePeer, "peerConnected");
    addRow(Side::Server, Act::Abort, "peerConnected");
    addRow(Side::Server, Act::Close, "peerConnected");
    addRow(Side::Server, Act::RunEventLoop, "peerConnected");
}

void tst_Slots::ofServer()
{
    begin([this](Peer *) { act(); });
    QVERIFY(m_hasActed);
    checkThatServerGoesOn();
}

QTEST_GUILESS_MAIN(tst_Slots)
#include "tst_slots.moc"
