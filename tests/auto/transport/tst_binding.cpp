// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "descriptors.h"
#include "rawsocket.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>

#include <atomic>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;

static constexpr qsizetype MaxLength = sizeof(sockaddr_un::sun_path) - 1;

// What a listener does to its path, and what it never does.
class tst_Binding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void liveSocketIsNotTakenOver_data() { addTransportRows(); }
    void liveSocketIsNotTakenOver();
    void liveSocketWithFullBacklogIsNotTakenOver_data() { addTransportRows(); }
    void liveSocketWithFullBacklogIsNotTakenOver();
    void secondListenerWaitsItsTurn_data() { addTransportRows(); }
    void secondListenerWaitsItsTurn();
    void lockOfAnotherServerIsRespected_data() { addTransportRows(); }
    void lockOfAnotherServerIsRespected();
    void otherObjectIsLeftAlone_data();
    void otherObjectIsLeftAlone();
    void otherObjectAtTheLockIsLeftAlone_data();
    void otherObjectAtTheLockIsLeftAlone();
    void deadSocketIsReplaced_data() { addTransportRows(); }
    void deadSocketIsReplaced();
    void deadSocketOfAnotherUserIsRefused_data() { addTransportRows(); }
    void deadSocketOfAnotherUserIsRefused();
    void crashedServerIsReplaced_data() { addTransportRows(); }
    void crashedServerIsReplaced();

    void modeIsAsAskedWhateverTheUmask_data();
    void modeIsAsAskedWhateverTheUmask();
    void modeIsNeverAnother_data() { addTransportRows(); }
    void modeIsNeverAnother();

    void longestPathWorks_data() { addTransportRows(); }
    void longestPathWorks();
    void tooLongPathIsRefused_data() { addTransportRows(); }
    void tooLongPathIsRefused();
    void invalidEndpointIsRefused_data() { addTransportRows(); }
    void invalidEndpointIsRefused();
    void missingDirectoryIsNamed_data() { addTransportRows(); }
    void missingDirectoryIsNamed();
    void forbiddenDirectoryIsRefused_data() { addTransportRows(); }
    void forbiddenDirectoryIsRefused();
    void directoryOpenToAllIsWarnedOf_data() { addTransportRows(); }
    void directoryOpenToAllIsWarnedOf();

    void closingLeavesNothingBehind_data() { addTransportRows(); }
    void closingLeavesNothingBehind();
    void closingLeavesAReplacedPathAlone_data();
    void closingLeavesAReplacedPathAlone();
    void abstractNameIsNotTakenOver_data() { addTransportRows(); }
    void abstractNameIsNotTakenOver();

private:
    Error listen(Listener &listener, ListenOptions options = {}) const
    {
        return listener.listen(Endpoint::fromPath(m_path), options);
    }

    std::unique_ptr<PublicDirectory> m_directory;
    QString m_path;
};

void tst_Binding::init()
{
    m_directory = std::make_unique<PublicDirectory>();
    m_path = m_directory->filePath(QStringLiteral("a.sock"));
}

void tst_Binding::liveSocketIsNotTakenOver()
{
    QFETCH(const Transport, transport);
    // A server that knows nothing of our lock.
    RawListener live(m_path);
    const ino_t inode = statOf(m_path).st_ino;

    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::AddressInUse);
    QVERIFY2(error.message().contains(m_path), qPrintable(error.message()));
    QVERIFY(!listener->isListening());
    QCOMPARE(statOf(m_path).st_ino, inode);
    QCOMPARE(m_directory->entries(), QStringList{QStringLiteral("a.sock")});
    const RawSocket client = RawSocket::connectTo(m_path);
    QVERIFY(live.accept().isValid());
}

void tst_Binding::liveSocketWithFullBacklogIsNotTakenOver()
{
    QFETCH(const Transport, transport);
    const std::unique_ptr<Listener> live = makeListener(Transport::Native);
    live->setAccepting(false);
    QVERIFY(!listen(*live, {0600, 0}));
    const RawSocket waiting = RawSocket::connectTo(m_path);
    QVERIFY(waiting.isValid());
    // Out of the way, so that only the probe can tell.
    QCOMPARE(::unlink(QFile::encodeName(m_path + QStringLiteral(".lock")).constData()), 0);

    const std::unique_ptr<Listener> listener = makeListener(transport);
    QCOMPARE(listen(*listener).code(), ErrorCode::AddressInUse);
}

void tst_Binding::secondListenerWaitsItsTurn()
{
    QFETCH(const Transport, transport);
    const std::unique_ptr<Listener> first = makeListener(transport);
    const std::unique_ptr<Listener> second = makeListener(transport);
    QVERIFY(!listen(*first));
    QCOMPARE(listen(*second).code(), ErrorCode::AddressInUse);

    QSignalSpy accepted(first.get(), &Listener::connectionAccepted);
    const RawSocket client = RawSocket::connectTo(m_path);
    QVERIFY(client.isValid());
    QTRY_COMPARE(accepted.count(), 1);

    first->close();
    QVERIFY(!listen(*second));
}

void tst_Binding::lockOfAnotherServerIsRespected()
{
    QFETCH(const Transport, transport);
    makeDeadSocket(m_path); // As if that server were just about to replace it.
    const QByteArray lock = QFile::encodeName(m_path) + ".lock";
    const int descriptor = ::open(lock.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    QCOMPARE(::flock(descriptor, LOCK_EX), 0);

    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::AddressInUse);
    QCOMPARE(
            error.message(),
            QStringLiteral("another server holds the lock %1.lock and has not listened for 2000 ms")
                    .arg(m_path));
    QVERIFY(S_ISSOCK(statOf(m_path).st_mode));

    ::close(descriptor);
    QVERIFY(!listen(*listener));
}

static bool makeFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write("content") > 0;
}

// Makes something that is not a socket; false if this process may not.
[[nodiscard]] static bool makeObject(const QString &kind, const QString &path,
                                     const PublicDirectory &directory)
{
    const QByteArray name = QFile::encodeName(path);
    if (kind == u"file")
        return makeFile(path);
    if (kind == u"directory")
        return ::mkdir(name.constData(), 0700) == 0;
    if (kind == u"fifo")
        return ::mkfifo(name.constData(), 0600) == 0;
    if (kind == u"device")
        return ::mknod(name.constData(), S_IFCHR | 0600, makedev(1, 3)) == 0;

    const QString target = directory.filePath(QStringLiteral("target"));
    if (kind == u"link to a socket")
        makeDeadSocket(target);
    else if (kind == u"link to a file" && !makeFile(target))
        return false;
    return ::symlink(QFile::encodeName(target).constData(), name.constData()) == 0;
}

static const QStringList OtherThanFiles = {
        QStringLiteral("directory"),        QStringLiteral("fifo"),
        QStringLiteral("device"),           QStringLiteral("link to a file"),
        QStringLiteral("link to a socket"), QStringLiteral("dangling link"),
};

static void addRowsFor(const QStringList &kinds)
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<QString>("kind");
    for (const QString &kind : kinds) {
        QTest::addRow("native, %s", qPrintable(kind)) << Transport::Native << kind;
        QTest::addRow("localsocket, %s", qPrintable(kind)) << Transport::LocalSocket << kind;
    }
}

void tst_Binding::otherObjectIsLeftAlone_data()
{
    addRowsFor(OtherThanFiles + QStringList{QStringLiteral("file")});
}

void tst_Binding::otherObjectIsLeftAlone()
{
    QFETCH(const Transport, transport);
    QFETCH(const QString, kind);
    if (!makeObject(kind, m_path, *m_directory))
        QSKIP("This user may not make such an object");
    const struct stat before = statOf(m_path);
    const QStringList entries = m_directory->entries();

    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::PathOccupied);
    QVERIFY2(error.message().startsWith(QStringLiteral("existing path is not a unix socket: ")
                                        + m_path),
             qPrintable(error.message()));
    listener->close();

    const struct stat after = statOf(m_path);
    QCOMPARE(after.st_ino, before.st_ino);
    QCOMPARE(after.st_mode, before.st_mode);
    QCOMPARE(after.st_size, before.st_size);
    QCOMPARE(m_directory->entries(), entries);
}

void tst_Binding::otherObjectAtTheLockIsLeftAlone_data()
{
    addRowsFor(OtherThanFiles); // A file is what a crash leaves; see crashedServerIsReplaced().
}

void tst_Binding::otherObjectAtTheLockIsLeftAlone()
{
    QFETCH(const Transport, transport);
    QFETCH(const QString, kind);
    const QString lock = m_path + QStringLiteral(".lock");
    if (!makeObject(kind, lock, *m_directory))
        QSKIP("This user may not make such an object");
    const struct stat before = statOf(lock);
    const QStringList entries = m_directory->entries();

    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::PathOccupied);
    QVERIFY2(error.message().contains(lock), qPrintable(error.message()));
    QCOMPARE(statOf(lock).st_ino, before.st_ino);
    QCOMPARE(m_directory->entries(), entries);
}

void tst_Binding::deadSocketIsReplaced()
{
    QFETCH(const Transport, transport);
    makeDeadSocket(m_path);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QVERIFY2(!error, qPrintable(error.message()));
    QVERIFY(RawSocket::connectTo(m_path).isValid());
}

void tst_Binding::deadSocketOfAnotherUserIsRefused()
{
    QFETCH(const Transport, transport);
    if (::geteuid() != 0)
        QSKIP("Needs root, to give a file to another user");
    makeDeadSocket(m_path);
    QCOMPARE(::lchown(QFile::encodeName(m_path).constData(), OtherUser, OtherUser), 0);
    const ino_t inode = statOf(m_path).st_ino;

    const std::unique_ptr<Listener> listener = makeListener(transport);
    QCOMPARE(listen(*listener).code(), ErrorCode::PermissionDenied);
    QCOMPARE(statOf(m_path).st_ino, inode);
    QCOMPARE(m_directory->entries(), QStringList{QStringLiteral("a.sock")});
}

void tst_Binding::crashedServerIsReplaced()
{
    QFETCH(const Transport, transport);
    makeDeadSocket(m_path);
    QFile lock(m_path + QStringLiteral(".lock"));
    QVERIFY(lock.open(QIODevice::WriteOnly));
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QVERIFY(!listen(*listener));
    listener->close();
    QVERIFY(m_directory->entries().isEmpty());
}

void tst_Binding::modeIsAsAskedWhateverTheUmask_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<unsigned>("mode");
    QTest::addColumn<unsigned>("mask");
    for (const Transport transport : {Transport::Native, Transport::LocalSocket}) {
        for (const unsigned mode : {0600u, 0660u, 0666u}) {
            for (const unsigned mask : {0u, 022u, 077u, 0777u}) {
                QTest::addRow("%s, mode %o, umask %o",
                              transport == Transport::Native ? "native" : "localsocket", mode, mask)
                        << transport << mode << mask;
            }
        }
    }
}

void tst_Binding::modeIsAsAskedWhateverTheUmask()
{
    QFETCH(const Transport, transport);
    QFETCH(const unsigned, mode);
    QFETCH(const unsigned, mask);
    const Umask umask(mask);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener, {mode, 128});
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(statOf(m_path).st_mode & 07777, mode);
}

void tst_Binding::modeIsNeverAnother()
{
    QFETCH(const Transport, transport);
    const Umask umask(0);
    std::atomic_bool isDone = false;
    std::atomic_int seen = 0;
    std::atomic_uint wrongMode = 0;
    std::thread observer([&, path = QFile::encodeName(m_path)] {
        while (!isDone) {
            struct stat found = {};
            if (::lstat(path.constData(), &found) != 0)
                continue;
            ++seen;
            if ((found.st_mode & 07777) != 0600)
                wrongMode = found.st_mode;
        }
    });
    const std::unique_ptr<Listener> listener = makeListener(transport);
    // As often as it takes for the observer to have had its chance.
    QDeadlineTimer deadline(30000);
    for (int i = 0; (i < 300 || seen < 300) && !deadline.hasExpired(); ++i) {
        QVERIFY(!listen(*listener));
        listener->close();
    }
    isDone = true;
    observer.join();
    QVERIFY(seen >= 300);
    QCOMPARE(wrongMode.load(), 0u);
}

void tst_Binding::longestPathWorks()
{
    QFETCH(const Transport, transport);
    m_path = m_directory->pathOfLength(MaxLength);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QVERIFY2(!error, qPrintable(error.message()));
    QSignalSpy accepted(listener.get(), &Listener::connectionAccepted);
    const RawSocket client = RawSocket::connectTo(m_path);
    QVERIFY(client.isValid());
    QTRY_COMPARE(accepted.count(), 1);
}

void tst_Binding::tooLongPathIsRefused()
{
    QFETCH(const Transport, transport);
    m_path = m_directory->pathOfLength(MaxLength + 1);
    // What a truncated path would hit.
    QFile file(m_directory->pathOfLength(MaxLength));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QStringList entries = m_directory->entries();

    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::PathTooLong);
    QVERIFY2(error.message().contains(QStringLiteral("socket path too long (%1 bytes, max %2)")
                                              .arg(MaxLength + 1)
                                              .arg(MaxLength)),
             qPrintable(error.message()));
    QCOMPARE(m_directory->entries(), entries);
}

void tst_Binding::invalidEndpointIsRefused()
{
    QFETCH(const Transport, transport);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QCOMPARE(listener->listen(Endpoint(), {}).code(), ErrorCode::InvalidEndpoint);
    QVERIFY(!listener->isListening());
}

void tst_Binding::missingDirectoryIsNamed()
{
    QFETCH(const Transport, transport);
    m_path = m_directory->filePath(QStringLiteral("absent/a.sock"));
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::NotFound);
    QVERIFY2(error.message().contains(m_directory->filePath(QStringLiteral("absent/"))),
             qPrintable(error.message()));
}

void tst_Binding::forbiddenDirectoryIsRefused()
{
    QFETCH(const Transport, transport);
    std::optional<AsOtherUser> other;
    if (::geteuid() == 0)
        other.emplace();
    else
        QCOMPARE(::chmod(QFile::encodeName(m_directory->path()).constData(), 0500), 0);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::PermissionDenied);
    QVERIFY2(error.message().contains(m_path), qPrintable(error.message()));
}

void tst_Binding::directoryOpenToAllIsWarnedOf()
{
    QFETCH(const Transport, transport);
    QCOMPARE(::chmod(QFile::encodeName(m_directory->path()).constData(), 0777), 0);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("Every user can replace the socket")));
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QVERIFY(!listen(*listener));
    listener->close();

    // With the sticky bit nobody can, so this must not be warned of: the test would fail.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("Every user can replace the socket")));
    QCOMPARE(::chmod(QFile::encodeName(m_directory->path()).constData(), 01777), 0);
    QVERIFY(!listen(*listener));
}

void tst_Binding::closingLeavesNothingBehind()
{
    QFETCH(const Transport, transport);
    const QSet<int> descriptors = openDescriptors();
    {
        const std::unique_ptr<Listener> listener = makeListener(transport);
        QVERIFY(!listen(*listener));
        listener->close();
        QVERIFY(!listener->isListening());
        QVERIFY(m_directory->entries().isEmpty());
        // And by destruction.
        QVERIFY(!listen(*listener));
    }
    QVERIFY(m_directory->entries().isEmpty());
    QCOMPARE(openDescriptors(), descriptors);
}

void tst_Binding::closingLeavesAReplacedPathAlone_data()
{
    addRowsFor(OtherThanFiles + QStringList{QStringLiteral("file"), QStringLiteral("socket")});
}

void tst_Binding::closingLeavesAReplacedPathAlone()
{
    QFETCH(const Transport, transport);
    QFETCH(const QString, kind);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QVERIFY(!listen(*listener));
    QCOMPARE(::unlink(QFile::encodeName(m_path).constData()), 0);
    if (kind == u"socket")
        makeDeadSocket(m_path);
    else if (!makeObject(kind, m_path, *m_directory))
        QSKIP("This user may not make such an object");
    const ino_t inode = statOf(m_path).st_ino;
    listener->close();
    QCOMPARE(statOf(m_path).st_ino, inode);
    QVERIFY(inode != 0);
}

void tst_Binding::abstractNameIsNotTakenOver()
{
    QFETCH(const Transport, transport);
#ifndef Q_OS_LINUX
    QSKIP("Abstract names exist on Linux only");
#endif
    const Endpoint endpoint = Endpoint::abstract("ipcprims-test-" + QByteArray::number(::getpid()));
    const std::unique_ptr<Listener> first = makeListener(transport);
    const std::unique_ptr<Listener> second = makeListener(transport);
    const Error error = first->listen(endpoint, {});
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(second->listen(endpoint, {}).code(), ErrorCode::AddressInUse);
    first->close();
    QVERIFY(!second->listen(endpoint, {}));
}

QTEST_GUILESS_MAIN(tst_Binding)
#include "tst_binding.moc"
