// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/framer.h>

#include <QtCore/qbuffer.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtemporaryfile.h>
#include <QtNetwork/qlocalserver.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

#ifdef Q_OS_UNIX
#    include <sys/socket.h>
#    include <unistd.h>
#endif

using namespace IpcPrims;
using namespace Qt::StringLiterals;

using Frames = QList<std::pair<quint16, QByteArray>>;

// What a framer has received.
class Inbox : public QObject
{
    Q_OBJECT

public:
    explicit Inbox(Framer *framer)
        : ended(framer, &Framer::ended)
        , errors(framer, &Framer::errorOccurred)
    {
        connect(framer, &Framer::frameReceived, this,
                [this](quint16 channel, const QByteArray &payload) {
                    frames.append({channel, payload});
                });
    }

    Frames frames;
    QSignalSpy ended;
    QSignalSpy errors;
};

// Two connected sockets of one kind.
struct Pair
{
    std::unique_ptr<QIODevice> a;
    std::unique_ptr<QIODevice> b;
};

static Pair tcpPair()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        return {};
    auto client = std::make_unique<QTcpSocket>();
    client->connectToHost(server.serverAddress(), server.serverPort());
    if (!server.waitForNewConnection(10'000) || !client->waitForConnected(10'000))
        return {};
    QTcpSocket *const accepted = server.nextPendingConnection();
    accepted->setParent(nullptr);
    return {std::move(client), std::unique_ptr<QIODevice>(accepted)};
}

static Pair localPair()
{
    const QTemporaryDir directory;
    QLocalServer server;
    if (!server.listen(directory.filePath(u"socket"_s)))
        return {};
    auto client = std::make_unique<QLocalSocket>();
    client->connectToServer(server.fullServerName());
    if (!server.waitForNewConnection(10'000))
        return {};
    QLocalSocket *const accepted = server.nextPendingConnection();
    accepted->setParent(nullptr);
    return {std::move(client), std::unique_ptr<QIODevice>(accepted)};
}

class tst_Framer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void overSockets_data();
    void overSockets();
    void largeFramesBothWaysAtOnce_data() { overSockets_data(); }
    void largeFramesBothWaysAtOnce();
    void overABuffer();
    void overAProcess();
    void readsWhatTheDeviceHoldsAlready();
#ifdef Q_OS_UNIX
    void whatIsQueuedLeavesAfterTheOtherSidesEnd();
#endif
    void endBetweenFramesIsClean();
    void endInsideAFrameIsAnError();
    void framesBeforeTheEndAreDeliveredFirst();
    void garbageIsAnError();
    void tooLargeIsRefusedBeforeAnythingIsWritten();
    void flushHandsOverEverythingThatFits();
    void overASocketOfTheSystem();
    void somethingElseThanASocketFails();
    void queueIsBounded();
    void fullQueueMakesRoom();
    void handlerMayDeleteTheFramer();
    void errorHandlerMayDeleteTheFramer();
    void handlerMayRunAnEventLoop();
    void handlerMaySend();
    void destroyedDeviceIsTheEnd();
};

void tst_Framer::overSockets_data()
{
    QTest::addColumn<bool>("tcp");
    QTest::addRow("QTcpSocket") << true;
    QTest::addRow("QLocalSocket") << false;
}

void tst_Framer::overSockets()
{
    QFETCH(bool, tcp);
    const Pair pair = tcp ? tcpPair() : localPair();
    QVERIFY(pair.a && pair.b);
    Framer a(pair.a.get());
    Framer b(pair.b.get());
    Inbox inbox(&b);
    Frames expected;
    for (int i = 0; i < 2000; ++i) {
        expected.append({quint16(i % 2 ? 7 : 300), QByteArray(i, char(i))});
        QVERIFY(!a.send(expected.last().first, expected.last().second));
    }
    QTRY_COMPARE_WITH_TIMEOUT(inbox.frames.size(), expected.size(), 30'000);
    // In order within each channel.
    for (const quint16 channel : {7, 300}) {
        const auto only = [channel](Frames frames) {
            frames.removeIf([channel](const auto &frame) { return frame.first != channel; });
            return frames;
        };
        QVERIFY(only(inbox.frames) == only(expected));
    }
    QCOMPARE(a.bytesQueued(), 0);
}

void tst_Framer::largeFramesBothWaysAtOnce()
{
    QFETCH(bool, tcp);
    const Pair pair = tcp ? tcpPair() : localPair();
    QVERIFY(pair.a && pair.b);
    Framer a(pair.a.get());
    Framer b(pair.b.get());
    Inbox inboxA(&a);
    Inbox inboxB(&b);
    const QByteArray largest(MaxPayloadSize, 'x');
    QVERIFY(!a.send(2, largest));
    QVERIFY(!b.send(2, largest));
    QTRY_VERIFY_WITH_TIMEOUT(!inboxA.frames.isEmpty() && !inboxB.frames.isEmpty(), 60'000);
    QVERIFY(inboxA.frames.first().second == largest);
    QVERIFY(inboxB.frames.first().second == largest);
}

void tst_Framer::overABuffer()
{
    QBuffer written;
    QVERIFY(written.open(QIODevice::WriteOnly));
    Framer writer(&written);
    QVERIFY(!writer.send(1, "one"));
    writer.flush();
    QCOMPARE(written.data().toHex(), "4950"
                                     "03000000"
                                     "0100"
                                     "6f6e65");
}

void tst_Framer::overAProcess()
{
    QProcess cat;
    cat.start(u"cat"_s, QStringList());
    QVERIFY(cat.waitForStarted());
    Framer framer(&cat);
    Inbox inbox(&framer);
    const QByteArray payload(1'000'000, 'p');
    QVERIFY(!framer.send(2, payload));
    QVERIFY(!framer.send(1, "small"));
    QTRY_COMPARE_WITH_TIMEOUT(inbox.frames.size(), 2, 30'000);
    cat.closeWriteChannel();
    QTRY_COMPARE_WITH_TIMEOUT(inbox.ended.size(), 1, 30'000);
    QVERIFY(cat.waitForFinished() || cat.state() == QProcess::NotRunning);
}

void tst_Framer::readsWhatTheDeviceHoldsAlready()
{
    QBuffer buffer;
    buffer.setData(QByteArray::fromHex("4950"
                                       "03000000"
                                       "0100"
                                       "6f6e65"));
    QVERIFY(buffer.open(QIODevice::ReadOnly));
    Framer framer(&buffer);
    Inbox inbox(&framer);
    QTRY_COMPARE(inbox.frames, Frames({{1, "one"}}));
}

#ifdef Q_OS_UNIX
void tst_Framer::whatIsQueuedLeavesAfterTheOtherSidesEnd()
{
    int ends[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    Framer framer(ends[0]);
    Inbox inbox(&framer);
    const QByteArray payload(2'000'000, 'p');
    QVERIFY(!framer.send(2, payload));
    QVERIFY(!framer.send(2, "last"));
    QCOMPARE(::shutdown(ends[1], SHUT_WR), 0);
    QTRY_COMPARE(inbox.ended.size(), 1);
    QVERIFY(framer.bytesQueued() > 0);
    QCOMPARE(framer.send(2, "too late").code(), ErrorCode::NotConnected);
    QByteArray received;
    QByteArray buffer(65536, Qt::Uninitialized);
    ssize_t got = -1;
    QTRY_VERIFY_WITH_TIMEOUT(
            (got = ::recv(ends[1], buffer.data(), size_t(buffer.size()), 0)) == 0
                    || (got > 0 && (received.append(buffer.constData(), got), false)),
            30'000);
    QCOMPARE(received.size(), payload.size() + 4 + 2 * 8);
    QVERIFY(received.endsWith("last"));
    QCOMPARE(framer.bytesQueued(), 0);
    ::close(ends[1]);
}
#endif

void tst_Framer::endBetweenFramesIsClean()
{
    const Pair pair = localPair();
    Framer framer(pair.b.get());
    Inbox inbox(&framer);
    pair.a->write(QByteArray::fromHex("4950"
                                      "00000000"
                                      "0100"));
    pair.a->close();
    QTRY_COMPARE(inbox.ended.size(), 1);
    QCOMPARE(inbox.frames.size(), 1);
    QCOMPARE(inbox.errors.size(), 0);
    QCOMPARE(framer.send(1, "too late").code(), ErrorCode::NotConnected);
}

void tst_Framer::endInsideAFrameIsAnError()
{
    const Pair pair = localPair();
    Framer framer(pair.b.get());
    Inbox inbox(&framer);
    pair.a->write(QByteArray::fromHex("4950"
                                      "05000000"
                                      "0100"
                                      "6161"));
    pair.a->close();
    QTRY_COMPARE(inbox.errors.size(), 1);
    QCOMPARE(inbox.errors.first().first().value<Error>().code(), ErrorCode::TruncatedFrame);
    QCOMPARE(inbox.ended.size(), 0);
    QCOMPARE(inbox.frames.size(), 0);
}

void tst_Framer::framesBeforeTheEndAreDeliveredFirst()
{
    const Pair pair = localPair();
    Framer framer(pair.b.get());
    Inbox inbox(&framer);
    {
        Framer sender(pair.a.get());
        for (int i = 0; i < 100; ++i)
            QVERIFY(!sender.send(1, QByteArray::number(i)));
        sender.flush();
    }
    pair.a->close(); // QLocalSocket writes what it holds first.
    QTRY_COMPARE(inbox.ended.size(), 1);
    QCOMPARE(inbox.frames.size(), 100);
}

void tst_Framer::garbageIsAnError()
{
    const Pair pair = localPair();
    Framer framer(pair.b.get());
    Inbox inbox(&framer);
    pair.a->write("GET / HTTP/1.1\r\n");
    QTRY_COMPARE(inbox.errors.size(), 1);
    QCOMPARE(inbox.errors.first().first().value<Error>().code(), ErrorCode::BadMagic);
    QVERIFY(pair.b->isOpen()); // The device is the application's.
}

void tst_Framer::tooLargeIsRefusedBeforeAnythingIsWritten()
{
    QBuffer written;
    QVERIFY(written.open(QIODevice::WriteOnly));
    Framer framer(&written);
    const Error error = framer.send(1, QByteArray(MaxPayloadSize + 1, 'x'));
    QCOMPARE(error, Error(ErrorCode::PayloadTooLarge,
                          u"payload too large (16777217 bytes, max 16777216)"_s));
    framer.setMaxPayloadSize(3);
    QVERIFY(!framer.send(1, "abc"));
    QCOMPARE(framer.send(1, "abcd").code(), ErrorCode::PayloadTooLarge);
    framer.flush();
    QCOMPARE(written.data().size(), 8 + 3);
}

void tst_Framer::flushHandsOverEverythingThatFits()
{
    QBuffer written;
    QVERIFY(written.open(QIODevice::WriteOnly));
    Framer framer(&written);
    QVERIFY(!framer.send(2, QByteArray(1'000'000, 'x')));
    QVERIFY(!framer.send(2, QByteArray(1'000'000, 'y')));
    framer.flush();
    QCOMPARE(written.data().size(), 2 * (8 + 1'000'000));
}

void tst_Framer::overASocketOfTheSystem()
{
#ifdef Q_OS_UNIX
    int descriptors[2] = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors), 0);
    auto a = std::make_unique<Framer>(qintptr(descriptors[0]));
    Framer b{qintptr(descriptors[1])};
    QCOMPARE(a->device(), nullptr);
    Inbox inbox(&b);
    const QByteArray large(3'000'000, 'l');
    QVERIFY(!a->send(2, "small"));
    QVERIFY(!a->send(2, large));
    QTRY_COMPARE_WITH_TIMEOUT(inbox.frames.size(), 2, 30'000);
    QCOMPARE(inbox.frames.first(), Frames::value_type(2, "small"));
    QVERIFY(inbox.frames.last().second == large);
    a.reset(); // Closes its socket.
    QTRY_COMPARE_WITH_TIMEOUT(inbox.ended.size(), 1, 30'000);
    QVERIFY(inbox.errors.isEmpty());
#else
    QSKIP("There are no such sockets on this system");
#endif
}

void tst_Framer::somethingElseThanASocketFails()
{
#ifdef Q_OS_UNIX
    QTemporaryFile file;
    QVERIFY(file.open());
    Framer framer(qintptr(::dup(file.handle())));
    Inbox inbox(&framer);
    QTRY_COMPARE_WITH_TIMEOUT(inbox.errors.size(), 1, 30'000);
    QCOMPARE(inbox.errors.first().first().value<Error>().code(), ErrorCode::StreamError);
    QCOMPARE(framer.send(1, "x").code(), ErrorCode::NotConnected);

    // What socketpair() or dup() leave behind when nobody looks at their result.
    Framer none(qintptr(-1));
    Inbox noInbox(&none);
    QTRY_COMPARE_WITH_TIMEOUT(noInbox.errors.size(), 1, 30'000);
    QCOMPARE(noInbox.errors.first().first().value<Error>().code(), ErrorCode::StreamError);
#else
    QSKIP("There are no such sockets on this system");
#endif
}

void tst_Framer::queueIsBounded()
{
    const Pair pair = localPair();
    Framer framer(pair.a.get()); // Nobody reads at b yet.
    QSignalSpy ready(&framer, &Framer::readyToSend);
    const QByteArray megabyte(1024 * 1024, 'x');
    int accepted = 0;
    Error error;
    while (!(error = framer.send(2, megabyte)) && accepted < 100)
        ++accepted;
    QCOMPARE(error.code(), ErrorCode::QueueFull);
    QVERIFY(accepted >= 16 && accepted <= 18);
    QCOMPARE(framer.send(2, "").code(), ErrorCode::QueueFull);

    Framer reader(pair.b.get());
    Inbox inbox(&reader);
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, 30'000);
    // What the device has taken but not yet written counts in bytesQueued(), not for the mark.
    QVERIFY(framer.bytesQueued(2) <= framer.sendLowWaterMark());
    QVERIFY(!framer.send(2, "last"));
    QTRY_COMPARE_WITH_TIMEOUT(inbox.frames.size(), accepted + 1, 30'000);
}

void tst_Framer::fullQueueMakesRoom()
{
    const Pair pair = localPair();
    Framer framer(pair.a.get()); // Nobody reads at b yet.
    QSignalSpy errors(&framer, &Framer::errorOccurred);
    const QByteArray megabyte(1024 * 1024, 'x');
    for (int i = 0; i < 40; ++i)
        QVERIFY(!framer.send(3, megabyte, SlowPeerPolicy::KeepLatest));
    QVERIFY(framer.bytesQueued(3) <= 2 * (8 + megabyte.size())); // One may have begun to leave.
    for (int i = 0; i < 40; ++i)
        QVERIFY(!framer.send(2, megabyte, SlowPeerPolicy::DropOldest));
    QVERIFY(framer.bytesQueued(2) <= framer.sendHighWaterMark() + 8 + megabyte.size());

    Error error;
    for (int i = 0; i < 40 && !error; ++i)
        error = framer.send(2, megabyte, SlowPeerPolicy::Disconnect);
    QCOMPARE(error.code(), ErrorCode::QueueFull);
    QCOMPARE(framer.send(2, "x").code(), ErrorCode::NotConnected);
    QCOMPARE(errors.size(), 0); // Nothing is emitted inside the call.
    QTRY_COMPARE_WITH_TIMEOUT(errors.size(), 1, 30'000);
    QCOMPARE(errors.first().first().value<Error>().code(), ErrorCode::QueueFull);
}

void tst_Framer::handlerMayDeleteTheFramer()
{
    const Pair pair = localPair();
    auto *const framer = new Framer(pair.b.get());
    int count = 0;
    connect(framer, &Framer::frameReceived, this, [&] {
        ++count;
        delete framer;
    });
    Framer sender(pair.a.get());
    for (int i = 0; i < 10; ++i)
        QVERIFY(!sender.send(1, "x"));
    sender.flush();
    QTRY_COMPARE(count, 1);
    QVERIFY(pair.b->isOpen());
}

void tst_Framer::errorHandlerMayDeleteTheFramer()
{
    const Pair pair = localPair();
    auto *const framer = new Framer(pair.b.get());
    QString text;
    connect(framer, &Framer::errorOccurred, this, [&](const Error &error) {
        delete framer;
        text = error.message();
    });
    pair.a->write("GET / HTTP/1.1\r\n");
    QTRY_VERIFY(text.contains("0x4950"_L1));
}

void tst_Framer::handlerMayRunAnEventLoop()
{
    const Pair pair = localPair();
    Framer framer(pair.b.get());
    Framer sender(pair.a.get());
    QList<QByteArray> seen;
    connect(&framer, &Framer::frameReceived, this, [&](quint16, const QByteArray &payload) {
        seen.append(payload);
        if (payload == "nest")
            QTRY_VERIFY(seen.contains("much later")); // The loop inside goes on receiving.
    });
    QVERIFY(!sender.send(1, "nest"));
    for (int i = 0; i < 20'000; ++i)
        QVERIFY(!sender.send(1, QByteArray::number(i)));
    QVERIFY(!sender.send(1, "much later"));
    QTRY_COMPARE_WITH_TIMEOUT(seen.size(), 20'002, 30'000);
    for (int i = 0; i < 20'000; ++i)
        QCOMPARE(seen[i + 1], QByteArray::number(i));
}

void tst_Framer::handlerMaySend()
{
    const Pair pair = localPair();
    Framer a(pair.a.get());
    Framer b(pair.b.get());
    Inbox inbox(&a);
    connect(&b, &Framer::frameReceived, this, [&](quint16 channel, const QByteArray &payload) {
        QVERIFY(!b.send(channel, payload));
    });
    for (int i = 0; i < 1000; ++i)
        QVERIFY(!a.send(1, QByteArray::number(i)));
    QTRY_COMPARE_WITH_TIMEOUT(inbox.frames.size(), 1000, 30'000);
    for (int i = 0; i < 1000; ++i)
        QCOMPARE(inbox.frames[i].second, QByteArray::number(i));
}

void tst_Framer::destroyedDeviceIsTheEnd()
{
    Pair pair = localPair();
    Framer framer(pair.b.get());
    Inbox inbox(&framer);
    pair.b.reset();
    QTRY_COMPARE(inbox.ended.size(), 1);
    QVERIFY(!framer.device());
    QCOMPARE(framer.send(1, "x").code(), ErrorCode::NotConnected);
}

QTEST_GUILESS_MAIN(tst_Framer)
#include "tst_framer.moc"
