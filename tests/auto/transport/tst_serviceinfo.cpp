// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "transport/locknote_p.h"

#include "rawsocket.h"

#include <IpcPrims/serviceinfo.h>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>

#include <cstdio>

#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

// Which services there are: what their servers have written down, and what anybody may have.
class tst_ServiceInfo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void runningServiceIsFound_data() { addTransportRows(); }
    void runningServiceIsFound();
    void nameIsFoundBehindItsHash();
    void nameThatIsTooLongIsThatOfTheSocket();
    void killedServerIsDead_data() { addTransportRows(); }
    void killedServerIsDead();
    void serverWithoutANoteIsRunning();
    void onlySocketsOfServicesAreServices();
    void hostileNoteSaysNothing_data();
    void hostileNoteSaysNothing();
    void nameOfAnotherServiceIsNotBelieved();
    void noteOfAnotherUserSaysNothing();
    void directoryOpenToOthersIsRefused();
    void directoryOfAnotherUserIsRefused();
    void noDirectoryIsNoError();
    void lookingHindersNoServer();
    void otherDirectoriesCanBeLookedInto();
    void directoryThatIsTooFullIsSaid();
    void nameThatIsNoTextIsNotThatOfAnotherSocket();
    void noteIsWhatItWas();

private:
    QString filePath(const QString &name) const { return m_directory->filePath(name); }
    void writeFile(const QString &name, const QByteArray &content) const
    {
        QFile file(filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    /// The one service that there is.
    ServiceInfo single()
    {
        Error error;
        const QList<ServiceInfo> services = ServiceInfo::find(&error);
        return services.size() == 1 && !error ? services.first() : ServiceInfo();
    }

    std::unique_ptr<QTemporaryDir> m_runtime;
    std::unique_ptr<QDir> m_directory; // Of the services.
};

void tst_ServiceInfo::init()
{
    qunsetenv("FLATPAK_ID");
    qunsetenv("SNAP");
    m_runtime = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime->path()));
    m_directory = std::make_unique<QDir>(m_runtime->filePath(u"ipcprims"_s));
    QCOMPARE(::mkdir(QFile::encodeName(m_directory->path()).constData(), 0700), 0);
}

void tst_ServiceInfo::runningServiceIsFound()
{
    QFETCH(const Transport, transport);
    const Endpoint endpoint = Endpoint::forService(u"org.example.indexer"_s);
    QCOMPARE(endpoint.serviceName(), u"org.example.indexer"_s);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const QDateTime before = QDateTime::currentDateTimeUtc();
    QVERIFY(!listener->listen(endpoint, {}));
    const ServiceInfo found = single();
    QCOMPARE(found.name, u"org.example.indexer"_s);
    QCOMPARE(found.endpoint, endpoint);
    QCOMPARE(found.state, ServiceInfo::State::Running);
    QCOMPARE(found.pid, qint64(::getpid()));
    QCOMPARE(found.uid, quint32(::geteuid()));
    QVERIFY(qAbs(before.secsTo(found.since)) < 120);
    listener->close();
    QVERIFY(ServiceInfo::find().isEmpty());
}

void tst_ServiceInfo::nameIsFoundBehindItsHash()
{
    const QString name = QString(500, u'n') + u".long"_s;
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    QVERIFY(!listener->listen(Endpoint::forService(name), {}));
    const ServiceInfo found = single();
    QCOMPARE(found.name, name);
    QCOMPARE(found.endpoint, Endpoint::forService(name));
}

void tst_ServiceInfo::nameThatIsTooLongIsThatOfTheSocket()
{
    const Endpoint endpoint = Endpoint::forService(QString(1025, u'n'));
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    QVERIFY(!listener->listen(endpoint, {}));
    const ServiceInfo found = single();
    QCOMPARE(found.state, ServiceInfo::State::Running);
    QCOMPARE(found.pid, qint64(::getpid()));
    QCOMPARE(m_directory->filePath(found.name + u".sock"_s), endpoint.path());
}

void tst_ServiceInfo::killedServerIsDead()
{
    QFETCH(const Transport, transport);
    const QString name = QString(200, u'k');
    int ends[2] = {-1, -1};
    QCOMPARE(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const std::unique_ptr<Listener> killed = makeListener(transport);
        const char outcome = killed->listen(Endpoint::forService(name), {}) ? 'f' : 't';
        static_cast<void>(!::write(ends[1], &outcome, 1));
        ::pause();
    }
    char outcome = 0;
    QCOMPARE(::read(ends[0], &outcome, 1), ssize_t(1));
    QCOMPARE(outcome, 't');
    QCOMPARE(single().state, ServiceInfo::State::Running);
    QCOMPARE(single().pid, qint64(child));
    ::kill(child, SIGKILL);
    QCOMPARE(waitForChild(child), -1);
    ::close(ends[0]);
    ::close(ends[1]);
    const ServiceInfo found = single();
    QCOMPARE(found.state, ServiceInfo::State::Dead);
    QCOMPARE(found.name, name);
    QCOMPARE(found.pid, qint64(0)); // The system may have given the number to somebody else.
    QCOMPARE(m_directory->entryList(QDir::System | QDir::Files).size(), 2);
}

// One of another program, with no lock or with an empty one.
void tst_ServiceInfo::serverWithoutANoteIsRunning()
{
    const RawListener foreign(filePath(u"foreign.sock"_s));
    QCOMPARE(single().state, ServiceInfo::State::Running);
    writeFile(u"foreign.sock.lock"_s, QByteArray());
    const ServiceInfo found = single();
    QCOMPARE(found.state, ServiceInfo::State::Running);
    QCOMPARE(found.name, u"foreign"_s);
    QCOMPARE(found.pid, qint64(0));
    // What a server that was killed has noted is nothing about this one.
    writeFile(u"foreign.sock.lock"_s, LockNote{1, "foreign"}.toText());
    QCOMPARE(single().pid, qint64(0));
}

void tst_ServiceInfo::onlySocketsOfServicesAreServices()
{
    writeFile(u"file.sock"_s, "text");
    writeFile(u"alone.sock.lock"_s, LockNote{1, "alone"}.toText());
    makeDeadSocket(filePath(u"a b.sock"_s));
    makeDeadSocket(filePath(u"other.socket"_s));
    makeDeadSocket(filePath(u"early.sock.new"_s));
    makeDeadSocket(m_runtime->filePath(u"target"_s));
    QVERIFY(QFile::link(m_runtime->filePath(u"target"_s), filePath(u"link.sock"_s)));
    QVERIFY(m_directory->mkdir(u"folder.sock"_s));
    QVERIFY(ServiceInfo::find().isEmpty());
    makeDeadSocket(filePath(u"real.sock"_s));
    QCOMPARE(single().name, u"real"_s);
}

void tst_ServiceInfo::hostileNoteSaysNothing_data()
{
    QTest::addColumn<QByteArray>("note");
    QTest::newRow("nonsense") << QByteArray("\x1b]0;title\a");
    QTest::newRow("no end") << QByteArray("pid 1\nservice x");
    QTest::newRow("more") << QByteArray("pid 1\nservice x\nmore\n");
    QTest::newRow("another order") << QByteArray("service x\npid 1\n");
    QTest::newRow("negative") << QByteArray("pid -1\nservice x\n");
    QTest::newRow("no number") << QByteArray("pid one\nservice x\n");
    QTest::newRow("huge number") << QByteArray("pid 99999999999999999999\nservice x\n");
    QTest::newRow("control characters") << QByteArray("pid 1\nservice x\x1b[2J\n");
    QTest::newRow("path") << QByteArray("pid 1\nservice ../x\n");
    QTest::newRow("NUL") << QByteArray("pid 1\nservice x\0y\n", 18);
    QTest::newRow("long name") << "pid 1\nservice " + QByteArray(1025, 'x') + '\n';
    QTest::newRow("large") << QByteArray(10'000'000, 'x');
}

void tst_ServiceInfo::hostileNoteSaysNothing()
{
    QFETCH(const QByteArray, note);
    QVERIFY(!LockNote::fromText(note));
    const RawListener foreign(filePath(u"x.sock"_s));
    writeFile(u"x.sock.lock"_s, note);
    // As if its server held it.
    QFile lock(filePath(u"x.sock.lock"_s));
    QVERIFY(lock.open(QIODevice::ReadWrite));
    QCOMPARE(::flock(lock.handle(), LOCK_EX | LOCK_NB), 0);
    const ServiceInfo found = single();
    QCOMPARE(found.state, ServiceInfo::State::Running);
    QCOMPARE(found.name, u"x"_s);
    QCOMPARE(found.pid, qint64(0));
}

void tst_ServiceInfo::nameOfAnotherServiceIsNotBelieved()
{
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    QVERIFY(!listener->listen(Endpoint::forService(u"mine"_s), {}));
    writeFile(u"mine.sock.lock"_s, LockNote{::getpid(), "org.example.bank"}.toText());
    QCOMPARE(single().name, u"mine"_s);
}

void tst_ServiceInfo::noteOfAnotherUserSaysNothing()
{
    if (::geteuid() != 0)
        QSKIP("only root can make a file of another user");
    const RawListener foreign(filePath(u"x.sock"_s));
    writeFile(u"x.sock.lock"_s, LockNote{1, "x"}.toText());
    const QByteArray path = QFile::encodeName(filePath(u"x.sock.lock"_s));
    QFile lock(filePath(u"x.sock.lock"_s));
    QVERIFY(lock.open(QIODevice::ReadWrite));
    QCOMPARE(::flock(lock.handle(), LOCK_EX | LOCK_NB), 0);
    QCOMPARE(single().pid, qint64(1));
    QCOMPARE(::chown(path.constData(), OtherUser, OtherUser), 0);
    QCOMPARE(single().pid, qint64(0));
    QCOMPARE(single().state, ServiceInfo::State::Running);
}

void tst_ServiceInfo::directoryOpenToOthersIsRefused()
{
    const QByteArray path = QFile::encodeName(m_directory->path());
    makeDeadSocket(filePath(u"x.sock"_s));
    QCOMPARE(::chmod(path.constData(), 0777), 0);
    Error error;
    QVERIFY(ServiceInfo::find(&error).isEmpty());
    QCOMPARE(error.code(), ErrorCode::PermissionDenied);
}

void tst_ServiceInfo::directoryOfAnotherUserIsRefused()
{
    if (::geteuid() != 0)
        QSKIP("only root can make a directory of another user");
    const QByteArray path = QFile::encodeName(m_directory->path());
    makeDeadSocket(filePath(u"x.sock"_s));
    Error error;
    QCOMPARE(::chown(path.constData(), OtherUser, OtherUser), 0);
    QVERIFY(ServiceInfo::find(&error).isEmpty());
    QCOMPARE(error.code(), ErrorCode::PermissionDenied);
}

void tst_ServiceInfo::noDirectoryIsNoError()
{
    QVERIFY(m_runtime->isValid() && QDir(m_runtime->path()).rmdir(u"ipcprims"_s));
    Error error(ErrorCode::Timeout, u"before"_s);
    QVERIFY(ServiceInfo::find(&error).isEmpty());
    QVERIFY2(!error, qPrintable(error.message()));
    QVERIFY(ServiceInfo::findIn(m_directory->path(), &error).isEmpty());
    QCOMPARE(error.code(), ErrorCode::NotFound);
}

// Who looks holds the lock for a moment; and a server notices nobody.
void tst_ServiceInfo::lookingHindersNoServer()
{
    const Endpoint endpoint = Endpoint::forService(u"x"_s);
    const pid_t child = ::fork();
    if (child == 0) {
        for (;;)
            static_cast<void>(ServiceInfo::find());
    }
    bool works = true;
    for (int i = 0; works && i < 200; ++i) {
        const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
        works = !listener->listen(endpoint, {});
    }
    ::kill(child, SIGKILL);
    QCOMPARE(waitForChild(child), -1);
    QVERIFY(works);

    const int noticing = bindSocket(filePath(u"noticing.sock"_s));
    QCOMPARE(::listen(noticing, 8), 0);
    QCOMPARE(single().name, u"noticing"_s);
    pollfd waits = {noticing, POLLIN, 0};
    QCOMPARE(::poll(&waits, 1, 0), 0);
    ::close(noticing);
}

void tst_ServiceInfo::otherDirectoriesCanBeLookedInto()
{
    const PublicDirectory elsewhere;
    makeDeadSocket(elsewhere.filePath(u"any name"_s));
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    const Endpoint endpoint = Endpoint::fromPath(elsewhere.filePath(u"b"_s));
    QVERIFY(endpoint.serviceName().isEmpty());
    QVERIFY(!listener->listen(endpoint, {}));
    Error error;
    const QList<ServiceInfo> found = ServiceInfo::findIn(elsewhere.path(), &error);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(found.size(), 2);
    QCOMPARE(found[0].state, ServiceInfo::State::Dead);
    QCOMPARE(found[0].endpoint.path(), elsewhere.filePath(u"any name"_s));
    QCOMPARE(found[1].state, ServiceInfo::State::Running);
    QCOMPARE(found[1].pid, qint64(::getpid()));
    QVERIFY(found[0].name.isEmpty() && found[1].name.isEmpty());
}

void tst_ServiceInfo::directoryThatIsTooFullIsSaid()
{
    const PublicDirectory elsewhere;
    const auto lookInto = [&elsewhere] {
        Error error;
        static_cast<void>(ServiceInfo::findIn(elsewhere.path(), &error));
        return error;
    };
    for (int i = 0; i < 4094; ++i) { // "." and ".." are two more.
        QVERIFY(QFile(elsewhere.filePath(QString::number(i))).open(QFile::WriteOnly));
    }
    QVERIFY(!lookInto());
    makeDeadSocket(elsewhere.filePath(u"one more"_s));
    const Error error = lookInto();
    QCOMPARE(error.code(), ErrorCode::ResourcesExhausted);
    QVERIFY2(error.message().contains(elsewhere.path()), qPrintable(error.message()));
}

void tst_ServiceInfo::nameThatIsNoTextIsNotThatOfAnotherSocket()
{
    const PublicDirectory elsewhere;
    const QString shown = elsewhere.filePath(u"\ufffd.sock"_s);
    const QByteArray hostile = QFile::encodeName(elsewhere.path()) + "/\xff.sock";
    makeDeadSocket(shown);
    QCOMPARE(::rename(QFile::encodeName(shown).constData(), hostile.constData()), 0);
    // Which Qt can't do.
    const auto removal = qScopeGuard([&hostile] { ::unlink(hostile.constData()); });
    QVERIFY(ServiceInfo::findIn(elsewhere.path()).isEmpty());

    makeDeadSocket(shown);
    const QList<ServiceInfo> found = ServiceInfo::findIn(elsewhere.path());
    QCOMPARE(found.size(), 1);
    QCOMPARE(found.first().endpoint, Endpoint::fromPath(shown));
}

void tst_ServiceInfo::noteIsWhatItWas()
{
    for (const QByteArray &service : {QByteArray(), QByteArray(1024, 'x')}) {
        const QByteArray text = LockNote::ofThisProcess(service).toText();
        QVERIFY(text.size() <= LockNote::MaxSize);
        const auto note = LockNote::fromText(text);
        QVERIFY(note);
        QCOMPARE(note->pid, ::getpid());
        QCOMPARE(note->service, service);
    }
    QVERIFY(LockNote::ofThisProcess(QByteArray(1025, 'x')).service.isEmpty());
}

QTEST_GUILESS_MAIN(tst_ServiceInfo)
#include "tst_serviceinfo.moc"
