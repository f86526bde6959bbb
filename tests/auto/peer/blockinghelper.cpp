// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    The other process of tst_blocking_processes: blocking peers, and no application object.

        blockinghelper serve <socket>   one client after the other; echoes
        blockinghelper ask <socket>     a client that asks and pings, and shuts down

    Prints a line when it listens, and what went wrong.
*/
#include <IpcPrims/BlockingListener>
#include <IpcPrims/BlockingPeer>

#include <QtCore/qfile.h>

#include <cstdio>
#include <cstdlib>

using namespace IpcPrims;

static void demand(const Error &error, const char *what)
{
    if (!error)
        return;
    std::fprintf(stderr, "%s: %s\n", what, qPrintable(error.message()));
    std::exit(EXIT_FAILURE);
}

static void serve(const Endpoint &endpoint)
{
    BlockingListener listener;
    demand(listener.listen(endpoint), "listen");
    std::puts("listening");
    std::fflush(stdout);
    for (;;) {
        BlockingPeer peer;
        demand(listener.accept(&peer), "accept");
        Frame frame;
        Error error;
        while (!(error = peer.receive(&frame, BlockingPeer::NoTimeout)))
            demand(peer.send(frame.channel, frame.payload), "send");
        std::puts(error.code() == ErrorCode::ShutdownRequested ? "shut down" : "lost");
        std::fflush(stdout);
    }
}

static void ask(const Endpoint &endpoint)
{
    BlockingPeer peer;
    demand(peer.connectToServer(endpoint), "connect");
    for (int i = 0; i < 1000; ++i) {
        const Reply reply = peer.request(QByteArray::number(i));
        demand(reply.error, "request");
        if (reply.payload != QByteArray::number(i))
            std::exit(EXIT_FAILURE);
    }
    demand(peer.ping().error, "ping");
    const QByteArray large(MaxPayloadSize, 'l');
    demand(peer.send(Channel::Data, large), "send");
    Frame frame;
    demand(peer.receiveOn(Channel::Data, &frame), "receive");
    if (frame.payload != large)
        std::exit(EXIT_FAILURE);
    demand(peer.shutdown(QStringLiteral("done")), "shutdown");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return EXIT_FAILURE;
    const Endpoint endpoint = Endpoint::fromPath(QFile::decodeName(argv[2]));
    if (qstrcmp(argv[1], "serve") == 0)
        serve(endpoint);
    else
        ask(endpoint);
}
