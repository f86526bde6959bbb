// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "descriptors.h"
#include "rawsocket.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>

#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;

// How a listener hands out connections, and that nothing makes it give up.
class tst_Accepting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void credentialsAreTheRealOnes_data() { addTransportRows(); }
    void credentialsAreTheRealOnes();
    void credentialsOfAnotherUserAreTheRealOnes_data() { addTransportRows(); }
    void credentialsOfAnotherUserAreTheRealOnes();
    void connectionsAreHandedOutInOrder_data() { addTransportRows(); }
    void connectionsAreHandedOutInOrder();
    void clientThatHasGoneAgainIsHandedOut_data() { addTransportRows(); }
    void clientThatHasGoneAgainIsHandedOut();
    void connectionThatNobodyTakesIsClosed_data() { addTransportRows(); }
    void connectionThatNobodyTakesIsClosed();
    void connectionsWaitWhileAcceptingIsOff_data() { addTransportRows(); }
    void connectionsWaitWhileAcceptingIsOff();
    void slotMayTurnAcceptingOff_data() { addTransportRows(); }
    void slotMayTurnAcceptingOff();
    void slotMayCloseTheListener_data() { addTransportRows(); }
    void slotMayCloseTheListener();
    void slotMayDeleteTheListener_data() { addTransportRows(); }
    void slotMayDeleteTheListener();
    void openConnectionsOutliveTheListener_data() { addTransportRows(); }
    void openConnectionsOutliveTheListener();

    void lackOfDescriptorsIsSurvived_data() { addTransportRows(); }
    void lackOfDescriptorsIsSurvived();
    void freeDescriptorsAreUsedAtOnce_data() { addTransportRows(); }
    void freeDescriptorsAreUsedAtOnce();
    void lackOfDescriptorsIsReportedFromTheEventLoop_data() { addTransportRows(); }
    void lackOfDescriptorsIsReportedFromTheEventLoop();
    void lackOfDescriptorsIsReportedOnce_data() { addTransportRows(); }
    void lackOfDescriptorsIsReportedOnce();
    void noDescriptorSurvivesExec_data() { addTransportRows(); }
    void noDescriptorSurvivesExec();
    void noDescriptorIsLost_data() { addTransportRows(); }
    void noDescriptorIsLost();

    void abstractSocketRefusesOtherUsers_data() { addTransportRows(); }
    void abstractSocketRefusesOtherUsers();

private:
    void listen(Transport transport);
    void limitDescriptors(int more);

    std::unique_ptr<PublicDirectory> m_directory;
    QString m_path;
    std::unique_ptr<Listener> m_listener;
    std::vector<std::shared_ptr<Connection>> m_accepted;
    std::vector<Error> m_errors;
    rlimit m_limit = {};
};

void tst_Accepting::init()
{
    m_directory = std::make_unique<PublicDirectory>();
    m_path = m_directory->filePath(QStringLiteral("a.sock"));
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &m_limit), 0);
}

void tst_Accepting::cleanup()
{
    ::setrlimit(RLIMIT_NOFILE, &m_limit);
    m_listener.reset();
    m_accepted.clear();
    m_errors.clear();
    // Sockets of QLocalSocket's are deleted later.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

// Listens, for everybody, and collects what comes.
void tst_Accepting::listen(Transport transport)
{
    m_listener = makeListener(transport);
    connect(m_listener.get(), &Listener::connectionAccepted, this,
            [this](const std::shared_ptr<IncomingConnection> &connection) {
                m_accepted.push_back(std::make_shared<Connection>(connection->open()));
            });
    connect(m_listener.get(), &Listener::acceptError, this,
            [this](const Error &error) { m_errors.push_back(error); });
    const Error error = m_listener->listen(Endpoint::fromPath(m_path), {0666, 128});
    QVERIFY2(!error, qPrintable(error.message()));
}

// Lets the process open \a more descriptors than it has now.
void tst_Accepting::limitDescriptors(int more)
{
    const int next = ::fcntl(0, F_DUPFD, 0);
    ::close(next);
    rlimit limit = m_limit;
    limit.rlim_cur = rlim_t(next + more);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void tst_Accepting::credentialsAreTheRealOnes()
{
    QFETCH(const Transport, transport);
    listen(transport);
    const RawSocket client = RawSocket::connectTo(m_path);
    QTRY_COMPARE(m_accepted.size(), 1u);
    const std::optional<PeerCredentials> credentials = m_accepted.front()->credentials;
    QVERIFY(credentials);
    QCOMPARE(credentials->uid, quint32(::geteuid()));
    QCOMPARE(credentials->gid, quint32(::getegid()));
    QCOMPARE(credentials->pid, qint64(::getpid()));
}

// Connects as another user, with system calls only. Waits for the other side to close.
static int connectAndWait(const sockaddr_un &address, socklen_t size)
{
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), size) != 0)
        return 1;
    char byte = 0;
    return ::recv(descriptor, &byte, 1, 0) == 0 ? 0 : 2;
}

void tst_Accepting::credentialsOfAnotherUserAreTheRealOnes()
{
    QFETCH(const Transport, transport);
    if (::geteuid() != 0)
        QSKIP("Needs root, to become another user");
    listen(transport);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    qstrcpy(address.sun_path, QFile::encodeName(m_path).constData());

    const pid_t child = forkAsOtherUser();
    if (child == 0)
        ::_exit(connectAndWait(address, sizeof(address)));
    QTRY_COMPARE(m_accepted.size(), 1u);
    const std::optional<PeerCredentials> credentials = m_accepted.front()->credentials;
    QVERIFY(credentials);
    QCOMPARE(credentials->uid, quint32(OtherUser));
    QCOMPARE(credentials->pid, qint64(child));
    m_accepted.clear();
    QCOMPARE(waitForChild(child), 0);
}

void tst_Accepting::connectionsAreHandedOutInOrder()
{
    QFETCH(const Transport, transport);
    listen(transport);
    std::vector<RawSocket> clients;
    for (int i = 0; i < 50; ++i) { // More than are accepted in one turn.
        clients.push_back(RawSocket::connectTo(m_path));
        QVERIFY(clients.back().isValid());
        QVERIFY(clients.back().write(QByteArray(1, char(i))));
    }
    QTRY_COMPARE(m_accepted.size(), clients.size());
    for (size_t i = 0; i < clients.size(); ++i) {
        char byte = 0;
        QCOMPARE(readSome(*m_accepted[i]->stream, {&byte, 1}).bytes, 1);
        QCOMPARE(int(byte), int(i));
    }
}

void tst_Accepting::clientThatHasGoneAgainIsHandedOut()
{
    QFETCH(const Transport, transport);
    listen(transport);
    RawSocket client = RawSocket::connectTo(m_path);
    QVERIFY(client.write("x"));
    client.close();
    QTRY_COMPARE(m_accepted.size(), 1u);
    std::array<char, 10> bytes;
    QCOMPARE(readSome(*m_accepted.front()->stream, bytes).bytes, 1);
    QCOMPARE(readSome(*m_accepted.front()->stream, bytes).status, ByteStream::Status::EndOfStream);
}

void tst_Accepting::connectionThatNobodyTakesIsClosed()
{
    QFETCH(const Transport, transport);
    m_listener = makeListener(transport);
    QVERIFY(!m_listener->listen(Endpoint::fromPath(m_path), {}));
    RawSocket client = RawSocket::connectTo(m_path);
    QVERIFY(client.waitForClosed());
}

void tst_Accepting::connectionsWaitWhileAcceptingIsOff()
{
    QFETCH(const Transport, transport);
    listen(transport);
    m_listener->setAccepting(false);
    std::vector<RawSocket> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(RawSocket::connectTo(m_path));
        QVERIFY(clients.back().isValid());
    }
    QTest::qWait(50);
    QVERIFY(m_accepted.empty());
    QVERIFY(m_listener->isListening());

    m_listener->setAccepting(true);
    QTRY_COMPARE(m_accepted.size(), 3u);
    QVERIFY(m_errors.empty());
}

void tst_Accepting::slotMayTurnAcceptingOff()
{
    QFETCH(const Transport, transport);
    listen(transport);
    connect(m_listener.get(), &Listener::connectionAccepted, this,
            [this] { m_listener->setAccepting(false); });
    const RawSocket one = RawSocket::connectTo(m_path);
    const RawSocket two = RawSocket::connectTo(m_path);
    QTRY_COMPARE(m_accepted.size(), 1u);
    QTest::qWait(50);
    QCOMPARE(m_accepted.size(), 1u);
    m_listener->setAccepting(true);
    QTRY_COMPARE(m_accepted.size(), 2u);
}

void tst_Accepting::slotMayCloseTheListener()
{
    QFETCH(const Transport, transport);
    listen(transport);
    connect(m_listener.get(), &Listener::connectionAccepted, this, [this] { m_listener->close(); });
    const RawSocket one = RawSocket::connectTo(m_path);
    RawSocket two = RawSocket::connectTo(m_path);
    QTRY_COMPARE(m_accepted.size(), 1u);
    QVERIFY(two.waitForClosed());
    QCOMPARE(m_accepted.size(), 1u);
    QVERIFY(!m_listener->isListening());
}

void tst_Accepting::slotMayDeleteTheListener()
{
    QFETCH(const Transport, transport);
    listen(transport);
    connect(m_listener.get(), &Listener::connectionAccepted, this, [this] { m_listener.reset(); });
    const RawSocket one = RawSocket::connectTo(m_path);
    RawSocket two = RawSocket::connectTo(m_path);
    QTRY_COMPARE(m_accepted.size(), 1u);
    QVERIFY(two.waitForClosed());
    QVERIFY(m_directory->entries().isEmpty());
}

void tst_Accepting::openConnectionsOutliveTheListener()
{
    QFETCH(const Transport, transport);
    listen(transport);
    const RawSocket client = RawSocket::connectTo(m_path);
    QTRY_COMPARE(m_accepted.size(), 1u);
    m_listener.reset();
    const QByteArrayView bytes("x");
    QCOMPARE(m_accepted.front()->stream->write({&bytes, 1}).bytes, 1);
    QVERIFY(client.waitForData());
}

void tst_Accepting::lackOfDescriptorsIsSurvived()
{
    QFETCH(const Transport, transport);
    listen(transport);
    constexpr size_t count = 20;
    std::vector<RawSocket> clients;
    for (size_t i = 0; i < count; ++i)
        clients.push_back(RawSocket::connectTo(m_path));
    const ino_t inode = statOf(m_path).st_ino;
    limitDescriptors(8);

    QTRY_VERIFY(!m_errors.empty());
    QCOMPARE(m_errors.front().code(), ErrorCode::ResourcesExhausted);
    QVERIFY2(m_errors.front().message().contains(m_path), qPrintable(m_errors.front().message()));
    QVERIFY(m_listener->isListening());
    QVERIFY(m_accepted.size() < count);

    // It waits without work.
    const qint64 before = processorTime();
    QTest::qWait(1000);
    const qint64 used = processorTime() - before;
    QVERIFY2(used < 100, qPrintable(QString::number(used)));
    QCOMPARE(statOf(m_path).st_ino, inode);

    // It serves those that wait as soon as others go, ...
    size_t served = m_accepted.size();
    QVERIFY(served > 0);
    QDeadlineTimer deadline(30000);
    while (served < count && !deadline.hasExpired()) {
        m_accepted.clear();
        QTRY_VERIFY(!m_accepted.empty());
        served += m_accepted.size();
    }
    QCOMPARE(served, count);

    // ... and new ones.
    ::setrlimit(RLIMIT_NOFILE, &m_limit);
    m_accepted.clear();
    const RawSocket late = RawSocket::connectTo(m_path);
    QVERIFY(late.isValid());
    QTRY_COMPARE(m_accepted.size(), 1u);
    QCOMPARE(statOf(m_path).st_ino, inode);
}

// A server calls setAccepting() when one of its sessions has ended: that is no time to wait.
void tst_Accepting::freeDescriptorsAreUsedAtOnce()
{
    QFETCH(const Transport, transport);
    listen(transport);
    const RawSocket client = RawSocket::connectTo(m_path);
    limitDescriptors(0);
    QTRY_COMPARE(m_errors.size(), 1u);
    QTest::qWait(1000); // It is in the middle of a longer pause now.
    QVERIFY(m_accepted.empty());
    ::setrlimit(RLIMIT_NOFILE, &m_limit);
    m_listener->setAccepting(true);
    for (int i = 0; i < 5; ++i)
        QCoreApplication::processEvents(); // Which wait for nothing.
    QCOMPARE(m_accepted.size(), 1u);
}

// setAccepting() may be called from inside any call of an application.
void tst_Accepting::lackOfDescriptorsIsReportedFromTheEventLoop()
{
    QFETCH(const Transport, transport);
    listen(transport);
    m_listener->setAccepting(false);
    const RawSocket client = RawSocket::connectTo(m_path);
    limitDescriptors(0);
    m_listener->setAccepting(true);
    QVERIFY(m_errors.empty());
    QTRY_COMPARE(m_errors.size(), 1u);
}

void tst_Accepting::lackOfDescriptorsIsReportedOnce()
{
    QFETCH(const Transport, transport);
    listen(transport);
    const RawSocket client = RawSocket::connectTo(m_path);
    limitDescriptors(0);
    QTRY_COMPARE(m_errors.size(), 1u);
    QTest::qWait(1500); // Several more tries.
    QCOMPARE(m_errors.size(), 1u);
    QCOMPARE(m_errors.front().nativeError(), EMFILE);
    QVERIFY2(m_errors.front().message().contains(qt_error_string(EMFILE)),
             qPrintable(m_errors.front().message()));

    ::setrlimit(RLIMIT_NOFILE, &m_limit);
    QTRY_COMPARE(m_accepted.size(), 1u);

    // The next time is news again.
    const RawSocket another = RawSocket::connectTo(m_path);
    limitDescriptors(0);
    QTRY_COMPARE(m_errors.size(), 2u);
}

void tst_Accepting::noDescriptorSurvivesExec()
{
    QFETCH(const Transport, transport);
    const QSet<int> before = openDescriptors();
    listen(transport);
    Attempt attempt(transport);
    attempt.run(Endpoint::fromPath(m_path));
    QTRY_VERIFY(attempt.connection && !m_accepted.empty());

    const QSet<int> made = openDescriptors() - before;
    QVERIFY(made.size() >= 4); // The lock, the socket, and one for each end.
    for (const int descriptor : made)
        QVERIFY(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
}

void tst_Accepting::noDescriptorIsLost()
{
    QFETCH(const Transport, transport);
    listen(transport);
    const QSet<int> before = openDescriptors();
    for (int i = 0; i < 200; ++i) {
        const RawSocket client = RawSocket::connectTo(m_path);
        QTRY_COMPARE(m_accepted.size(), 1u);
        m_accepted.clear();
    }
    QCOMPARE(openDescriptors(), before);
}

void tst_Accepting::abstractSocketRefusesOtherUsers()
{
    QFETCH(const Transport, transport);
#ifndef Q_OS_LINUX
    QSKIP("Abstract names exist on Linux only");
#endif
    if (::geteuid() != 0)
        QSKIP("Needs root, to become another user");
    listen(transport);
    const QByteArray name = "ipcprims-test-" + QByteArray::number(::getpid());
    QVERIFY(!m_listener->listen(Endpoint::abstract(name), {}));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    qstrcpy(address.sun_path + 1, name.constData());
    const auto size = socklen_t(offsetof(sockaddr_un, sun_path) + 1 + size_t(name.size()));

    QCOMPARE(asChildOfOtherUser([&] { return connectAndWait(address, size); }), 0);
    QVERIFY(m_accepted.empty());

    // This user is let in.
    const int own = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    QCOMPARE(::connect(own, reinterpret_cast<const sockaddr *>(&address), size), 0);
    QTRY_COMPARE(m_accepted.size(), 1u);
    ::close(own);
}

QTEST_GUILESS_MAIN(tst_Accepting)
#include "tst_accepting.moc"
