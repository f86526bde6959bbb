// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/handshake_p.h"

#include "session/quotedexcerpt_p.h"
#include "session/strictjson_p.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace IpcPrims {

namespace {
constexpr qsizetype MaxProtocolSize = 32;
constexpr qsizetype MaxVersionSize = 16;
constexpr qsizetype MaxPeerIdSize = 128;
constexpr quint16 MaxNumber = std::numeric_limits<quint16>::max();

Error checkSize(ErrorCode code, QLatin1String what, const QByteArray &value, qsizetype max)
{
    if (!value.isEmpty() && value.size() <= max)
        return Error();
    return Error(code, QStringLiteral("%1 has %2 bytes, expected 1 to %3")
                               .arg(what, QString::number(value.size()), QString::number(max)));
}

Error checkTokenSize(const QByteArray &token)
{
    return checkSize(ErrorCode::AuthTokenInvalid, QLatin1String("the authentication token"), token,
                     MaxAuthTokenSize);
}

Error checkProtocolSize(const QByteArray &protocol)
{
    return checkSize(ErrorCode::HandshakeMalformed, QLatin1String("member \"protocol\""), protocol,
                     MaxProtocolSize);
}

Error checkProtocol(const QByteArray &protocol, const HandshakeTerms &own)
{
    if (protocol == own.protocol)
        return Error();
    return Error(ErrorCode::ProtocolMismatch,
                 QStringLiteral("unknown protocol: expected %1, got %2")
                         .arg(quotedExcerpt(own.protocol), quotedExcerpt(protocol)));
}

Error readVersion(const QByteArray &text, ProtocolVersion *version)
{
    if (const Error error = checkSize(ErrorCode::HandshakeMalformed,
                                      QLatin1String("member \"version\""), text, MaxVersionSize))
        return error;
    const std::optional<ProtocolVersion> parsed = ProtocolVersion::fromWire(text);
    if (!parsed) {
        return Error(ErrorCode::HandshakeMalformed,
                     QStringLiteral("malformed version: expected major.minor, each from 0 to %1, "
                                    "got %2")
                             .arg(MaxNumber)
                             .arg(quotedExcerpt(text)));
    }
    *version = *parsed;
    return Error();
}

Error checkVersions(ProtocolVersion client, ProtocolVersion server)
{
    if (ProtocolVersion::isCompatible(client, server))
        return Error();
    return Error(ErrorCode::VersionMismatch,
                 QStringLiteral("incompatible version: the client has %1, the server %2; a client "
                                "needs the same major and at least the server's minor version")
                         .arg(QLatin1String(client.toWire()), QLatin1String(server.toWire())));
}

// A channel list for a message, which has to stay short.
QString excerpt(const QList<quint16> &channels)
{
    constexpr qsizetype maxShown = 8;
    QString text;
    for (const quint16 channel : channels.first(std::min(maxShown, channels.size())))
        text += (text.isEmpty() ? QString() : QStringLiteral(", ")) + QString::number(channel);
    if (channels.size() > maxShown)
        text += QStringLiteral(", ... (%1 in all)").arg(channels.size());
    return text.isEmpty() ? QStringLiteral("none") : text;
}

std::optional<quint16> versionNumberFromWire(QByteArrayView text)
{
    if (text.startsWith('+'))
        text = text.sliced(1);
    quint16 number = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    if (error != std::errc() || end != text.end())
        return std::nullopt;
    return number;
}
} // namespace

std::optional<ProtocolVersion> ProtocolVersion::fromWire(QByteArrayView text)
{
    const qsizetype dot = text.indexOf('.');
    if (dot < 0)
        return std::nullopt;
    const std::optional<quint16> major = versionNumberFromWire(text.first(dot));
    const std::optional<quint16> minor = versionNumberFromWire(text.sliced(dot + 1));
    if (!major || !minor)
        return std::nullopt;
    return ProtocolVersion{*major, *minor};
}

QByteArray ProtocolVersion::toWire() const
{
    QByteArray text;
    appendJsonInteger(&text, major);
    text += '.';
    appendJsonInteger(&text, minor);
    return text;
}

const QList<quint16> &HandshakeTerms::defaultChannels()
{
    static const QList<quint16> channels
            = {Channel::Command, Channel::Data, Channel::Telemetry, Channel::Error};
    return channels;
}

Error normaliseChannels(const QList<quint16> &channels, QList<quint16> *normalised)
{
    if (channels.size() > MaxChannels) {
        return Error(ErrorCode::ChannelsRefused,
                     QStringLiteral("too many channels in handshake: %1 (max %2)")
                             .arg(channels.size())
                             .arg(MaxChannels));
    }
    if (channels.contains(Channel::Control)) {
        return Error(ErrorCode::ChannelsRefused,
                     QStringLiteral("channel 0 (CONTROL) in a channel list: it is always there and "
                                    "can't be negotiated"));
    }
    // Mostly there are none, and both lists share their memory.
    QList<quint16> unique = channels;
    for (qsizetype i = 1; i < unique.size();) {
        const auto begin = unique.cbegin();
        if (std::find(begin, begin + i, unique.at(i)) == begin + i)
            ++i;
        else
            unique.removeAt(i);
    }
    *normalised = unique;
    return Error();
}

Error checkAuthToken(const QByteArray &token, TokenFormat format)
{
    if (const Error error = checkTokenSize(token))
        return error;
    if (format == TokenFormat::String && !token.isValidUtf8()) {
        return Error(ErrorCode::AuthTokenInvalid,
                     QStringLiteral("the authentication token is not valid UTF-8, which its string "
                                    "form needs"));
    }
    // Judged in the largest request, so that the verdict doesn't change with the channel list.
    const HandshakeRequest largest
            = {HandshakeTerms().protocol, ProtocolVersion{MaxNumber, MaxNumber}.toWire(),
               QList<quint16>(MaxChannels, MaxNumber), token};
    const qsizetype size = encodeRequest(largest, format).size();
    if (size > MaxHandshakePayloadSize) {
        return Error(ErrorCode::AuthTokenInvalid,
                     QStringLiteral("the authentication token is too long for its wire form: the "
                                    "handshake request can take %1 bytes (max %2)")
                             .arg(size)
                             .arg(MaxHandshakePayloadSize));
    }
    return Error();
}

Error negotiate(const HandshakeRequest &request, const HandshakeTerms &server,
                QList<quint16> *channels)
{
    if (const Error error = checkProtocolSize(request.protocol))
        return error;
    ProtocolVersion clientVersion;
    if (const Error error = readVersion(request.version, &clientVersion))
        return error;
    if (request.authToken) {
        if (const Error error = checkTokenSize(*request.authToken))
            return error;
    }
    if (const Error error = checkProtocol(request.protocol, server))
        return error;
    if (const Error error = checkVersions(clientVersion, server.version))
        return error;

    QList<quint16> requested;
    if (const Error error = normaliseChannels(request.channels, &requested))
        return error;
    QList<quint16> supported;
    if (const Error error = normaliseChannels(server.channels, &supported))
        return error;
    QList<quint16> common;
    for (const quint16 channel : std::as_const(requested)) {
        if (supported.contains(channel))
            common.append(channel);
    }
    if (common.isEmpty()) {
        return Error(ErrorCode::ChannelsRefused,
                     QStringLiteral("no overlapping channels: requested %1, supported %2")
                             .arg(excerpt(requested), excerpt(supported)));
    }
    *channels = common;
    return Error();
}

Error checkResponse(const HandshakeResponse &response, const HandshakeTerms &client,
                    QList<quint16> *channels)
{
    if (const Error error = checkProtocolSize(response.protocol))
        return error;
    if (const Error error = checkProtocol(response.protocol, client))
        return error;
    ProtocolVersion serverVersion;
    if (const Error error = readVersion(response.version, &serverVersion))
        return error;
    if (const Error error = checkVersions(client.version, serverVersion))
        return error;
    if (const Error error
        = checkSize(ErrorCode::HandshakeMalformed, QLatin1String("member \"peer_id\""),
                    response.peerId, MaxPeerIdSize))
        return error;

    QList<quint16> granted;
    if (const Error error = normaliseChannels(response.channels, &granted))
        return error;
    for (const quint16 channel : std::as_const(granted)) {
        if (!client.channels.contains(channel)) {
            return Error(ErrorCode::ChannelsRefused,
                         QStringLiteral("the response grants channel %1, requested were %2")
                                 .arg(channel)
                                 .arg(excerpt(client.channels)));
        }
    }
    if (granted.isEmpty()) {
        return Error(ErrorCode::ChannelsRefused,
                     QStringLiteral("no overlapping channels: the response grants none"));
    }
    *channels = granted;
    return Error();
}

} // namespace IpcPrims
