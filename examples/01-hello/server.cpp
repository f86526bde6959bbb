// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Greets every client that says its name. The same program as in README.md.

#include <IpcPrims/Peer>
#include <IpcPrims/Server>
#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>

using namespace IpcPrims;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    Server server;
    QObject::connect(&server, &Server::peerConnected, &app, [](Peer *peer) {
        const auto greet = [peer](quint16 channel, const QByteArray &name) {
            qInfo() << peer->peerId() << "is" << name;
            if (const Error error = peer->send(channel, "Hello, " + name + '!'))
                qWarning() << error;
        };
        QObject::connect(peer, &Peer::frameReceived, peer, greet);
    });
    const auto endpoint = Endpoint::forService(QStringLiteral("org.example.hello"));
    if (const Error error = server.listen(endpoint)) {
        qCritical() << error;
        return 1;
    }
    qInfo() << "listening at" << endpoint;
    return app.exec();
}
