// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <QtTest/qtest.h>

void PeerTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    m_server = std::make_unique<Server>();
    m_client = std::make_unique<Peer>();
    connect(m_server.get(), &Server::peerConnected, this, [this](Peer *peer) { m_peer = peer; });
    const Error error = m_server->listen(m_endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
}

void PeerTest::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void PeerTest::open()
{
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer && m_peer->isOpen(), Patience);
}
