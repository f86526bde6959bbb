// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From a call of the application to the begin of the handshake.

#include "peer/peer_p.h"

#include "frame/devicestream_p.h"
#include "peer/serverrules_p.h"
#include "transport/readahead_p.h"
#include "transport/transportfactory_p.h"

#include <utility>

namespace IpcPrims {

void PeerPrivate::connectTo(const Endpoint &endpoint)
{
    prepare({{settings, transport, endpoint}});
}

void PeerPrivate::connectOver(std::unique_ptr<QIODevice> device)
{
    prepare({{settings, transport, {}}, true, std::move(device)});
}

void PeerPrivate::beginOver(qintptr socketDescriptor, Session::Role role)
{
    Attempt attempt = {{settings, transport, {}},
                       false,
                       nullptr,
                       BroughtSocket(transport, socketDescriptor),
                       role};
    if (role == Session::Role::Server)
        attempt.target.settings.peerId = peerIdFor(1); // Of the only client.
    prepare(std::move(attempt));
}

void PeerPrivate::prepare(Attempt attempt)
{
    // There is nothing to report of an attempt that is replaced before it began.
    if (state == Peer::State::Waiting)
        cancelRetry();
    else if (!m_attempt)
        abort(Error(ErrorCode::Cancelled, QStringLiteral("replaced by another connection")));
    m_attempt = std::move(attempt);
    enterThread(); // The peer may have been moved since the last session.
    const bool isToEndpoint = !m_attempt->isOverDevice && !m_attempt->socket;
    reconnection.target = isToEndpoint ? std::optional(m_attempt->target) : std::nullopt;
    reconnection.schedule = ReconnectSchedule(reconnection.policy);
    state = Peer::State::Connecting;
    reportLater();
}

void PeerPrivate::beginWhenDue()
{
    const auto wait = m_pacing.wait(AttemptPacing::Clock::now());
    if (wait > wait.zero()) {
        m_attemptTimer.start(int(wait.count()), Qt::PreciseTimer, q);
        return;
    }
    m_attemptTimer.stop();
    begin(*std::exchange(m_attempt, std::nullopt));
}

void PeerPrivate::begin(Attempt attempt)
{
    m_pacing.begun(AttemptPacing::Clock::now());
    const bool isClient = attempt.role == Session::Role::Client;
    const SessionSettings &asked = attempt.target.settings;
    if (const Error error = isClient ? asked.validate() : checkServable(asked)) {
        finish(error);
        return;
    }
    if (attempt.socket) {
        beginOverSocket(attempt);
        return;
    }
    if (attempt.isOverDevice) {
        beginOver(std::move(attempt));
        return;
    }
    m_connectorSettings = std::move(attempt.target.settings);
    m_connector = makeConnector(attempt.target.transport, this);
    m_connector->start(attempt.target.endpoint, m_connectorSettings.handshakeTimeout);
}

void PeerPrivate::beginOver(Attempt attempt)
{
    if (!attempt.device || !attempt.device->isOpen()) {
        finish(Error(ErrorCode::InvalidArgument,
                     QStringLiteral("connecting over a device takes one that is open")));
        return;
    }
    limitReadAhead(attempt.device.get());
    auto stream = std::make_unique<DeviceStream>(attempt.device.release(),
                                                 DeviceStream::Ownership::Owned);
    // The application may have slots of the device, which must not run inside a call of the peer.
    startSession(Session::Role::Client, attempt.target.settings, {std::move(stream), std::nullopt},
                 FrameLink::Writing::Later);
}

void PeerPrivate::beginOverSocket(const Attempt &attempt)
{
    Error error = attempt.socket->error;
    if (!error) {
        Connection connection = attempt.socket->connection->open();
        if (connection.stream) {
            startSession(attempt.role, attempt.target.settings, std::move(connection));
            return;
        }
        error = Error(ErrorCode::SystemError, QStringLiteral("the socket can't be used"));
    }
    finish(error);
}

void PeerPrivate::connectorSucceeded(Connection connection)
{
    startSession(Session::Role::Client, m_connectorSettings, std::move(connection));
}

void PeerPrivate::connectorFailed(const Error &error)
{
    finish(error);
}

void PeerPrivate::startSession(Session::Role role, const SessionSettings &settingsThen,
                               Connection connection, FrameLink::Writing writing)
{
    credentials = connection.credentials;
    session.emplace(role, settingsThen);
    link = FrameLink::make(std::move(connection.stream), this, writing);
    link->setWaterMarks(waterMarks);
    link->setQueueWatched(m_queueWatch && m_queueWatch->isWatching());
    applyReceiveLimits();
    link->start();

    session->start(Session::Clock::now());
    processEvents();
    changeState(Peer::State::Handshaking);
}

} // namespace IpcPrims
