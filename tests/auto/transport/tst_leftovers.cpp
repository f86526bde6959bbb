// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "rawsocket.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qset.h>

#include <array>

#include <signal.h>
#include <unistd.h>

using namespace IpcPrims;

// What becomes of the files that killed servers leave among those of services.
class tst_Leftovers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void killedServersAreSwept_data() { addTransportRows(); }
    void killedServersAreSwept();
    void othersStay_data() { addTransportRows(); }
    void othersStay();
    void otherDirectoriesAreNotSwept();
    void workIsBounded();
    void startingServersAreNotHarmed_data() { addTransportRows(); }
    void startingServersAreNotHarmed();

private:
    QString filePath(const QString &name) const { return m_directory->filePath(name); }
    void makeFile(const QString &name) const
    {
        QFile file(filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    std::unique_ptr<QTemporaryDir> m_runtime;
    std::unique_ptr<QDir> m_directory; // Of the services.
};

void tst_Leftovers::init()
{
    qunsetenv("FLATPAK_ID");
    qunsetenv("SNAP");
    m_runtime = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime->path()));
    m_directory = std::make_unique<QDir>(m_runtime->filePath(QStringLiteral("ipcprims")));
    QCOMPARE(::mkdir(QFile::encodeName(m_directory->path()).constData(), 0700), 0);
}

static Error listenAt(Listener &listener, const QString &service)
{
    return listener.listen(Endpoint::forService(service), {});
}

static QStringList entriesOf(const QDir &directory)
{
    return directory.entryList(QDir::AllEntries | QDir::System | QDir::Hidden
                               | QDir::NoDotAndDotDot);
}

void tst_Leftovers::killedServersAreSwept()
{
    QFETCH(const Transport, transport);
    int ends[2] = {-1, -1};
    QCOMPARE(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const std::unique_ptr<Listener> killed = makeListener(transport);
        const char outcome = listenAt(*killed, QStringLiteral("org.example.killed")) ? 'f' : 't';
        static_cast<void>(!::write(ends[1], &outcome, 1));
        ::pause();
    }
    char outcome = 0;
    QCOMPARE(::read(ends[0], &outcome, 1), ssize_t(1));
    QCOMPARE(outcome, 't');
    ::kill(child, SIGKILL);
    QCOMPARE(waitForChild(child), -1);
    ::close(ends[0]);
    ::close(ends[1]);
    QCOMPARE(entriesOf(*m_directory).size(), 2);

    // Those whose files were lost in part, and one that had not begun to listen.
    makeDeadSocket(filePath(QStringLiteral("no-lock.sock")));
    makeFile(QStringLiteral("no-socket.sock.lock"));
    makeDeadSocket(filePath(QStringLiteral("early.sock.new")));
    makeFile(QStringLiteral("early.sock.lock"));

    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listenAt(*listener, QStringLiteral("a"));
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(entriesOf(*m_directory),
             (QStringList{QStringLiteral("a.sock"), QStringLiteral("a.sock.lock")}));
}

void tst_Leftovers::othersStay()
{
    QFETCH(const Transport, transport);
    // Servers that live, with and without a lock, or are about to begin.
    const std::unique_ptr<Listener> live = makeListener(transport);
    QVERIFY(!listenAt(*live, QStringLiteral("live")));
    const RawListener foreign(filePath(QStringLiteral("foreign.sock")));
    const int bound = bindSocket(filePath(QStringLiteral("bound.sock")));
    // What has another name, or is something else.
    makeDeadSocket(filePath(QStringLiteral("dead.socket")));
    makeDeadSocket(filePath(QStringLiteral("a b.sock")));
    makeDeadSocket(filePath(QStringLiteral(".sock")));
    makeFile(QStringLiteral("file.sock"));
    makeFile(QStringLiteral("notes.lock"));
    QVERIFY(m_directory->mkdir(QStringLiteral("directory.sock")));
    makeDeadSocket(m_runtime->filePath(QStringLiteral("target")));
    QVERIFY(QFile::link(m_runtime->filePath(QStringLiteral("target")),
                        filePath(QStringLiteral("link.sock"))));
    const QStringList before = entriesOf(*m_directory);

    const std::unique_ptr<Listener> listener = makeListener(transport);
    QVERIFY(!listenAt(*listener, QStringLiteral("x")));
    QVERIFY(connectsTo(filePath(QStringLiteral("live.sock"))));
    QVERIFY(connectsTo(filePath(QStringLiteral("foreign.sock"))));
    listener->close();
    QCOMPARE(entriesOf(*m_directory), before);
    QVERIFY(statOf(m_runtime->filePath(QStringLiteral("target"))).st_ino != 0);
    ::close(bound);
}

void tst_Leftovers::otherDirectoriesAreNotSwept()
{
    const PublicDirectory elsewhere;
    makeDeadSocket(elsewhere.filePath(QStringLiteral("dead.sock")));
    makeDeadSocket(filePath(QStringLiteral("dead.sock")));
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    const QString path = elsewhere.filePath(QStringLiteral("a.sock"));
    QVERIFY(!listener->listen(Endpoint::fromPath(path), {}));
    QCOMPARE(elsewhere.entries().size(), 3);
    QCOMPARE(entriesOf(*m_directory).size(), 1);
}

// A start removes some, and enough starts remove all.
void tst_Leftovers::workIsBounded()
{
    constexpr int Count = 500;
    for (int i = 0; i < Count; ++i)
        makeDeadSocket(filePath(QStringLiteral("run-%1.sock").arg(i)));
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    QVERIFY(!listenAt(*listener, QStringLiteral("a")));
    listener->close();
    const qsizetype left = entriesOf(*m_directory).size();
    QVERIFY2(left < Count && left >= Count - 32, qPrintable(QString::number(left)));
    for (int i = 0; i < 200 && !entriesOf(*m_directory).isEmpty(); ++i) {
        QVERIFY(!listenAt(*listener, QStringLiteral("a")));
        listener->close();
    }
    QVERIFY(entriesOf(*m_directory).isEmpty());
}

// Several that start in one directory at a time: each sweeps where the others are at work.
void tst_Leftovers::startingServersAreNotHarmed()
{
    QFETCH(const Transport, transport);
    std::array<pid_t, 4> children = {};
    for (size_t i = 0; i < children.size(); ++i) {
        children[i] = ::fork();
        if (children[i] != 0)
            continue;
        const QString service = QStringLiteral("service-%1").arg(i);
        const QString path = Endpoint::forService(service).path();
        for (int round = 0; round < 100; ++round) {
            const std::unique_ptr<Listener> listener = makeListener(transport);
            if (listenAt(*listener, service) || !connectsTo(path))
                ::_exit(1);
            listener->close();
            makeDeadSocket(filePath(QStringLiteral("dead-%1-%2.sock").arg(i).arg(round)));
        }
        ::_exit(0);
    }
    for (const pid_t child : children)
        QCOMPARE(waitForChild(child), 0);
}

QTEST_GUILESS_MAIN(tst_Leftovers)
#include "tst_leftovers.moc"
