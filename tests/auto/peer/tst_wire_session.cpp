// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Ping = R"({"type":"ping"})";
const RawSocket::Frame Pong = {Channel::Control, R"({"type":"pong"})"};

QByteArray control(const QByteArray &json)
{
    return RawSocket::frame(Channel::Control, json);
}

QByteArray withPayload(const QByteArray &payload)
{
    return R"({"type":"ping","payload":)" + payload + '}';
}

QByteArray nested(int depth)
{
    return QByteArray(depth, '[') + QByteArray(depth, ']');
}

} // namespace

/*!
    What an open session makes of the bytes that a raw client sends: sections 2, 4 and 5 of the
    protocol.
*/
class tst_WireSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_observed.reset(); }

    void framesOfEveryChannelAreDelivered();
    void reservedAndUserChannelsCanBeNegotiated();
    void pingIsAnsweredExactly_data();
    void pingIsAnsweredExactly();
    void unexpectedAnswerIsIgnored_data();
    void unexpectedAnswerIsIgnored();
    void badControlMessageEndsTheSession_data();
    void badControlMessageEndsTheSession();
    void badFrameEndsTheSession_data();
    void badFrameEndsTheSession();
    void supportedButNotNegotiatedChannelEndsTheSession();
    void wrongMagicIsJudgedWithTheWholeHeader();
    void largestPayloadIsAccepted();
    void endOfStream_data();
    void endOfStream();
    void flood_data();
    void flood();
    void everyDataFrameStartsTheFloodCountAnew();

private:
    /// Everything of a session that ended by the client's fault.
    void verifyEnded(ErrorCode code, const QString &phrase);

    std::unique_ptr<ObservedServer> m_observed;
    RawSocket m_client;
};

void tst_WireSession::init()
{
    m_observed = std::make_unique<ObservedServer>();
    QVERIFY(m_observed->listen());
    m_client = m_observed->openSession();
    QTRY_VERIFY(m_observed->peer);
}

void tst_WireSession::verifyEnded(ErrorCode code, const QString &phrase)
{
    QVERIFY(m_client.waitForClosed());
    QCOMPARE(m_client.leftovers(), QByteArray());
    QTRY_COMPARE(m_observed->endings.size(), 1);
    const Error reason = m_observed->endings.first();
    QVERIFY2(reason.message().contains(phrase), qPrintable(reason.message()));
    QCOMPARE(reason.code(), code);
}

void tst_WireSession::framesOfEveryChannelAreDelivered()
{
    QList<RawSocket::Frame> sent;
    for (const quint16 channel : {4, 2, 1, 3}) {
        sent.append({channel, QByteArray::number(channel)});
        sent.append({channel, QByteArray()});
    }
    for (const RawSocket::Frame &frame : std::as_const(sent))
        QVERIFY(m_client.writeFrame(frame.channel, frame.payload));
    QTRY_COMPARE(m_observed->frames, sent);

    for (const RawSocket::Frame &frame : std::as_const(sent)) {
        QVERIFY(!m_observed->peer->send(frame.channel, frame.payload));
        m_observed->peer->flush();
        const std::optional<RawSocket::Frame> received = m_client.readFrame();
        QVERIFY(received);
        QCOMPARE(*received, frame);
    }
}

void tst_WireSession::reservedAndUserChannelsCanBeNegotiated()
{
    ObservedServer observed;
    observed.server.setChannels({7, 9, 256, 65535});
    QVERIFY(observed.listen());
    RawSocket client = observed.openSession(
            R"({"protocol":"ipcprims","version":"1.0","channels":[65535,256,9,7]})");
    const QList<RawSocket::Frame> sent = {{7, "a"}, {9, "b"}, {256, "c"}, {65535, "d"}};
    for (const RawSocket::Frame &frame : sent)
        QVERIFY(client.writeFrame(frame.channel, frame.payload));
    QTRY_COMPARE(observed.frames, sent);
}

void tst_WireSession::pingIsAnsweredExactly_data()
{
    QTest::addColumn<QByteArray>("ping");
    QTest::newRow("plain") << Ping;
    QTest::newRow("white space") << " {\r\n\t\"type\" : \"ping\" } "_ba;
    QTest::newRow("escaped name") << R"({"\u0074ype":"ping"})"_ba;
    QTest::newRow("timestamp") << R"({"type":"ping","timestamp":"now"})"_ba;
    QTest::newRow("unknown members") << R"({"x":1e999,"type":"ping","x":"\ud800"})"_ba;
    QTest::newRow("payload is not returned") << withPayload(R"({"reason":"x","n":[1,2.5,null]})");
    QTest::newRow("payload of 100 levels") << withPayload(nested(100));
    QTest::newRow("payload is null") << withPayload("null");
}

void tst_WireSession::pingIsAnsweredExactly()
{
    QFETCH(QByteArray, ping);
    QVERIFY(m_client.writeFrame(Channel::Control, ping));
    const std::optional<RawSocket::Frame> answer = m_client.readFrame();
    QVERIFY(answer);
    QCOMPARE(*answer, Pong);

    QVERIFY(m_client.writeFrame(Channel::Data, "goes on"));
    QTRY_COMPARE(m_observed->frames.size(), 1);
}

void tst_WireSession::unexpectedAnswerIsIgnored_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("pong") << Pong.payload;
    QTest::newRow("shutdown_ack") << R"({"type":"shutdown_ack"})"_ba;
}

void tst_WireSession::unexpectedAnswerIsIgnored()
{
    QFETCH(QByteArray, message);
    QVERIFY(m_client.write(control(message) + RawSocket::frame(Channel::Data, "goes on")
                           + control(Ping)));
    // The first thing to be answered is the ping.
    const std::optional<RawSocket::Frame> answer = m_client.readFrame();
    QVERIFY(answer);
    QCOMPARE(*answer, Pong);
    QTRY_COMPARE(m_observed->frames.size(), 1);
    QVERIFY(m_observed->endings.isEmpty());
}

void tst_WireSession::badControlMessageEndsTheSession_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("phrase");
    const QString unknown = u"unknown CONTROL message type"_s;
    const QString invalid = u"invalid CONTROL JSON payload"_s;

    QTest::newRow("unknown type") << R"({"type":"hello"})"_ba << unknown;
    QTest::newRow("type of no characters") << R"({"type":""})"_ba << unknown;
    QTest::newRow("type in other case") << R"({"type":"Ping"})"_ba << unknown;
    QTest::newRow("type with a blank") << R"({"type":"ping "})"_ba << unknown;
    QTest::newRow("shutdown_force")
            << R"({"type":"shutdown_force"})"_ba << u"received disallowed SHUTDOWN_FORCE"_s;

    const auto badJson = [&invalid](const char *name, const QByteArray &message) {
        QTest::newRow(name) << message << invalid;
    };
    badJson("empty payload", "");
    badJson("not JSON", "ping");
    badJson("text", R"("ping")");
    badJson("array", R"(["ping",null,null])");
    badJson("no type", "{}");
    badJson("type is a number", R"({"type":1})");
    badJson("type is null", R"({"type":null})");
    badJson("name in other case", R"({"Type":"ping"})");
    badJson("repeated type", R"({"type":"ping","type":"ping"})");
    badJson("repeated payload", R"({"type":"ping","payload":1,"payload":1})");
    badJson("text after the object", Ping + 'x');
    badJson("byte-order mark", "\xef\xbb\xbf" + Ping);
    badJson("trailing comma", R"({"type":"ping",})");
    badJson("timestamp is a number", R"({"type":"ping","timestamp":1})");
    // Unlike an unknown member's, the value of "payload" has to be sound.
    badJson("payload of 200 levels", withPayload(nested(200)));
    badJson("payload with a huge number", withPayload("1e999"));
    badJson("payload with a lone surrogate", withPayload(R"("\ud800")"));
    badJson("payload with ill-formed UTF-8", withPayload("\"\xff\""));
}

void tst_WireSession::badControlMessageEndsTheSession()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, phrase);
    QVERIFY(m_client.write(RawSocket::frame(Channel::Data, "before") + control(message)
                           + RawSocket::frame(Channel::Data, "after")));
    verifyEnded(ErrorCode::ProtocolViolation, phrase);
    const QList<RawSocket::Frame> expected = {{Channel::Data, "before"}};
    QCOMPARE(m_observed->frames, expected);
}

void tst_WireSession::badFrameEndsTheSession_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("phrase");

    QTest::newRow("channel was not negotiated")
            << RawSocket::frame(9, "x") << ErrorCode::ProtocolViolation
            << u"received frame on unnegotiated channel 9"_s;
    QTest::newRow("wrong magic") << "IP\1\0\0\0\2\0xnonsense"_ba << ErrorCode::BadMagic
                                 << QString();
    // The header is enough, the payload never comes.
    QTest::newRow("one byte over the limit")
            << RawSocket::header(Channel::Data, MaxPayloadSize + 1) << ErrorCode::PayloadTooLarge
            << u"payload too large (16777217 bytes on channel 2, max 16777216)"_s;
    QTest::newRow("longest length")
            << RawSocket::header(Channel::Data, 0xffffffff) << ErrorCode::PayloadTooLarge
            << u"payload too large (4294967295 bytes on channel 2, max 16777216)"_s;
}

void tst_WireSession::badFrameEndsTheSession()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, phrase);
    QVERIFY(m_client.write(RawSocket::frame(Channel::Command, "before") + bytes));
    verifyEnded(code, phrase);
    QCOMPARE(m_observed->frames.value(0).payload, "before"_ba);
}

void tst_WireSession::supportedButNotNegotiatedChannelEndsTheSession()
{
    m_client.close();
    QTRY_COMPARE(m_observed->endings.size(), 1);
    m_observed->endings.clear();

    m_client = m_observed->openSession(R"({"protocol":"ipcprims","version":"1.0","channels":[1]})");
    QVERIFY(m_client.writeFrame(Channel::Data, "x"));
    verifyEnded(ErrorCode::ProtocolViolation, u"received frame on unnegotiated channel 2"_s);
    QVERIFY(m_observed->frames.isEmpty());
}

void tst_WireSession::wrongMagicIsJudgedWithTheWholeHeader()
{
    QVERIFY(m_client.writeBytewise("nonsens"));
    // Still a session: this side's frames come through.
    QVERIFY(!m_observed->peer->send(Channel::Data, "still here"));
    QVERIFY(m_client.readFrame());
    QVERIFY(m_observed->endings.isEmpty());

    QVERIFY(m_client.write("e"));
    verifyEnded(ErrorCode::BadMagic, QString());
}

void tst_WireSession::largestPayloadIsAccepted()
{
    const QByteArray payload(MaxPayloadSize, 'x');
    QVERIFY(m_client.writeFrame(Channel::Data, payload));
    QTRY_COMPARE_WITH_TIMEOUT(m_observed->frames.size(), 1, 30000);
    QVERIFY(m_observed->frames.first().payload == payload);

    QVERIFY(m_client.writeFrame(Channel::Control, Ping));
    QVERIFY(m_client.readFrame());
}

void tst_WireSession::endOfStream_data()
{
    QTest::addColumn<QByteArray>("lastBytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("between two frames") << QByteArray() << ErrorCode::Disconnected;
    QTest::newRow("inside a header") << "IP\5"_ba << ErrorCode::TruncatedFrame;
    QTest::newRow("inside a payload")
            << RawSocket::frame(Channel::Data, "half").chopped(2) << ErrorCode::TruncatedFrame;
}

void tst_WireSession::endOfStream()
{
    QFETCH(QByteArray, lastBytes);
    QFETCH(ErrorCode, code);
    QVERIFY(m_client.write(RawSocket::frame(Channel::Data, "first")
                           + RawSocket::frame(Channel::Data, "second") + lastBytes));
    m_client.finishWriting();
    verifyEnded(code, QString());
    QCOMPARE(m_observed->frames.size(), 2);
}

void tst_WireSession::flood_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("pongs");
    QTest::newRow("pings") << Ping << MaxControlFramesInARow;
    QTest::newRow("pongs") << Pong.payload << 0;
}

void tst_WireSession::flood()
{
    QFETCH(QByteArray, message);
    QFETCH(int, pongs);
    // 256 are fine, and all of them are answered...
    QVERIFY(m_client.write(control(message).repeated(MaxControlFramesInARow)));
    for (int i = 0; i < pongs; ++i) {
        const std::optional<RawSocket::Frame> answer = m_client.readFrame();
        QVERIFY(answer);
        QCOMPARE(*answer, Pong);
    }
    QVERIFY(m_observed->endings.isEmpty());

    // ...but the 257th is too much.
    QVERIFY(m_client.write(control(message)));
    verifyEnded(ErrorCode::ProtocolViolation, u"control frame flood detected"_s);
}

void tst_WireSession::everyDataFrameStartsTheFloodCountAnew()
{
    for (int round = 1; round <= 3; ++round) {
        QVERIFY(m_client.write(control(Ping).repeated(MaxControlFramesInARow)
                               + RawSocket::frame(Channel::Data, "x")));
        for (int i = 0; i < MaxControlFramesInARow; ++i)
            QVERIFY(m_client.readFrame());
        QTRY_COMPARE(m_observed->frames.size(), round);
    }
    QVERIFY(m_observed->endings.isEmpty());
}

QTEST_GUILESS_MAIN(tst_WireSession)
#include "tst_wire_session.moc"
