// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "loudsocket.h"

#include "frame/framelink_p.h"
#include "frame/header_p.h"
#include "transport/localsocketstream_p.h"

#include <IpcPrims/framer.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qlocalserver.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qtest.h>

#include <array>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

using Frames = QList<std::pair<quint16, QByteArray>>;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// Devices that call back from inside their own calls.
class tst_Reentrancy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void flushWhileTheOtherSideReads_data();
    void flushWhileTheOtherSideReads();
    void everyFrameOnceWhateverSlotsDo_data();
    void everyFrameOnceWhateverSlotsDo();
    void slotMayDeleteTheFramer();
    void sessionOverALoudDevice_data() { everyFrameOnceWhateverSlotsDo_data(); }
    void sessionOverALoudDevice();
    void sendNeverCallsTheDevice();
    void slotMayEndTheSession_data();
    void slotMayEndTheSession();
};

/// Two ends of one connection.
struct LoudPair
{
    LoudPair()
    {
        std::array<int, 2> ends = {};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
            qFatal("no pair of sockets");
        a.setSocketDescriptor(ends[0]);
        b.setSocketDescriptor(ends[1]);
    }

    LoudSocket a;
    LoudSocket b;
};

/// Not interested in what comes.
class NoSink final : public FrameLink::Sink
{
public:
    void frameDecoded(DecodedFrame &) override {}
    void linkEnded(const Error &) override {}
    void readyToSend(quint16) override {}
};

// Reads whole frames from a blocking descriptor until its end.
static QByteArray readToEnd(int descriptor)
{
    QByteArray wire;
    std::array<char, 30'000> bytes;
    ssize_t got = 0;
    while ((got = ::read(descriptor, bytes.data(), bytes.size())) > 0)
        wire.append(bytes.data(), got);
    ::close(descriptor);
    return wire;
}

static QByteArray wireOf(const QByteArray &payload, int count)
{
    std::array<char, FrameHeader::Size> header;
    FrameHeader{quint32(payload.size()), 2}.write(header.data());
    return (QByteArray(header.data(), header.size()) + payload).repeated(count);
}

void tst_Reentrancy::flushWhileTheOtherSideReads_data()
{
    QTest::addColumn<int>("count");
    for (int count = 5; count <= 12; ++count)
        QTest::addRow("%d frames", count) << count;
}

// The socket says bytesWritten() from inside its own flush().
void tst_Reentrancy::flushWhileTheOtherSideReads()
{
    QFETCH(const int, count);
    std::array<int, 2> ends = {};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    QCOMPARE(::fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    auto socket = std::make_unique<QLocalSocket>();
    QVERIFY(socket->setSocketDescriptor(ends[0]));
    NoSink sink;
    FrameLink::Pointer link
            = FrameLink::make(std::make_unique<LocalSocketStream>(std::move(socket)), &sink);
    link->start();
    const QByteArray payload(60'000, 'p');
    for (int i = 0; i < count; ++i)
        QVERIFY(!link->send(2, payload));
    QByteArray wire;
    Background reader([&] { wire = readToEnd(ends[1]); });
    reader.waitUntilAsleep(); // It has read what was there.
    link->flush();
    QTRY_COMPARE_WITH_TIMEOUT(link->bytesToWrite(), 0, Patience);
    link.reset();
    reader.join();
    QCOMPARE(wire.size(), wireOf(payload, count).size());
    QVERIFY(wire == wireOf(payload, count));
}

void tst_Reentrancy::everyFrameOnceWhateverSlotsDo_data()
{
    QTest::addColumn<QString>("act");
    for (const char *const act : {"nothing", "send", "flush", "run an event loop"})
        QTest::newRow(act) << QString::fromLatin1(act);
}

void tst_Reentrancy::everyFrameOnceWhateverSlotsDo()
{
    QFETCH(const QString, act);
    LoudPair pair;
    Framer a(&pair.a);
    Framer b(&pair.b);
    Frames expected;
    Frames received;
    connect(&b, &Framer::frameReceived, this, [&](quint16 channel, const QByteArray &payload) {
        received.append({channel, payload});
    });
    const auto send = [&](qsizetype size) {
        expected.append({2, QByteArray(size, char('a' + expected.size() % 26))});
        QVERIFY(!a.send(2, expected.last().second));
    };
    int calls = 0;
    const auto misbehave = [&](Framer *framer) {
        ++calls;
        if (act == "send"_L1 && expected.size() < 2000)
            send(calls % 300);
        else if (act == "flush"_L1)
            framer->flush();
        else if (act == "run an event loop"_L1)
            QCoreApplication::processEvents();
    };
    pair.a.onCall = [&] { misbehave(&a); };
    pair.b.onCall = [&] { misbehave(&b); };
    for (const qsizetype size : {0, 1, 5000, 60'000, 60'000, 60'000, 300'000, 20, 60'000, 1}) {
        send(size);
        if (size == 20)
            a.flush();
        QCoreApplication::processEvents();
    }
    QTRY_VERIFY_WITH_TIMEOUT(received.size() >= expected.size(), Patience);
    pair.a.onCall = nullptr;
    pair.b.onCall = nullptr;
    QVERIFY(received == expected);
    QVERIFY(calls > 20);
    QCOMPARE(a.bytesQueued(), 0);
}

void tst_Reentrancy::slotMayDeleteTheFramer()
{
    for (int fatalCall = 1;; fatalCall += 1 + fatalCall / 8) {
        LoudPair pair;
        auto framer = std::make_unique<Framer>(&pair.a);
        Framer other(&pair.b);
        int calls = 0;
        const auto onCall = [&] {
            if (++calls == fatalCall)
                framer.reset();
        };
        pair.a.onCall = onCall;
        for (int i = 0; i < 3; ++i) {
            if (framer)
                static_cast<void>(framer->send(2, QByteArray(i * 40'000, 'x')));
            if (framer)
                framer->flush();
            if (framer)
                static_cast<void>(framer->bytesQueued());
            static_cast<void>(other.send(2, QByteArray(i * 40'000, 'y')));
            other.flush();
            QTest::qWait(1);
        }
        pair.a.onCall = nullptr;
        if (calls < fatalCall) {
            QVERIFY(fatalCall > 20);
            return;
        }
    }
}

/// A server that echoes, and a client of it over a loud device.
struct LoudSession
{
    LoudSession()
    {
        QObject::connect(&server, &Server::peerConnected, &server, [](Peer *client) {
            QObject::connect(client, &Peer::frameReceived, client,
                             [client](quint16 channel, const QByteArray &payload) {
                                 static_cast<void>(client->send(channel, payload));
                             });
        });
        const Endpoint endpoint = Endpoint::fromPath(directory.filePath(u"s"_s));
        if (const Error error = server.listen(endpoint))
            qFatal("%s", qPrintable(error.message()));
        auto device = std::make_unique<LoudSocket>();
        device->connectToServer(endpoint.path());
        if (!device->waitForConnected())
            qFatal("not connected");
        socket = device.get();
        peer->connectOver(std::move(device));
    }

    const QTemporaryDir directory;
    Server server;
    QPointer<LoudSocket> socket;
    std::unique_ptr<Peer> peer = std::make_unique<Peer>();
};

void tst_Reentrancy::sessionOverALoudDevice()
{
    QFETCH(const QString, act);
    LoudSession session;
    Peer *const peer = session.peer.get();
    Frames expected;
    Frames received;
    connect(peer, &Peer::frameReceived, this, [&](quint16 channel, const QByteArray &payload) {
        received.append({channel, payload});
    });
    const auto send = [&](qsizetype size) {
        expected.append({Channel::Data, QByteArray(size, char('a' + expected.size() % 26))});
        QVERIFY(!peer->send(Channel::Data, expected.last().second));
    };
    session.socket->onCall = [&] {
        if (act == "send"_L1 && peer->isOpen() && expected.size() < 1000)
            send(expected.size() % 300);
        else if (act == "flush"_L1)
            peer->flush();
        else if (act == "run an event loop"_L1)
            QCoreApplication::processEvents();
    };
    QTRY_VERIFY_WITH_TIMEOUT(peer->isOpen(), Patience);
    for (const qsizetype size : {0, 1, 5000, 60'000, 60'000, 300'000, 20, 60'000, 1})
        send(size);
    QTRY_VERIFY_WITH_TIMEOUT(received.size() >= expected.size(), Patience);
    QVERIFY(received == expected);
    peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(peer->state(), Peer::State::Closed, Patience);
    QVERIFY(!peer->disconnectReason());
}

// Or a slot of the device would run inside calls of the application that expect no such thing.
void tst_Reentrancy::sendNeverCallsTheDevice()
{
    LoudSession session;
    Peer &peer = *session.peer;
    QTRY_VERIFY_WITH_TIMEOUT(peer.isOpen(), Patience);
    bool isInCall = false;
    int calls = 0;
    session.socket->onCall = [&] {
        QVERIFY(!isInCall);
        ++calls;
    };
    isInCall = true;
    for (const qsizetype size : {1, 100'000, 1})
        QVERIFY(!peer.send(Channel::Data, QByteArray(size, 's')));
    const QFuture<PingReply> ping = peer.ping();
    const QFuture<Reply> reply = peer.request("r");
    peer.setReceiving(false);
    peer.setReceiving(true);
    isInCall = false;
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished() && reply.isFinished(), Patience);
    QVERIFY(!ping.result().error && !reply.result().error);
    QVERIFY(calls > 0);
    isInCall = true;
    peer.close();
    peer.abort();
    isInCall = false;
    QTRY_COMPARE_WITH_TIMEOUT(peer.state(), Peer::State::Closed, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(!session.socket, Patience);
}

void tst_Reentrancy::slotMayEndTheSession_data()
{
    QTest::addColumn<QString>("act");
    for (const char *const act : {"delete", "abort", "close", "connect anew"})
        QTest::newRow(act) << QString::fromLatin1(act);
}

void tst_Reentrancy::slotMayEndTheSession()
{
    QFETCH(const QString, act);
    for (int fatalCall = 1;; fatalCall += 1 + fatalCall / 8) {
        LoudSession session;
        int calls = 0;
        int ends = 0;
        connect(session.peer.get(), &Peer::disconnected, this, [&] { ++ends; });
        session.socket->onCall = [&] {
            if (++calls != fatalCall)
                return;
            if (act == "delete"_L1)
                session.peer.reset();
            else if (act == "abort"_L1)
                session.peer->abort();
            else if (act == "close"_L1)
                session.peer->close();
            else
                session.peer->connectToServer(session.server.endpoint());
        };
        bool wasOpen = false;
        connect(session.peer.get(), &Peer::connected, this, [&] {
            if (std::exchange(wasOpen, true) || calls >= fatalCall)
                return;
            for (int i = 0; i < 3; ++i)
                static_cast<void>(session.peer->send(Channel::Data, QByteArray(i * 60'000, 'x')));
        });
        int echoes = 0;
        connect(session.peer.get(), &Peer::frameReceived, this, [&] { ++echoes; });
        QTRY_VERIFY_WITH_TIMEOUT(calls >= fatalCall || echoes == 3, Patience);
        if (calls < fatalCall) {
            QVERIFY(fatalCall > 20);
            return;
        }
        if (act == "connect anew"_L1)
            QTRY_VERIFY_WITH_TIMEOUT(session.peer->isOpen(), Patience);
        else if (act != "delete"_L1)
            QTRY_COMPARE_WITH_TIMEOUT(ends, 1, Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!session.socket, Patience);
    }
}

QTEST_GUILESS_MAIN(tst_Reentrancy)
#include "tst_reentrancy.moc"
