// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"

#include "descriptors.h"
#include "rawsocket.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <vector>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace {

const QByteArray Request = R"({"protocol":"ipcprims","version":"1.0","channels":[1,2]})";

// So many that connect one after the other take longer than any time-out here.
constexpr int ManyClients = 10'000;

} // namespace

/// Clients are mostly raw sockets here, as a connected one needs no thread to wait in.
class tst_BlockingListener : public BlockingTest
{
    Q_OBJECT

private Q_SLOTS:
    void listensAndCloses();
    void refusesWhatCannotWork();
    void liveListenerIsNeverDisplaced();
    void deadSocketIsReplaced();
    void regularFileSurvives();

    void timesOutWithoutAClient();
    void silentClientsDelayNobody();
    void slowClientIsServedWhenItIsReady();
    void severalClientsAreReadyAtOnce();
    void everyByteOfTheRequestMayComeAlone();
    void handshakeHasADeadline();
    void acceptEndsInTimeWhoeverConnects();
    void deadlineHoldsWhoeverConnects();
    void oldestPendingHandshakeGivesWay();
    void badClientsAreTurnedAwayInSilence_data();
    void badClientsAreTurnedAwayInSilence();
    void peerIdsCountEveryAccept();
    void framesMayComeWithTheRequest();
    void settingsOfThePeerStay();
    void lackOfDescriptorsIsSurvived();
    void fullBacklogIsWaitedFor();

    void cancelEndsAccept();
    void closingEndsHandshakesButNotSessions();
    void errorHandlerMayClose();
    void nothingIsLeftBehind();

private:
    /// Connected, and without a word so far.
    RawSocket newClient() const { return RawSocket::connectTo(m_endpoint.path()); }
    /// A client that has sent a good request.
    RawSocket readyClient() const
    {
        RawSocket client = newClient();
        client.writeFrame(Channel::Control, Request);
        return client;
    }
    ErrorCode accept(std::chrono::milliseconds timeout = 10s)
    {
        return m_listener->accept(&m_server, timeout).code();
    }
    void collectErrors()
    {
        m_errors.clear();
        m_listener->setErrorHandler([this](const Error &error) { m_errors.append(error); });
    }

    QList<Error> m_errors;
};

void tst_BlockingListener::listensAndCloses()
{
    QVERIFY(m_listener->isListening());
    QCOMPARE(m_listener->endpoint(), m_endpoint);
    QCOMPARE(QFile::permissions(m_endpoint.path()) & (QFile::ReadGroup | QFile::WriteGroup),
             QFile::Permissions());
    QCOMPARE(m_listener->listen(m_endpoint).code(), ErrorCode::InvalidArgument);
    m_listener->close();
    QVERIFY(!m_listener->isListening());
    QVERIFY(!QFile::exists(m_endpoint.path()));
    QCOMPARE(accept(), ErrorCode::NotConnected);
    QVERIFY(!m_listener->listen(m_endpoint));
    BlockingListener moved = std::move(*m_listener);
    QVERIFY(moved.isListening());
    *m_listener = std::move(moved);
    *m_listener = BlockingListener();
    QVERIFY(!QFile::exists(m_endpoint.path()));
}

void tst_BlockingListener::refusesWhatCannotWork()
{
    BlockingListener listener;
    QCOMPARE(listener.listen(Endpoint()).code(), ErrorCode::InvalidEndpoint);
    listener.setChannels({1, 0});
    const Endpoint other = Endpoint::fromPath(m_directory->filePath(u"other"_s));
    QCOMPARE(listener.listen(other).code(), ErrorCode::InvalidArgument);
    listener.setChannels({1});
    QCOMPARE(listener.listen(Endpoint::fromPath(u'/' + QString(107, u'p'))).code(),
             ErrorCode::PathTooLong);
}

void tst_BlockingListener::liveListenerIsNeverDisplaced()
{
    BlockingListener second;
    QCOMPARE(second.listen(m_endpoint).code(), ErrorCode::AddressInUse);
    const RawSocket client = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
}

void tst_BlockingListener::deadSocketIsReplaced()
{
    const QString path = m_endpoint.path();
    QVERIFY(QFile::rename(path, path + u'x'));
    m_listener->close();
    QVERIFY(QFile::rename(path + u'x', path));
    QVERIFY(!m_listener->listen(m_endpoint));
    const RawSocket client = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
}

void tst_BlockingListener::regularFileSurvives()
{
    const QString path = m_directory->filePath(u"notes"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("notes") == 5);
    file.close();
    BlockingListener listener;
    QCOMPARE(listener.listen(Endpoint::fromPath(path)).code(), ErrorCode::PathOccupied);
    QCOMPARE(QFile(path).size(), 5);
}

void tst_BlockingListener::timesOutWithoutAClient()
{
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
    QCOMPARE(accept(5ms), ErrorCode::Timeout);
    const RawSocket client = readyClient();
    QCOMPARE(accept(0ms), ErrorCode::NoError);
}

void tst_BlockingListener::silentClientsDelayNobody()
{
    std::vector<RawSocket> silent;
    for (int i = 0; i < 5; ++i) {
        silent.push_back(newClient());
        QVERIFY(silent.back().write("IP\x10")); // Or nearly so.
    }
    const RawSocket client = readyClient();
    // With no time to wait at all.
    QCOMPARE(accept(0ms), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-6"_s);
}

void tst_BlockingListener::slowClientIsServedWhenItIsReady()
{
    RawSocket slow = newClient();
    const RawSocket quick = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-2"_s);
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
    QVERIFY(slow.writeFrame(Channel::Control, Request));
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-1"_s);
}

void tst_BlockingListener::severalClientsAreReadyAtOnce()
{
    std::vector<RawSocket> clients;
    for (int i = 0; i < 40; ++i)
        clients.push_back(readyClient());
    for (int i = 1; i <= 40; ++i) {
        QCOMPARE(accept(), ErrorCode::NoError);
        QCOMPARE(m_server.peerId(), u"peer-%1"_s.arg(i));
    }
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
}

void tst_BlockingListener::everyByteOfTheRequestMayComeAlone()
{
    RawSocket client = newClient();
    const QByteArray bytes = RawSocket::frame(Channel::Control, Request);
    for (const char byte : bytes) {
        QCOMPARE(accept(0ms), ErrorCode::Timeout);
        QVERIFY(client.write(QByteArray(1, byte)));
    }
    QCOMPARE(accept(0ms), ErrorCode::NoError);
}

void tst_BlockingListener::handshakeHasADeadline()
{
    QCOMPARE(m_listener->handshakeTimeout(), 5s);
    m_listener->close();
    m_listener->setHandshakeTimeout(20ms);
    QVERIFY(!m_listener->listen(m_endpoint));
    collectErrors();

    RawSocket client = newClient();
    QVERIFY(client.write(RawSocket::header(Channel::Control, MaxHandshakePayloadSize)));
    // One byte after the other doesn't make it longer.
    while (m_errors.isEmpty()) {
        static_cast<void>(client.write(" "));
        QCOMPARE(accept(1ms), ErrorCode::Timeout);
    }
    QCOMPARE(m_errors.size(), 1);
    QCOMPARE(m_errors.first().code(), ErrorCode::Timeout);
    QVERIFY(client.waitForClosed());
}

void tst_BlockingListener::acceptEndsInTimeWhoeverConnects()
{
    int count = 0;
    m_listener->setErrorHandler([&](const Error &) {
        if (++count < ManyClients)
            newClient().close();
    });
    newClient().close();
    QCOMPARE(accept(5ms), ErrorCode::Timeout);
    QVERIFY(count < ManyClients);
}

void tst_BlockingListener::deadlineHoldsWhoeverConnects()
{
    m_listener->close();
    m_listener->setHandshakeTimeout(5ms);
    QVERIFY(!m_listener->listen(m_endpoint));
    int count = 0;
    m_listener->setErrorHandler([&](const Error &error) {
        if (error.code() == ErrorCode::Timeout || ++count == ManyClients)
            m_listener->cancel();
        else
            newClient().close();
    });
    const RawSocket silent = newClient();
    newClient().close();
    QCOMPARE(accept(BlockingPeer::NoTimeout), ErrorCode::Cancelled);
    QVERIFY(count < ManyClients);
}

void tst_BlockingListener::oldestPendingHandshakeGivesWay()
{
    QCOMPARE(m_listener->maxPendingHandshakes(), 64);
    m_listener->setMaxPendingHandshakes(2);
    collectErrors();
    RawSocket oldest = newClient();
    RawSocket second = newClient();
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
    const RawSocket third = newClient();
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
    QCOMPARE(m_errors.size(), 1);
    QCOMPARE(m_errors.first().code(), ErrorCode::ResourcesExhausted);
    QVERIFY(oldest.waitForClosed());
    QVERIFY(second.writeFrame(Channel::Control, Request));
    QCOMPARE(accept(), ErrorCode::NoError);
}

void tst_BlockingListener::badClientsAreTurnedAwayInSilence_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("another protocol") << "GET / HTTP/1.1\r\n\r\n"_ba << ErrorCode::BadMagic;
    QTest::newRow("not JSON") << RawSocket::frame(0, "hello") << ErrorCode::HandshakeMalformed;
    QTest::newRow("another channel")
            << RawSocket::frame(1, Request) << ErrorCode::HandshakeMalformed;
    QTest::newRow("no channel in common")
            << RawSocket::frame(0, QByteArray(Request).replace("[1,2]", "[77]"))
            << ErrorCode::ChannelsRefused;
    QTest::newRow("too large") << RawSocket::header(0, MaxHandshakePayloadSize + 1)
                               << ErrorCode::PayloadTooLarge;
    QTest::newRow("nothing") << QByteArray() << ErrorCode::Disconnected;
}

void tst_BlockingListener::badClientsAreTurnedAwayInSilence()
{
    QFETCH(QByteArray, bytes);
    collectErrors();
    RawSocket bad = newClient();
    QVERIFY(bad.write(bytes));
    if (bytes.isEmpty())
        bad.close();
    const RawSocket good = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-2"_s);
    QCOMPARE(m_errors.size(), 1);
    QTEST(m_errors.first().code(), "code");
    if (!bytes.isEmpty()) {
        QVERIFY(bad.waitForClosed());
        QCOMPARE(bad.leftovers(), QByteArray());
    }
}

void tst_BlockingListener::peerIdsCountEveryAccept()
{
    newClient().close();
    const RawSocket first = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.peerId(), u"peer-2"_s);
}

void tst_BlockingListener::framesMayComeWithTheRequest()
{
    RawSocket client = newClient();
    QVERIFY(client.write(RawSocket::frame(0, Request) + RawSocket::frame(2, "one")
                         + RawSocket::frame(1, "two")));
    client.finishWriting();
    QCOMPARE(accept(), ErrorCode::NoError);
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame, (Frame{2, "one"}));
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame, (Frame{1, "two"}));
    QCOMPARE(m_server.receive(&frame).code(), ErrorCode::Disconnected);
    QCOMPARE(client.readFrame()->channel, Channel::Control);
}

void tst_BlockingListener::settingsOfThePeerStay()
{
    m_server.setTimeout(1ms);
    m_server.setBufferLimits(1, 100);
    RawSocket client = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    QCOMPARE(m_server.timeout(), 1ms);
    QVERIFY(client.writeFrame(2, "1") && client.writeFrame(2, "2"));
    Frame frame;
    QCOMPARE(m_server.receiveOn(1, &frame).code(), ErrorCode::BufferFull);
}

void tst_BlockingListener::lackOfDescriptorsIsSurvived()
{
    collectErrors();
    std::vector<RawSocket> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(readyClient());
    rlimit before = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit none = before;
    const int lowestFree = ::dup(0);
    ::close(lowestFree);
    none.rlim_cur = rlim_t(lowestFree);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const ErrorCode without = accept(150ms);
    const qsizetype news = m_errors.size();
    ::setrlimit(RLIMIT_NOFILE, &before);

    QCOMPARE(without, ErrorCode::Timeout);
    QCOMPARE(news, 1);
    QCOMPARE(m_errors.first().code(), ErrorCode::ResourcesExhausted);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(accept(), ErrorCode::NoError);
}

void tst_BlockingListener::fullBacklogIsWaitedFor()
{
    // A listening socket with room for one connection.
    const QString path = m_directory->filePath(u"narrow"_s);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    qstrncpy(address.sun_path, QFile::encodeName(path).constData(), sizeof(address.sun_path));
    const int narrow = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    QCOMPARE(::bind(narrow, reinterpret_cast<const sockaddr *>(&address), sizeof(address)), 0);
    QCOMPARE(::listen(narrow, 0), 0);
    const RawSocket first = RawSocket::connectTo(path);
    QVERIFY(first.isValid());

    m_client.setConnectTimeout(20ms);
    const Error late = m_client.connectToServer(Endpoint::fromPath(path));
    QCOMPARE(late.code(), ErrorCode::Timeout);
    QVERIFY2(late.message().contains(u"backlog"), qPrintable(late.message()));

    m_client.setConnectTimeout(1h);
    Error cancelled;
    Background connecting([&] { cancelled = m_client.connectToServer(Endpoint::fromPath(path)); });
    connecting.waitUntilAsleep();
    m_client.cancel();
    connecting.join();
    QCOMPARE(cancelled.code(), ErrorCode::Cancelled);

    m_client.clearCancellation();
    Error refused;
    Background connectingAgain(
            [&] { refused = m_client.connectToServer(Endpoint::fromPath(path)); });
    connectingAgain.waitUntilAsleep();
    const RawSocket one(::accept(narrow, nullptr, nullptr));
    RawSocket(::accept(narrow, nullptr, nullptr)).close();
    connectingAgain.join();
    QCOMPARE(refused.code(), ErrorCode::HandshakeRefused);
    ::close(narrow);
}

void tst_BlockingListener::cancelEndsAccept()
{
    const RawSocket silent = newClient();
    ErrorCode code = ErrorCode::NoError;
    Background accepting([&] { code = accept(BlockingPeer::NoTimeout); });
    accepting.waitUntilAsleep();
    m_listener->cancel();
    accepting.join();
    QCOMPARE(code, ErrorCode::Cancelled);
    QCOMPARE(accept(), ErrorCode::Cancelled);
    m_listener->clearCancellation();
    const RawSocket client = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
}

void tst_BlockingListener::closingEndsHandshakesButNotSessions()
{
    RawSocket client = readyClient();
    QCOMPARE(accept(), ErrorCode::NoError);
    RawSocket pending = newClient();
    QCOMPARE(accept(0ms), ErrorCode::Timeout);
    m_listener->close();
    QVERIFY(pending.waitForClosed());
    QVERIFY(client.writeFrame(2, "still open"));
    Frame frame;
    QVERIFY(!m_server.receive(&frame));
    QCOMPARE(frame.payload, "still open"_ba);
}

void tst_BlockingListener::errorHandlerMayClose()
{
    m_listener->setErrorHandler([this](const Error &) {
        m_listener->close();
        m_listener->setErrorHandler({});
    });
    newClient().close();
    newClient().close();
    QCOMPARE(accept(), ErrorCode::NotConnected);
}

void tst_BlockingListener::nothingIsLeftBehind()
{
    const auto serve = [this] {
        RawSocket bad = newClient();
        QVERIFY(bad.writeFrame(0, "{}"));
        const RawSocket good = readyClient();
        QCOMPARE(accept(), ErrorCode::NoError);
        Frame frame;
        QCOMPARE(m_server.receive(&frame, 0ms).code(), ErrorCode::Timeout);
    };
    serve(); // Opens what the listener needs itself, and the clock that this thread keeps.
    m_server = BlockingPeer();
    const QSet<int> before = openDescriptors();
    for (int i = 0; i < 200; ++i)
        serve();
    m_server = BlockingPeer();
    QCOMPARE(openDescriptors(), before);
}

QTEST_APPLESS_MAIN(tst_BlockingListener)
#include "tst_blocking_listener.moc"
