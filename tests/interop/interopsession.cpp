// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "interopsession.h"

#include <QtTest/qtest.h>

#include <algorithm>

using namespace IpcPrims;

InteropSession::InteropSession(Addon::Style style, Role role)
    : addon(style)
    , m_role(role)
{}

void InteropSession::addRows()
{
    QTest::addColumn<Addon::Style>("style");
    QTest::addColumn<InteropSession::Role>("role");
    QTest::newRow("blocking client") << Addon::Blocking << InteropSession::AddonIsClient;
    QTest::newRow("blocking server") << Addon::Blocking << InteropSession::AddonIsServer;
    QTest::newRow("promise client") << Addon::Promise << InteropSession::AddonIsClient;
    QTest::newRow("promise server") << Addon::Promise << InteropSession::AddonIsServer;
}

std::unique_ptr<InteropSession> InteropSession::ofRow()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QFETCH_GLOBAL(InteropSession::Role, role);
    return std::make_unique<InteropSession>(style, role);
}

bool InteropSession::open(const QList<quint16> &channels)
{
    QList<quint16> serverChannels = channels;
    std::reverse(serverChannels.begin(), serverChannels.end());
    const QString path = m_directory.filePath(QStringLiteral("interop.sock"));
    return m_role == AddonIsClient ? openFromAddon(path, channels, serverChannels)
                                   : openToAddon(path, channels, serverChannels);
}

bool InteropSession::openFromAddon(const QString &path, const QList<quint16> &channels,
                                   const QList<quint16> &serverChannels)
{
    connect(&m_server, &Server::peerConnected, this, &InteropSession::observe);
    m_server.setChannels(serverChannels);
    if (m_server.listen(Endpoint::fromPath(path)))
        return false;
    return addon.connect(path, channels).error().isEmpty()
           && QTest::qWaitFor([this] { return !peer.isNull(); });
}

bool InteropSession::openToAddon(const QString &path, const QList<quint16> &channels,
                                 const QList<quint16> &serverChannels)
{
    if (!addon.bind(path, serverChannels).error().isEmpty())
        return false;
    const Answer accepted = addon.accept();
    observe(&m_client);
    m_client.setRequestedChannels(channels);
    m_client.connectToServer(Endpoint::fromPath(path));
    return accepted.error().isEmpty() && QTest::qWaitFor([this] { return m_client.isOpen(); });
}

void InteropSession::observe(Peer *newPeer)
{
    peer = newPeer;
    connect(newPeer, &Peer::frameReceived, this,
            [this](quint16 channel, const QByteArray &payload) {
                frames.append({channel, payload});
            });
    connect(newPeer, &Peer::shutdownRequested, this, [this] { ++shutdownRequests; });
    connect(newPeer, &Peer::disconnected, this,
            [this](const Error &reason) { endings.append(reason); });
}
