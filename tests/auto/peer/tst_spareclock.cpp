// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"
#include "descriptors.h"

#include <QtTest/qtest.h>

#include <algorithm>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

/// What a thread keeps of its blocking sessions for the next ones.
class tst_SpareClock : public BlockingTest
{
    Q_OBJECT

private Q_SLOTS:
    void threadLeavesNothing();
    void threadWhosePeerEndsWithItLeavesNothing();
    void nextWaitIsOfTheRightLength();
    void childDoesNotCloseWhatHasGotItsNumber();
};

// One look for a client, which waits.
static Error look(BlockingListener &listener, std::chrono::milliseconds timeout = 0ms)
{
    BlockingPeer nobody;
    return listener.accept(&nobody, timeout);
}

static Error lookAsAnother(const Endpoint &endpoint, std::chrono::milliseconds timeout = 0ms)
{
    BlockingListener listener;
    const Error error = listener.listen(endpoint);
    return error ? error : look(listener, timeout);
}

void tst_SpareClock::threadLeavesNothing()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"another"_s));
    const QSet<int> before = openDescriptors();
    std::thread([&] {
        for (int i = 0; i < 3; ++i)
            QCOMPARE(lookAsAnother(endpoint).code(), ErrorCode::Timeout);
        QVERIFY(openDescriptors().size() <= before.size() + 1);
    }).join();
    QCOMPARE(openDescriptors(), before);
}

void tst_SpareClock::threadWhosePeerEndsWithItLeavesNothing()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"another"_s));
    const QSet<int> before = openDescriptors();
    std::thread([&] {
        static thread_local BlockingListener listener; // Goes after what its calls have made.
        QVERIFY(!listener.listen(endpoint));
        QCOMPARE(look(listener).code(), ErrorCode::Timeout);
    }).join();
    QCOMPARE(openDescriptors(), before);
}

void tst_SpareClock::nextWaitIsOfTheRightLength()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"another"_s));
    for (const auto timeout : {100ms, 10ms, 50ms}) {
        const auto start = std::chrono::steady_clock::now();
        QCOMPARE(lookAsAnother(endpoint, timeout).code(), ErrorCode::Timeout);
        QVERIFY(std::chrono::steady_clock::now() - start >= timeout);
    }
}

// Daemons close all descriptors of the process that has forked them.
void tst_SpareClock::childDoesNotCloseWhatHasGotItsNumber()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"another"_s));
    QCOMPARE(lookAsAnother(endpoint).code(), ErrorCode::Timeout);
    const QSet<int> inParent = openDescriptors();
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int descriptor : inParent) {
            if (descriptor > STDERR_FILENO)
                ::dup2(pipe[1], descriptor);
        }
        const bool hasWaited = lookAsAnother(endpoint).code() == ErrorCode::Timeout;
        for (const int descriptor : inParent) {
            if (descriptor > STDERR_FILENO)
                static_cast<void>(!::write(descriptor, "x", 1));
        }
        ::_exit(hasWaited ? 0 : 1);
    }
    ::close(pipe[1]);
    QByteArray written(1000, ' ');
    qsizetype size = 0;
    for (ssize_t bytes = 1; bytes > 0; size += bytes)
        bytes = ::read(pipe[0], written.data() + size, size_t(written.size() - size));
    ::close(pipe[0]);
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    const auto own = std::count_if(inParent.begin(), inParent.end(),
                                   [](int descriptor) { return descriptor > STDERR_FILENO; });
    QCOMPARE(size, own);
}

QTEST_APPLESS_MAIN(tst_SpareClock)
#include "tst_spareclock.moc"
