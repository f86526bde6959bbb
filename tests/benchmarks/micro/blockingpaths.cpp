// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/bareend.h"
#include "micro/paths.h"
#include "peers/raw/hello.h"
#include "peers/raw/socket.h"

#include <IpcPrims/BlockingListener>
#include <IpcPrims/BlockingPeer>

#include <memory>
#include <thread>

using namespace IpcPrims;

namespace Bench {
namespace {

/// A client and the server's peer, with an open session. Used by one thread: what one of them has
/// sent the other one can receive.
class Session
{
public:
    Session()
    {
        const Endpoint endpoint = Endpoint::fromPath(newSocketPath());
        BlockingListener listener;
        checked(listener.listen(endpoint));
        std::thread accepting([&] { checked(listener.accept(&served)); });
        checked(client.connectToServer(endpoint));
        accepting.join();
    }

    BlockingPeer client;
    BlockingPeer served;
    Frame frame; ///< Received into, again and again.
};

Batch roundTrips(qsizetype size)
{
    return [session = std::make_shared<Session>(), size](Meter &meter) {
        const qsizetype times = roundTripsAtOnce(size);
        const QByteArray command(size, 'c');
        meter.start();
        for (qsizetype i = 0; i < times; ++i) {
            checked(session->client.send(Channel::Data, command));
            checked(session->served.receive(&session->frame));
            checked(session->served.send(Channel::Data, command));
            checked(session->client.receive(&session->frame));
        }
        meter.stop();
        return 2 * times;
    };
}

// At least: what happens once in a while must not change the count of each.
constexpr qsizetype FramesInABatch = 20;

enum class Sending { Each, Gathered };

Batch sending(Sending how, qsizetype size)
{
    return [session = std::make_shared<Session>(), how, size](Meter &meter) {
        const QByteArray payload(size, 'd');
        const qsizetype count = framesAtOnce(size);
        qsizetype done = 0;
        for (; done < FramesInABatch; done += count) {
            meter.start();
            for (qsizetype i = 0; i < count; ++i) {
                if (how == Sending::Gathered)
                    checked(session->client.gather(Channel::Data, payload));
                else
                    checked(session->client.send(Channel::Data, payload));
            }
            checked(session->client.flush());
            meter.stop();
            for (qsizetype i = 0; i < count; ++i)
                checked(session->served.receive(&session->frame));
        }
        return done;
    };
}

Batch receiving(qsizetype size)
{
    return [session = std::make_shared<Session>(), size](Meter &meter) {
        const QByteArray payload(size, 'd');
        const qsizetype count = framesAtOnce(size);
        qsizetype done = 0;
        for (; done < FramesInABatch; done += count) {
            for (qsizetype i = 0; i < count; ++i)
                checked(session->client.gather(Channel::Data, payload));
            checked(session->client.flush());
            meter.start();
            for (qsizetype i = 0; i < count; ++i)
                checked(session->served.receive(&session->frame));
            meter.stop();
        }
        return done;
    };
}

constexpr qsizetype ConnectionsAtOnce = 20;

// The client's side. The server is one by hand in the same thread, that says hello before it is
// asked, so that nothing depends on when which thread runs; its system calls are included.
Batch connections()
{
    return [](Meter &meter) {
        const QString path = newSocketPath();
        const QByteArray command(SmallSize, 'c');
        const int listener = listenAt(path);
        for (qsizetype i = 0; i < ConnectionsAtOnce; ++i) {
            const int socket = connectTo(path);
            BareEnd server(acceptFrom(listener));
            server.write(Hello::Channel, Hello::Response);
            Frame frame;
            meter.start();
            auto client = std::make_unique<BlockingPeer>();
            checked(client->connectOver(socket));
            checked(client->send(Channel::Data, command));
            meter.stop();
            server.read();
            server.write(Channel::Data, command);
            meter.start();
            checked(client->receive(&frame));
            client.reset();
            meter.stop();
        }
        ::close(listener);
        return ConnectionsAtOnce;
    };
}

// The server's side. The client is one by hand in the same thread, that says everything before it
// is asked; its system calls are included.
Batch servedConnections()
{
    return [](Meter &meter) {
        const QString path = newSocketPath();
        const QByteArray command(SmallSize, 'c');
        BlockingListener listener;
        checked(listener.listen(Endpoint::fromPath(path)));
        for (qsizetype i = 0; i < ConnectionsAtOnce; ++i) {
            BareEnd client(connectTo(path));
            client.write(Hello::Channel, Hello::Request);
            Frame frame;
            meter.start();
            auto served = std::make_unique<BlockingPeer>();
            checked(listener.accept(served.get()));
            meter.stop();
            client.read();
            client.write(Channel::Data, command);
            meter.start();
            checked(served->receive(&frame));
            checked(served->send(frame.channel, frame.payload));
            served.reset();
            meter.stop();
            client.read();
        }
        return ConnectionsAtOnce;
    };
}

} // namespace

std::vector<Case> blockingCases()
{
    using enum Sending;
    return {
            {"round-trip-blocking", SmallSize, [] { return roundTrips(SmallSize); }},
            {"round-trip-64KiB-blocking", LargeSize, [] { return roundTrips(LargeSize); }},
            {"send-blocking", SmallSize, [] { return sending(Each, SmallSize); }},
            {"send-64KiB-blocking", LargeSize, [] { return sending(Each, LargeSize); }},
            {"gather-blocking", SmallSize, [] { return sending(Gathered, SmallSize); }},
            {"gather-1KiB-blocking", MediumSize, [] { return sending(Gathered, MediumSize); }},
            {"receive-blocking", SmallSize, [] { return receiving(SmallSize); }},
            {"receive-1KiB-blocking", MediumSize, [] { return receiving(MediumSize); }},
            {"receive-64KiB-blocking", LargeSize, [] { return receiving(LargeSize); }},
            {"connection-blocking", SmallSize, [] { return connections(); }},
            {"connection-blocking-served", SmallSize, [] { return servedConnections(); }},
    };
}

} // namespace Bench
