// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "plainhandshake.h"

#include "plainjson.h"

using namespace IpcPrims;

namespace PlainHandshake {

namespace {
// The object, if each name is sound and each of the known ones is there once at most.
std::optional<PlainJson> readObject(QByteArrayView json,
                                    std::initializer_list<QByteArrayView> known)
{
    auto object = PlainJson::parse(json);
    if (!object || object->kind != PlainJson::Kind::Object)
        return std::nullopt;
    for (const auto &[name, value] : object->members) {
        if (!name.isSound)
            return std::nullopt;
    }
    for (const QByteArrayView name : known) {
        int count = 0;
        object->member(name, &count);
        if (count > 1)
            return std::nullopt;
    }
    return object;
}

bool readText(const PlainJson *value, QByteArray *text)
{
    if (!value || !value->isString() || !value->isSound)
        return false;
    *text = value->text;
    return true;
}

bool readIntegers(const PlainJson *value, quint32 max, QList<quint16> *numbers)
{
    if (!value || value->kind != PlainJson::Kind::Array)
        return false;
    for (const PlainJson &element : value->elements) {
        const auto number = element.integer(max);
        if (!number)
            return false;
        numbers->append(quint16(*number));
    }
    return true;
}

std::optional<int> hexDigit(char c)
{
    constexpr QByteArrayView lower = "0123456789abcdef";
    constexpr QByteArrayView upper = "0123456789ABCDEF";
    if (lower.contains(c))
        return int(lower.indexOf(c));
    return upper.contains(c) ? std::optional(int(upper.indexOf(c))) : std::nullopt;
}

// Whether it can be a token; nothing if it stands for none.
bool readToken(const PlainJson *value, std::optional<QByteArray> *token)
{
    using Kind = PlainJson::Kind;
    if (!value || value->kind == Kind::Null)
        return true;
    QByteArray bytes;
    if (value->isString()) {
        if (!readText(value, &bytes))
            return false;
    } else if (value->kind == Kind::Array) {
        QList<quint16> numbers;
        if (!readIntegers(value, 255, &numbers))
            return false;
        for (const quint16 number : numbers)
            bytes.append(char(number));
    } else if (value->kind == Kind::Object) {
        QByteArray hex;
        if (value->members.size() != 1 || !value->members[0].name.isSound
            || !readText(value->member("hex"), &hex) || hex.size() % 2 != 0)
            return false;
        for (qsizetype i = 0; i < hex.size(); i += 2) {
            const auto high = hexDigit(hex[i]);
            const auto low = hexDigit(hex[i + 1]);
            if (!high || !low)
                return false;
            bytes.append(char(*high * 16 + *low));
        }
    } else {
        return false;
    }
    *token = bytes;
    return true;
}

std::optional<quint32> readVersionNumber(QByteArray text)
{
    if (text.startsWith('+'))
        text.remove(0, 1);
    if (text.isEmpty())
        return std::nullopt;
    quint64 number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        number = 10 * number + quint64(c - '0'); // of 16 digits at most
    }
    return number <= 65535 ? std::optional(quint32(number)) : std::nullopt;
}

struct Version
{
    quint32 major;
    quint32 minor;
};
std::optional<Version> readVersion(const QByteArray &text)
{
    const qsizetype dot = text.indexOf('.');
    if (text.size() > 16 || dot < 0)
        return std::nullopt;
    const auto major = readVersionNumber(text.first(dot));
    const auto minor = readVersionNumber(text.sliced(dot + 1));
    return major && minor ? std::optional(Version{*major, *minor}) : std::nullopt;
}

bool hasSize(const QByteArray &text, qsizetype max)
{
    return !text.isEmpty() && text.size() <= max;
}

// Without repeated ones; nothing if the list is none.
std::optional<QList<quint16>> normalised(const QList<quint16> &channels)
{
    QList<quint16> result;
    if (channels.size() > 256 || channels.contains(0))
        return std::nullopt;
    for (const quint16 channel : channels) {
        if (!result.contains(channel))
            result.append(channel);
    }
    return result;
}
} // namespace

std::optional<HandshakeRequest> readRequest(QByteArrayView json)
{
    const auto object = readObject(json, {"protocol", "version", "channels", "auth_token"});
    HandshakeRequest request;
    if (!object || !readText(object->member("protocol"), &request.protocol)
        || !readText(object->member("version"), &request.version)
        || !readIntegers(object->member("channels"), 65535, &request.channels)
        || !readToken(object->member("auth_token"), &request.authToken))
        return std::nullopt;
    return request;
}

std::optional<HandshakeResponse> readResponse(QByteArrayView json)
{
    const auto object = readObject(json, {"protocol", "version", "channels", "peer_id"});
    HandshakeResponse response;
    if (!object || !readText(object->member("protocol"), &response.protocol)
        || !readText(object->member("version"), &response.version)
        || !readIntegers(object->member("channels"), 65535, &response.channels)
        || !readText(object->member("peer_id"), &response.peerId))
        return std::nullopt;
    return response;
}

std::optional<QByteArray> readControl(QByteArrayView json)
{
    constexpr int deepest = 126; // with the message itself around it 127
    const auto object = readObject(json, {"type", "payload", "timestamp"});
    QByteArray type;
    if (!object || !readText(object->member("type"), &type))
        return std::nullopt;
    const PlainJson *payload = object->member("payload");
    if (payload && (!payload->isRepresentable() || payload->depth() > deepest))
        return std::nullopt;
    const PlainJson *timestamp = object->member("timestamp");
    QByteArray time;
    if (timestamp && timestamp->kind != PlainJson::Kind::Null && !readText(timestamp, &time))
        return std::nullopt;
    return type;
}

Verdict judgeRequest(const HandshakeRequest &request, quint32 minor,
                     const QList<quint16> &supported)
{
    if (!hasSize(request.protocol, 32))
        return {ErrorCode::HandshakeMalformed, {}};
    const auto version = readVersion(request.version);
    if (!version)
        return {ErrorCode::HandshakeMalformed, {}};
    if (request.authToken && !hasSize(*request.authToken, 4096))
        return {ErrorCode::AuthTokenInvalid, {}};
    if (request.protocol != "ipcprims")
        return {ErrorCode::ProtocolMismatch, {}};
    if (version->major != 1 || version->minor < minor)
        return {ErrorCode::VersionMismatch, {}};
    const auto requested = normalised(request.channels);
    if (!requested)
        return {ErrorCode::ChannelsRefused, {}};
    QList<quint16> common;
    for (const quint16 channel : *requested) {
        if (supported.contains(channel))
            common.append(channel);
    }
    if (common.isEmpty())
        return {ErrorCode::ChannelsRefused, {}};
    return {ErrorCode::NoError, common};
}

Verdict judgeResponse(const HandshakeResponse &response, quint32 minor,
                      const QList<quint16> &requested)
{
    if (!hasSize(response.protocol, 32))
        return {ErrorCode::HandshakeMalformed, {}};
    if (response.protocol != "ipcprims")
        return {ErrorCode::ProtocolMismatch, {}};
    const auto version = readVersion(response.version);
    if (!version)
        return {ErrorCode::HandshakeMalformed, {}};
    if (version->major != 1 || version->minor > minor)
        return {ErrorCode::VersionMismatch, {}};
    if (!hasSize(response.peerId, 128))
        return {ErrorCode::HandshakeMalformed, {}};
    const auto granted = normalised(response.channels);
    if (!granted || granted->isEmpty())
        return {ErrorCode::ChannelsRefused, {}};
    for (const quint16 channel : *granted) {
        if (!requested.contains(channel))
            return {ErrorCode::ChannelsRefused, {}};
    }
    return {ErrorCode::NoError, *granted};
}

} // namespace PlainHandshake
