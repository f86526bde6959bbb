// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How a session begins: protocol section 3.

#include "session/session_p.h"

#include <utility>

namespace IpcPrims {

void Session::start(Instant now)
{
    m_deadline = deadlineAfter(m_settings.handshakeTimeout, now);
    if (m_role == Role::Server)
        return;
    m_events.push_back(Send{encodeOwnRequest()});
}

QByteArray Session::encodeOwnRequest() const
{
    const HandshakeTerms &terms = m_settings.terms;
    HandshakeRequest request = {terms.protocol, terms.version.toWire(), terms.channels,
                                m_settings.authToken, m_settings.name};
    QByteArray json = encodeRequest(request, m_settings.tokenFormat);
    if (json.size() <= MaxHandshakePayloadSize)
        return json;
    // A token may fill the request; then the name is what can be done without.
    request.peerName.clear();
    return encodeRequest(request, m_settings.tokenFormat);
}

void Session::receive(quint16 channel, QByteArrayView payload, Instant now)
{
    if (isOver())
        return;
    if (!isShakingHands()) {
        if (channel == Channel::Control) {
            receiveControl(payload, now);
        } else {
            drain(Error(ErrorCode::ProtocolViolation,
                        QStringLiteral("received frame on unnegotiated channel %1").arg(channel)),
                  now);
        }
        return;
    }

    if (channel != Channel::Control) {
        end(Error(ErrorCode::HandshakeMalformed,
                  QStringLiteral("expected CONTROL channel 0, got %1, for the first frame")
                          .arg(channel)));
        return;
    }
    if (m_role == Role::Server)
        receiveRequest(payload);
    else if (const Error error = acceptResponse(payload))
        end(error);
    else
        open();
}

void Session::receiveRequest(QByteArrayView payload)
{
    QList<quint16> requestedChannels;
    if (m_state == State::Authorizing) {
        end(Error(ErrorCode::HandshakeMalformed,
                  QStringLiteral("a second request, before the first one was answered")));
    } else if (const Error error = acceptRequest(payload, &requestedChannels)) {
        end(error);
    } else if (m_settings.asksForAuthorization) {
        m_state = State::Authorizing;
        m_events.push_back(AuthorizationAsked{requestedChannels});
    } else {
        respond();
    }
}

Error Session::acceptRequest(QByteArrayView payload, QList<quint16> *requestedChannels)
{
    HandshakeRequest request;
    if (const Error error = decodeRequest(payload, &request))
        return error;
    if (const Error error = negotiate(request, m_settings.terms, &m_channels))
        return error;
    m_clientToken = std::move(request.authToken);
    m_peerName = std::move(request.peerName);
    *requestedChannels = std::move(request.channels);
    return {};
}

void Session::grant(const QList<quint16> &channels)
{
    if (m_state != State::Authorizing)
        return;
    m_channels.removeIf([&channels](quint16 channel) { return !channels.contains(channel); });
    if (m_channels.isEmpty()) {
        refuse(Error(ErrorCode::ChannelsRefused,
                     QStringLiteral("the authorizer granted none of the client's channels")));
    } else {
        respond();
    }
}

void Session::refuse(const Error &reason)
{
    if (m_state == State::Authorizing)
        end(reason);
}

void Session::respond()
{
    m_protocolVersion = m_settings.terms.version.toWire();
    const HandshakeResponse response
            = {m_settings.terms.protocol, m_protocolVersion, m_channels, m_peerId, m_settings.name};
    m_events.push_back(Send{encodeResponse(response)});
    open();
}

Error Session::acceptResponse(QByteArrayView payload)
{
    HandshakeResponse response;
    if (const Error error = decodeResponse(payload, &response))
        return error;
    if (const Error error = checkResponse(response, m_settings.terms, &m_channels))
        return error;
    m_peerId = response.peerId;
    m_peerName = response.peerName;
    m_protocolVersion = response.version;
    return {};
}

void Session::open()
{
    m_state = State::Open;
    m_isReceiving = true;
    m_deadline.reset();
    m_channelSet = ChannelSet(m_channels);
    m_events.push_back(Opened{});
}

std::optional<QByteArray> Session::takeAuthToken()
{
    return std::exchange(m_clientToken, std::nullopt);
}

} // namespace IpcPrims
