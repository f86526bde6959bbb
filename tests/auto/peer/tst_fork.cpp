// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "descriptors.h"
#include "peertest.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/blockingpeer.h>

#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

/// How a forked child ends.
enum class End {
    WithoutACleanUp, ///< By _exit().
    Exit, ///< By exit().
    Return, ///< As by returning from main(): first what is in there is destroyed.
};

/// A child process that does something and ends; the event loop of this one goes on meanwhile.
class Child
{
public:
    Child(const std::function<void()> &action, End end)
    {
        std::fflush(nullptr); // Or the child would write it again.
        m_id = ::fork();
        if (m_id != 0)
            return;
        action();
        if (end == End::WithoutACleanUp)
            ::_exit(0);
        std::exit(0);
    }
    ~Child()
    {
        if (m_id > 0)
            kill();
    }
    Q_DISABLE_COPY_MOVE(Child)

    void kill()
    {
        ::kill(m_id, SIGKILL);
        exitCode();
    }
    /// Waits for it; -1 if it has not ended by itself.
    int exitCode()
    {
        int status = 0;
        const bool hasEnded = QTest::qWaitFor(
                [&] { return ::waitpid(m_id, &status, WNOHANG) == m_id; }, Patience);
        if (hasEnded)
            m_id = -1;
        return hasEnded && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t m_id = -1;
};

/// Something that one process says to another.
class Signal
{
public:
    Signal()
    {
        if (::pipe(m_ends) != 0)
            qFatal("A test has no pipe");
    }
    ~Signal()
    {
        ::close(m_ends[0]);
        ::close(m_ends[1]);
    }
    Q_DISABLE_COPY_MOVE(Signal)

    void give() { static_cast<void>(!::write(m_ends[1], "x", 1)); }
    void await()
    {
        char byte = 0;
        static_cast<void>(!::read(m_ends[0], &byte, 1));
    }

private:
    int m_ends[2] = {-1, -1};
};

[[noreturn]] void sleepForEver()
{
    for (;;)
        ::pause();
}

/// Of a child's child, which nobody waits for.
[[noreturn]] void liveUntil(Signal &end)
{
    end.await();
    ::_exit(0);
}

} // namespace

// What a process has is neither ended nor kept up by the children that it forks.
class tst_Fork : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void childEndsNothing_data();
    void childEndsNothing();
    void childEndsNothingOfBlockingOnes_data() { childEndsNothing_data(); }
    void childEndsNothingOfBlockingOnes();
    void childOfAServerWithThreadsEnds_data() { childEndsNothing_data(); }
    void childOfAServerWithThreadsEnds();
    void broadcastOfAChildWithoutThreadsFinishes();
    void childWithoutThreadsTakesNoConnection();
    void queuedFramesLeaveOnce();
    void childKeepsNothingUp();
    void childOfAKilledServerKeepsNothingUp();
    void childOfAKilledClientKeepsNothingUp_data();
    void childOfAKilledClientKeepsNothingUp();
    void childCannotUseWhatItsParentHas();
    void childMayListenAndConnectItself();
    void childWithoutAFreeDescriptorHasNothingEither();
    void otherDescriptorsOfTheChildStay();

private:
    void verifySession();
    bool isServed() const;
};

void tst_Fork::childEndsNothing_data()
{
    QTest::addColumn<End>("end");
    QTest::newRow("_exit") << End::WithoutACleanUp;
    QTest::newRow("exit") << End::Exit;
    QTest::newRow("return from main") << End::Return;
}

// That frames still pass, in both directions.
void tst_Fork::verifySession()
{
    QVERIFY(!m_server->peers().isEmpty());
    Peer *const peer = m_server->peers().constFirst();
    Diary client(m_client.get());
    Diary server(peer);
    QVERIFY(!m_client->send(Channel::Data, "to the server"));
    QVERIFY(!peer->send(Channel::Data, "to the client"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, (Frames{{Channel::Data, "to the server"}}), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client.frames, (Frames{{Channel::Data, "to the client"}}), Patience);
    QVERIFY(client.reasons.isEmpty());
    QVERIFY(server.reasons.isEmpty());
}

bool tst_Fork::isServed() const
{
    Peer another;
    another.connectToServer(m_endpoint);
    return QTest::qWaitFor([&] { return another.isOpen(); }, Patience);
}

void tst_Fork::childEndsNothing()
{
    QFETCH(const End, end);
    open();
    Child child(
            [&] {
                if (end != End::Return)
                    return;
                m_client.reset();
                m_server.reset();
            },
            end);
    QCOMPARE(child.exitCode(), 0);
    QVERIFY(m_server->isListening());
    QVERIFY(QFile::exists(m_endpoint.path() + u".lock"_s));
    QVERIFY(isServed());
    verifySession();
}

void tst_Fork::childEndsNothingOfBlockingOnes()
{
    QFETCH(const End, end);
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"blocking"_s));
    auto listener = std::make_unique<BlockingListener>();
    QVERIFY(!listener->listen(endpoint));
    auto server = std::make_unique<BlockingPeer>();
    auto client = std::make_unique<BlockingPeer>();
    {
        Background accepting([&] { listener->accept(server.get(), 30s); });
        QVERIFY(!client->connectToServer(endpoint));
    }
    QVERIFY(!client->gather(Channel::Data, "gathered"));
    Child child(
            [&] {
                if (end != End::Return)
                    return;
                client->shutdown();
                client.reset();
                server.reset();
                listener.reset();
            },
            end);
    QCOMPARE(child.exitCode(), 0);
    QVERIFY(listener->isListening());

    // What was gathered before the fork leaves once.
    QVERIFY(!client->send(Channel::Data, "sent"));
    Frame frame;
    for (const char *const expected : {"gathered", "sent"}) {
        QVERIFY(!server->receive(&frame, 30s));
        QCOMPARE(frame.payload, QByteArray(expected));
    }
    QCOMPARE(server->receive(&frame, 0s).code(), ErrorCode::Timeout);

    BlockingPeer another;
    BlockingPeer itsServer;
    Background accepting([&] { listener->accept(&itsServer, 30s); });
    const Error error = another.connectToServer(endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
}

void tst_Fork::childOfAServerWithThreadsEnds()
{
    QFETCH(const End, end);
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"threads"_s));
    auto server = std::make_unique<Server>();
    server->setWorkerThreads(2, [](Peer *peer) {
        connect(peer, &Peer::frameReceived, peer,
                [peer](quint16 channel, const QByteArray &payload) {
                    peer->send(channel, payload);
                });
    });
    QVERIFY(!server->listen(endpoint));
    m_client->connectToServer(endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    Child child(
            [&] {
                if (end == End::Return)
                    server.reset();
            },
            end);
    QCOMPARE(child.exitCode(), 0);
    Diary diary(m_client.get());
    QVERIFY(!m_client->send(Channel::Data, "echo"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, (Frames{{Channel::Data, "echo"}}), Patience);
}

void tst_Fork::broadcastOfAChildWithoutThreadsFinishes()
{
    Server server;
    server.setWorkerThreads(2, {});
    QVERIFY(!server.listen(Endpoint::fromPath(m_directory->filePath(u"threads"_s))));
    Child child(
            [&] {
                const QFuture<BroadcastResult> sum = server.broadcast(Channel::Data, "x");
                if (!sum.isFinished())
                    ::_exit(1);
            },
            End::WithoutACleanUp);
    QCOMPARE(child.exitCode(), 0);
}

void tst_Fork::childWithoutThreadsTakesNoConnection()
{
    Server server;
    server.setWorkerThreads(2, {});
    QVERIFY(!server.listen(Endpoint::fromPath(m_directory->filePath(u"threads"_s))));
    Child child(
            [&] {
                std::array<int, 2> ends = {-1, -1};
                if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
                    ::_exit(1);
                const Error error = server.addConnection(ends[0]);
                if (error.code() != ErrorCode::InvalidArgument)
                    ::_exit(2);
                char byte = 0; // The socket was taken over, and closed.
                ::_exit(::read(ends[1], &byte, 1) == 0 ? 0 : 3);
            },
            End::WithoutACleanUp);
    QCOMPARE(child.exitCode(), 0);
}

// Those that wait in the memory of both processes.
void tst_Fork::queuedFramesLeaveOnce()
{
    open();
    Diary server(m_peer);
    QVERIFY(!m_client->send(Channel::Data, "once"));
    Child child(
            [&] {
                m_client->flush();
                m_client->close();
                QCoreApplication::processEvents();
                m_client.reset();
            },
            End::Return);
    QCOMPARE(child.exitCode(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, (Frames{{Channel::Data, "once"}}), Patience);
    verifySession();
    QCOMPARE(server.frames.size(), 2);
}

void tst_Fork::childKeepsNothingUp()
{
    open();
    const Child child(sleepForEver, End::WithoutACleanUp);
    QSignalSpy ended(m_peer.data(), &Peer::disconnected);
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, Patience);

    m_server->close();
    QVERIFY(!QFile::exists(m_endpoint.path()));
    QVERIFY(!QFile::exists(m_endpoint.path() + u".lock"_s));
    const Error error = m_server->listen(m_endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
    QVERIFY(isServed());
}

void tst_Fork::childOfAKilledServerKeepsNothingUp()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"killed"_s));
    Signal isReady;
    Signal isOver;
    const auto end = qScopeGuard([&] { isOver.give(); });
    Child parent(
            [&] {
                Server server;
                if (server.listen(endpoint))
                    return;
                if (::fork() == 0) {
                    isReady.give();
                    liveUntil(isOver);
                }
                sleepForEver();
            },
            End::WithoutACleanUp);
    isReady.await();
    parent.kill();
    QVERIFY(QFile::exists(endpoint.path()));
    Server next;
    const Error error = next.listen(endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
}

void tst_Fork::childOfAKilledClientKeepsNothingUp_data()
{
    QTest::addColumn<bool>("isBlocking");
    QTest::newRow("event loop") << false;
    QTest::newRow("blocking") << true;
}

void tst_Fork::childOfAKilledClientKeepsNothingUp()
{
    QFETCH(const bool, isBlocking);
    Signal hasForked;
    Signal isOver;
    const auto end = qScopeGuard([&] { isOver.give(); });
    Child parent(
            [&] {
                BlockingPeer blocking;
                Peer peer;
                if (isBlocking) {
                    if (blocking.connectToServer(m_endpoint))
                        return;
                } else {
                    peer.connectToServer(m_endpoint);
                    if (!QTest::qWaitFor([&] { return peer.isOpen(); }, Patience))
                        return;
                }
                if (::fork() == 0) {
                    hasForked.give();
                    liveUntil(isOver);
                }
                sleepForEver();
            },
            End::WithoutACleanUp);
    QTRY_VERIFY_WITH_TIMEOUT(m_peer && m_peer->isOpen(), Patience);
    QSignalSpy ended(m_peer.data(), &Peer::disconnected);
    hasForked.await();
    parent.kill();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, Patience);
}

void tst_Fork::childCannotUseWhatItsParentHas()
{
    open();
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"blocking"_s));
    BlockingListener listener;
    QVERIFY(!listener.listen(endpoint));
    BlockingPeer client;
    BlockingPeer server;
    {
        Background accepting([&] { listener.accept(&server, 30s); });
        QVERIFY(!client.connectToServer(endpoint));
    }
    Child child(
            [&] {
                Frame frame;
                const Error sent = client.send(Channel::Data, "from the child");
                const Error received = server.receive(&frame, 30s);
                const Error accepted = listener.accept(&server, 30s);
                QSignalSpy ended(m_client.get(), &Peer::disconnected);
                m_client->send(Channel::Data, "from the child");
                const bool hasEnded = QTest::qWaitFor([&] { return ended.count() == 1; }, Patience);
                const bool isRight = sent.code() == ErrorCode::NotConnected
                                     && sent.message().contains(u"forked child"_s)
                                     && received.code() == ErrorCode::NotConnected
                                     && accepted.code() == ErrorCode::NotConnected
                                     && accepted.message().contains(u"forked"_s) && hasEnded
                                     && !listener.isListening() && !m_server->isListening();
                ::_exit(isRight ? 0 : 1);
            },
            End::WithoutACleanUp);
    QCOMPARE(child.exitCode(), 0);
    Frame frame;
    QCOMPARE(server.receive(&frame, 0s).code(), ErrorCode::Timeout);
    verifySession();
    QVERIFY(isServed());
}

void tst_Fork::childMayListenAndConnectItself()
{
    open();
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"child"_s));
    Child child(
            [&] {
                BlockingPeer toTheParent;
                Server server;
                if (toTheParent.connectToServer(m_endpoint) || server.listen(endpoint))
                    ::_exit(1);
                Peer client;
                client.connectToServer(endpoint);
                const bool isOpen = QTest::qWaitFor([&] { return client.isOpen(); }, Patience);
                server.close();
                ::_exit(isOpen && !QFile::exists(endpoint.path()) ? 0 : 2);
            },
            End::WithoutACleanUp);
    QCOMPARE(child.exitCode(), 0);
    verifySession();
}

void tst_Fork::childWithoutAFreeDescriptorHasNothingEither()
{
    open();
    rlimit before = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const QSet<int> used = openDescriptors();
    const rlimit tight = {rlim_t(*std::max_element(used.begin(), used.end()) + 1), before.rlim_max};
    QList<int> fillers;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    for (int filler = ::dup(0); filler >= 0; filler = ::dup(0))
        fillers.append(filler);
    const Child child(sleepForEver, End::WithoutACleanUp);
    for (const int filler : fillers)
        ::close(filler);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &before), 0);

    QSignalSpy ended(m_peer.data(), &Peer::disconnected);
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, Patience);
}

// Those of the application, also where they have got the number of one that is closed.
void tst_Fork::otherDescriptorsOfTheChildStay()
{
    open();
    const QSet<int> before = openDescriptors();
    m_client->abort();
    m_server->close();
    QTRY_VERIFY_WITH_TIMEOUT(!m_peer, Patience);
    Signal signal; // Takes numbers that have become free.
    QFile file(m_directory->filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(before.contains(file.handle()));
    Child child([&] { ::_exit(::write(file.handle(), "x", 1) == 1 ? 0 : 1); },
                End::WithoutACleanUp);
    QCOMPARE(child.exitCode(), 0);
    QCOMPARE(QFile(file.fileName()).size(), 1);
}

QTEST_GUILESS_MAIN(tst_Fork)
#include "tst_fork.moc"
