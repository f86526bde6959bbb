// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How a session begins and ends, for a thread without an event loop.

#include "peer/blockingpeer_p.h"

#include "peer/blockingsession_p.h"
#include "peer/serverrules_p.h"
#include "transport/blockingconnect_p.h"
#include "transport/broughtsocket_p.h"
#include "transport/peercredentials_p.h"

#include <utility>

namespace IpcPrims {

BlockingPeerPrivate::BlockingPeerPrivate()
    : m_waiter(std::make_unique<Waiter>())
{}

BlockingPeerPrivate::~BlockingPeerPrivate() = default;

void BlockingPeerPrivate::setReceiveLimits(const ReceiveLimits &limits)
{
    m_receiveLimits = limits;
    if (m_session)
        m_session->setReceiveLimits(limits);
}

std::chrono::microseconds BlockingPeerPrivate::spinTime() const
{
    return m_waiter->spin().limit();
}

void BlockingPeerPrivate::setSpinTime(std::chrono::microseconds time)
{
    m_waiter->spin().setLimit(time);
}

void BlockingPeerPrivate::cancel()
{
    m_waiter->cancel();
}

void BlockingPeerPrivate::clearCancellation()
{
    m_waiter->clear();
}

Error BlockingPeerPrivate::connectTo(const Endpoint &endpoint)
{
    forget();
    if (m_waiter->isCancelled())
        return cancelledError();
    if (const Error error = settings.validate())
        return error;
    UnixConnection connection;
    if (const Error error
        = connectAndWait(endpoint, settings.handshakeTimeout, *m_waiter, &connection))
        return error;
    return shakeHands(std::make_unique<BlockingSession>(Session::Role::Client, settings,
                                                        m_receiveLimits,
                                                        std::move(connection.descriptor)),
                      connection.credentials);
}

Error BlockingPeerPrivate::connectOver(qintptr socketDescriptor)
{
    return beginOver(socketDescriptor, Session::Role::Client, settings);
}

Error BlockingPeerPrivate::acceptOver(qintptr socketDescriptor)
{
    SessionSettings served = settings;
    served.peerId = peerIdFor(1); // Of the only client.
    return beginOver(socketDescriptor, Session::Role::Server, served);
}

Error BlockingPeerPrivate::beginOver(qintptr socketDescriptor, Session::Role role,
                                     const SessionSettings &asked)
{
    const Error unfit = prepareBroughtSocket(socketDescriptor);
    FileDescriptor descriptor{int(socketDescriptor)};
    forget();
    if (m_waiter->isCancelled())
        return cancelledError();
    if (const Error error = role == Session::Role::Client ? asked.validate() : checkServable(asked))
        return error;
    if (unfit)
        return unfit;
    const auto peerCredentials = readPeerCredentials(descriptor.get());
    return shakeHands(
            std::make_unique<BlockingSession>(role, asked, m_receiveLimits, std::move(descriptor)),
            peerCredentials);
}

// The session watches its deadline itself.
Error BlockingPeerPrivate::shakeHands(std::unique_ptr<BlockingSession> session,
                                      const std::optional<PeerCredentials> &peerCredentials)
{
    session->shakeHands();
    while (session->isHandshaking()) {
        if (session->wait(*m_waiter, std::nullopt) == Waiter::Outcome::Cancelled)
            return cancelledError();
        session->shakeHands();
    }
    if (!session->hasOpened())
        return session->endReason(); // It may have ended afterwards, with frames still to receive.
    adopt(std::move(session), peerCredentials);
    return {};
}

void BlockingPeerPrivate::forget()
{
    abort();
    m_session.reset();
    buffers.clear();
    m_asked = RequestQueue();
    channels.clear();
    peerId.clear();
    peerName.clear();
    protocolVersion.clear();
    credentials.reset();
}

void BlockingPeerPrivate::adopt(std::unique_ptr<BlockingSession> session,
                                const std::optional<PeerCredentials> &peerCredentials)
{
    forget();
    m_session = std::move(session);
    m_receiveLimits = m_session->receiveLimits();
    channels = m_session->session().channels();
    peerId = QString::fromUtf8(m_session->session().peerId());
    peerName = m_session->session().peerName();
    protocolVersion = QString::fromLatin1(m_session->session().protocolVersion());
    credentials = peerCredentials;
}

Error BlockingPeerPrivate::shutDown(const QString &reason, std::chrono::milliseconds duration)
{
    if (const Error error = mayUse())
        return error;
    if (m_session->session().state() == Session::State::ClosingThere)
        return followShutDown(duration);
    m_session->shutDown(reason, duration);
    Error firstFailure; // To receive something, which doesn't keep the session from ending.
    for (;;) {
        if (const Error failure = putAsideAllArrived(); !firstFailure)
            firstFailure = failure;
        // Not only when there is nothing to receive, which the other side can put off for ever.
        m_session->timePassed();
        if (m_session->hasEnded())
            return firstFailure ? firstFailure : m_session->endError();
        // The session watches the time.
        if (m_session->wait(*m_waiter, std::nullopt) == Waiter::Outcome::Cancelled) {
            abort();
            return cancelledError();
        }
    }
}

// Where the other side has asked, the acknowledgement and what counts as sent are still to leave.
Error BlockingPeerPrivate::followShutDown(std::chrono::milliseconds duration)
{
    const bool isAllSent = m_session->bytesQueued() == 0;
    const Error notSent
            = isAllSent ? Error() : m_session->flush(*m_waiter, deadlineAfter(duration));
    const Error notKept = putAsideAllArrived();
    abort();
    return notSent ? notSent : notKept;
}

void BlockingPeerPrivate::abort()
{
    if (m_session && !m_session->hasEnded())
        m_session->abandon(
                Error(ErrorCode::NotConnected, QStringLiteral("the session was aborted")));
}

BlockingPeer::State BlockingPeerPrivate::state() const
{
    if (!m_session || m_session->hasEnded())
        return BlockingPeer::State::Closed;
    return m_session->session().state() == Session::State::Open ? BlockingPeer::State::Open
                                                                : BlockingPeer::State::Closing;
}

std::optional<QByteArray> BlockingPeerPrivate::takeAuthToken()
{
    return m_session ? m_session->takeAuthToken() : std::nullopt;
}

} // namespace IpcPrims
