// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peerlog_p.h"

#include "frame/limitedlog_p.h"
#include "peer/logging_p.h"
#include "session/logging_p.h"
#include "session/peername_p.h"
#include "session/session_p.h"

namespace IpcPrims {

// A server's client knows its name only from the other side.
static QString nameOf(const Session &session)
{
    return quotedSessionName(session.peerId(), session.peerName());
}

void PeerLog::sessionOpened(const Session &session)
{
    static LimitedLog log(lcSession(), QtDebugMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("session %1 opened with %2 channels")
                          .arg(nameOf(session), QString::number(session.channels().size())));
}

static void sessionEnded(const Session &session, const Error &reason)
{
    if (reason.isOrderlyEnd()) {
        static LimitedLog log(lcSession(), QtDebugMsg);
        if (log.isEnabled())
            log.write(QStringLiteral("session %1 ended in order").arg(nameOf(session)));
        return;
    }
    static LimitedLog log(lcSession(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("session %1 ended: %2").arg(nameOf(session), reason.message()));
}

void PeerLog::ended(Peer::State state, const Session *session, const Error &reason)
{
    if (session && (state == Peer::State::Open || state == Peer::State::Closing)) {
        sessionEnded(*session, reason);
    } else if (!reason) {
        return; // The application has changed its mind.
    } else if (state == Peer::State::Handshaking) {
        handshakeFailed(reason);
    } else {
        static LimitedLog log(lcPeer(), QtInfoMsg);
        if (log.isEnabled())
            log.write(QStringLiteral("can't connect: %1").arg(reason.message()));
    }
}

void PeerLog::handshakeFailed(const Error &reason)
{
    static LimitedLog log(lcSession(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("handshake failed: %1").arg(reason.message()));
}

void PeerLog::clientTurnedAway(const Error &reason)
{
    static LimitedLog log(lcSession(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("a client was turned away: %1").arg(reason.message()));
}

void PeerLog::frameRefused(const Session &session, quint16 channel, qsizetype errorCount)
{
    static LimitedLog log(lcPeer(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("session %1: the validator refused a frame received on channel %2 "
                                 "(%3 errors)")
                          .arg(nameOf(session), QString::number(channel),
                               QString::number(errorCount)));
}

void PeerLog::requestsHeldBack(const Session &session, qsizetype count, qint64 bytes)
{
    static LimitedLog log(lcPeer(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("session %1: %2 requests without an answer that has left, %3 "
                                 "bytes with their answers; nothing more is received until some "
                                 "are answered (see Peer::setRequestLimit())")
                          .arg(nameOf(session), QString::number(count), QString::number(bytes)));
}

void PeerLog::peerUnresponsive(const Session &session, int missed)
{
    static LimitedLog log(lcPeer(), QtInfoMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("session %1: the other side is unresponsive, %2 signs of life in "
                                 "a row were missed")
                          .arg(nameOf(session), QString::number(missed)));
}

void PeerLog::streamCutOff(quint16 channel, qint64 bytes, const Error &reason)
{
    static LimitedLog log(lcPeer(), QtInfoMsg);
    if (log.isEnabled())
        log.write(
                QStringLiteral("the last %1 bytes of a closed stream on channel %2 were not sent: "
                               "%3")
                        .arg(bytes)
                        .arg(channel)
                        .arg(reason.message()));
}

} // namespace IpcPrims
