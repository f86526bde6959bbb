// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "goodhandshake.h"

#include <QtTest/qtest.h>

#include <numeric>

using namespace IpcPrims;

namespace {
QList<quint16> consecutive(qsizetype count)
{
    QList<quint16> channels(count);
    std::iota(channels.begin(), channels.end(), quint16(1));
    return channels;
}

constexpr ErrorCode Fine = ErrorCode::NoError;
} // namespace

class tst_Handshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void versionForm_data();
    void versionForm();
    void clientMinorHasToBeAtLeastTheServers_data();
    void clientMinorHasToBeAtLeastTheServers();

    void channelListIsNormalised_data();
    void channelListIsNormalised();
    void listMayBeNormalisedInPlace();

    void ownTokenIsJudgedBeforeConnecting_data();
    void ownTokenIsJudgedBeforeConnecting();

    void negotiation_data();
    void negotiation();
    void negotiationTakesTheClientsOrder_data();
    void negotiationTakesTheClientsOrder();
    void firstViolationInOrderIsReported_data();
    void firstViolationInOrderIsReported();
    void responseIsJudged_data();
    void responseIsJudged();
    void untrustedTextIsCutAndQuotedInMessages();
};

void tst_Handshake::versionForm_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<quint16>("major");
    QTest::addColumn<quint16>("minor");

    const auto accept = [](const char *text, quint16 major, quint16 minor) {
        QTest::newRow(text) << QByteArray(text) << true << major << minor;
    };
    accept("1.0", 1, 0);
    accept("0.0", 0, 0);
    accept("65535.65535", 65535, 65535);
    accept("+1.+0", 1, 0);
    accept("01.00", 1, 0);
    accept("+0001.00010", 1, 10);
    for (const char *text :
         {"",        ".",       "1",     "1.",  ".0",    "1..0",  "1.0.0", "1.0.",      "-1.0",
          "1.-0",    "++1.0",   "+-1.0", "+.0", "1.+",   " 1.0",  "1.0 ",  "1. 0",      "1 .0",
          "65536.0", "1.65536", "a.b",   "1,0", "0x1.0", "1e0.0", "1.0\n", "1.\xd9\xa0"})
        QTest::newRow(text) << QByteArray(text) << false << quint16(0) << quint16(0);
}

void tst_Handshake::versionForm()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, valid);
    QFETCH(quint16, major);
    QFETCH(quint16, minor);

    const std::optional<ProtocolVersion> version = ProtocolVersion::fromWire(text);
    QCOMPARE(version.has_value(), valid);
    if (valid) {
        QCOMPARE(*version, (ProtocolVersion{major, minor}));
        QCOMPARE(ProtocolVersion::fromWire(version->toWire()), version);
    }
}

void tst_Handshake::clientMinorHasToBeAtLeastTheServers_data()
{
    QTest::addColumn<QByteArray>("client");
    QTest::addColumn<QByteArray>("server");
    QTest::addColumn<bool>("compatible");

    const auto row = [](const char *client, const char *server, bool compatible) {
        QTest::addRow("%s with %s", client, server)
                << QByteArray(client) << QByteArray(server) << compatible;
    };
    row("1.0", "1.0", true);
    row("1.9", "1.0", true);
    row("1.65535", "1.0", true);
    row("1.0", "1.1", false);
    row("2.0", "1.0", false);
    row("0.9", "1.0", false);
    row("1.0", "2.0", false);
}

void tst_Handshake::clientMinorHasToBeAtLeastTheServers()
{
    QFETCH(QByteArray, client);
    QFETCH(QByteArray, server);
    QFETCH(bool, compatible);

    // Both sides apply the same rule.
    const ErrorCode expected = compatible ? Fine : ErrorCode::VersionMismatch;
    QList<quint16> channels;

    HandshakeRequest request = goodRequest();
    request.version = client;
    HandshakeTerms serverTerms = terms({1});
    serverTerms.version = ProtocolVersion::fromWire(server).value();
    const Error serverError = negotiate(request, serverTerms, &channels);
    QCOMPARE(serverError.code(), expected);

    HandshakeResponse response = goodResponse();
    response.version = server;
    HandshakeTerms clientTerms = terms({1});
    clientTerms.version = ProtocolVersion::fromWire(client).value();
    const Error clientError = checkResponse(response, clientTerms, &channels);
    QCOMPARE(clientError.code(), expected);

    if (!compatible) {
        const QString text
                = QStringLiteral("incompatible version: the client has %1, the server %2")
                          .arg(QLatin1String(client), QLatin1String(server));
        QVERIFY2(serverError.message().startsWith(text), qPrintable(serverError.message()));
        QVERIFY2(clientError.message().startsWith(text), qPrintable(clientError.message()));
    }
}

void tst_Handshake::channelListIsNormalised_data()
{
    QTest::addColumn<QList<quint16>>("channels");
    QTest::addColumn<QString>("message"); // Null for accepted.
    QTest::addColumn<QList<quint16>>("normalised");

    const auto accept = [](const char *name, const QList<quint16> &channels,
                           const QList<quint16> &normalised) {
        QTest::newRow(name) << channels << QString() << normalised;
    };
    const auto refuse
            = [](const char *name, const QList<quint16> &channels, const QString &message) {
                  QTest::newRow(name) << channels << message << QList<quint16>();
              };
    const QString tooMany = QStringLiteral("too many channels in handshake: 257 (max 256)");
    const QString control = QStringLiteral("channel 0 (CONTROL)");

    accept("empty", {}, {});
    accept("as it is", {4, 1, 65535, 7}, {4, 1, 65535, 7});
    accept("first of duplicates stays", {3, 1, 3, 2, 1}, {3, 1, 2});
    accept("256 entries", consecutive(256), consecutive(256));
    accept("256 equal entries", QList<quint16>(256, 9), {9});
    refuse("257 entries", consecutive(257), tooMany);
    refuse("257 equal entries", QList<quint16>(257, 9), tooMany);
    refuse("too many comes before CONTROL", QList<quint16>(257, 0), tooMany);
    refuse("CONTROL alone", {0}, control);
    refuse("CONTROL among others", {1, 0, 2}, control);
}

void tst_Handshake::channelListIsNormalised()
{
    QFETCH(QList<quint16>, channels);
    QFETCH(QString, message);
    QFETCH(QList<quint16>, normalised);

    QList<quint16> result;
    const Error error = normaliseChannels(channels, &result);
    QCOMPARE(error.code(), message.isNull() ? Fine : ErrorCode::ChannelsRefused);
    QVERIFY2(error.message().startsWith(message), qPrintable(error.message()));
    QCOMPARE(result, normalised);
}

void tst_Handshake::listMayBeNormalisedInPlace()
{
    QList<quint16> channels = {2, 2, 1};
    QVERIFY(!normaliseChannels(channels, &channels));
    QCOMPARE(channels, (QList<quint16>{2, 1}));
}

void tst_Handshake::ownTokenIsJudgedBeforeConnecting_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<TokenFormat>("format");
    QTest::addColumn<bool>("accepted");

    const auto row = [](const char *name, const QByteArray &token, TokenFormat format,
                        bool accepted) { QTest::newRow(name) << token << format << accepted; };
    const QByteArray binary("\xff\x00", 2);
    using enum TokenFormat;

    row("empty", "", HexObject, false);
    row("empty array", "", ByteArray, false);
    row("empty string", "", String, false);
    row("one byte", "x", HexObject, true);
    row("4096 bytes", QByteArray(4096, '\xff'), HexObject, true);
    row("4097 bytes", QByteArray(4097, 'x'), HexObject, false);
    row("4096 characters", QByteArray(4096, 'x'), String, true);
    row("4097 characters", QByteArray(4097, 'x'), String, false);
    row("any bytes in hex", binary, HexObject, true);
    row("any bytes in an array", binary, ByteArray, true);
    row("no text in a string", binary, String, false);
    row("text in a string", "s\xc3\xa9sam", String, true);
    row("array of 4096 short numbers", QByteArray(4096, '\1'), ByteArray, true);
    row("array of 4096 long numbers", QByteArray(4096, '\xff'), ByteArray, false);
    row("array of 3000 long numbers", QByteArray(3000, '\xff'), ByteArray, true);
    row("string of 4096 escapes", QByteArray(4096, '\1'), String, false);
}

void tst_Handshake::ownTokenIsJudgedBeforeConnecting()
{
    QFETCH(QByteArray, token);
    QFETCH(TokenFormat, format);
    QFETCH(bool, accepted);

    const Error error = checkAuthToken(token, format);
    QCOMPARE(error.code(), accepted ? Fine : ErrorCode::AuthTokenInvalid);
    if (!accepted)
        return;

    // What it lets pass fits the largest request, and comes back whole.
    const HandshakeRequest request = {"ipcprims", "65535.65535", QList<quint16>(256, 65535), token};
    const QByteArray json = encodeRequest(request, format);
    QVERIFY(json.size() <= MaxHandshakePayloadSize);
    HandshakeRequest decoded;
    QVERIFY(!decodeRequest(json, &decoded));
    QCOMPARE(decoded.authToken, token);
}

void tst_Handshake::negotiation_data()
{
    QTest::addColumn<HandshakeRequest>("request");
    QTest::addColumn<QList<quint16>>("supported");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message");

    const QList<quint16> standard = {1, 2, 3, 4};
    const auto row = [](const char *name, const HandshakeRequest &request,
                        const QList<quint16> &supported, ErrorCode code = Fine,
                        const char *message = nullptr) {
        QTest::newRow(name) << request << supported << code << QString::fromLatin1(message);
    };
    const auto protocol = [](const QByteArray &name) {
        HandshakeRequest request = goodRequest();
        request.protocol = name;
        return request;
    };
    const auto version = [](const QByteArray &text) {
        HandshakeRequest request = goodRequest();
        request.version = text;
        return request;
    };
    const auto channels = [](const QList<quint16> &numbers) {
        HandshakeRequest request = goodRequest();
        request.channels = numbers;
        return request;
    };
    const auto token = [](const QByteArray &bytes) {
        HandshakeRequest request = goodRequest();
        request.authToken = bytes;
        return request;
    };
    constexpr ErrorCode malformed = ErrorCode::HandshakeMalformed;
    constexpr ErrorCode refused = ErrorCode::ChannelsRefused;

    row("plain", goodRequest(), standard);

    row("empty protocol", protocol(""), standard, malformed,
        "member \"protocol\" has 0 bytes, expected 1 to 32");
    row("protocol of 32 bytes", protocol(QByteArray(32, 'x')), standard,
        ErrorCode::ProtocolMismatch, "unknown protocol: expected \"ipcprims\", got \"xxx");
    row("protocol of 33 bytes", protocol(QByteArray(33, 'x')), standard, malformed,
        "member \"protocol\" has 33 bytes, expected 1 to 32");
    row("protocol of other case", protocol("IPCPRIMS"), standard, ErrorCode::ProtocolMismatch,
        "unknown protocol: expected \"ipcprims\", got \"IPCPRIMS\"");
    row("protocol and a blank", protocol("ipcprims "), standard, ErrorCode::ProtocolMismatch,
        "unknown protocol");

    row("version of 16 bytes", version("00000000000001.0"), standard);
    row("version of 17 bytes", version("000000000000001.0"), standard, malformed,
        "member \"version\" has 17 bytes, expected 1 to 16");
    row("empty version", version(""), standard, malformed,
        "member \"version\" has 0 bytes, expected 1 to 16");
    row("version with a plus", version("+1.+0"), standard);
    row("version without a minor", version("1"), standard, malformed,
        "malformed version: expected major.minor, each from 0 to 65535, got \"1\"");
    row("newer client", version("1.9"), standard);
    row("other major", version("2.0"), standard, ErrorCode::VersionMismatch,
        "incompatible version: the client has 2.0, the server 1.0");

    row("token of one byte", token("x"), standard);
    row("token of 4096 bytes", token(QByteArray(4096, 'x')), standard);
    row("empty token", token(""), standard, ErrorCode::AuthTokenInvalid,
        "the authentication token has 0 bytes, expected 1 to 4096");
    row("token of 4097 bytes", token(QByteArray(4097, 'x')), standard, ErrorCode::AuthTokenInvalid,
        "the authentication token has 4097 bytes, expected 1 to 4096");

    row("no channels", channels({}), standard, refused,
        "no overlapping channels: requested none, supported 1, 2, 3, 4");
    row("no channel in common", channels({7, 9}), standard, refused,
        "no overlapping channels: requested 7, 9, supported 1, 2, 3, 4");
    row("long lists are cut in the message", channels(consecutive(200)), {999}, refused,
        "no overlapping channels: requested 1, 2, 3, 4, 5, 6, 7, 8, ... (200 in all), supported "
        "999");
    row("CONTROL", channels({1, 0}), standard, refused, "channel 0 (CONTROL)");
    row("256 channels", channels(consecutive(256)), standard);
    row("257 channels", channels(consecutive(257)), standard, refused,
        "too many channels in handshake: 257 (max 256)");
    row("257 equal channels", channels(QList<quint16>(257, 1)), standard, refused,
        "too many channels in handshake: 257 (max 256)");
    row("reserved channel", channels({7}), {7});

    row("server with CONTROL", goodRequest(), {0, 1}, refused, "channel 0 (CONTROL)");
    row("server with 257 channels", goodRequest(), consecutive(257), refused,
        "too many channels in handshake: 257 (max 256)");
    row("server without channels", goodRequest(), {}, refused,
        "no overlapping channels: requested 1, supported none");
}

void tst_Handshake::negotiation()
{
    QFETCH(HandshakeRequest, request);
    QFETCH(QList<quint16>, supported);
    QFETCH(ErrorCode, code);
    QFETCH(QString, message);

    QList<quint16> channels;
    const Error error = negotiate(request, terms(supported), &channels);
    QCOMPARE(error.code(), code);
    QVERIFY2(error.message().startsWith(message), qPrintable(error.message()));
    QCOMPARE(channels.isEmpty(), code != Fine);
}

void tst_Handshake::negotiationTakesTheClientsOrder_data()
{
    QTest::addColumn<QList<quint16>>("requested");
    QTest::addColumn<QList<quint16>>("supported");
    QTest::addColumn<QList<quint16>>("negotiated");

    const auto row = [](const char *name, const QList<quint16> &requested,
                        const QList<quint16> &supported, const QList<quint16> &negotiated) {
        QTest::newRow(name) << requested << supported << negotiated;
    };
    row("client's order", {4, 2, 1}, {1, 2, 3, 4}, {4, 2, 1});
    row("unknown numbers fall out", {9, 1, 300}, {1, 2}, {1});
    row("first of duplicates", {3, 1, 3, 1}, {1, 3}, {3, 1});
    row("server's duplicates", {1, 2}, {2, 2, 1, 1}, {1, 2});
}

void tst_Handshake::negotiationTakesTheClientsOrder()
{
    QFETCH(QList<quint16>, requested);
    QFETCH(QList<quint16>, supported);
    QFETCH(QList<quint16>, negotiated);

    HandshakeRequest request = goodRequest();
    request.channels = requested;
    QList<quint16> channels;
    QVERIFY(!negotiate(request, terms(supported), &channels));
    QCOMPARE(channels, negotiated);
}

void tst_Handshake::firstViolationInOrderIsReported_data()
{
    QTest::addColumn<HandshakeRequest>("request");
    QTest::addColumn<QString>("message");

    // Each row puts the next violation right.
    HandshakeRequest request = {"", "abc", QList<quint16>(257, 0), QByteArray()};
    const auto row = [&](const char *message) {
        QTest::newRow(message) << request << QString::fromLatin1(message);
    };
    row("member \"protocol\" has 0 bytes");
    request.protocol = "other";
    row("malformed version");
    request.version = "2.0";
    row("the authentication token has 0 bytes");
    request.authToken = "x";
    row("unknown protocol");
    request.protocol = "ipcprims";
    row("incompatible version");
    request.version = "1.0";
    row("too many channels");
    request.channels = {0, 9};
    row("channel 0");
    request.channels = {9};
    row("no overlapping channels");
}

void tst_Handshake::firstViolationInOrderIsReported()
{
    QFETCH(HandshakeRequest, request);
    QFETCH(QString, message);

    QList<quint16> channels;
    const Error error = negotiate(request, terms({1}), &channels);
    QVERIFY2(error.message().startsWith(message), qPrintable(error.message()));
}

void tst_Handshake::responseIsJudged_data()
{
    QTest::addColumn<HandshakeResponse>("response");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("message"); // Or the channels, if it is accepted.

    const auto row = [](const char *name, const HandshakeResponse &response, ErrorCode code,
                        const char *message) {
        QTest::newRow(name) << response << code << QString::fromLatin1(message);
    };
    const auto protocol = [](const QByteArray &name) {
        HandshakeResponse response = goodResponse();
        response.protocol = name;
        return response;
    };
    const auto version = [](const QByteArray &text) {
        HandshakeResponse response = goodResponse();
        response.version = text;
        return response;
    };
    const auto channels = [](const QList<quint16> &numbers) {
        HandshakeResponse response = goodResponse();
        response.channels = numbers;
        return response;
    };
    const auto peerId = [](const QByteArray &id) {
        HandshakeResponse response = goodResponse();
        response.peerId = id;
        return response;
    };
    constexpr ErrorCode malformed = ErrorCode::HandshakeMalformed;
    constexpr ErrorCode refused = ErrorCode::ChannelsRefused;

    row("plain", goodResponse(), Fine, "1");
    row("empty protocol", protocol(""), malformed, "member \"protocol\" has 0 bytes");
    row("protocol of 33 bytes", protocol(QByteArray(33, 'x')), malformed,
        "member \"protocol\" has 33 bytes");
    row("other protocol", protocol("other"), ErrorCode::ProtocolMismatch,
        "unknown protocol: expected \"ipcprims\", got \"other\"");
    row("no version", version("1"), malformed, "malformed version");
    row("version of 17 bytes", version("000000000000001.0"), malformed,
        "member \"version\" has 17 bytes");
    row("newer server", version("1.1"), ErrorCode::VersionMismatch,
        "incompatible version: the client has 1.0, the server 1.1");
    row("peer id of 1 byte", peerId("x"), Fine, "1");
    row("peer id of 128 bytes", peerId(QByteArray("\xc3\xa9").repeated(64)), Fine, "1");
    row("empty peer id", peerId(""), malformed,
        "member \"peer_id\" has 0 bytes, expected 1 to 128");
    row("peer id of 129 bytes", peerId(QByteArray(129, 'x')), malformed,
        "member \"peer_id\" has 129 bytes, expected 1 to 128");
    row("server's order", channels({2, 1}), Fine, "2 1");
    row("duplicates", channels({2, 1, 2}), Fine, "2 1");
    row("256 channels", channels(QList<quint16>(256, 2)), Fine, "2");
    row("257 channels", channels(QList<quint16>(257, 2)), refused,
        "too many channels in handshake: 257 (max 256)");
    row("CONTROL", channels({1, 0}), refused, "channel 0 (CONTROL)");
    row("not requested", channels({1, 9}), refused,
        "the response grants channel 9, requested were 1, 2");
    row("none", channels({}), refused, "no overlapping channels");
}

void tst_Handshake::responseIsJudged()
{
    QFETCH(HandshakeResponse, response);
    QFETCH(ErrorCode, code);
    QFETCH(QString, message);

    QList<quint16> channels;
    const Error error = checkResponse(response, terms({1, 2}), &channels);
    QCOMPARE(error.code(), code);
    QString result = error.message();
    for (const quint16 channel : std::as_const(channels))
        result += (result.isEmpty() ? QString() : QStringLiteral(" ")) + QString::number(channel);
    QVERIFY2(result.startsWith(message), qPrintable(result));
}

void tst_Handshake::untrustedTextIsCutAndQuotedInMessages()
{
    HandshakeRequest request = goodRequest();
    request.protocol = "x\"\nERROR all is lost\x1b[31m";
    QList<quint16> channels;
    QCOMPARE(negotiate(request, terms({1}), &channels).message(),
             QStringLiteral("unknown protocol: expected \"ipcprims\", got "
                            "\"x\\u0022\\u000aERROR all is lost\\u001b[31m\""));
    request = goodRequest();
    request.version = "1.0\n\n";
    QVERIFY(negotiate(request, terms({1}), &channels)
                    .message()
                    .endsWith(QStringLiteral("got \"1.0\\u000a\\u000a\"")));
}

QTEST_APPLESS_MAIN(tst_Handshake)
#include "tst_handshake.moc"
