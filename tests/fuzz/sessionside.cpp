// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sessionside.h"

#include "require.h"

#include <variant>

using namespace IpcPrims;

SessionSide::SessionSide(Session::Role role, const SessionSettings &settings, Session::Instant now)
    : m_role(role)
    , m_session(role, settings)
{
    require(m_session.state() == State::Handshaking, "a session begins with the handshake");
    m_session.start(now);
    collect();
    require(m_control.size() == (role == Session::Role::Client ? 1 : 0), "the client speaks first");
}

void SessionSide::sendData(quint16 channel)
{
    const bool accepts = m_session.acceptsSend(channel);
    require(accepts == (m_session.state() == State::Open && m_session.channels().contains(channel)),
            "frames can be sent while the session is open, on its channels");
    if (!accepts) {
        require(bool(m_session.sendError(channel)), "what can't be sent has a reason");
        return;
    }
    m_data.push_back({channel, "data"});
    ++m_sentCount;
}

void SessionSide::ping(Session::Instant now, std::chrono::milliseconds timeout)
{
    const bool isOpen = m_session.state() == State::Open;
    const quint64 id = m_session.ping(now, timeout);
    require(m_pings.insert(id).second, "each ping has a number of its own");
    collect();
    require(isOpen || m_pings.count(id) == 0, "without a session a ping ends at once");
}

void SessionSide::shutDown(Session::Instant now)
{
    const bool isOpen = m_session.state() == State::Open;
    m_hasAskedToShutDown = m_hasAskedToShutDown || isOpen;
    m_session.shutDown(QStringLiteral("reason"), now);
    collect();
    require(!isOpen || m_session.state() == State::ClosingHere, "who asks to shut down waits");
}

void SessionSide::answerAuthorization(const QList<quint16> &channels)
{
    const bool isDue = m_session.state() == State::Authorizing;
    if (channels.isEmpty())
        m_session.refuse(Error(ErrorCode::PermissionDenied, QStringLiteral("refused")));
    else
        m_session.grant(channels);
    collect();
    require(!isDue || m_session.state() != State::Authorizing, "an answer decides");
}

void SessionSide::abandon()
{
    m_session.abandon(Error(ErrorCode::Cancelled, QStringLiteral("abandoned")));
    collect();
    require(hasEnded(), "what is abandoned ends");
}

void SessionSide::pass(Session::Instant now)
{
    m_session.timePassed(now, bytesQueued());
    collect();
    // With fewer bytes in the queue than the last time there is another delay, but not for ever.
    for (int i = 0; i < 3 && m_session.deadline() && *m_session.deadline() <= now; ++i) {
        m_session.timePassed(now, bytesQueued());
        collect();
    }
    require(!m_session.deadline() || *m_session.deadline() > now,
            "what is overdue is done when the time has come");
}

void SessionSide::receive(const Frame &frame, Session::Instant now)
{
    const State before = m_session.state();
    const bool isShakingHands = before == State::Handshaking || before == State::Authorizing;
    const bool isKnown = m_hasOpened && m_session.channels().contains(frame.channel);
    const bool delivers = m_session.delivers(frame.channel);
    require(delivers == (isKnown && !hasEnded() && !isShakingHands),
            "the application gets the frames of its channels");
    if (delivers) {
        ++m_deliveredCount;
        return;
    }
    m_lastReceived = now;
    m_session.receive(frame.channel, frame.payload, now);
    collect();
    if (frame.channel != Channel::Control)
        require(hasEnded(), "a frame on another channel ends the session");
}

void SessionSide::endStream(Session::Instant now)
{
    m_session.streamEnded({}, now);
    collect();
    require(hasEnded(), "a session ends with its stream");
}

std::optional<Frame> SessionSide::takeOutgoing()
{
    std::deque<Frame> &queue = m_control.empty() ? m_data : m_control;
    if (queue.empty())
        return std::nullopt;
    const Frame frame = queue.front();
    queue.pop_front();
    return frame;
}

void SessionSide::collect()
{
    Session::Event event;
    while (m_session.takeEvent(&event))
        std::visit([this](const auto &one) { handle(one); }, event);
    check();
}

void SessionSide::handle(const Session::Send &event)
{
    require(!hasEnded(), "an ended session says nothing");
    require(!event.isLast || !m_session.acceptsSend(Channel::Command),
            "nothing is accepted after the last frame");
    if (event.isLast)
        m_data.push_back({Channel::Control, event.payload});
    else
        m_control.push_back({Channel::Control, event.payload});
}

void SessionSide::handle(const Session::AuthorizationAsked &)
{
    require(m_role == Session::Role::Server && !m_isAsked && !m_hasOpened && !hasEnded(),
            "a server asks once, and before it answers");
    m_isAsked = true;
}

void SessionSide::handle(const Session::Opened &)
{
    require(!m_hasOpened && !hasEnded(), "a session opens once");
    require(!m_session.channels().isEmpty() && !m_session.channels().contains(Channel::Control)
                    && !m_session.peerId().isEmpty() && !m_session.protocolVersion().isEmpty(),
            "an open session has channels, a name and a version");
    m_hasOpened = true;
}

void SessionSide::handle(const Session::ShutdownAsked &)
{
    require(m_hasOpened && !hasEnded() && !m_wasAskedToShutDown,
            "a shutdown is reported once, of an open session");
    m_wasAskedToShutDown = true;
    m_session.acknowledgeShutdown(m_lastReceived);
}

void SessionSide::handle(const Session::PingEnded &event)
{
    require(m_pings.erase(event.id) == 1, "each ping ends once");
    require(event.roundTripTime >= std::chrono::nanoseconds::zero(), "no time is negative");
}

// What is queued stays in the queues here, and is delivered after the end.
void SessionSide::handle(const Session::Draining &)
{
    require(m_hasOpened && !hasEnded(), "only what was opened has something to write at its end");
    m_session.drained();
}

void SessionSide::handle(const Session::Ended &event)
{
    require(!hasEnded(), "a session ends once");
    require(event.reason || m_hasAskedToShutDown, "only this side's own shutdown has no reason");
    m_end = event.reason;
}

void SessionSide::check() const
{
    const State state = m_session.state();
    require((state == State::Ended) == hasEnded(), "an end is reported");
    const bool isClosing = state == State::ClosingHere || state == State::ClosingThere;
    const bool isShakingHands = state == State::Handshaking || state == State::Authorizing;
    if (state == State::Open || isClosing)
        require(m_hasOpened, "only what was opened is open");
    if (state == State::Authorizing)
        require(m_isAsked, "somebody was asked");
    if (isShakingHands || isClosing)
        require(m_session.deadline().has_value(), "only an open session may last for ever");
    if (hasEnded()) {
        require(m_pings.empty(), "no ping outlives the session");
        require(!m_session.deadline(), "an ended session waits for nothing");
        require(!m_session.isPingUnderWay(), "an ended session awaits no answer");
    }
    require(!m_session.acceptsSend(Channel::Control), "CONTROL is the session's own");
}
