// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    A server that may be killed at any moment: it writes each command down before it acknowledges
    it, so that what it has acknowledged can be looked up afterwards.

    journalserver <path of the socket> <file>
*/
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>

using namespace IpcPrims;

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    QFile journal(arguments.value(2));
    if (!journal.open(QFile::WriteOnly | QFile::Append | QFile::Unbuffered))
        qFatal("can't write the journal");

    Server server;
    QObject::connect(&server, &Server::peerConnected, &server, [&](Peer *peer) {
        peer->setFrameHandler([&journal, peer](quint16 channel, QByteArrayView payload) {
            const QByteArray command = payload.toByteArray();
            if (journal.write(command + '\n') != command.size() + 1)
                qFatal("can't write the journal");
            if (const Error error = peer->send(channel, command))
                qFatal("%s", qPrintable(error.message()));
        });
    });
    if (const Error error = server.listen(Endpoint::fromPath(arguments.value(1))))
        qFatal("%s", qPrintable(error.message()));
    return application.exec();
}
