// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/paths.h"

#include <IpcPrims/JsonRpc>
#include <IpcPrims/Peer>
#include <IpcPrims/Server>
#include <IpcPrims/TurnTime>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsonarray.h>

#include <memory>

using namespace IpcPrims;

namespace Bench {
namespace {

constexpr int RoundTripsAtOnce = 200;

enum class Delivery { Signal, View };

// What a posted event has done, processEvents() would sleep over, so these are delivered before.
template<typename Condition>
void processEventsUntil(Condition condition)
{
    // As QEventLoop::exec() does it.
    QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
    QCoreApplication::sendPostedEvents();
    while (!condition()) {
        dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents();
    }
    // What deleteLater() was called for goes only when asked, as no exec() is running.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

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

Batch roundTrips(Transport transport, Delivery delivery)
{
    struct Echoes
    {
        explicit Echoes(Transport transport)
            : session(transport)
        {}
        Session session;
        QByteArray command = QByteArray(SmallSize, 'c');
        int left = 0;
    };
    const auto state = std::make_shared<Echoes>(transport);
    onFrame(state->session.served(), delivery,
            [served = state->session.served(), answer = state->command](
                    quint16 channel, QByteArrayView) { checked(served->send(channel, answer)); });
    onFrame(state->session.client(), delivery,
            [state = state.get()](quint16 channel, QByteArrayView) {
                if (--state->left > 0)
                    checked(state->session.client()->send(channel, state->command));
            });
    return [state](Meter &meter) {
        meter.start();
        state->left = RoundTripsAtOnce;
        checked(state->session.client()->send(Channel::Data, state->command));
        processEventsUntil([&] { return state->left == 0; });
        meter.stop();
        return qsizetype(2 * RoundTripsAtOnce);
    };
}

enum class Side { Sender, Receiver };

Batch oneWay(Transport transport, Delivery delivery, Side counted)
{
    struct Stream
    {
        explicit Stream(Transport transport)
            : session(transport)
        {}
        Session session;
        QByteArray payload = QByteArray(SmallSize, 'd');
        qsizetype arrived = 0;
    };
    const auto state = std::make_shared<Stream>(transport);
    onFrame(state->session.served(), delivery,
            [state = state.get()](quint16, QByteArrayView) { ++state->arrived; });
    return [state, counted](Meter &meter) {
        Peer *const client = state->session.client();
        state->arrived = 0;
        if (counted == Side::Sender)
            meter.start();
        for (qsizetype i = 0; i < FramesAtOnce; ++i)
            checked(client->send(Channel::Data, state->payload));
        client->flush();
        if (counted == Side::Sender)
            meter.stop();
        else
            meter.start();
        processEventsUntil([&] { return state->arrived == FramesAtOnce; });
        if (counted == Side::Receiver)
            meter.stop();
        return FramesAtOnce;
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
    const auto session = std::make_shared<Session>(Transport::Automatic);
    checked(session->served()->setRequestHandler(
            [](const Request &request) { request.reply(request.payload()); }));
    return [session](Meter &meter) {
        const QByteArray payload(SmallSize, 'c');
        meter.start();
        for (int i = 0; i < RoundTripsAtOnce; ++i) {
            const QFuture<Reply> reply = session->client()->request(payload);
            processEventsUntil([&] { return reply.isFinished(); });
        }
        meter.stop();
        return qsizetype(2 * RoundTripsAtOnce);
    };
}

Batch calls()
{
    struct Calling
    {
        Session session{Transport::Automatic};
        JsonRpc service{session.served()};
        JsonRpc client{session.client()};
    };
    const auto state = std::make_shared<Calling>();
    state->service.setMethod(QStringLiteral("echo"),
                             [](const QJsonValue &params) { return RpcResult(params); });
    return [state](Meter &meter) {
        const QJsonValue params = QJsonArray{QString(SmallSize, u'c')};
        meter.start();
        for (int i = 0; i < RoundTripsAtOnce; ++i) {
            const auto result = state->client.call(QStringLiteral("echo"), params);
            processEventsUntil([&] { return result.isFinished(); });
        }
        meter.stop();
        return qsizetype(2 * RoundTripsAtOnce);
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
            {"round-trip-signal", [] { return roundTrips(Automatic, Signal); }},
            {"round-trip-view", [] { return roundTrips(Automatic, View); }},
            {"round-trip-localsocket", [] { return roundTrips(LocalSocket, Signal); }},
            {"send", [] { return oneWay(Automatic, Signal, Side::Sender); }},
            {"receive-signal", [] { return oneWay(Automatic, Signal, Side::Receiver); }},
            {"receive-view", [] { return oneWay(Automatic, View, Side::Receiver); }},
            {"send-localsocket", [] { return oneWay(LocalSocket, Signal, Side::Sender); }},
            {"receive-localsocket", [] { return oneWay(LocalSocket, Signal, Side::Receiver); }},
            {"connection", [] { return connections(Automatic); }},
            {"connection-localsocket", [] { return connections(LocalSocket); }},
            {"request", [] { return requests(); }},
            {"json-rpc-call", [] { return calls(); }},
    };
}

} // namespace Bench
