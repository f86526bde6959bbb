// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "rawsocket.h"
#include "transport/filedescriptor_p.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qfile.h>

#include <array>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;

// Who listens at one path when several want to, and what others see meanwhile.
class tst_ListenRace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void losersConnectAtOnce_data() { addTransportRows(); }
    void losersConnectAtOnce();
    void pathIsNeverThereBeforeItListens_data();
    void pathIsNeverThereBeforeItListens();
    void losersWaitForAServerThatStarts_data() { addTransportRows(); }
    void losersWaitForAServerThatStarts();
    void losersFollowAServerThatEnds_data() { addTransportRows(); }
    void losersFollowAServerThatEnds();
    void probingIsNoClient_data() { addTransportRows(); }
    void probingIsNoClient();
    void boundSocketIsNotTakenForADeadOne_data() { addTransportRows(); }
    void boundSocketIsNotTakenForADeadOne();
    void leftoverOfAStartIsReplaced_data() { addTransportRows(); }
    void leftoverOfAStartIsReplaced();

private:
    std::unique_ptr<PublicDirectory> m_directory;
    QString m_path;
};

void tst_ListenRace::init()
{
    m_directory = std::make_unique<PublicDirectory>();
    m_path = m_directory->filePath(QStringLiteral("a.sock"));
}

namespace {

constexpr int Competitors = 6;
constexpr int Rounds = 150;

/// In memory that the competitors share.
struct Scores
{
    std::atomic_int arrivals = 0;
    std::atomic_int wins = 0;
    std::atomic_int connected = 0;
    std::atomic_int notConnected = 0;
    std::atomic_int otherErrors = 0;
    std::atomic_bool isOver = false; // Somebody has given up.

    /// Waits until all competitors have come to the same point for the same number of times.
    void meet(int times)
    {
        ++arrivals;
        const QDeadlineTimer deadline(60000);
        while (arrivals < times * Competitors && !isOver) {
            if (deadline.hasExpired())
                isOver = true;
            ::sched_yield();
        }
    }
};

void compete(Scores &scores, Transport transport, const QString &path)
{
    for (int round = 0; round < Rounds && !scores.isOver; ++round) {
        const std::unique_ptr<Listener> listener = makeListener(transport);
        scores.meet(3 * round + 1);
        const Error error = listener->listen(Endpoint::fromPath(path), {});
        if (!error)
            ++scores.wins;
        else if (error.code() != ErrorCode::AddressInUse)
            ++scores.otherErrors;
        else
            ++(connectsTo(path) ? scores.connected : scores.notConnected);
        scores.meet(3 * round + 2);
        listener->close();
        scores.meet(3 * round + 3);
    }
}

} // namespace

void tst_ListenRace::losersConnectAtOnce()
{
    QFETCH(const Transport, transport);
    void *const memory = ::mmap(nullptr, sizeof(Scores), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    QVERIFY(memory != MAP_FAILED);
    Scores &scores = *new (memory) Scores;
    std::array<pid_t, Competitors> children = {};
    for (pid_t &child : children) {
        child = ::fork();
        if (child == 0) {
            compete(scores, transport, m_path);
            ::_exit(0);
        }
    }
    for (const pid_t child : children)
        QCOMPARE(waitForChild(child), 0);
    QVERIFY(!scores.isOver);
    QCOMPARE(scores.otherErrors.load(), 0);
    QCOMPARE(scores.notConnected.load(), 0);
    QCOMPARE(scores.wins.load(), Rounds);
    QCOMPARE(scores.connected.load(), Rounds * (Competitors - 1));
    QVERIFY(m_directory->entries().isEmpty());
    ::munmap(memory, sizeof(Scores));
}

void tst_ListenRace::pathIsNeverThereBeforeItListens_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<bool>("isLong");
    for (const bool isLong : {false, true}) {
        const char *const length = isLong ? "longest" : "short";
        QTest::addRow("native, %s path", length) << Transport::Native << isLong;
        QTest::addRow("localsocket, %s path", length) << Transport::LocalSocket << isLong;
    }
}

// An observer who finds a socket at the path can connect to it.
void tst_ListenRace::pathIsNeverThereBeforeItListens()
{
    QFETCH(const Transport, transport);
    QFETCH(const bool, isLong);
    if (isLong)
        m_path = m_directory->pathOfLength(sizeof(sockaddr_un::sun_path) - 1);
    constexpr int Times = 500;
    std::atomic_int begun = 0;
    std::atomic_int seen = 0;
    std::atomic_int connected = 0;
    std::thread observer([&] {
        for (int i = 1; i <= Times; ++i) {
            while (begun < i)
                std::this_thread::yield();
            while (statOf(m_path).st_ino == 0)
                std::this_thread::yield();
            connected += connectsTo(m_path) ? 1 : 0;
            seen = i;
        }
    });
    const std::unique_ptr<Listener> listener = makeListener(transport);
    for (int i = 1; i <= Times; ++i) {
        begun = i;
        // With an error the observer would wait for ever.
        if (const Error error = listener->listen(Endpoint::fromPath(m_path), {}))
            qFatal("%s", qPrintable(error.message()));
        while (seen < i)
            std::this_thread::yield();
        listener->close();
    }
    observer.join();
    QCOMPARE(connected.load(), Times);
}

namespace {
/// The lock of a server that doesn't listen.
class Lock
{
public:
    explicit Lock(const QString &path)
        : m_file(::open(QFile::encodeName(path + QStringLiteral(".lock")).constData(),
                        O_RDWR | O_CREAT | O_CLOEXEC, 0600))
    {
        if (::flock(m_file.get(), LOCK_EX | LOCK_NB) != 0)
            qFatal("A test can't have a lock");
    }

private:
    FileDescriptor m_file;
};
} // namespace

void tst_ListenRace::losersWaitForAServerThatStarts()
{
    QFETCH(const Transport, transport);
    const auto lock = std::make_unique<Lock>(m_path);
    std::unique_ptr<RawListener> server;
    std::thread starting([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const QString elsewhere = m_path + QStringLiteral(".other");
        server = std::make_unique<RawListener>(elsewhere);
        QFile::rename(elsewhere, m_path);
    });
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listener->listen(Endpoint::fromPath(m_path), {});
    const bool canConnect = connectsTo(m_path);
    starting.join();
    QCOMPARE(error.code(), ErrorCode::AddressInUse);
    QVERIFY(canConnect);
}

void tst_ListenRace::losersFollowAServerThatEnds()
{
    QFETCH(const Transport, transport);
    auto lock = std::make_unique<Lock>(m_path);
    std::thread ending([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        lock.reset();
    });
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listener->listen(Endpoint::fromPath(m_path), {});
    ending.join();
    QVERIFY2(!error, qPrintable(error.message()));
    QVERIFY(connectsTo(m_path));
}

void tst_ListenRace::probingIsNoClient()
{
    QFETCH(const Transport, transport);
    RawListener server(m_path);
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QCOMPARE(listener->listen(Endpoint::fromPath(m_path), {}).code(), ErrorCode::AddressInUse);
    // The first that the server sees is a client.
    RawSocket client = RawSocket::connectTo(m_path);
    QVERIFY(client.write("x"));
    RawSocket accepted = server.accept();
    QVERIFY(accepted.waitForData());
}

// As of a server that has called bind() and not yet listen(), and knows nothing of our lock.
void tst_ListenRace::boundSocketIsNotTakenForADeadOne()
{
    QFETCH(const Transport, transport);
    const FileDescriptor server(bindSocket(m_path));
    const std::unique_ptr<Listener> listener = makeListener(transport);
    QCOMPARE(listener->listen(Endpoint::fromPath(m_path), {}).code(), ErrorCode::AddressInUse);
    QCOMPARE(::listen(server.get(), 1), 0);
    QVERIFY(connectsTo(m_path));
}

void tst_ListenRace::leftoverOfAStartIsReplaced()
{
    QFETCH(const Transport, transport);
    makeDeadSocket(m_path + QStringLiteral(".new"));
    const std::unique_ptr<Listener> listener = makeListener(transport);
    const Error error = listener->listen(Endpoint::fromPath(m_path), {});
    QVERIFY2(!error, qPrintable(error.message()));
    listener->close();
    QVERIFY(m_directory->entries().isEmpty());
}

QTEST_GUILESS_MAIN(tst_ListenRace)
#include "tst_listenrace.moc"
