// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/bareend.h"
#include "micro/processevents.h"
#include "peers/raw/socket.h"

#include <QtCore/qsocketnotifier.h>

#include <array>
#include <functional>
#include <memory>

#include <unistd.h>

namespace Bench {
namespace {

constexpr quint16 Channel = 2;

class BareListener
{
public:
    BareListener()
        : m_path(newSocketPath())
        , m_descriptor(listenAt(m_path))
    {}
    ~BareListener() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(BareListener)

    /// Connects without anybody's help, as the system completes a connection before it is accepted.
    std::array<int, 2> connection() const
    {
        const int client = connectTo(m_path);
        return {client, acceptFrom(m_descriptor)};
    }

private:
    const QString m_path;
    const int m_descriptor;
};

struct BareSession
{
    explicit BareSession(const BareListener &listener)
        : BareSession(listener.connection())
    {}
    explicit BareSession(const std::array<int, 2> &ends)
        : client(ends[0])
        , served(ends[1])
    {}

    void roundTrip(QByteArrayView payload)
    {
        client.write(Channel, payload);
        served.read();
        served.write(Channel, payload);
        client.read();
    }

    BareEnd client;
    BareEnd served;
};

Batch roundTrips(qsizetype size)
{
    return [session = std::make_shared<BareSession>(BareListener()), size](Meter &meter) {
        const qsizetype times = roundTripsAtOnce(size);
        const QByteArray command(size, 'c');
        meter.start();
        for (qsizetype i = 0; i < times; ++i)
            session->roundTrip(command);
        meter.stop();
        return 2 * times;
    };
}

// One round trip more than there is to do: what a handshake takes at the least.
Batch connections()
{
    return [listener = std::make_shared<BareListener>()](Meter &meter) {
        constexpr qsizetype Times = 20;
        const QByteArray command(SmallSize, 'c');
        meter.start();
        for (qsizetype i = 0; i < Times; ++i) {
            BareSession session(*listener);
            session.roundTrip(command);
            session.roundTrip(command);
        }
        meter.stop();
        return 2 * Times;
    };
}

/// An end in Qt's event loop: a notifier that has whatever arrived read and looked at.
class NotifiedEnd
{
public:
    NotifiedEnd(int descriptor, const std::function<void(NotifiedEnd *)> &frameArrived)
        : m_end(descriptor)
        , m_notifier(descriptor, QSocketNotifier::Read)
    {
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier,
                         [this, frameArrived] {
                             m_end.read();
                             frameArrived(this);
                         });
    }
    void write(QByteArrayView payload) { m_end.write(Channel, payload); }

private:
    BareEnd m_end;
    QSocketNotifier m_notifier;
};

/// Pairs of them; a served end sends back at once.
class NotifiedCrowd
{
public:
    explicit NotifiedCrowd(int size)
    {
        const BareListener listener;
        for (int i = 0; i < size; ++i) {
            const std::array<int, 2> ends = listener.connection();
            m_clients.push_back(std::make_unique<NotifiedEnd>(ends[0], [this](NotifiedEnd *end) {
                --m_unanswered;
                ask(end);
            }));
            m_served.push_back(std::make_unique<NotifiedEnd>(
                    ends[1], [this](NotifiedEnd *end) { end->write(m_command); }));
        }
    }

    /// \a times round trips of each client.
    void roundTrips(qsizetype times)
    {
        m_unasked = m_unanswered = times * qsizetype(m_clients.size());
        for (const auto &client : m_clients)
            ask(client.get());
        processEventsUntil([this] { return m_unanswered == 0; });
    }

private:
    void ask(NotifiedEnd *client)
    {
        if (m_unasked == 0)
            return;
        --m_unasked;
        client->write(m_command);
    }

    const QByteArray m_command = QByteArray(SmallSize, 'c');
    std::vector<std::unique_ptr<NotifiedEnd>> m_clients;
    std::vector<std::unique_ptr<NotifiedEnd>> m_served;
    qsizetype m_unasked = 0;
    qsizetype m_unanswered = 0;
};

Batch notifiedRoundTrips(int connections, qsizetype times)
{
    return [crowd = std::make_shared<NotifiedCrowd>(connections), connections,
            times](Meter &meter) {
        meter.start();
        crowd->roundTrips(times);
        meter.stop();
        return 2 * times * connections;
    };
}

} // namespace

std::vector<Case> bareCases()
{
    return {
            {"bare-round-trip", SmallSize, [] { return roundTrips(SmallSize); }},
            {"bare-round-trip-64KiB", LargeSize, [] { return roundTrips(LargeSize); }},
            {"bare-round-trip-notifier", SmallSize, [] { return notifiedRoundTrips(1, 200); }},
            {"bare-connection", SmallSize, [] { return connections(); }},
    };
}

std::vector<Case> bareCrowdCases()
{
    return {{"bare-round-trips-of-50", SmallSize, [] { return notifiedRoundTrips(50, 20); }}};
}

} // namespace Bench
