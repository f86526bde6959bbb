// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Requests, responses and control messages are read as a second, obvious implementation reads them,
// and what was read comes back the same when it is written and read again.

#include "plainhandshake.h"
#include "require.h"

using namespace IpcPrims;

namespace {
const QList<quint16> Channels = {1, 2, 3, 4, 256, 65535};

bool areEqual(const HandshakeRequest &a, const HandshakeRequest &b)
{
    return a.protocol == b.protocol && a.version == b.version && a.channels == b.channels
           && a.authToken == b.authToken;
}

bool areEqual(const HandshakeResponse &a, const HandshakeResponse &b)
{
    return a.protocol == b.protocol && a.version == b.version && a.channels == b.channels
           && a.peerId == b.peerId;
}

HandshakeTerms terms(quint16 minor)
{
    HandshakeTerms terms;
    terms.version = {1, minor};
    terms.channels = Channels;
    return terms;
}

void readAsRequest(QByteArrayView json)
{
    HandshakeRequest request;
    const Error error = decodeRequest(json, &request);
    const auto expected = PlainHandshake::readRequest(json);
    require(!error == expected.has_value(), "a request is read by both or by none");
    if (error)
        return;
    require(areEqual(request, *expected), "a request is read as the same by both");

    for (const quint16 minor : {0, 1}) {
        PlainHandshake::Verdict verdict;
        verdict.error = negotiate(request, terms(minor), &verdict.channels).code();
        require(verdict == PlainHandshake::judgeRequest(request, minor, Channels),
                "a request gets the verdict of both");
    }

    for (const TokenFormat format :
         {TokenFormat::HexObject, TokenFormat::ByteArray, TokenFormat::String}) {
        if (format == TokenFormat::String && request.authToken && !request.authToken->isValidUtf8())
            continue;
        HandshakeRequest again;
        require(!decodeRequest(encodeRequest(request, format), &again),
                "a request that was written can be read");
        require(areEqual(request, again), "a request is read as it was written");
    }
}

void readAsResponse(QByteArrayView json)
{
    HandshakeResponse response;
    const Error error = decodeResponse(json, &response);
    const auto expected = PlainHandshake::readResponse(json);
    require(!error == expected.has_value(), "a response is read by both or by none");
    if (error)
        return;
    require(areEqual(response, *expected), "a response is read as the same by both");

    for (const quint16 minor : {0, 1}) {
        PlainHandshake::Verdict verdict;
        verdict.error = checkResponse(response, terms(minor), &verdict.channels).code();
        require(verdict == PlainHandshake::judgeResponse(response, minor, Channels),
                "a response gets the verdict of both");
    }

    HandshakeResponse again;
    require(!decodeResponse(encodeResponse(response), &again),
            "a response that was written can be read");
    require(areEqual(response, again), "a response is read as it was written");
}

void readAsControl(QByteArrayView json)
{
    ControlMessage message;
    const Error error = decodeControl(json, &message);
    const auto type = PlainHandshake::readControl(json);
    require(!error == type.has_value(), "a control message is read by both or by none");
    if (error)
        return;
    const bool isUnknown = message.type == ControlMessage::Type::Unknown;
    const QString name = QString::fromUtf8(*type);
    require(message.typeName == (isUnknown ? name.left(64) : name), "a type is the same for both");
    if (isUnknown)
        return;

    ControlMessage again;
    require(!decodeControl(encodeControl(message.type, message.reason), &again),
            "a control message that was written can be read");
    require(again.type == message.type && again.reason == message.reason,
            "a control message is read as it was written");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    const QByteArrayView json(data, qsizetype(size));
    readAsRequest(json);
    readAsResponse(json);
    readAsControl(json);
    return 0;
}
