// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/paths.h"
#include "micro/processevents.h"

#include <IpcPrims/JsonRpc>
#include <IpcPrims/Peer>
#include <IpcPrims/Server>
#include <IpcPrims/TurnTime>

#include <QtCore/qjsonarray.h>

#include <array>
#include <memory>

using namespace IpcPrims;

namespace Bench {
namespace {

enum class Delivery { Signal, View };

/// A client and the server's peer, with an open session.
class Session
{
public:
    explicit Session(Transport transport)
    {
        m_server.setTransport(transport);
        const Endpoint endpoint = Endpoint::fromPath(newSocketPath());
        QObject::connect(&m_server, &Server::peerConnected, &m_server,
                         [this](Peer *peer) { m_served = peer; });
        checked(m_server.listen(endpoint));
        m_client.setTransport(transport);
        m_client.connectToServer(endpoint);
        processEventsUntil([this] { return m_served && m_client.isOpen(); });
    }

    Peer *client() { return &m_client; }
    Peer *served() { return m_served; }

private:
    Server m_server;
    Peer m_client;
    Peer *m_served = nullptr;
};

template<typename Receive>
void onFrame(Peer *peer, Delivery delivery, Receive receive)
{
    if (delivery == Delivery::View)
        peer->setFrameHandler(receive);
    else
        QObject::connect(peer, &Peer::frameReceived, peer, receive);
}

Batch roundTrips(Transport transport, Delivery delivery, qsizetype size)
{
    struct Echoes
    {
        Echoes(Transport transport, qsizetype size)
            : session(transport)
            , command(size, 'c')
        {}
        Session session;
        QByteArray command;
        int left = 0;
    };
    const auto state = std::make_shared<Echoes>(transport, size);
    onFrame(state->session.served(), delivery,
            [served = state->session.served(), answer = state->command](
                    quint16 channel, QByteArrayView) { checked(served->send(channel, answer)); });
    onFrame(state->session.client(), delivery,
            [state = state.get()](quint16 channel, QByteArrayView) {
                if (--state->left > 0)
                    checked(state->session.client()->send(channel, state->command));
            });
    return [state, times = roundTripsAtOnce(size)](Meter &meter) {
        meter.start();
        state->left = times;
        checked(state->session.client()->send(Channel::Data, state->command));
        processEventsUntil([&] { return state->left == 0; });
        meter.stop();
        return qsizetype(2 * times);
    };
}

/// A client that sends, and a server's peer that counts what arrives.
struct Stream
{
    Stream(Transport transport, Delivery delivery, qsizetype size)
        : session(transport)
        , payload(size, 'd')
    {
        onFrame(session.served(), delivery, [this](quint16, QByteArrayView) { ++arrived; });
    }

    void send(qsizetype count)
    {
        arrived = 0;
        for (qsizetype i = 0; i < count; ++i)
            checked(session.client()->send(Channel::Data, payload));
        session.client()->flush();
    }
    void receive(qsizetype count)
    {
        processEventsUntil([&] { return arrived == count; });
    }

    Session session;
    QByteArray payload;
    qsizetype arrived = 0;
};

enum class Side { Sender, Receiver };

Batch oneWay(Transport transport, Delivery delivery, Side counted, qsizetype size)
{
    const auto stream = std::make_shared<Stream>(transport, delivery, size);
    return [stream, counted, size](Meter &meter) {
        const qsizetype count = framesAtOnce(size);
        if (counted == Side::Sender)
            meter.start();
        stream->send(count);
        if (counted == Side::Sender)
            meter.stop();
        else
            meter.start();
        stream->receive(count);
        if (counted == Side::Receiver)
            meter.stop();
        return count;
    };
}

// No socket holds such a frame, so that both sides work on it by turns, and are counted together.
// Not over a QLocalSocket, which cuts it into pieces as the time goes, in each run into others.
Batch oneWayInPieces(Delivery delivery)
{
    const auto stream = std::make_shared<Stream>(Transport::Native, delivery, HugeSize);
    return [stream](Meter &meter) {
        constexpr qsizetype Times = 4;
        meter.start();
        stream->send(Times);
        stream->receive(Times);
        meter.stop();
        return Times;
    };
}

/// Connections of one server, all with a command on its way at the same time.
class Crowd
{
public:
    static constexpr int Size = 50;

    Crowd()
    {
        QObject::connect(&m_server, &Server::peerConnected, &m_server, [this](Peer *peer) {
            ++m_open;
            QObject::connect(peer, &Peer::frameReceived, peer,
                             [peer](quint16 channel, const QByteArray &payload) {
                                 checked(peer->send(channel, payload));
                             });
        });
        const Endpoint endpoint = Endpoint::fromPath(newSocketPath());
        checked(m_server.listen(endpoint));
        for (Peer &client : m_clients) {
            QObject::connect(&client, &Peer::frameReceived, &client, [this, &client] {
                --m_unanswered;
                ask(&client);
            });
            client.connectToServer(endpoint);
        }
        processEventsUntil([this] {
            return m_open == Size
                   && std::all_of(m_clients.begin(), m_clients.end(),
                                  [](const Peer &client) { return client.isOpen(); });
        });
    }

    /// \a times round trips of each client.
    void roundTrips(int times)
    {
        m_unasked = m_unanswered = times * Size;
        for (Peer &client : m_clients)
            ask(&client);
        processEventsUntil([this] { return m_unanswered == 0; });
    }

private:
    void ask(Peer *client)
    {
        if (m_unasked == 0)
            return;
        --m_unasked;
        checked(client->send(Channel::Data, m_command));
    }

    Server m_server;
    std::array<Peer, Size> m_clients;
    const QByteArray m_command = QByteArray(SmallSize, 'c');
    int m_open = 0;
    int m_unasked = 0;
    int m_unanswered = 0;
};

Batch roundTripsOfMany()
{
    return [crowd = std::make_shared<Crowd>()](Meter &meter) {
        constexpr int Times = 20;
        meter.start();
        crowd->roundTrips(Times);
        meter.stop();
        return qsizetype(2 * Times * Crowd::Size);
    };
}

Batch connections(Transport transport)
{
    struct Listening
    {
        Server server;
        Endpoint endpoint = Endpoint::fromPath(newSocketPath());
        int open = 0;
    };
    const auto state = std::make_shared<Listening>();
    state->server.setTransport(transport);
    QObject::connect(&state->server, &Server::peerConnected, &state->server,
                     [state = state.get()](Peer *peer) {
                         ++state->open;
                         QObject::connect(peer, &Peer::frameReceived, peer,
                                          [peer](quint16 channel, const QByteArray &payload) {
                                              checked(peer->send(channel, payload));
                                          });
                         QObject::connect(peer, &Peer::disconnected, &state->server,
                                          [state] { --state->open; });
                     });
    checked(state->server.listen(state->endpoint));
    return [state, transport](Meter &meter) {
        constexpr qsizetype Times = 20;
        meter.start();
        for (qsizetype i = 0; i < Times; ++i) {
            bool isAnswered = false;
            Peer client;
            client.setTransport(transport);
            QObject::connect(&client, &Peer::connected, &client, [&client] {
                checked(client.send(Channel::Data, QByteArray(SmallSize, 'c')));
            });
            QObject::connect(&client, &Peer::frameReceived, &client,
                             [&isAnswered] { isAnswered = true; });
            client.connectToServer(state->endpoint);
            processEventsUntil([&] { return isAnswered; });
            client.abort();
            processEventsUntil([&] { return state->open == 0; });
        }
        meter.stop();
        return 2 * Times;
    };
}

Batch requests()
{
    const auto session = std::make_shared<Session>(Transport::Native);
    checked(session->served()->setRequestHandler(
            [](const Request &request) { request.reply(request.payload()); }));
    return [session](Meter &meter) {
        const QByteArray payload(SmallSize, 'c');
        meter.start();
        for (int i = 0; i < roundTripsAtOnce(SmallSize); ++i) {
            const QFuture<Reply> reply = session->client()->request(payload);
            processEventsUntil([&] { return reply.isFinished(); });
        }
        meter.stop();
        return qsizetype(2 * roundTripsAtOnce(SmallSize));
    };
}

Batch calls()
{
    struct Calling
    {
        Session session{Transport::Native};
        JsonRpc service{session.served()};
        JsonRpc client{session.client()};
    };
    const auto state = std::make_shared<Calling>();
    state->service.setMethod(QStringLiteral("echo"),
                             [](const QJsonValue &params) { return RpcResult(params); });
    return [state](Meter &meter) {
        const QJsonValue params = QJsonArray{QString(SmallSize, u'c')};
        meter.start();
        for (int i = 0; i < roundTripsAtOnce(SmallSize); ++i) {
            const auto result = state->client.call(QStringLiteral("echo"), params);
            processEventsUntil([&] { return result.isFinished(); });
        }
        meter.stop();
        return qsizetype(2 * roundTripsAtOnce(SmallSize));
    };
}

} // namespace

std::vector<Case> eventLoopCases()
{
    // Under callgrind everything takes fifty times as long, and would take more turns.
    IpcPrims::setTurnTime(std::chrono::minutes(1));
    using enum Transport;
    using enum Delivery;
    return {
            {"round-trip-signal", SmallSize, [] { return roundTrips(Native, Signal, SmallSize); }},
            {"round-trip-view", SmallSize, [] { return roundTrips(Native, View, SmallSize); }},
            {"round-trip-localsocket", SmallSize,
             [] { return roundTrips(LocalSocket, Signal, SmallSize); }},
            {"round-trip-64KiB-signal", LargeSize,
             [] { return roundTrips(Native, Signal, LargeSize); }},
            {"round-trip-64KiB-view", LargeSize,
             [] { return roundTrips(Native, View, LargeSize); }},
            {"round-trip-64KiB-localsocket", LargeSize,
             [] { return roundTrips(LocalSocket, Signal, LargeSize); }},
            {"send", SmallSize, [] { return oneWay(Native, Signal, Side::Sender, SmallSize); }},
            {"receive-signal", SmallSize,
             [] { return oneWay(Native, Signal, Side::Receiver, SmallSize); }},
            {"receive-view", SmallSize,
             [] { return oneWay(Native, View, Side::Receiver, SmallSize); }},
            {"send-localsocket", SmallSize,
             [] { return oneWay(LocalSocket, Signal, Side::Sender, SmallSize); }},
            {"receive-localsocket", SmallSize,
             [] { return oneWay(LocalSocket, Signal, Side::Receiver, SmallSize); }},
            {"send-1KiB", MediumSize,
             [] { return oneWay(Native, Signal, Side::Sender, MediumSize); }},
            {"receive-1KiB-signal", MediumSize,
             [] { return oneWay(Native, Signal, Side::Receiver, MediumSize); }},
            {"receive-1KiB-view", MediumSize,
             [] { return oneWay(Native, View, Side::Receiver, MediumSize); }},
            {"send-1KiB-localsocket", MediumSize,
             [] { return oneWay(LocalSocket, Signal, Side::Sender, MediumSize); }},
            {"receive-1KiB-localsocket", MediumSize,
             [] { return oneWay(LocalSocket, Signal, Side::Receiver, MediumSize); }},
            {"one-way-1MiB-signal", HugeSize, [] { return oneWayInPieces(Signal); }},
            {"one-way-1MiB-view", HugeSize, [] { return oneWayInPieces(View); }},
            {"connection", SmallSize, [] { return connections(Native); }},
            {"connection-localsocket", SmallSize, [] { return connections(LocalSocket); }},
            {"request", SmallSize, [] { return requests(); }},
            {"json-rpc-call", SmallSize, [] { return calls(); }},
    };
}

std::vector<Case> crowdCases()
{
    return {{"round-trips-of-50", SmallSize, [] { return roundTripsOfMany(); }}};
}

} // namespace Bench
