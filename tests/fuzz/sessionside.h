// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/session_p.h"

#include <IpcPrims/frame.h>

#include <deque>
#include <optional>
#include <set>

/*!
    One end of a conversation between two sessions: a session, the frames that it has yet to send,
    and what is to be expected of it so far. Each event is checked against that.
*/
class SessionSide
{
public:
    using Session = IpcPrims::Session;
    using State = Session::State;

    SessionSide(Session::Role role, const IpcPrims::SessionSettings &settings,
                Session::Instant now);

    // What the application does.

    void sendData(quint16 channel);
    void ping(Session::Instant now, std::chrono::milliseconds timeout);
    void shutDown(Session::Instant now);
    void answerAuthorization(const QList<quint16> &channels);
    void abandon();
    void pass(Session::Instant now);

    // What the other side does.

    void receive(const IpcPrims::Frame &frame, Session::Instant now);
    void endStream(Session::Instant now);

    /// The next frame to leave: control frames first, the last of all last.
    std::optional<IpcPrims::Frame> takeOutgoing();
    bool hasEnded() const { return m_end.has_value(); }
    bool hasOpened() const { return m_hasOpened; }
    const Session &session() const { return m_session; }
    /// Why it has ended, once it has.
    const IpcPrims::Error &end() const { return *m_end; }
    bool wasAskedToShutDown() const { return m_wasAskedToShutDown; }
    bool hasAskedToShutDown() const { return m_hasAskedToShutDown; }
    /// Data frames that were sent, and those that were delivered.
    qsizetype sentCount() const { return m_sentCount; }
    qsizetype deliveredCount() const { return m_deliveredCount; }

    /// What holds at any time.
    void check() const;

private:
    void collect();
    void handle(const Session::Send &event);
    void handle(const Session::AuthorizationAsked &event);
    void handle(const Session::Opened &event);
    void handle(const Session::ShutdownAsked &event);
    void handle(const Session::PingEnded &event);
    void handle(const Session::Draining &event);
    void handle(const Session::Ended &event);
    qint64 bytesQueued() const { return qint64(m_control.size() + m_data.size()); }

    const Session::Role m_role;
    Session m_session;
    std::deque<IpcPrims::Frame> m_control;
    std::deque<IpcPrims::Frame> m_data; // And the control frame that is the last one.
    std::set<quint64> m_pings; // Whose ends are to come.
    std::optional<IpcPrims::Error> m_end;
    bool m_hasOpened = false;
    bool m_isAsked = false; // For authorization.
    bool m_wasAskedToShutDown = false;
    bool m_hasAskedToShutDown = false;
    Session::Instant m_lastReceived;
    qsizetype m_sentCount = 0;
    qsizetype m_deliveredCount = 0;
};
