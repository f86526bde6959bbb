// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/session_p.h"

#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>

#include <chrono>

using namespace IpcPrims;
using namespace std::chrono_literals;

inline SessionSettings plainSettings()
{
    SessionSettings settings;
    settings.peerId = "peer-1";
    return settings;
}

/// The state machine alone, with a clock that the test sets. What goes over the wire is proved with
/// a raw socket in tst_wire_*; here it is the rules about time and order.
class Side
{
public:
    explicit Side(Session::Role role, const SessionSettings &settings = plainSettings())
        : session(role, settings)
    {
        session.start(now);
        collect();
    }

    // Takes the events that there are; what is to be sent goes to `sent`.
    void collect()
    {
        Session::Event event;
        while (session.takeEvent(&event)) {
            if (const auto *send = std::get_if<Session::Send>(&event))
                sent.append(send->payload);
            else if (const auto *ping = std::get_if<Session::PingEnded>(&event))
                pings.append(*ping);
            else if (std::holds_alternative<Session::Draining>(event) && !isSlow)
                session.drained();
            else if (const auto *end = std::get_if<Session::Ended>(&event))
                ended.append(end->reason);
            else if (const auto *question = std::get_if<Session::AuthorizationAsked>(&event))
                questions.append(question->requestedChannels);
            else if (const auto *asked = std::get_if<Session::ShutdownAsked>(&event))
                acknowledge(asked->reason);
        }
    }

    void acknowledge(const QString &reason)
    {
        shutdownReasons.append(reason);
        session.acknowledgeShutdown(now);
    }

    void receive(const QByteArray &control)
    {
        session.receive(Channel::Control, control, now);
        collect();
    }

    void wait(std::chrono::milliseconds time, qint64 bytesQueued = 0)
    {
        now += time;
        session.timePassed(now, bytesQueued);
        collect();
    }

    QByteArray takeSent() { return sent.isEmpty() ? QByteArray() : sent.takeFirst(); }

    bool isSlow = false; // What is to be sent has not been written when the session ends.
    Session::Instant now = Session::Instant() + 1h;
    Session session;
    QList<QByteArray> sent;
    QList<Session::PingEnded> pings;
    QList<Error> ended;
    QStringList shutdownReasons;
    QList<QList<quint16>> questions; // Channels that an authorizer is asked about.
};
