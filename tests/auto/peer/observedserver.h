// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rawsocket.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtemporarydir.h>

/// The request that a client without wishes sends, and what a session begins with.
inline const QByteArray PlainRequest
        = R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4]})";

/*!
    A real server at a path of its own that writes down everything its signals tell, in order. The
    configuration of \c server can be changed before listen().
*/
class ObservedServer : public QObject
{
    Q_OBJECT

public:
    ObservedServer();

    bool listen();
    QString path() const { return m_directory.filePath(QStringLiteral("server.sock")); }

    /// A connected raw client that has not said anything.
    RawSocket connectRaw() const { return RawSocket::connectTo(path()); }
    /// A raw client that has shaken hands; \c peer is the server's end of it.
    RawSocket openSession(const QByteArray &request = PlainRequest);

    /// Why the only session so far is over; no error, which no session that is cut has, if it
    /// isn't.
    IpcPrims::Error waitForEnding();

    IpcPrims::Server server;
    QPointer<IpcPrims::Peer> peer; ///< The latest session.

    QList<IpcPrims::Error> refusals; ///< Handshakes that failed.
    QList<RawSocket::Frame> frames; ///< Received in any session.
    QStringList shutdownReasons; ///< One for each shutdown request.
    QList<IpcPrims::Error> endings; ///< One for each session that is over.

private:
    QTemporaryDir m_directory;
};
