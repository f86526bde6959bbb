// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;

ObservedServer::ObservedServer()
{
    connect(&server, &Server::handshakeFailed, this,
            [this](const Error &reason) { refusals.append(reason); });
    connect(&server, &Server::peerConnected, this, [this](Peer *newPeer) {
        peer = newPeer;
        connect(newPeer, &Peer::frameReceived, this,
                [this](quint16 channel, const QByteArray &payload) {
                    frames.append({channel, payload});
                });
        connect(newPeer, &Peer::shutdownRequested, this,
                [this](const QString &reason) { shutdownReasons.append(reason); });
        connect(newPeer, &Peer::disconnected, this,
                [this](const Error &reason) { endings.append(reason); });
    });
}

bool ObservedServer::listen()
{
    return m_directory.isValid() && !server.listen(Endpoint::fromPath(path()));
}

Error ObservedServer::waitForEnding()
{
    const bool isOver = QTest::qWaitFor([this] { return !endings.isEmpty(); }, 30'000);
    return isOver && endings.size() == 1 ? endings.first() : Error();
}

RawSocket ObservedServer::openSession(const QByteArray &request)
{
    RawSocket client = connectRaw();
    if (!client.writeFrame(Channel::Control, request) || !client.readFrame())
        return RawSocket();
    return client;
}
