// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "descriptors.h"
#include "rawsocket.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qdir.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>

#include <optional>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace std::chrono_literals;

static constexpr qsizetype MaxLength = sizeof(sockaddr_un::sun_path) - 1;

class tst_Connector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void connects_data() { addTransportRows(); }
    void connects();
    void credentialsAreTheServers_data() { addTransportRows(); }
    void credentialsAreTheServers();
    void absentSocketIsNotFound_data() { addTransportRows(); }
    void absentSocketIsNotFound();
    void deadSocketRefuses_data() { addTransportRows(); }
    void deadSocketRefuses();
    void otherFileIsCalledByItsName_data() { addTransportRows(); }
    void otherFileIsCalledByItsName();
    void forbiddenSocketIsDenied_data() { addTransportRows(); }
    void forbiddenSocketIsDenied();
    void invalidEndpointIsRefused_data() { addTransportRows(); }
    void invalidEndpointIsRefused();
    void longestPathWorks_data();
    void longestPathWorks();

    void fullBacklogTimesOutWithoutSpinning_data() { addTransportRows(); }
    void fullBacklogTimesOutWithoutSpinning();
    void fullBacklogIsWaitedFor_data() { addTransportRows(); }
    void fullBacklogIsWaitedFor();
    void listenerMayDeleteTheConnector_data() { addTransportRows(); }
    void listenerMayDeleteTheConnector();
    void deletingGivesTheAttemptUp_data() { addTransportRows(); }
    void deletingGivesTheAttemptUp();
    void noDescriptorIsLostByFailing_data() { addTransportRows(); }
    void noDescriptorIsLostByFailing();

    void abstractServerConnects_data() { addTransportRows(); }
    void abstractServerConnects();
    void abstractServerOfAnotherUserIsRefused_data() { addTransportRows(); }
    void abstractServerOfAnotherUserIsRefused();
    void serviceInAnotherUsersDirectoryIsRefused_data() { addTransportRows(); }
    void serviceInAnotherUsersDirectoryIsRefused();

    void environmentChoosesTheTransport();

private:
    Endpoint endpoint() const { return Endpoint::fromPath(m_path); }

    std::unique_ptr<PublicDirectory> m_directory;
    QString m_path;
};

namespace {

// A server that accepts nothing, with a backlog that is full.
class FullServer
{
public:
    FullServer(const QString &path)
        : m_listener(makeListener(Transport::Native))
    {
        m_listener->setAccepting(false);
        if (m_listener->listen(Endpoint::fromPath(path), {0600, 0}))
            qFatal("A test can't listen");
        m_waiting = RawSocket::connectTo(path); // A backlog of 0 has room for one.
    }
    void acceptEverything() { m_listener->setAccepting(true); }

private:
    std::unique_ptr<Listener> m_listener;
    RawSocket m_waiting;
};

} // namespace

void tst_Connector::init()
{
    m_directory = std::make_unique<PublicDirectory>();
    m_path = m_directory->filePath(QStringLiteral("a.sock"));
    qunsetenv("IPCPRIMS_TRANSPORT");
}

void tst_Connector::connects()
{
    QFETCH(const Transport, transport);
    RawListener server(m_path);
    Attempt attempt(transport);
    attempt.run(endpoint());
    QVERIFY2(attempt.connection, qPrintable(attempt.error.message()));
    RawSocket other = server.accept();
    QVERIFY(other.write("hello"));
    std::array<char, 10> bytes;
    QCOMPARE(readSome(*attempt.connection->stream, bytes).bytes, 5);
}

void tst_Connector::credentialsAreTheServers()
{
    QFETCH(const Transport, transport);
    RawListener server(m_path);
    Attempt attempt(transport);
    attempt.run(endpoint());
    QVERIFY(attempt.connection);
    const PeerCredentials expected{::geteuid(), ::getegid(), ::getpid()};
    QVERIFY(attempt.connection->credentials == expected);
}

void tst_Connector::absentSocketIsNotFound()
{
    QFETCH(const Transport, transport);
    Attempt attempt(transport);
    attempt.run(endpoint());
    QCOMPARE(attempt.error.code(), ErrorCode::NotFound);
    QVERIFY2(attempt.error.message().contains(m_path), qPrintable(attempt.error.message()));
}

void tst_Connector::deadSocketRefuses()
{
    QFETCH(const Transport, transport);
    makeDeadSocket(m_path);
    Attempt attempt(transport);
    attempt.run(endpoint());
    QCOMPARE(attempt.error.code(), ErrorCode::ConnectionRefused);
    QVERIFY2(attempt.error.message().contains(m_path), qPrintable(attempt.error.message()));
}

void tst_Connector::otherFileIsCalledByItsName()
{
    QFETCH(const Transport, transport);
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    Attempt attempt(transport);
    attempt.run(endpoint());
    QCOMPARE(attempt.error.code(), ErrorCode::ConnectionRefused);
    QCOMPARE(attempt.error.message(),
             QStringLiteral("existing path is not a unix socket: %1 (a regular file)").arg(m_path));
}

void tst_Connector::forbiddenSocketIsDenied()
{
    QFETCH(const Transport, transport);
    RawListener server(m_path);
    QCOMPARE(::chmod(QFile::encodeName(m_path).constData(), 0), 0);
    std::optional<AsOtherUser> other;
    if (::geteuid() == 0)
        other.emplace();
    Attempt attempt(transport);
    attempt.run(endpoint());
    QCOMPARE(attempt.error.code(), ErrorCode::PermissionDenied);
    QVERIFY2(attempt.error.message().contains(m_path), qPrintable(attempt.error.message()));
}

void tst_Connector::invalidEndpointIsRefused()
{
    QFETCH(const Transport, transport);
    Attempt attempt(transport);
    attempt.run(Endpoint());
    QCOMPARE(attempt.error.code(), ErrorCode::InvalidEndpoint);
}

void tst_Connector::longestPathWorks_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<qsizetype>("max");
    QTest::newRow("native") << Transport::Native << MaxLength;
#ifdef Q_OS_LINUX
    QTest::newRow("localsocket") << Transport::LocalSocket << MaxLength - 1;
#else
    QTest::newRow("localsocket") << Transport::LocalSocket << MaxLength;
#endif
}

void tst_Connector::longestPathWorks()
{
    QFETCH(const Transport, transport);
    QFETCH(const qsizetype, max);
    m_path = m_directory->pathOfLength(max);
    RawListener server(m_path);
    Attempt attempt(transport);
    attempt.run(endpoint());
    QVERIFY2(attempt.connection, qPrintable(attempt.error.message()));

    Attempt tooLong(transport);
    tooLong.run(Endpoint::fromPath(m_path + u'x'));
    QCOMPARE(tooLong.error.code(), ErrorCode::PathTooLong);
    QVERIFY2(tooLong.error.message().contains(
                     QStringLiteral("(%1 bytes, max %2").arg(max + 1).arg(max)),
             qPrintable(tooLong.error.message()));
}

void tst_Connector::fullBacklogTimesOutWithoutSpinning()
{
    QFETCH(const Transport, transport);
    const FullServer server(m_path);
    Attempt attempt(transport);
    QElapsedTimer elapsed;
    elapsed.start();
    const qint64 before = processorTime();
    attempt.run(endpoint(), 1s);
    const qint64 used = processorTime() - before;
    QCOMPARE(attempt.error.code(), ErrorCode::Timeout);
    QVERIFY2(attempt.error.message().contains(m_path), qPrintable(attempt.error.message()));
    QVERIFY(elapsed.elapsed() >= 1000);
    QVERIFY2(used < 200, qPrintable(QString::number(used)));
}

void tst_Connector::fullBacklogIsWaitedFor()
{
    QFETCH(const Transport, transport);
    FullServer server(m_path);
    Attempt attempt(transport);
    attempt.connector->start(endpoint(), 30s);
    QTest::qWait(50);
    QCOMPARE(attempt.reportCount, 0);
    server.acceptEverything();
    QTRY_VERIFY_WITH_TIMEOUT(attempt.connection, 30000);
    QCOMPARE(attempt.reportCount, 1);
}

void tst_Connector::listenerMayDeleteTheConnector()
{
    QFETCH(const Transport, transport);
    RawListener server(m_path);
    Attempt attempt(transport);
    attempt.onReport = [&] { attempt.connector.reset(); };
    attempt.connector->start(endpoint(), 30s);
    QTRY_VERIFY(attempt.connection);
    const QByteArrayView bytes("x");
    QCOMPARE(attempt.connection->stream->write({&bytes, 1}).bytes, 1);
}

void tst_Connector::deletingGivesTheAttemptUp()
{
    QFETCH(const Transport, transport);
    FullServer server(m_path);
    Attempt attempt(transport);
    attempt.connector->start(endpoint(), 30s);
    attempt.connector.reset();
    server.acceptEverything();
    QTest::qWait(100); // Longer than the longest pause between two tries.
    QCOMPARE(attempt.reportCount, 0);
}

void tst_Connector::noDescriptorIsLostByFailing()
{
    QFETCH(const Transport, transport);
    makeDeadSocket(m_path);
    QSet<int> before;
    for (int i = 0; i < 100; ++i) {
        Attempt attempt(transport);
        attempt.run(endpoint());
        if (i == 0)
            before = openDescriptors();
    }
    QCOMPARE(openDescriptors(), before);
}

void tst_Connector::abstractServerConnects()
{
    QFETCH(const Transport, transport);
#ifndef Q_OS_LINUX
    QSKIP("Abstract names exist on Linux only");
#endif
    const Endpoint name = Endpoint::abstract("ipcprims-test-" + QByteArray::number(::getpid()));
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QVERIFY(!listener->listen(name, {}));
    QSignalSpy accepted(listener.get(), &Listener::connectionAccepted);
    Attempt attempt(transport);
    attempt.run(name);
    QVERIFY2(attempt.connection, qPrintable(attempt.error.message()));
    QTRY_COMPARE(accepted.count(), 1);
}

void tst_Connector::abstractServerOfAnotherUserIsRefused()
{
    QFETCH(const Transport, transport);
#ifndef Q_OS_LINUX
    QSKIP("Abstract names exist on Linux only");
#endif
    if (::geteuid() != 0)
        QSKIP("Needs root, to become another user");
    const QByteArray name = "ipcprims-test-" + QByteArray::number(::getpid());
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    qstrcpy(address.sun_path + 1, name.constData());
    const auto size = socklen_t(offsetof(sockaddr_un, sun_path) + 1 + size_t(name.size()));

    // The socket is the other user's because that user listens.
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    QCOMPARE(::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), size), 0);
    QCOMPARE(asChildOfOtherUser([=] { return ::listen(descriptor, 8); }), 0);

    Attempt attempt(transport);
    attempt.run(Endpoint::abstract(name));
    QCOMPARE(attempt.error.code(), ErrorCode::PermissionDenied);
    QVERIFY(!attempt.connection);
    ::close(descriptor);
}

void tst_Connector::serviceInAnotherUsersDirectoryIsRefused()
{
    QFETCH(const Transport, transport);
    if (::geteuid() != 0)
        QSKIP("Needs root, to give a directory to another user");
    qunsetenv("XDG_RUNTIME_DIR");
    qunsetenv("SNAP");
    const QByteArray temp = qgetenv("TMPDIR");
    qputenv("TMPDIR", QFile::encodeName(m_directory->path()));

    const Endpoint service = Endpoint::forService(QStringLiteral("a"));
    if (!service.path().startsWith(m_directory->path()))
        QSKIP("This user has a runtime directory");
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QVERIFY(!listener->listen(service, {}));
    Attempt own(transport);
    own.run(service);
    QVERIFY2(own.connection, qPrintable(own.error.message()));

    const QString directory = QFileInfo(service.path()).path();
    QCOMPARE(::chown(QFile::encodeName(directory).constData(), OtherUser, OtherUser), 0);
    Attempt foreign(transport);
    foreign.run(service);
    QCOMPARE(foreign.error.code(), ErrorCode::PermissionDenied);
    QVERIFY2(foreign.error.message().contains(directory), qPrintable(foreign.error.message()));
    qputenv("TMPDIR", temp);
}

void tst_Connector::environmentChoosesTheTransport()
{
    QCOMPARE(effectiveTransport(Transport::Automatic), Transport::Native);
    qputenv("IPCPRIMS_TRANSPORT", "localsocket");
    QCOMPARE(effectiveTransport(Transport::Automatic), Transport::LocalSocket);
    QCOMPARE(effectiveTransport(Transport::Native), Transport::Native);
    qputenv("IPCPRIMS_TRANSPORT", "native");
    QCOMPARE(effectiveTransport(Transport::Automatic), Transport::Native);
    QCOMPARE(effectiveTransport(Transport::LocalSocket), Transport::LocalSocket);

    qputenv("IPCPRIMS_TRANSPORT", "pigeon");
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("pigeon")));
    QCOMPARE(effectiveTransport(Transport::Automatic), Transport::Native);
    // Said once only.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("pigeon")));
    QCOMPARE(effectiveTransport(Transport::Automatic), Transport::Native);
}

QTEST_GUILESS_MAIN(tst_Connector)
#include "tst_connector.moc"
