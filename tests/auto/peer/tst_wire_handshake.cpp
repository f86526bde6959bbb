// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

namespace {

/// A request with one member replaced; \a value is JSON text.
QByteArray request(const char *member, const QByteArray &value)
{
    QList<std::pair<QByteArray, QByteArray>> members
            = {{"protocol", R"("ipcprims")"}, {"version", R"("1.0")"}, {"channels", "[1,2,3,4]"}};
    QByteArray json;
    for (const auto &[name, plainValue] : std::as_const(members)) {
        json += (json.isEmpty() ? "{\"" : ",\"") + name + "\":";
        json += name == member ? value : plainValue;
    }
    if (qstrcmp(member, "auth_token") == 0)
        json += ",\"auth_token\":" + value;
    return json + '}';
}

QByteArray requestWithMore(const QByteArray &moreMembers)
{
    return PlainRequest.chopped(1) + ',' + moreMembers + '}';
}

QByteArray repeatedChannel(int count)
{
    return '[' + QByteArray("1,").repeated(count).chopped(1) + ']';
}

QByteArray utf16(const QByteArray &text)
{
    QByteArray encoded;
    for (const char character : text)
        encoded.append(character).append('\0');
    return encoded;
}

QByteArray nested(int depth)
{
    return QByteArray(depth, '[') + QByteArray(depth, ']');
}

} // namespace

/*!
    What a server answers to the first bytes of a client, seen from a raw socket: sections 2 and 3
    of the protocol.
*/
class tst_WireHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goodRequestIsAnsweredExactly();
    void acceptedRequest_data();
    void acceptedRequest();
    void acceptedToken_data();
    void acceptedToken();
    void refusalIsSilent_data();
    void refusalIsSilent();
    void refusedBytesAreAnsweredWithSilence_data();
    void refusedBytesAreAnsweredWithSilence();
    void failedHandshakeUsesUpAPeerNumber();
    void largestRequestIsAccepted();
};

void tst_WireHandshake::goodRequestIsAnsweredExactly()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.writeFrame(Channel::Control, PlainRequest));

    const std::optional<RawSocket::Frame> response = client.readFrame();
    QVERIFY(response);
    QCOMPARE(response->channel, Channel::Control);
    QCOMPARE(
            response->payload,
            R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4],"peer_id":"peer-1"})"_ba);
    QTRY_VERIFY(observed.peer);
    QCOMPARE(observed.peer->peerId(), u"peer-1"_s);
    QVERIFY(!observed.peer->takeAuthToken());
}

void tst_WireHandshake::acceptedRequest_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QList<quint16>>("channels");
    const QList<quint16> all = {1, 2, 3, 4};

    // The reverse of the usual rule: the client's minor version is at least the server's.
    QTest::newRow("newer minor version") << request("version", R"("1.9")") << all;
    QTest::newRow("newest minor version") << request("version", R"("1.65535")") << all;
    QTest::newRow("version with signs") << request("version", R"("+1.+0")") << all;
    QTest::newRow("version with leading zeros") << request("version", R"("001.00")") << all;

    QTest::newRow("order is the client's")
            << request("channels", "[3,1,4]") << QList<quint16>{3, 1, 4};
    QTest::newRow("duplicates collapse to the first")
            << request("channels", "[4,1,4,1,2]") << QList<quint16>{4, 1, 2};
    QTest::newRow("unknown channels fall out")
            << request("channels", "[9,2,300,65535,1]") << QList<quint16>{2, 1};
    QTest::newRow("256 entries") << request("channels", repeatedChannel(256)) << QList<quint16>{1};

    QTest::newRow("white space around") << " \r\n\t" + PlainRequest + "\n\t " << all;
    QTest::newRow("escaped member name")
            << QByteArray(PlainRequest).replace("protocol", R"(\u0070rotocol)") << all;
    QTest::newRow("escaped value")
            << QByteArray(PlainRequest).replace("ipcprims", R"(ipc\u0070rims)") << all;
    QTest::newRow("other order of members")
            << R"({"channels":[2],"version":"1.0","protocol":"ipcprims"})"_ba << QList<quint16>{2};

    // Unknown members are skipped, whatever they hold.
    QTest::newRow("unknown member, repeated") << requestWithMore(R"("x":1,"x":2)") << all;
    QTest::newRow("unknown member, 500 levels") << requestWithMore("\"x\":" + nested(500)) << all;
    QTest::newRow("unknown member, huge number") << requestWithMore(R"("x":1e999)") << all;
    QTest::newRow("unknown member, lone surrogate") << requestWithMore(R"("x":"\ud800")") << all;
    QTest::newRow("unknown member, ill-formed UTF-8") << requestWithMore("\"x\":\"\xff\"") << all;
    QTest::newRow("unknown member, known names in it")
            << requestWithMore(R"("x":{"protocol":1,"channels":0})") << all;
    QTest::newRow("unknown member, other case") << requestWithMore(R"("Protocol":"other")") << all;
}

void tst_WireHandshake::acceptedRequest()
{
    QFETCH(QByteArray, request);
    QFETCH(QList<quint16>, channels);
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.writeFrame(Channel::Control, request));

    QByteArray list;
    for (const quint16 channel : channels)
        list += (list.isEmpty() ? "" : ",") + QByteArray::number(channel);
    // The version in the answer is always the server's own.
    const RawSocket::Frame expected
            = {Channel::Control, R"({"protocol":"ipcprims","version":"1.0","channels":[)" + list
                                         + R"(],"peer_id":"peer-1"})"};
    const std::optional<RawSocket::Frame> response = client.readFrame();
    QVERIFY(response);
    QCOMPARE(*response, expected);
    QTRY_VERIFY(observed.peer);
    QCOMPARE(observed.peer->channels(), channels);
}

void tst_WireHandshake::acceptedToken_data()
{
    QTest::addColumn<QByteArray>("wireForm");
    QTest::addColumn<bool>("present");
    QTest::addColumn<QByteArray>("token");
    const QByteArray longest(MaxAuthTokenSize, 'a');

    QTest::newRow("null") << "null"_ba << false << QByteArray();
    QTest::newRow("text") << R"("s\u00e9same")"_ba << true << "s\xc3\xa9same"_ba;
    QTest::newRow("longest text") << '"' + longest + '"' << true << longest;
    QTest::newRow("hex object") << R"({"hex":"00ff7f"})"_ba << true
                                << QByteArray::fromHex("00ff7f");
    QTest::newRow("hex object, upper case") << R"({"hex":"AbCd"})"_ba << true << "\xab\xcd"_ba;
    QTest::newRow("longest hex object")
            << R"({"hex":")" + longest.toHex() + R"("})" << true << longest;
    QTest::newRow("byte array") << "[0,255,127]"_ba << true << QByteArray::fromHex("00ff7f");
    QTest::newRow("longest byte array")
            << '[' + QByteArray("97,").repeated(MaxAuthTokenSize).chopped(1) + ']' << true
            << longest;
}

void tst_WireHandshake::acceptedToken()
{
    QFETCH(QByteArray, wireForm);
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.openSession(request("auth_token", wireForm));
    QVERIFY(client.isValid());
    QTRY_VERIFY(observed.peer);

    const std::optional<QByteArray> token = observed.peer->takeAuthToken();
    QTEST(token.has_value(), "present");
    QTEST(token.value_or(QByteArray()), "token");
    QVERIFY2(!observed.peer->takeAuthToken(), "A token can be taken once.");
}

void tst_WireHandshake::refusalIsSilent_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("phrase");

    const auto malformed = [](const char *name, const QByteArray &payload) {
        QTest::newRow(name) << payload << ErrorCode::HandshakeMalformed << QString();
    };
    malformed("empty", "");
    malformed("not JSON", "hello");
    malformed("array", R"(["ipcprims","1.0",[1],null])");
    malformed("text after the object", PlainRequest + 'x');
    malformed("second object", PlainRequest + PlainRequest);
    malformed("NUL after the object", PlainRequest + '\0');
    malformed("byte-order mark", "\xef\xbb\xbf" + PlainRequest);
    malformed("comment", "/**/" + PlainRequest);
    malformed("single quotes", QByteArray(PlainRequest).replace('"', '\''));
    malformed("trailing comma", PlainRequest.chopped(1) + ",}");
    malformed("control character in a string", request("protocol", "\"ipcprims\n\""));
    malformed("UTF-16", utf16(PlainRequest));
    malformed("ill-formed UTF-8 in a member name", requestWithMore("\"\xff\":1"));
    malformed("not a number", requestWithMore(R"("x":NaN)"));
    malformed("other case of a name", QByteArray(PlainRequest).replace("version", "Version"));
    malformed("no protocol", R"({"version":"1.0","channels":[1]})");
    malformed("no version", R"({"protocol":"ipcprims","channels":[1]})");
    malformed("no channels", R"({"protocol":"ipcprims","version":"1.0"})");
    malformed("repeated protocol", requestWithMore(R"("protocol":"ipcprims")"));
    malformed("repeated version", requestWithMore(R"("version":"1.0")"));
    malformed("repeated channels", requestWithMore(R"("channels":[1,2,3,4])"));
    malformed("repeated null token", requestWithMore(R"("auth_token":null,"auth_token":null)"));
    malformed("repeated, once escaped", requestWithMore(R"("\u0076ersion":"1.0")"));
    malformed("protocol is a number", request("protocol", "1"));
    malformed("protocol is null", request("protocol", "null"));
    malformed("protocol of no bytes", request("protocol", R"("")"));
    malformed("protocol of 33 bytes", request("protocol", '"' + QByteArray(33, 'p') + '"'));
    malformed("version is a number", request("version", "1.0"));
    for (const char *version : {"", "1", "1.", ".0", "1.0.0", " 1.0", "1.0 ", "-1.0", "1.-0", "1.x",
                                "1.65536", "65536.0", "0x1.0", "++1.0", "1.000000000000000"})
        malformed(qPrintable(u"version '%1'"_s.arg(QLatin1StringView(version))),
                  request("version", '"' + QByteArray(version) + '"'));
    for (const char *channel : {"1.0", "1e0", "-0", "-1", "65536", "99999999999999999999", R"("1")",
                                "true", "null", "[1]"})
        malformed(qPrintable(u"channel %1"_s.arg(QLatin1StringView(channel))),
                  request("channels", '[' + QByteArray(channel) + ']'));
    malformed("channels is a number", request("channels", "1"));
    malformed("channels is an object", request("channels", "{}"));
    malformed("channels is null", request("channels", "null"));

    const auto refused
            = [](const char *name, const QByteArray &payload, ErrorCode code,
                 const QString &phrase) { QTest::newRow(name) << payload << code << phrase; };
    refused("protocol in other case", request("protocol", R"("IPCPRIMS")"),
            ErrorCode::ProtocolMismatch, u"unknown protocol"_s);
    refused("protocol of 32 bytes", request("protocol", '"' + QByteArray(32, 'p') + '"'),
            ErrorCode::ProtocolMismatch, u"unknown protocol"_s);
    refused("older major version", request("version", R"("0.9")"), ErrorCode::VersionMismatch,
            u"incompatible version"_s);
    refused("newer major version", request("version", R"("2.0")"), ErrorCode::VersionMismatch,
            u"incompatible version"_s);
    refused("no channel", request("channels", "[]"), ErrorCode::ChannelsRefused,
            u"no overlapping channels"_s);
    refused("no common channel", request("channels", "[5,256,65535]"), ErrorCode::ChannelsRefused,
            u"no overlapping channels"_s);
    refused("CONTROL among the channels", request("channels", "[1,0]"), ErrorCode::ChannelsRefused,
            u"CONTROL"_s);
    refused("257 equal channels", request("channels", repeatedChannel(257)),
            ErrorCode::ChannelsRefused, u"too many channels in handshake: 257 (max 256)"_s);

    const auto badToken = [&refused](const char *name, const QByteArray &token) {
        refused(name, request("auth_token", token), ErrorCode::AuthTokenInvalid, QString());
    };
    const QByteArray tooLong(MaxAuthTokenSize + 1, 'a');
    badToken("token: empty text", R"("")");
    badToken("token: long text", '"' + tooLong + '"');
    badToken("token: 1366 three-byte characters", '"' + QByteArray("\u20ac").repeated(1366) + '"');
    badToken("token: number", "7");
    badToken("token: bool", "true");
    badToken("token: empty object", "{}");
    badToken("token: no digit", R"({"hex":""})");
    badToken("token: odd number of digits", R"({"hex":"abc"})");
    badToken("token: prefix", R"({"hex":"0x00"})");
    badToken("token: no hex digits", R"({"hex":"zz"})");
    badToken("token: blank between digits", R"({"hex":"00 11"})");
    badToken("token: other member", R"({"hex":"00","x":1})");
    badToken("token: repeated member", R"({"hex":"00","hex":"00"})");
    badToken("token: other case of the name", R"({"HEX":"00"})");
    badToken("token: hex is a number", R"({"hex":11})");
    badToken("token: long hex", R"({"hex":")" + tooLong.toHex() + R"("})");
    badToken("token: empty array", "[]");
    badToken("token: 256 in the array", "[256]");
    badToken("token: -1 in the array", "[-1]");
    badToken("token: 1.0 in the array", "[1.0]");
    badToken("token: text in the array", R"(["1"])");
    badToken("token: long array", '[' + QByteArray("0,").repeated(4097).chopped(1) + ']');
}

void tst_WireHandshake::refusalIsSilent()
{
    QFETCH(QByteArray, request);
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.writeFrame(Channel::Control, request));

    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE(observed.refusals.size(), 1);
    QTEST(observed.refusals.first().code(), "code");
    QFETCH(QString, phrase);
    QVERIFY2(observed.refusals.first().message().contains(phrase),
             qPrintable(observed.refusals.first().message()));
    QVERIFY(!observed.peer);
}

void tst_WireHandshake::refusedBytesAreAnsweredWithSilence_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QList<ErrorCode>>("codes");
    QTest::addColumn<QString>("phrase");
    using Codes = QList<ErrorCode>;

    // None of these is followed by the end of the stream: the server decides on what it has.
    QTest::newRow("wrong magic") << "IQ\0\0\0\0\0\0"_ba << Codes{ErrorCode::BadMagic} << QString();
    QTest::newRow("other protocol")
            << "GET / HTTP/1.1\r\n\r\n"_ba << Codes{ErrorCode::BadMagic} << QString();
    QTest::newRow("one byte over the limit, payload missing")
            << RawSocket::header(Channel::Control, MaxHandshakePayloadSize + 1)
            << Codes{ErrorCode::PayloadTooLarge}
            << u"payload too large (16385 bytes on channel 0, max 16384)"_s;
    QTest::newRow("longest length")
            << RawSocket::header(Channel::Control, 0xffffffff) << Codes{ErrorCode::PayloadTooLarge}
            << u"payload too large (4294967295 bytes"_s;
    QTest::newRow("big-endian length") << QByteArray::fromHex("4950000000300000")
                                       << Codes{ErrorCode::PayloadTooLarge} << QString();
    QTest::newRow("request on channel 1")
            << RawSocket::frame(Channel::Command, PlainRequest)
            << Codes{ErrorCode::HandshakeMalformed, ErrorCode::ProtocolViolation}
            << u"expected CONTROL channel 0, got 1"_s;
}

void tst_WireHandshake::refusedBytesAreAnsweredWithSilence()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QList<ErrorCode>, codes);
    QFETCH(QString, phrase);
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.write(bytes));

    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE(observed.refusals.size(), 1);
    const Error reason = observed.refusals.first();
    QVERIFY2(codes.contains(reason.code()), qPrintable(reason.message()));
    QVERIFY2(reason.message().contains(phrase), qPrintable(reason.message()));
}

void tst_WireHandshake::failedHandshakeUsesUpAPeerNumber()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket bad = observed.connectRaw();
    QVERIFY(bad.writeFrame(Channel::Control, "{}"));
    QVERIFY(bad.waitForClosed());

    const RawSocket good = observed.openSession();
    QTRY_VERIFY(observed.peer);
    QCOMPARE(observed.peer->peerId(), u"peer-2"_s);
}

void tst_WireHandshake::largestRequestIsAccepted()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    const RawSocket client
            = observed.openSession(PlainRequest.leftJustified(MaxHandshakePayloadSize, ' '));
    QVERIFY(client.isValid());
}

QTEST_GUILESS_MAIN(tst_WireHandshake)
#include "tst_wire_handshake.moc"
