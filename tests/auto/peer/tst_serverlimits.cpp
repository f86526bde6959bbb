// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include "peer/clientlist_p.h"
#include "peer/tokenbucket_p.h"

#include <QtTest/qtest.h>

#include <vector>

#include <unistd.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

class tst_ServerLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientsOfOneUserAreLimited();
    void limitMayBeLoweredBelowWhatIsOpen();
    void pendingClientsCountForTheirUser();
    void otherUsersHaveTheirOwnLimit();
    void clientsAreCountedByUser();
    void clientThatGaveWayCannotOpen();
    void oldestGivesWayWhenThereIsOneTooMany();
    void pendingClientsNeverOutnumberTheRoomForThem();
    void bucketAllowsTheBurstAndThenTheRate();
    void bucketHoldsNoMoreThanTheBurst();
    void withoutRateEverythingIsAllowed();
    void clientsBeyondTheRateWait();
};

void tst_ServerLimits::clientsOfOneUserAreLimited()
{
    ObservedServer server;
    QCOMPARE(server.server.maxPeersPerUser(), 1024);
    server.server.setMaxPeersPerUser(2);
    QVERIFY(server.listen());
    RawSocket first = server.openSession();
    const RawSocket second = server.openSession();
    QVERIFY(first.isValid() && second.isValid());
    RawSocket third = server.connectRaw();
    QVERIFY(third.waitForClosed());
    QCOMPARE(third.leftovers(), QByteArray());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QCOMPARE(server.refusals.first().code(), ErrorCode::ResourcesExhausted);
    QVERIFY2(server.refusals.first().message().contains(
                     u"clients of user %1 at once (max 2)"_s.arg(::getuid())),
             qPrintable(server.refusals.first().message()));
    // Its place is free again.
    first.close();
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 1, Patience);
    QVERIFY(server.openSession().isValid());
}

void tst_ServerLimits::pendingClientsCountForTheirUser()
{
    ObservedServer server;
    server.server.setMaxPeersPerUser(2);
    server.server.setHandshakeTimeout(1h);
    QVERIFY(server.listen());
    RawSocket silent = server.connectRaw();
    const RawSocket open = server.openSession();
    QVERIFY(open.isValid());
    RawSocket third = server.connectRaw();
    QVERIFY(third.waitForClosed());
    silent.close();
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 2, Patience);
    QVERIFY(server.openSession().isValid());
}

void tst_ServerLimits::limitMayBeLoweredBelowWhatIsOpen()
{
    ObservedServer server;
    server.server.setMaxPendingHandshakes(1);
    server.server.setHandshakeTimeout(1h);
    QVERIFY(server.listen());
    std::vector<RawSocket> open;
    for (int i = 0; i < 3; ++i)
        open.push_back(server.openSession());
    connect(&server.server, &Server::handshakeFailed, &server.server,
            [&] { server.server.setMaxPeers(1); });
    RawSocket first = server.connectRaw();
    RawSocket second = server.connectRaw();
    // One makes the other go; then there is no place left at all.
    QVERIFY(first.waitForClosed() && second.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 2, Patience);
    QCOMPARE(server.server.peerCount(), 3);
}

// Becomes another user for its lifetime: connections made meanwhile are that one's.
class AsOtherUser
{
    Q_DISABLE_COPY_MOVE(AsOtherUser)

public:
    AsOtherUser()
    {
        if (::seteuid(65534) != 0)
            qFatal("A test can't become another user");
    }
    ~AsOtherUser()
    {
        if (::seteuid(0) != 0)
            qFatal("A test can't become root again");
    }
};

void tst_ServerLimits::otherUsersHaveTheirOwnLimit()
{
    if (::geteuid() != 0)
        QSKIP("Only root can be two users");
    ObservedServer server;
    server.server.setMaxPeersPerUser(1);
    server.server.setSocketMode(0666);
    QVERIFY(server.listen());
    QVERIFY(QFile::setPermissions(QFileInfo(server.path()).path(),
                                  QFile::Permissions(0x7755))); // For all to enter.
    const RawSocket own = server.openSession();
    QVERIFY(own.isValid());
    RawSocket others;
    RawSocket oneTooMany;
    {
        const AsOtherUser user;
        others = server.connectRaw();
        oneTooMany = server.connectRaw();
    }
    QVERIFY(others.isValid() && oneTooMany.isValid());
    QVERIFY(others.writeFrame(0, PlainRequest));
    QVERIFY(others.readFrame());
    QVERIFY(oneTooMany.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 1, Patience);
    QVERIFY2(server.refusals.first().message().contains(u"user 65534 at once (max 1)"_s),
             qPrintable(server.refusals.first().message()));
    QCOMPARE(server.server.peerCount(), 2);
}

void tst_ServerLimits::clientsAreCountedByUser()
{
    ClientList clients;
    clients.add(1, 1000);
    clients.add(2, 4'294'967'294);
    clients.add(3, 1000);
    clients.add(4, std::nullopt);
    clients.add(5, 0);
    QCOMPARE(clients.countOf(1000), 2);
    QCOMPARE(clients.countOf(4'294'967'294), 1);
    QCOMPARE(clients.countOf(std::nullopt), 1);
    QCOMPARE(clients.countOf(0), 1);
    QVERIFY(clients.open(3));
    QCOMPARE(clients.countOf(1000), 2);
    QCOMPARE(clients.openCount(), 1);
    clients.remove(3);
    clients.remove(3);
    QCOMPARE(clients.countOf(1000), 1);
    clients.remove(1);
    QCOMPARE(clients.countOf(1000), 0);
    QCOMPARE(clients.openCount(), 0);
}

void tst_ServerLimits::clientThatGaveWayCannotOpen()
{
    ClientList clients;
    clients.add(1, 0);
    QCOMPARE(clients.takeOldestPending(0, 1)->number, 1u);
    QVERIFY(!clients.open(1));
    QCOMPARE(clients.openCount(), 0);
    QCOMPARE(clients.countOf(0), 0);
}

void tst_ServerLimits::oldestGivesWayWhenThereIsOneTooMany()
{
    ClientList clients;
    for (quint64 number = 1; number <= 3; ++number)
        clients.add(number, 0);
    QVERIFY(clients.open(1));
    QVERIFY(!clients.takeOldestPending(2, 3));
    const auto gaveWay = clients.takeOldestPending(1, 3);
    QVERIFY(gaveWay);
    QCOMPARE(gaveWay->number, 2u);
    QCOMPARE(gaveWay->pending, 2);
    QCOMPARE(gaveWay->places, 1);
    QVERIFY(!clients.takeOldestPending(1, 3));
}

void tst_ServerLimits::pendingClientsNeverOutnumberTheRoomForThem()
{
    ClientList clients;
    for (quint64 number = 1; number <= 3; ++number)
        clients.add(number, 0);
    QVERIFY(clients.open(2));
    QVERIFY(!clients.takeOldestPending(64, 3));
    QCOMPARE(clients.takeOldestPending(64, 2)->places, 1);
    QCOMPARE(clients.takeOldestPending(64, 0)->places, 0);
    QVERIFY(!clients.takeOldestPending(64, 0));
    QCOMPARE(clients.openCount(), 1);
}

void tst_ServerLimits::bucketAllowsTheBurstAndThenTheRate()
{
    auto now = TokenBucket::Clock::time_point() + 1h;
    TokenBucket bucket(10, 3, now);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(bucket.wait(now), 0ms);
        bucket.take();
    }
    QCOMPARE(bucket.wait(now), 100ms);
    now += 99ms;
    QCOMPARE(bucket.wait(now), 1ms);
    now += 1ms;
    QCOMPARE(bucket.wait(now), 0ms);
    bucket.take();
    QCOMPARE(bucket.wait(now), 100ms);
}

void tst_ServerLimits::bucketHoldsNoMoreThanTheBurst()
{
    auto now = TokenBucket::Clock::time_point() + 1h;
    TokenBucket bucket(10, 2, now);
    now += 1h;
    bucket.refill(now);
    bucket.take();
    QCOMPARE(bucket.wait(now), 0ms);
    bucket.take();
    QCOMPARE(bucket.wait(now), 100ms);
    // Half a token is kept, too.
    now += 150ms;
    bucket.refill(now);
    bucket.take();
    QCOMPARE(bucket.wait(now), 50ms);
}

void tst_ServerLimits::withoutRateEverythingIsAllowed()
{
    const auto now = TokenBucket::Clock::time_point() + 1h;
    TokenBucket bucket(0, 1, now);
    for (int i = 0; i < 1000; ++i)
        bucket.take();
    QCOMPARE(bucket.wait(now), 0ms);
}

void tst_ServerLimits::clientsBeyondTheRateWait()
{
    ObservedServer server;
    server.server.setHandshakeTimeout(1h);
    server.server.setAcceptRate(1, 3); // Slow enough that no other comes in during the test.
    QVERIFY(server.listen());
    std::vector<RawSocket> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(server.connectRaw());
        QVERIFY(clients.back().writeFrame(0, PlainRequest));
    }
    for (int i = 0; i < 3; ++i)
        QVERIFY(clients[size_t(i)].readFrame());
    QCOMPARE(server.server.peerCount(), 3);
    QVERIFY(server.refusals.isEmpty());
    // Another rate has the others come in, and so would time.
    server.server.setAcceptRate(1000, 1);
    QTRY_COMPARE_WITH_TIMEOUT(server.server.peerCount(), 5, Patience);
    QVERIFY(clients[4].readFrame());
}

QTEST_GUILESS_MAIN(tst_ServerLimits)
#include "tst_serverlimits.moc"
