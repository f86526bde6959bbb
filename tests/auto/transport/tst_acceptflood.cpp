// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "background.h"
#include "frame/turntime_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace std::chrono_literals;

namespace {
/// Takes all of its thread's time that it gets, as a peer does on which more and more arrives.
class BusyPeer final : private TurnTime::Waiter
{
    Q_DISABLE_COPY_MOVE(BusyPeer)

public:
    BusyPeer() { TurnTime::ofThisThread().wait(this); }
    ~BusyPeer() { TurnTime::ofThisThread().forget(this); }

private:
    void turnCame() override
    {
        std::this_thread::sleep_for(2 * TurnTime::ofThisThread().limit());
        TurnTime::ofThisThread().spend();
        TurnTime::ofThisThread().wait(this);
    }
};
} // namespace

/// More clients than a listener can hand out at once: they wait in the system's backlog, and the
/// thread's timers don't.
class tst_AcceptFlood : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nobodyIsTurnedAway_data() { addTransportRows(); }
    void nobodyIsTurnedAway();
    void timersGoOn_data() { addTransportRows(); }
    void timersGoOn();

private:
    /// Calls \a accepted with each connection.
    template<typename Accepted>
    void listen(Transport transport, Accepted accepted)
    {
        m_listener = makeListener(transport);
        connect(m_listener.get(), &Listener::connectionAccepted, this, accepted);
        const Error error = m_listener->listen(Endpoint::fromPath(m_path), {});
        QVERIFY2(!error, qPrintable(error.message()));
    }
    /// A connected socket, once the backlog has room.
    int connectedSocket() const;

    std::unique_ptr<PublicDirectory> m_directory;
    QString m_path;
    std::unique_ptr<Listener> m_listener;
};

void tst_AcceptFlood::init()
{
    m_listener.reset();
    m_directory = std::make_unique<PublicDirectory>();
    m_path = m_directory->filePath(QStringLiteral("a.sock"));
}

int tst_AcceptFlood::connectedSocket() const
{
    sockaddr_un address = {AF_UNIX, {}};
    qstrncpy(address.sun_path, QFile::encodeName(m_path).constData(), sizeof address.sun_path);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return descriptor;
    ::close(descriptor);
    return -1;
}

// The listener is one of several that have their turn, and its slot takes all of that.
void tst_AcceptFlood::nobodyIsTurnedAway()
{
    QFETCH(const Transport, transport);
    constexpr std::size_t Count = 300;
    TurnTime::ofThisThread().setLimit(200us);
    const auto reset
            = qScopeGuard([] { TurnTime::ofThisThread().setLimit(TurnTime::DefaultLimit); });
    const std::array<BusyPeer, 3> others;
    std::vector<std::shared_ptr<IncomingConnection>> accepted;
    listen(transport, [&accepted](const std::shared_ptr<IncomingConnection> &connection) {
        accepted.push_back(connection);
        std::this_thread::sleep_for(2 * TurnTime::ofThisThread().limit());
    });
    std::vector<int> clients;
    Background connecting([&] {
        for (std::size_t i = 0; i < Count; ++i)
            clients.push_back(connectedSocket());
    });
    QTRY_VERIFY_WITH_TIMEOUT(connecting.isDone(), 60000);
    connecting.join();
    const auto isTurnedAway = [](int client) {
        pollfd state = {client, POLLIN, 0};
        return client < 0 || ::poll(&state, 1, 0) != 0;
    };
    const auto turnedAway = [&] {
        return std::size_t(std::count_if(clients.begin(), clients.end(), isTurnedAway));
    };
    QTRY_COMPARE_WITH_TIMEOUT(accepted.size() + turnedAway(), Count, 60000);
    QCOMPARE(turnedAway(), 0U);
    for (const int client : clients)
        ::close(client);
}

void tst_AcceptFlood::timersGoOn()
{
    QFETCH(const Transport, transport);
    listen(transport, [](const auto &) { std::this_thread::sleep_for(20us); });
    std::atomic<bool> isOver = false;
    std::vector<std::unique_ptr<Background>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<Background>([&] {
            while (!isOver)
                ::close(connectedSocket());
        }));
    }
    QElapsedTimer sinceLast;
    qint64 longest = 0;
    int count = 0;
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] {
        longest = std::max(longest, sinceLast.restart());
        ++count;
    });
    sinceLast.start();
    timer.start(10ms);
    const bool isInTime = QTest::qWaitFor([&] { return count >= 50; }, 30000);
    m_listener->close();
    isOver = true;
    clients.clear();
    QVERIFY(isInTime);
    QVERIFY2(longest < 2000, qPrintable(QString::number(longest)));
}

QTEST_GUILESS_MAIN(tst_AcceptFlood)

#include "tst_acceptflood.moc"
