// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>

#include <memory>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

using Frames = QList<std::pair<quint16, QByteArray>>;

inline constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// What a peer has told, in order.
class Diary : public QObject
{
    Q_OBJECT

public:
    explicit Diary(Peer *peer)
    {
        connect(peer, &Peer::stateChanged, this, [this](Peer::State state) {
            entries.append(QVariant::fromValue(state).toString());
        });
        connect(peer, &Peer::connected, this, [this] { entries.append(u"connected"_s); });
        connect(peer, &Peer::frameReceived, this,
                [this](quint16 channel, const QByteArray &payload) {
                    entries.append(u"frame"_s);
                    frames.append({channel, payload});
                });
        connect(peer, &Peer::shutdownRequested, this,
                [this](const QString &reason) { entries.append(u"asked "_s + reason); });
        connect(peer, &Peer::disconnected, this, [this](const Error &reason) {
            entries.append(u"disconnected"_s);
            reasons.append(reason);
        });
    }

    QStringList entries;
    Frames frames;
    QList<Error> reasons;
};

/// A server and a client of it, new for each test.
class PeerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

protected:
    /// Both ends of a session.
    void open();

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<Peer> m_client;
    QPointer<Peer> m_peer; // The server's end.
    Endpoint m_endpoint;
};
