// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rawsocket.h"

#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>

/// One connection of a server that knows the handshake and otherwise says what a test tells it to.
class RawServer
{
public:
    explicit RawServer(const QString &path)
        : m_listener(path)
    {}

    /// Accepts and reads the request, which it returns; empty if there was none.
    QJsonObject acceptRequest();
    /// Answers it, granting \a channels to "peer-7".
    bool grant(const QList<int> &channels);
    /// Both, granting what was asked for.
    bool acceptClient();

    /// Reads the client's shutdown request and agrees.
    bool acknowledgeShutdown();

    RawSocket &socket() { return m_socket; }

private:
    RawListener m_listener;
    RawSocket m_socket;
};

/// A client's side of the same: connects and shakes hands; not valid if that failed.
RawSocket connectRawClient(const QString &path, const QList<int> &channels = {1, 2, 3, 4});

/// Reads on to the server's shutdown request, and agrees to it, so that the server has nobody to
/// wait for.
bool agreeToShutdown(RawSocket &client);

/// Sends \a payload and says whether it comes back.
bool isEchoed(RawSocket &client, quint16 channel, const QByteArray &payload);
