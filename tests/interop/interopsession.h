// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "addon.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>

#include <memory>
#include <utility>

/*!
    A session between this library and the addon, whichever of the two listens, and a record of
    what this side's signals told.
*/
class InteropSession : public QObject
{
    Q_OBJECT

public:
    enum Role { AddonIsClient, AddonIsServer };
    using Frame = std::pair<quint16, QByteArray>;

    InteropSession(Addon::Style style, Role role);

    /// For initTestCase_data(): each of the addon's styles in each role.
    static void addRows();
    /// That of the present row.
    static std::unique_ptr<InteropSession> ofRow();

    /// Both sides name \a channels, the client in this order and the server in the reverse one.
    bool open(const QList<quint16> &channels = {1, 2, 3, 4});

    Addon addon;
    QPointer<IpcPrims::Peer> peer; ///< This side's end.

    QList<Frame> frames;
    int shutdownRequests = 0;
    QList<IpcPrims::Error> endings;

private:
    bool openFromAddon(const QString &path, const QList<quint16> &channels,
                       const QList<quint16> &serverChannels);
    bool openToAddon(const QString &path, const QList<quint16> &channels,
                     const QList<quint16> &serverChannels);
    void observe(IpcPrims::Peer *newPeer);

    const Role m_role;
    QTemporaryDir m_directory;
    IpcPrims::Server m_server;
    IpcPrims::Peer m_client;
};
