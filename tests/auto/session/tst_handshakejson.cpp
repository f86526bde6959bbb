// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "goodhandshake.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;

namespace {
// A request of which one member is replaced, or to which one is added.
struct RequestText
{
    QByteArray protocol = R"("ipcprims")";
    QByteArray version = R"("1.0")";
    QByteArray channels = "[1]";
    QByteArray more = {};

    QByteArray json() const
    {
        return "{\"protocol\":" + protocol + ",\"version\":" + version + ",\"channels\":" + channels
               + more + '}';
    }
};

QByteArray requestWithToken(const QByteArray &token)
{
    return RequestText{.more = ",\"auth_token\":" + token}.json();
}

struct ResponseText
{
    QByteArray protocol = R"("ipcprims")";
    QByteArray version = R"("1.0")";
    QByteArray channels = "[1]";
    QByteArray peerId = R"("peer-1")";
    QByteArray more = {};

    QByteArray json() const
    {
        return "{\"protocol\":" + protocol + ",\"version\":" + version + ",\"channels\":" + channels
               + ",\"peer_id\":" + peerId + more + '}';
    }
};

QByteArray list(const QByteArray &element, qsizetype count)
{
    return '[' + QByteArray(element + ',').repeated(count).chopped(1) + ']';
}

constexpr ErrorCode Fine = ErrorCode::NoError;
// Rows of a text that is a handshake, and of one that isn't.
void accept(const char *name, const QByteArray &json)
{
    QTest::newRow(name) << json << true;
}

void refuse(const char *name, const QByteArray &json)
{
    QTest::newRow(name) << json << false;
}

} // namespace

class tst_HandshakeJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestWireForm_data();
    void requestWireForm();
    void responseWireForm();

    void requestForm_data();
    void requestForm();
    void responseForm_data();
    void responseForm();
    void unknownMemberIsSkippedWhateverItHolds_data();
    void unknownMemberIsSkippedWhateverItHolds();
    void channelNumberIsAnIntegerToken_data();
    void channelNumberIsAnIntegerToken();
    void failedDecodingLeavesTheResultAlone();

    void tokenFormsAreRead_data();
    void tokenFormsAreRead();
    void otherTokenFormsAreRefused_data();
    void otherTokenFormsAreRefused();
    void tokenIsNotInTheMessage_data();
    void tokenIsNotInTheMessage();
};

void tst_HandshakeJson::requestWireForm_data()
{
    QTest::addColumn<HandshakeRequest>("request");
    QTest::addColumn<TokenFormat>("format");
    QTest::addColumn<QByteArray>("json");

    const QByteArray start = R"({"protocol":"ipcprims","version":"1.0","channels":)";
    const auto row = [&](const char *name, const QList<quint16> &channels,
                         const std::optional<QByteArray> &token, TokenFormat format,
                         const QByteArray &rest) {
        QTest::newRow(name) << HandshakeRequest{"ipcprims", "1.0", channels, token} << format
                            << start + rest;
    };
    row("without a token", {1, 2}, std::nullopt, TokenFormat::HexObject, "[1,2]}");
    row("one channel", {65535}, std::nullopt, TokenFormat::String, "[65535]}");
    row("no channel", {}, std::nullopt, TokenFormat::HexObject, "[]}");
    row("hex token", {1}, QByteArray("\x00\xab\xff", 3), TokenFormat::HexObject,
        R"([1],"auth_token":{"hex":"00abff"}})");
    row("array token", {1}, QByteArray("\x00\xab\xff", 3), TokenFormat::ByteArray,
        R"([1],"auth_token":[0,171,255]})");
    row("string token", {1}, QByteArray("s\xc3\xa9sam\"\x01"), TokenFormat::String,
        "[1],\"auth_token\":\"s\xc3\xa9sam\\\"\\u0001\"}");
}

void tst_HandshakeJson::requestWireForm()
{
    QFETCH(HandshakeRequest, request);
    QFETCH(TokenFormat, format);
    QFETCH(QByteArray, json);

    QCOMPARE(encodeRequest(request, format), json);

    HandshakeRequest decoded;
    const Error error = decodeRequest(json, &decoded);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(decoded.protocol, request.protocol);
    QCOMPARE(decoded.version, request.version);
    QCOMPARE(decoded.channels, request.channels);
    QCOMPARE(decoded.authToken, request.authToken);
}

void tst_HandshakeJson::responseWireForm()
{
    const HandshakeResponse response = {"ipcprims", "1.0", {4, 1}, "peer-\"7\""};
    const QByteArray json = R"({"protocol":"ipcprims","version":"1.0","channels":[4,1],)"
                            R"("peer_id":"peer-\"7\""})";
    QCOMPARE(encodeResponse(response), json);

    HandshakeResponse decoded;
    const Error error = decodeResponse(json, &decoded);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(decoded.protocol, response.protocol);
    QCOMPARE(decoded.version, response.version);
    QCOMPARE(decoded.channels, response.channels);
    QCOMPARE(decoded.peerId, response.peerId);
}

void tst_HandshakeJson::requestForm_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    const QByteArray good = RequestText{}.json();

    accept("plain", good);
    accept("white space around it", " \t\r\n" + good + " \t\r\n");
    accept("white space inside",
           R"({ "protocol" : "ipcprims" , "version" : "1.0" , "channels" : [ 1 , 2 ] })");
    accept("another order", R"({"channels":[1],"version":"1.0","protocol":"ipcprims"})");
    accept("escapes in names and values",
           R"({"\u0070rotocol":"ipc\u0070rims","version":"1\u002e0","channels":[1]})");
    accept("names of other case are unknown", RequestText{.more = R"(,"Protocol":1)"}.json());

    refuse("empty text", "");
    refuse("white space", " ");
    refuse("null", "null");
    refuse("array", "[]");
    // The reference takes this one, and we may refuse it.
    refuse("positional form", R"(["ipcprims","1.0",[1],null])");
    refuse("text after it", good + 'x');
    refuse("NUL after it", good + '\0');
    refuse("a second object", good + good);
    refuse("byte-order mark", "\xef\xbb\xbf" + good);
    refuse("UTF-16", QByteArray("{\0\"\0", 4));
    refuse("comment", "/* hello */" + good);
    refuse("single quotes", QByteArray(good).replace('"', '\''));
    refuse("trailing comma", RequestText{.more = ","}.json());
    refuse("trailing comma in the list", RequestText{.channels = "[1,]"}.json());
    refuse("cut short", good.chopped(1));

    refuse("no protocol", R"({"version":"1.0","channels":[1]})");
    refuse("no version", R"({"protocol":"ipcprims","channels":[1]})");
    refuse("no channels", R"({"protocol":"ipcprims","version":"1.0"})");
    refuse("protocol of other case", R"({"Protocol":"ipcprims","version":"1.0","channels":[1]})");
    refuse("protocol null", RequestText{.protocol = "null"}.json());
    refuse("protocol a number", RequestText{.protocol = "1"}.json());
    refuse("protocol ill-formed", RequestText{.protocol = "\"\xff\""}.json());
    refuse("protocol half a pair", RequestText{.protocol = R"("\ud800")"}.json());
    refuse("protocol with a control character", RequestText{.protocol = "\"\n\""}.json());
    refuse("version null", RequestText{.version = "null"}.json());
    refuse("version a number", RequestText{.version = "1.0"}.json());
    refuse("version ill-formed", RequestText{.version = "\"\xff\""}.json());
    refuse("channels null", RequestText{.channels = "null"}.json());
    refuse("channels a number", RequestText{.channels = "1"}.json());
    refuse("channels an object", RequestText{.channels = "{}"}.json());
    refuse("channels a string", RequestText{.channels = R"("1")"}.json());

    refuse("repeated protocol", RequestText{.more = R"(,"protocol":"ipcprims")"}.json());
    refuse("repeated version", RequestText{.more = R"(,"version":"1.0")"}.json());
    refuse("repeated channels", RequestText{.more = R"(,"channels":[1])"}.json());
    refuse("repeated token", RequestText{.more = R"(,"auth_token":"a","auth_token":"a")"}.json());
    refuse("repeated null token",
           RequestText{.more = R"(,"auth_token":null,"auth_token":null)"}.json());
    refuse("repeated with an escape", RequestText{.more = R"(,"\u0070rotocol":"ipcprims")"}.json());
    refuse("ill-formed name", RequestText{.more = ",\"\xff\":1"}.json());
}

void tst_HandshakeJson::requestForm()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    HandshakeRequest request;
    const Error error = decodeRequest(json, &request);
    QVERIFY2((error.code() == Fine) == accepted, qPrintable(error.message()));
    if (!accepted) {
        QCOMPARE(error.code(), ErrorCode::HandshakeMalformed);
        return;
    }
    QCOMPARE(request.protocol, "ipcprims");
    QCOMPARE(request.version, "1.0");
    QCOMPARE(request.channels.first(), 1);
    QVERIFY(!request.authToken);
}

void tst_HandshakeJson::responseForm_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    const QByteArray good = ResponseText{}.json();

    accept("plain", good);
    accept("white space around it", ' ' + good + '\n');
    accept("another order",
           R"({"peer_id":"peer-1","channels":[1],"version":"1.0","protocol":"ipcprims"})");
    accept("a token is an unknown member here", ResponseText{.more = R"(,"auth_token":5)"}.json());

    refuse("empty text", "");
    refuse("positional form", R"(["ipcprims","1.0",[1],"peer-1"])");
    refuse("text after it", good + 'x');
    refuse("no peer_id", R"({"protocol":"ipcprims","version":"1.0","channels":[1]})");
    refuse("peer_id null", ResponseText{.peerId = "null"}.json());
    refuse("peer_id a number", ResponseText{.peerId = "1"}.json());
    refuse("peer_id ill-formed", ResponseText{.peerId = "\"\xff\""}.json());
    refuse("protocol a number", ResponseText{.protocol = "1"}.json());
    refuse("version a number", ResponseText{.version = "1.0"}.json());
    refuse("channels null", ResponseText{.channels = "null"}.json());
    refuse("repeated peer_id", ResponseText{.more = R"(,"peer_id":"peer-1")"}.json());
    refuse("repeated channels", ResponseText{.more = R"(,"channels":[1])"}.json());
    refuse("ill-formed name", ResponseText{.more = ",\"\xff\":1"}.json());
}

void tst_HandshakeJson::responseForm()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    HandshakeResponse response;
    const Error error = decodeResponse(json, &response);
    QVERIFY2((error.code() == Fine) == accepted, qPrintable(error.message()));
    if (!accepted)
        QCOMPARE(error.code(), ErrorCode::HandshakeMalformed);
    else
        QCOMPARE(response.peerId, "peer-1");
}

void tst_HandshakeJson::unknownMemberIsSkippedWhateverItHolds_data()
{
    QTest::addColumn<QByteArray>("member");

    QTest::newRow("500 arrays") << "\"x\":" + QByteArray(500, '[') + QByteArray(500, ']');
    QTest::newRow("500 objects") << "\"x\":" + QByteArray("{\"x\":").repeated(500) + '1'
                                            + QByteArray(500, '}');
    QTest::newRow("number out of range") << QByteArray(R"("x":1e400)");
    QTest::newRow("half a pair") << QByteArray(R"("x":"\ud800")");
    QTest::newRow("ill-formed UTF-8") << QByteArray("\"x\":\"\xff\"");
    QTest::newRow("ill-formed UTF-8 in a name of its own") << QByteArray("\"x\":{\"\xff\":1}");
    QTest::newRow("repeated") << QByteArray(R"("x":1,"x":1)");
    QTest::newRow("names of known members inside") << QByteArray(R"("x":{"protocol":1})");
}

void tst_HandshakeJson::unknownMemberIsSkippedWhateverItHolds()
{
    QFETCH(QByteArray, member);

    // At the end and, with the comma behind it, at the front.
    const QByteArray request = RequestText{.more = ',' + member}.json();
    HandshakeRequest decodedRequest;
    QVERIFY(!decodeRequest(request, &decodedRequest));
    QCOMPARE(decodedRequest.channels, QList<quint16>{1});
    QVERIFY(!decodeRequest('{' + member + ',' + RequestText{}.json().sliced(1), &decodedRequest));

    HandshakeResponse decodedResponse;
    QVERIFY(!decodeResponse(ResponseText{.more = ',' + member}.json(), &decodedResponse));
    QCOMPARE(decodedResponse.peerId, "peer-1");
}

void tst_HandshakeJson::channelNumberIsAnIntegerToken_data()
{
    QTest::addColumn<QByteArray>("number");
    QTest::addColumn<bool>("accepted");

    for (const char *number : {"0", "1", "255", "65535"})
        QTest::newRow(number) << QByteArray(number) << true;
    for (const char *number : {"1.0", "1e0", "1E0", "-0", "-1", "65536", "99999999999999999999",
                               "01", "+1", "\"1\"", "true", "null", "[1]", "{}"})
        QTest::newRow(number) << QByteArray(number) << false;
}

void tst_HandshakeJson::channelNumberIsAnIntegerToken()
{
    QFETCH(QByteArray, number);
    QFETCH(bool, accepted);
    const QByteArray channels = "[7," + number + ']';
    const ErrorCode expected = accepted ? Fine : ErrorCode::HandshakeMalformed;

    HandshakeRequest request;
    QCOMPARE(decodeRequest(RequestText{.channels = channels}.json(), &request).code(), expected);
    HandshakeResponse response;
    QCOMPARE(decodeResponse(ResponseText{.channels = channels}.json(), &response).code(), expected);
    if (accepted) {
        QCOMPARE(request.channels, (QList<quint16>{7, number.toUShort()}));
        QCOMPARE(response.channels, (QList<quint16>{7, number.toUShort()}));
    }
}

void tst_HandshakeJson::failedDecodingLeavesTheResultAlone()
{
    HandshakeRequest request = goodRequest();
    QVERIFY(decodeRequest(RequestText{.protocol = R"("other")", .channels = "0"}.json(), &request));
    QCOMPARE(request.protocol, "ipcprims");

    // And success leaves nothing of what was there before.
    request.authToken = "old";
    QVERIFY(!decodeRequest(RequestText{}.json(), &request));
    QVERIFY(!request.authToken);

    HandshakeResponse response = goodResponse();
    QVERIFY(decodeResponse(ResponseText{.protocol = R"("other")", .channels = "0"}.json(),
                           &response));
    QCOMPARE(response.protocol, "ipcprims");
}

void tst_HandshakeJson::tokenFormsAreRead_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<std::optional<QByteArray>>("token");

    const auto row
            = [](const char *name, const QByteArray &json, const std::optional<QByteArray> &token) {
                  QTest::newRow(name) << json << token;
              };
    row("null is absent", "null", std::nullopt);
    row("string", R"("secret")", "secret");
    row("string with escapes", R"("s\u00e9\ud83d\ude00")", "s\xc3\xa9\xf0\x9f\x98\x80");
    row("string with NUL", R"("a\u0000b")", QByteArray("a\0b", 3));
    row("hex", R"({"hex":"00ff"})", QByteArray("\0\xff", 2));
    row("hex of either case", R"({"hex":"aAfF"})", "\xaa\xff");
    row("hex with escapes", R"({"h\u0065x":"\u0030\u0031"})", "\x01");
    row("array", "[0,1,255]", QByteArray("\x00\x01\xff", 3));
    row("array with white space", " [ 7 ] ", "\x07");
    row("longest hex", R"({"hex":")" + QByteArray("ab").repeated(4096) + "\"}",
        QByteArray(4096, '\xab'));
    row("longest array", list("1", 4096), QByteArray(4096, '\1'));
    row("longest string", '"' + QByteArray(4096, 'x') + '"', QByteArray(4096, 'x'));
}

void tst_HandshakeJson::tokenFormsAreRead()
{
    QFETCH(QByteArray, json);
    QFETCH(std::optional<QByteArray>, token);

    HandshakeRequest request;
    const Error error = decodeRequest(requestWithToken(json), &request);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(request.authToken, token);
    QList<quint16> channels;
    QVERIFY(!negotiate(request, terms({1}), &channels));
}

void tst_HandshakeJson::otherTokenFormsAreRefused_data()
{
    QTest::addColumn<QByteArray>("json");

    for (const char *json : {"5",
                             "true",
                             "-1.5",
                             R"("")",
                             "\"\xff\"",
                             R"("\ud800")",
                             "\"\n\"",
                             "{}",
                             R"({"hex":""})",
                             R"({"hex":"0"})",
                             R"({"hex":"000"})",
                             R"({"hex":"0g"})",
                             R"({"hex":"0x00"})",
                             R"({"hex":"00 "})",
                             R"({"hex":" 00"})",
                             R"({"hex":"0 0"})",
                             R"({"hex":"\ud800"})",
                             "{\"hex\":\"\xff\xff\"}",
                             R"({"hex":null})",
                             R"({"hex":[0]})",
                             R"({"HEX":"00"})",
                             R"({"hex":"00","hex":"00"})",
                             R"({"hex":"00","x":1})",
                             R"({"x":1,"hex":"00"})",
                             R"({"hex":"00",})",
                             "[]",
                             "[256]",
                             "[-1]",
                             "[-0]",
                             "[1.0]",
                             "[1e0]",
                             "[\"1\"]",
                             "[null]",
                             "[[1]]",
                             "[1,]",
                             "[1 2]"})
        QTest::newRow(json) << QByteArray(json);

    QTest::newRow("string over 4096 bytes") << '"' + QByteArray(4097, 'x') + '"';
    QTest::newRow("string over 4096 bytes in fewer characters")
            << '"' + QByteArray("\xe2\x82\xac").repeated(1366) + '"';
    QTest::newRow("hex over 4096 bytes") << R"({"hex":")" + QByteArray("ab").repeated(4097) + "\"}";
    QTest::newRow("array over 4096 bytes") << list("1", 4097);
}

void tst_HandshakeJson::otherTokenFormsAreRefused()
{
    QFETCH(QByteArray, json);

    // The form is judged in reading, the length in negotiating.
    HandshakeRequest request;
    Error error = decodeRequest(requestWithToken(json), &request);
    QList<quint16> channels;
    if (!error)
        error = negotiate(request, terms({1}), &channels);
    QCOMPARE(error.code(), ErrorCode::AuthTokenInvalid);
    QVERIFY(channels.isEmpty());
}

void tst_HandshakeJson::tokenIsNotInTheMessage_data()
{
    QTest::addColumn<QByteArray>("json");

    QTest::newRow("string, too long") << '"' + QByteArray("secret").repeated(1000) + '"';
    QTest::newRow("string, ill-formed") << QByteArray("\"secret\xff\"");
    QTest::newRow("string, open") << QByteArray("\"secret");
    QTest::newRow("hex") << QByteArray(R"({"hex":"secret"})");
    QTest::newRow("other member") << QByteArray(R"({"secret":"secret"})");
    QTest::newRow("array") << QByteArray(R"(["secret"])");
    QTest::newRow("text after it") << QByteArray(R"("secret" secret)");
}

void tst_HandshakeJson::tokenIsNotInTheMessage()
{
    QFETCH(QByteArray, json);

    HandshakeRequest request;
    Error error = decodeRequest(requestWithToken(json), &request);
    QList<quint16> channels;
    if (!error)
        error = negotiate(request, terms({1}), &channels);
    QVERIFY(error);
    QVERIFY2(!error.message().contains(QLatin1String("secret")), qPrintable(error.message()));
}

QTEST_APPLESS_MAIN(tst_HandshakeJson)
#include "tst_handshakejson.moc"
