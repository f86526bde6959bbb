// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A program of somebody else's: every public header by its class name, and one whole session.

#include <IpcPrims/Channel>
#include <IpcPrims/Endpoint>
#include <IpcPrims/Error>
#include <IpcPrims/Framer>
#include <IpcPrims/Peer>
#include <IpcPrims/PeerCredentials>
#include <IpcPrims/Server>
#include <IpcPrims/ServiceInfo>

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>

#include <cstdio>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QTemporaryDir directory;
    const auto endpoint = IpcPrims::Endpoint::fromPath(directory.filePath(QStringLiteral("s")));

    IpcPrims::Server server;
    if (const auto error = server.listen(endpoint)) {
        std::fprintf(stderr, "%s\n", qPrintable(error.message()));
        return 1;
    }

    IpcPrims::Peer peer;
    QObject::connect(&peer, &IpcPrims::Peer::connected, &peer, [&peer] { peer.close(); });
    QObject::connect(&peer, &IpcPrims::Peer::disconnected, &app, [](const IpcPrims::Error &reason) {
        std::fprintf(stderr, "%s\n", qPrintable(reason.message()));
        QCoreApplication::exit(reason ? 1 : 0);
    });
    peer.connectToServer(endpoint);
    return app.exec();
}
