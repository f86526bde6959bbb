// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/peercredentials.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <algorithm>
#include <optional>

namespace IpcPrims {

class Peer;

/*!
    The values of a peer's properties, besides its state, when they were looked at last; and which
    of their signals are still to be emitted. Values change in many places, and a property has to be
    notified wherever it did.
*/
class ToldProperties
{
public:
    /// Somebody wants the signals. Until then nothing is looked at, as most peers are watched by
    /// nobody.
    void watch(const Peer &peer);
    /// Looks at all of them at once, so that each is new before the first signal.
    void update(const Peer &peer);

    bool isAnyDue() const
    {
        return isSessionDue || isDisconnectReasonDue || isReconnectAttemptsDue;
    }
    bool isSessionDue = false;
    bool isDisconnectReasonDue = false;
    bool isReconnectAttemptsDue = false;

private:
    struct SessionFacts
    {
        quint64 generation = 0;
        QString peerId;
        QString peerName;
        QList<quint16> channels;
        QString protocolVersion;
        std::optional<PeerCredentials> credentials;

        // QList's own comparison hands the null pointer of an empty one to memcmp().
        friend bool operator==(const SessionFacts &a, const SessionFacts &b)
        {
            return a.generation == b.generation && a.peerId == b.peerId && a.peerName == b.peerName
                   && std::ranges::equal(a.channels, b.channels)
                   && a.protocolVersion == b.protocolVersion && a.credentials == b.credentials;
        }
    };

    static SessionFacts factsOf(const Peer &peer);

    bool m_isWatched = false;
    SessionFacts m_session;
    Error m_disconnectReason;
    int m_reconnectAttempts = 0;
};

} // namespace IpcPrims
