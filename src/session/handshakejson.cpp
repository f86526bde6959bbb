// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How the handshake is written and read; what it means is judged in handshake.cpp.

#include "session/handshake_p.h"

#include "session/peername_p.h"
#include "session/strictjson_p.h"

#include <QtCore/qvarlengtharray.h>

#include <limits>
#include <utility>

namespace IpcPrims {

namespace {
using Next = StrictJsonReader::Next;

constexpr quint16 MaxChannel = std::numeric_limits<quint16>::max();

void appendIntegers(QByteArray *json, const QList<quint16> &numbers)
{
    json->append('[');
    for (qsizetype i = 0; i < numbers.size(); ++i) {
        if (i > 0)
            json->append(',');
        appendJsonInteger(json, numbers[i]);
    }
    json->append(']');
}

void appendToken(QByteArray *json, const QByteArray &token, TokenFormat format)
{
    QList<quint16> bytes;
    switch (format) {
    case TokenFormat::HexObject:
        json->append("{\"hex\":\"").append(token.toHex()).append("\"}");
        break;
    case TokenFormat::ByteArray:
        for (const char byte : token)
            bytes.append(uchar(byte));
        appendIntegers(json, bytes);
        break;
    case TokenFormat::String:
        appendJsonString(json, token);
        break;
    }
}

// What request and response begin with.
QByteArray openMessage(const QByteArray &protocol, const QByteArray &version,
                       const QList<quint16> &channels)
{
    QByteArray json;
    json.reserve(256); // Enough for most, tokens included.
    appendText(&json, "{\"protocol\":");
    appendJsonString(&json, protocol);
    appendText(&json, ",\"version\":");
    appendJsonString(&json, version);
    appendText(&json, ",\"channels\":");
    appendIntegers(&json, channels);
    return json;
}

// A number takes at least two bytes of the text, and a frame of the handshake has at most 16 KiB.
// So the list is bounded without a rule here, and negotiate() can tell how much too long it is.
QList<quint16> readIntegers(StrictJsonReader &reader, quint16 max)
{
    QVarLengthArray<quint16, 16> numbers; // A list would grow, and be copied, several times.
    quint16 number = 0;
    reader.enterArray();
    while (reader.nextElement() && reader.readInteger(max, &number))
        numbers.append(number);
    return QList<quint16>(numbers.cbegin(), numbers.cend());
}

// Only this library knows the member, so what anybody else means by it is skipped.
QString readPeerName(StrictJsonReader &reader)
{
    QByteArray name;
    if (reader.next() == Next::String)
        reader.readString(&name);
    else
        reader.skipValue();
    return boundedPeerName(QString::fromUtf8(name));
}

void appendPeerName(QByteArray *json, const QString &name)
{
    if (name.isEmpty())
        return;
    appendText(json, ",\"peer_name\":");
    appendJsonString(json, name.toUtf8());
}

QByteArray readHexToken(StrictJsonReader &reader)
{
    const QString expectation = QStringLiteral("expected one member \"hex\"");
    QByteArray name;
    QByteArray hex;
    reader.enterObject();
    if (!reader.nextMember(&name) || name != "hex")
        reader.fail(expectation);
    reader.readString(&hex);
    if (reader.nextMember(&name))
        reader.fail(expectation);

    // fromHex() passes over whatever is no digit, and pads an odd number of them.
    const QByteArray token = QByteArray::fromHex(hex);
    if (token.toHex() != hex.toLower())
        reader.fail(QStringLiteral("expected pairs of hexadecimal digits"));
    return token;
}

std::optional<QByteArray> readToken(StrictJsonReader &reader)
{
    QByteArray token;
    switch (reader.next()) {
    case Next::Null:
        reader.skipValue();
        return std::nullopt;
    case Next::String:
        reader.readString(&token);
        break;
    case Next::Object:
        token = readHexToken(reader);
        break;
    case Next::Array:
        for (const quint16 byte : readIntegers(reader, std::numeric_limits<uchar>::max()))
            token.append(char(byte));
        break;
    default:
        reader.fail(QStringLiteral("expected a string, an object, an array or null"));
        break;
    }
    return token;
}
} // namespace

QByteArray encodeRequest(const HandshakeRequest &request, TokenFormat tokenFormat)
{
    QByteArray json = openMessage(request.protocol, request.version, request.channels);
    if (request.authToken) {
        appendText(&json, ",\"auth_token\":");
        appendToken(&json, *request.authToken, tokenFormat);
    }
    appendPeerName(&json, request.peerName);
    json += '}';
    return json;
}

QByteArray encodeResponse(const HandshakeResponse &response)
{
    QByteArray json = openMessage(response.protocol, response.version, response.channels);
    appendText(&json, ",\"peer_id\":");
    appendJsonString(&json, response.peerId);
    appendPeerName(&json, response.peerName);
    json += '}';
    return json;
}

Error decodeRequest(QByteArrayView json, HandshakeRequest *request)
{
    StrictJsonReader reader(json);
    HandshakeRequest result;
    ErrorCode code = ErrorCode::HandshakeMalformed;
    StrictJsonReader::Member members[] = {
            {"protocol", true, [&] { reader.readString(&result.protocol); }},
            {"version", true, [&] { reader.readString(&result.version); }},
            {"channels", true, [&] { result.channels = readIntegers(reader, MaxChannel); }},
            {"auth_token", false,
             [&] {
                 result.authToken = readToken(reader);
                 if (reader.hasError())
                     code = ErrorCode::AuthTokenInvalid;
             }},
            {"peer_name", false, [&] { result.peerName = readPeerName(reader); }},
    };
    reader.readObject(members);
    if (!reader.readEnd())
        return Error(code, QStringLiteral("malformed request: ") + reader.errorString());
    *request = std::move(result);
    return Error();
}

Error decodeResponse(QByteArrayView json, HandshakeResponse *response)
{
    StrictJsonReader reader(json);
    HandshakeResponse result;
    StrictJsonReader::Member members[] = {
            {"protocol", true, [&] { reader.readString(&result.protocol); }},
            {"version", true, [&] { reader.readString(&result.version); }},
            {"channels", true, [&] { result.channels = readIntegers(reader, MaxChannel); }},
            {"peer_id", true, [&] { reader.readString(&result.peerId); }},
            {"peer_name", false, [&] { result.peerName = readPeerName(reader); }},
    };
    reader.readObject(members);
    if (!reader.readEnd()) {
        return Error(ErrorCode::HandshakeMalformed,
                     QStringLiteral("malformed response: ") + reader.errorString());
    }
    *response = std::move(result);
    return Error();
}

} // namespace IpcPrims
