// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "micro/paths.h"

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

Batch roundTrips()
{
    return [session = std::make_shared<Session>()](Meter &meter) {
        constexpr qsizetype Times = 200;
        const QByteArray command(SmallSize, 'c');
        meter.start();
        for (qsizetype i = 0; i < Times; ++i) {
            checked(session->client.send(Channel::Data, command));
            checked(session->served.receive(&session->frame));
            checked(session->served.send(Channel::Data, command));
            checked(session->client.receive(&session->frame));
        }
        meter.stop();
        return 2 * Times;
    };
}

Batch sending(bool isGathering)
{
    return [session = std::make_shared<Session>(), isGathering](Meter &meter) {
        const QByteArray payload(SmallSize, 'd');
        meter.start();
        for (qsizetype i = 0; i < FramesAtOnce; ++i) {
            if (isGathering)
                checked(session->client.gather(Channel::Data, payload));
            else
                checked(session->client.send(Channel::Data, payload));
        }
        checked(session->client.flush());
        meter.stop();
        for (qsizetype i = 0; i < FramesAtOnce; ++i)
            checked(session->served.receive(&session->frame));
        return FramesAtOnce;
    };
}

Batch receiving()
{
    return [session = std::make_shared<Session>()](Meter &meter) {
        const QByteArray payload(SmallSize, 'd');
        for (qsizetype i = 0; i < FramesAtOnce; ++i)
            checked(session->client.gather(Channel::Data, payload));
        checked(session->client.flush());
        meter.start();
        for (qsizetype i = 0; i < FramesAtOnce; ++i)
            checked(session->served.receive(&session->frame));
        meter.stop();
        return FramesAtOnce;
    };
}

// The client's side: another thread serves.
Batch connections()
{
    return [](Meter &meter) {
        constexpr qsizetype Times = 20;
        const Endpoint endpoint = Endpoint::fromPath(newSocketPath());
        const QByteArray command(SmallSize, 'c');
        BlockingListener listener;
        checked(listener.listen(endpoint));
        std::thread serving([&] {
            for (qsizetype i = 0; i < Times; ++i) {
                BlockingPeer served;
                Frame frame;
                checked(listener.accept(&served));
                checked(served.receive(&frame));
                checked(served.send(frame.channel, frame.payload));
            }
        });
        Frame frame;
        meter.start();
        for (qsizetype i = 0; i < Times; ++i) {
            BlockingPeer client;
            checked(client.connectToServer(endpoint));
            checked(client.send(Channel::Data, command));
            checked(client.receive(&frame));
        }
        meter.stop();
        serving.join();
        return Times;
    };
}

} // namespace

std::vector<Case> blockingCases()
{
    return {
            {"round-trip-blocking", [] { return roundTrips(); }},
            {"send-blocking", [] { return sending(false); }},
            {"gather-blocking", [] { return sending(true); }},
            {"receive-blocking", [] { return receiving(); }},
            {"connection-blocking", [] { return connections(); }},
    };
}

} // namespace Bench
