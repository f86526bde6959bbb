// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Says its name to the server and prints the answer. The same program as in README.md.

#include <IpcPrims/Peer>
#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>

using namespace IpcPrims;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    Peer peer;
    QObject::connect(&peer, &Peer::connected, &app, [&peer] {
        if (const Error error = peer.send(Channel::Command, "Ada"))
            qWarning() << error;
    });
    QObject::connect(&peer, &Peer::frameReceived, &app, [&peer](quint16, const QByteArray &answer) {
        qInfo() << answer;
        peer.close();
    });
    QObject::connect(&peer, &Peer::disconnected, &app, [](const Error &reason) {
        if (reason)
            qCritical() << reason;
        QCoreApplication::exit(reason ? 1 : 0);
    });
    peer.connectToServer(Endpoint::forService(QStringLiteral("org.example.hello")));
    return app.exec();
}
