// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    The other process of tst_peer_processes: a server that does what it is told by frames on DATA.

        peerhelper <path of the socket>

    "answer" answers all requests that wait, the last one first, with their payload and how many
    there were; "close" ends the session. Prints a line when it listens, and one for each session
    that has ended: the reason, if there was one.
*/
#include <IpcPrims/peer.h>
#include <IpcPrims/request.h>
#include <IpcPrims/server.h>

#include <QtCore/qcoreapplication.h>

#include <cstdio>
#include <memory>
#include <vector>

using namespace IpcPrims;

static void print(const QString &line)
{
    std::puts(qPrintable(line));
    std::fflush(stdout);
}

static void answer(std::vector<Request> *requests)
{
    const QByteArray count = QByteArray::number(qsizetype(requests->size()));
    for (; !requests->empty(); requests->pop_back())
        requests->back().reply(requests->back().payload() + " of " + count);
}

static void obey(Peer *peer)
{
    const auto requests = std::make_shared<std::vector<Request>>();
    peer->setRequestLimit(MaxRequestsInFlight);
    peer->setRequestHandler([requests](const Request &request) { requests->push_back(request); });
    QObject::connect(peer, &Peer::frameReceived, peer,
                     [peer, requests](quint16, const QByteArray &order) {
                         if (order == "close")
                             peer->close();
                         else
                             answer(requests.get());
                     });
    QObject::connect(peer, &Peer::disconnected, peer,
                     [](const Error &reason) { print(reason.message()); });
}

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    Server server;
    QObject::connect(&server, &Server::peerConnected, &server, obey);
    if (const Error error = server.listen(Endpoint::fromPath(application.arguments().value(1))))
        qFatal("%s", qPrintable(error.message()));
    print(QStringLiteral("listening"));
    return application.exec();
}
