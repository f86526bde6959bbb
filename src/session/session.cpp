// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/session_p.h"

#include "session/quotedexcerpt_p.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace IpcPrims {

// A ping that is never answered has to be remembered, so there is an end to it.
static constexpr size_t MaxPendingPings = 1024;

// Answers to the other side's pings.
static constexpr qint64 MaxUnreadAnswerBytes = 64 * 1024;

// In characters; see Peer::close().
static constexpr qsizetype MaxReasonLength = 1024;

Error SessionSettings::validate() const
{
    QList<quint16> channels;
    if (const Error error = normaliseChannels(terms.channels, &channels))
        return error;
    if (channels.isEmpty()) {
        return Error(ErrorCode::ChannelsRefused,
                     QStringLiteral("no channels given: a session needs at least one"));
    }
    if (authToken)
        return checkAuthToken(*authToken, tokenFormat);
    return {};
}

Session::Session(Role role, SessionSettings settings)
    : m_role(role)
    , m_settings(std::move(settings))
    , m_peerId(m_settings.peerId)
{}

bool Session::takeEvent(Event *event)
{
    if (m_events.empty())
        return false;
    *event = std::move(m_events.front());
    m_events.pop_front();
    return true;
}

Deadline Session::deadline() const
{
    Deadline first = m_deadline;
    for (const PendingPing &ping : m_pings) {
        if (!ping.hasTimedOut)
            first = earliest(first, ping.deadline);
    }
    return first;
}

PayloadLimits Session::payloadLimits(PayloadLimits ofTheApplication) const
{
    if (isShakingHands())
        return PayloadLimits(MaxHandshakePayloadSize);
    ofTheApplication.set(Channel::Control, MaxControlPayloadSize);
    return ofTheApplication;
}

// Control messages

void Session::receiveControl(QByteArrayView payload, Instant now)
{
    if (isFlood(now)) {
        drain(Error(ErrorCode::ProtocolViolation,
                    QStringLiteral("control frame flood detected: more than %1 control frames "
                                   "without a data frame among them")
                            .arg(MaxControlFramesInARow)),
              now);
        return;
    }

    ControlMessage message;
    if (const Error error = decodeControl(payload, &message)) {
        drain(error, now);
        return;
    }
    switch (message.type) {
    case ControlMessage::Type::Ping:
        // In the order of what they answer: an acknowledgement leaves last.
        m_events.push_back(
                Send{encodeControl(ControlMessage::Type::Pong), m_state == State::ClosingThere});
        break;
    case ControlMessage::Type::Pong:
        receivePong(now);
        break;
    case ControlMessage::Type::ShutdownRequest:
        receiveShutdownRequest(message.reason, now);
        break;
    case ControlMessage::Type::ShutdownAck:
        if (m_state == State::ClosingHere)
            drain({}, now);
        break;
    case ControlMessage::Type::ShutdownForce:
        drain(Error(ErrorCode::ProtocolViolation,
                    QStringLiteral("received disallowed SHUTDOWN_FORCE")),
              now);
        break;
    case ControlMessage::Type::Unknown:
        drain(Error(ErrorCode::ProtocolViolation, QStringLiteral("unknown CONTROL message type %1")
                                                          .arg(quotedExcerpt(message.typeName))),
              now);
        break;
    }
}

// The reference counts within one receive call, which ends with a data frame or after 5 seconds;
// this is the same for a receiver that never stops.
bool Session::isFlood(Instant now)
{
    if (m_controlRun == 0 || now - m_controlRunStart > DefaultTimeout) {
        m_controlRun = 0;
        m_controlRunStart = now;
    }
    return ++m_controlRun > MaxControlFramesInARow;
}

void Session::judgeUnreadAnswers(qint64 bytes)
{
    if (bytes <= MaxUnreadAnswerBytes)
        return;
    abandon(Error(ErrorCode::ProtocolViolation,
                  QStringLiteral("control frame flood detected: the other side leaves %1 bytes of "
                                 "answers unread")
                          .arg(bytes)));
}

void Session::receivePong(Instant now)
{
    if (m_pings.empty())
        return; // Nobody asked; the protocol says to ignore it.
    --m_controlRun; // What was asked for is no flood, however often it was.
    const PendingPing ping = m_pings.front();
    m_pings.pop_front();
    if (!ping.hasTimedOut)
        m_events.push_back(PingEnded{ping.id, {}, now - ping.sentAt});
}

quint64 Session::ping(Instant now, std::chrono::milliseconds timeout)
{
    const quint64 id = ++m_lastPingId;
    if (m_state != State::Open) {
        m_events.push_back(PingEnded{id, sendError(Channel::Control), {}});
    } else if (m_pings.size() >= MaxPendingPings) {
        m_events.push_back(PingEnded{
                id,
                Error(ErrorCode::QueueFull,
                      QStringLiteral("%1 pings wait for their answers").arg(MaxPendingPings)),
                {}});
    } else {
        m_pings.push_back({id, now, deadlineAfter(timeout, now)});
        m_events.push_back(Send{encodeControl(ControlMessage::Type::Ping)});
    }
    return id;
}

// Shutdown

void Session::shutDown(const QString &reason, Instant now, std::chrono::milliseconds timeout)
{
    if (m_state != State::Open)
        return;
    m_state = State::ClosingHere;
    m_shutdownTimeout = timeout;
    m_deadline = deadlineAfter(m_shutdownTimeout, now);
    m_bytesQueuedBefore = std::numeric_limits<qint64>::max();
    m_events.push_back(
            Send{encodeControl(ControlMessage::Type::ShutdownRequest, reason.left(MaxReasonLength)),
                 true});
}

void Session::receiveShutdownRequest(const QString &reason, Instant now)
{
    const bool isFirst = !std::exchange(m_wasAskedToShutDown, true);
    if (m_state != State::Open || !isFirst) {
        acknowledgeShutdown(now);
        return;
    }
    m_shutdownReason = reason;
    m_events.push_back(ShutdownAsked{reason});
}

void Session::acknowledgeShutdown(Instant now)
{
    if (m_state == State::Open) {
        m_state = State::ClosingThere;
        m_deadline = deadlineAfter(m_settings.shutdownTimeout, now);
        m_bytesQueuedBefore = std::numeric_limits<qint64>::max();
    }
    if (!isOver())
        m_events.push_back(Send{encodeControl(ControlMessage::Type::ShutdownAck), true});
}

// Time and the end

void Session::timePassed(Instant now, qint64 bytesQueued)
{
    for (PendingPing &ping : m_pings) {
        if (ping.hasTimedOut || !ping.deadline || now < *ping.deadline)
            continue;
        ping.hasTimedOut = true;
        const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(*ping.deadline
                                                                                  - ping.sentAt);
        m_events.push_back(PingEnded{
                ping.id,
                Error(ErrorCode::Timeout,
                      QStringLiteral("no answer to a ping within %1 ms").arg(waited.count())),
                {}});
    }

    if (!m_deadline || now < *m_deadline)
        return;
    if (isShakingHands()) {
        end(Error(ErrorCode::Timeout, QStringLiteral("the handshake was not finished within %1 ms")
                                              .arg(m_settings.handshakeTimeout.count())));
        return;
    }
    // What was accepted is still on its way as long as the queue gets shorter.
    if (bytesQueued > 0 && bytesQueued < m_bytesQueuedBefore) {
        m_bytesQueuedBefore = bytesQueued;
        m_deadline = deadlineAfter(m_shutdownTimeout, now);
    } else if (m_state == State::ClosingHere) {
        end(Error(ErrorCode::ShutdownFailed,
                  QStringLiteral("timed out waiting for shutdown acknowledgement (%1 ms)")
                          .arg(m_shutdownTimeout.count())));
    } else if (m_state == State::Draining) {
        end(m_endReason);
    } else {
        end(Error(ErrorCode::ShutdownRequested, shutdownText()));
    }
}

void Session::streamEnded(const Error &error, Instant now)
{
    switch (m_state) {
    case State::Handshaking:
    case State::Authorizing:
        if (error.code() == ErrorCode::NoError || error.code() == ErrorCode::TruncatedFrame) {
            end(Error(m_role == Role::Client ? ErrorCode::HandshakeRefused
                                             : ErrorCode::Disconnected,
                      m_role == Role::Client
                              ? QStringLiteral("connection closed during handshake: the server "
                                               "refused, which it does without saying why")
                              : QStringLiteral("connection closed during handshake")));
        } else {
            end(error);
        }
        break;
    case State::Open:
        drain(error ? error
                    : Error(ErrorCode::Disconnected,
                            QStringLiteral("the other side closed the connection")),
              now);
        break;
    case State::ClosingHere:
        // Both sides asked: that is agreement enough.
        drain(m_wasAskedToShutDown ? Error() : unacknowledged(error), now);
        break;
    case State::ClosingThere:
        drain(Error(ErrorCode::ShutdownRequested, shutdownText()), now);
        break;
    case State::Draining:
    case State::Ended:
        break;
    }
}

Error Session::unacknowledged(const Error &error) const
{
    const QString why
            = error ? error.message() : QStringLiteral("the other side closed the connection");
    return Error(ErrorCode::ShutdownFailed,
                 QStringLiteral("the shutdown was not acknowledged: %1").arg(why));
}

QString Session::shutdownText() const
{
    const QString text = QStringLiteral("the other side asked to shut down");
    return m_shutdownReason.isEmpty()
                   ? text
                   : text + QLatin1String(": ") + quotedExcerpt(m_shutdownReason);
}

Error Session::sendError(quint16 channel) const
{
    switch (m_state) {
    case State::Open:
        break;
    case State::ClosingThere:
        return Error(ErrorCode::ShutdownRequested, shutdownText());
    case State::ClosingHere:
        return Error(ErrorCode::NotConnected, QStringLiteral("the session is being closed"));
    case State::Handshaking:
    case State::Authorizing:
        return Error(ErrorCode::NotConnected, QStringLiteral("the handshake is not over yet"));
    case State::Draining:
    case State::Ended:
        return Error(ErrorCode::NotConnected, QStringLiteral("the session has ended"));
    }
    return agreement().unsupportedError(channel);
}

ChannelAgreement Session::agreement() const
{
    return {m_role == Role::Client, m_settings.terms.channels, m_channels};
}

void Session::abandon(const Error &reason)
{
    if (m_state != State::Ended)
        end(reason);
}

void Session::reject(const Error &reason, Instant now)
{
    if (!isOver())
        drain(reason, now);
}

// A session ends this way whenever the other side is to blame, or has agreed.
void Session::drain(const Error &reason, Instant now)
{
    m_state = State::Draining;
    m_endReason = reason;
    m_isReceiving = false;
    m_deadline = deadlineAfter(m_shutdownTimeout, now);
    m_bytesQueuedBefore = std::numeric_limits<qint64>::max();
    m_events.push_back(Draining{});
}

void Session::drained()
{
    if (m_state == State::Draining)
        end(m_endReason);
}

void Session::end(const Error &reason)
{
    m_state = State::Ended;
    m_endReason = reason;
    m_isReceiving = false;
    m_deadline.reset();
    m_events.push_back(Ended{reason});
    for (const PendingPing &ping : std::exchange(m_pings, {})) {
        if (ping.hasTimedOut)
            continue;
        const Error why
                = reason ? reason
                         : Error(ErrorCode::Cancelled, QStringLiteral("the session was closed"));
        m_events.push_back(PingEnded{ping.id, why, {}});
    }
}

} // namespace IpcPrims
