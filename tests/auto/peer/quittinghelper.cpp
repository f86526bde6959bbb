// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Connects to the endpoint of its argument, sends 8 MiB, closes and quits, all in one slot.

#include <IpcPrims/peer.h>

#include <QtCore/qcoreapplication.h>

#include <cstdio>

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    IpcPrims::Peer peer;
    QObject::connect(&peer, &IpcPrims::Peer::connected, &peer, [&peer] {
        for (int i = 0; i < 8; ++i) {
            if (peer.send(IpcPrims::Channel::Data, QByteArray(1024 * 1024, 'x')))
                QCoreApplication::exit(2);
        }
        peer.close();
        std::puts("closing");
        std::fflush(stdout);
        QCoreApplication::quit();
    });
    peer.connectToServer(IpcPrims::Endpoint::fromPath(app.arguments().value(1)));
    const int result = QCoreApplication::exec();
    return peer.disconnectReason() ? 1 : result;
}
