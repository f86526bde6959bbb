// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawsocket.h"

#include <IpcPrims/peer.h>

#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

namespace {

const QByteArray PlainResponse
        = R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4],"peer_id":"peer-1"})";

/// The response with one member replaced; \a value is JSON text.
QByteArray response(const char *member, const QByteArray &value)
{
    const QList<std::pair<QByteArray, QByteArray>> members = {{"protocol", R"("ipcprims")"},
                                                              {"version", R"("1.0")"},
                                                              {"channels", "[1,2,3,4]"},
                                                              {"peer_id", R"("peer-1")"}};
    QByteArray json;
    for (const auto &[name, plainValue] : members) {
        json += (json.isEmpty() ? "{\"" : ",\"") + name + "\":";
        json += name == member ? value : plainValue;
    }
    return json + '}';
}

} // namespace

/*!
    A client against a server that is played by a raw socket: what the client says first, and what
    it makes of every answer. Section 3 of the protocol, seen from the other side.
*/
class tst_WireClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void requestIsExact_data();
    void requestIsExact();
    void acceptedResponse_data();
    void acceptedResponse();
    void everyByteOfTheResponseMayComeAlone();
    void framesMayComeWithTheResponse();
    void refusedResponse_data();
    void refusedResponse();
    void refusedBytes_data();
    void refusedBytes();
    void serverThatClosesHasRefused_data();
    void serverThatClosesHasRefused();
    void silentServerIsGivenUpAtTheDeadline();
    void tricklingServerIsGivenUpAtTheDeadline();
    void reconnectingInTheSlotThatReportsARefusal();

private:
    /// Connects \c m_peer and takes its request from the stream.
    RawSocket acceptPeer();
    void verifyRefused(RawSocket *server, ErrorCode code, const QString &phrase);

    QTemporaryDir m_directory;
    std::unique_ptr<RawListener> m_listener;
    std::unique_ptr<Peer> m_peer;
    int m_connectedCount = 0;
    QList<Error> m_endings;
    QByteArray m_request;
    int m_pathNumber = 0;
    QString m_path;
};

void tst_WireClient::init()
{
    m_path = m_directory.filePath(QString::number(++m_pathNumber));
    m_listener = std::make_unique<RawListener>(m_path);
    m_peer = std::make_unique<Peer>();
    m_connectedCount = 0;
    m_endings.clear();
    connect(m_peer.get(), &Peer::connected, this, [this] { ++m_connectedCount; });
    connect(m_peer.get(), &Peer::disconnected, this,
            [this](const Error &reason) { m_endings.append(reason); });
}

void tst_WireClient::cleanup()
{
    m_peer.reset();
    m_listener.reset();
}

RawSocket tst_WireClient::acceptPeer()
{
    m_peer->connectToServer(Endpoint::fromPath(m_path));
    RawSocket server = m_listener->accept();
    const std::optional<RawSocket::Frame> request = server.readFrame();
    m_request = request && request->channel == Channel::Control ? request->payload : QByteArray();
    return server;
}

void tst_WireClient::verifyRefused(RawSocket *server, ErrorCode code, const QString &phrase)
{
    QVERIFY(server->waitForClosed());
    QCOMPARE(server->leftovers(), QByteArray());
    QTRY_COMPARE(m_endings.size(), 1);
    QVERIFY2(m_endings.first().message().contains(phrase), qPrintable(m_endings.first().message()));
    QCOMPARE(m_endings.first().code(), code);
    QCOMPARE(m_connectedCount, 0);
    QVERIFY(m_peer->channels().isEmpty());
}

void tst_WireClient::requestIsExact_data()
{
    QTest::addColumn<QList<quint16>>("channels");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<TokenFormat>("format");
    QTest::addColumn<QByteArray>("request");
    const QByteArray start = R"({"protocol":"ipcprims","version":"1.0","channels":)";
    const QByteArray token = "a\"\xc3\xa9";

    QTest::newRow("no token") << QList<quint16>{1, 2, 3, 4} << QByteArray()
                              << TokenFormat::HexObject << start + "[1,2,3,4]}";
    QTest::newRow("other channels") << QList<quint16>{65535, 1} << QByteArray()
                                    << TokenFormat::HexObject << start + "[65535,1]}";
    QTest::newRow("hex token") << QList<quint16>{1} << QByteArray::fromHex("00fF10")
                               << TokenFormat::HexObject
                               << start + R"([1],"auth_token":{"hex":"00ff10"}})";
    QTest::newRow("byte array token")
            << QList<quint16>{1} << QByteArray::fromHex("00ff10") << TokenFormat::ByteArray
            << start + R"([1],"auth_token":[0,255,16]})";
    QTest::newRow("text token") << QList<quint16>{1} << token << TokenFormat::String
                                << start + R"([1],"auth_token":"a\")" + "\xc3\xa9\"}";
}

void tst_WireClient::requestIsExact()
{
    QFETCH(QList<quint16>, channels);
    QFETCH(QByteArray, token);
    QFETCH(TokenFormat, format);
    m_peer->setRequestedChannels(channels);
    m_peer->setAuthToken(token, format);
    const RawSocket server = acceptPeer();
    QTEST(m_request, "request");
    QCOMPARE(server.leftovers(), QByteArray());
}

void tst_WireClient::acceptedResponse_data()
{
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QList<quint16>>("channels");
    QTest::addColumn<QString>("peerId");
    const QList<quint16> all = {1, 2, 3, 4};
    const QByteArray longest(128, 'p');

    QTest::newRow("plain") << PlainResponse << all << u"peer-1"_s;
    QTest::newRow("fewer channels")
            << response("channels", "[2,4]") << QList<quint16>{2, 4} << u"peer-1"_s;
    QTest::newRow("duplicates collapse")
            << response("channels", "[2,2,4,2]") << QList<quint16>{2, 4} << u"peer-1"_s;
    QTest::newRow("version with zeros") << response("version", R"("01.00")") << all << u"peer-1"_s;
    QTest::newRow("longest peer id")
            << response("peer_id", '"' + longest + '"') << all << QString::fromLatin1(longest);
    QTest::newRow("unknown members")
            << PlainResponse.chopped(1) + R"(,"x":[1e999,{"channels":0}],"x":"\ud800"})" << all
            << u"peer-1"_s;
}

void tst_WireClient::acceptedResponse()
{
    QFETCH(QByteArray, response);
    RawSocket server = acceptPeer();
    QVERIFY(server.writeFrame(Channel::Control, response));
    QTRY_COMPARE(m_connectedCount, 1);
    QTEST(m_peer->channels(), "channels");
    QTEST(m_peer->peerId(), "peerId");
    QVERIFY(!m_peer->takeAuthToken());
}

void tst_WireClient::everyByteOfTheResponseMayComeAlone()
{
    RawSocket server = acceptPeer();
    QVERIFY(server.writeBytewise(RawSocket::frame(Channel::Control, PlainResponse)));
    QTRY_COMPARE(m_connectedCount, 1);
}

void tst_WireClient::framesMayComeWithTheResponse()
{
    QStringList story;
    connect(m_peer.get(), &Peer::connected, this, [&] { story.append(u"connected"_s); });
    connect(m_peer.get(), &Peer::frameReceived, this,
            [&](quint16, const QByteArray &payload) { story.append(QString::fromUtf8(payload)); });
    connect(m_peer.get(), &Peer::disconnected, this, [&] { story.append(u"disconnected"_s); });

    RawSocket server = acceptPeer();
    QVERIFY(server.write(RawSocket::frame(Channel::Control, PlainResponse)
                         + RawSocket::frame(Channel::Data, "one")
                         + RawSocket::frame(Channel::Command, "two")));
    server.close();
    QTRY_COMPARE(story, (QStringList{u"connected"_s, u"one"_s, u"two"_s, u"disconnected"_s}));
}

void tst_WireClient::refusedResponse_data()
{
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("phrase");

    const auto refused = [](const char *name, const QByteArray &payload, ErrorCode code,
                            const char *phrase = "") {
        QTest::newRow(name) << payload << code << QString::fromLatin1(phrase);
    };
    const ErrorCode malformed = ErrorCode::HandshakeMalformed;
    refused("empty", "", malformed);
    refused("not JSON", "hello", malformed);
    refused("array", R"(["ipcprims","1.0",[1],"peer-1"])", malformed);
    refused("text after the object", PlainResponse + 'x', malformed);
    refused("repeated member", PlainResponse.chopped(1) + R"(,"peer_id":"peer-1"})", malformed);
    refused("no peer id", QByteArray(PlainResponse).replace("peer_id", "x"), malformed);
    refused("peer id of no bytes", response("peer_id", R"("")"), malformed);
    refused("peer id of 129 bytes", response("peer_id", '"' + QByteArray(129, 'p') + '"'),
            malformed);
    refused("peer id is a number", response("peer_id", "1"), malformed);
    refused("protocol of 33 bytes", response("protocol", '"' + QByteArray(33, 'p') + '"'),
            malformed);
    refused("version with a sign", response("version", R"("-1.0")"), malformed);
    refused("channel 1.0", response("channels", "[1.0]"), malformed);

    refused("other protocol", response("protocol", R"("other")"), ErrorCode::ProtocolMismatch,
            "unknown protocol");
    // The reverse of the usual rule: this client is too old for a server of a newer minor version.
    refused("newer minor version", response("version", R"("1.1")"), ErrorCode::VersionMismatch,
            "incompatible version");
    refused("newer major version", response("version", R"("2.0")"), ErrorCode::VersionMismatch,
            "incompatible version");
    refused("older major version", response("version", R"("0.9")"), ErrorCode::VersionMismatch,
            "incompatible version");
    refused("no channel", response("channels", "[]"), ErrorCode::ChannelsRefused,
            "no overlapping channels");
    refused("CONTROL", response("channels", "[0,1]"), ErrorCode::ChannelsRefused, "CONTROL");
    refused("channel that was not requested", response("channels", "[1,5]"),
            ErrorCode::ChannelsRefused, "channel 5");
    refused("257 channels",
            response("channels", '[' + QByteArray("1,").repeated(257).chopped(1) + ']'),
            ErrorCode::ChannelsRefused, "too many channels in handshake: 257 (max 256)");
}

void tst_WireClient::refusedResponse()
{
    QFETCH(QByteArray, response);
    QFETCH(ErrorCode, code);
    QFETCH(QString, phrase);
    RawSocket server = acceptPeer();
    QVERIFY(server.writeFrame(Channel::Control, response));
    verifyRefused(&server, code, phrase);
}

void tst_WireClient::refusedBytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("phrase");

    QTest::newRow("wrong magic") << "HTTP/1.1 400\r\n"_ba << ErrorCode::BadMagic << QString();
    QTest::newRow("response on channel 1")
            << RawSocket::frame(Channel::Command, PlainResponse) << ErrorCode::HandshakeMalformed
            << u"expected CONTROL channel 0, got 1"_s;
    QTest::newRow("over-long, payload missing")
            << RawSocket::header(Channel::Control, MaxHandshakePayloadSize + 1)
            << ErrorCode::PayloadTooLarge
            << u"payload too large (16385 bytes on channel 0, max 16384)"_s;
}

void tst_WireClient::refusedBytes()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorCode, code);
    QFETCH(QString, phrase);
    RawSocket server = acceptPeer();
    QVERIFY(server.write(bytes));
    verifyRefused(&server, code, phrase);
}

void tst_WireClient::serverThatClosesHasRefused_data()
{
    QTest::addColumn<bool>("readsTheRequest");
    QTest::addColumn<qsizetype>("bytesSent");
    QTest::newRow("without a word") << true << qsizetype(0);
    QTest::newRow("inside the header") << true << qsizetype(5);
    QTest::newRow("inside the response") << true << qsizetype(30);
    // The system then resets the connection instead of ending it.
    QTest::newRow("without reading the request") << false << qsizetype(0);
}

void tst_WireClient::serverThatClosesHasRefused()
{
    QFETCH(bool, readsTheRequest);
    QFETCH(qsizetype, bytesSent);
    if (readsTheRequest) {
        RawSocket server = acceptPeer();
        QVERIFY(server.write(RawSocket::frame(Channel::Control, PlainResponse).first(bytesSent)));
    } else {
        m_peer->connectToServer(Endpoint::fromPath(m_path));
        RawSocket server = m_listener->accept();
        QTRY_COMPARE(m_peer->state(), Peer::State::Handshaking);
        QTRY_COMPARE(m_peer->bytesQueued(), 0);
        QVERIFY(server.waitForData());
    }
    QTRY_COMPARE(m_endings.size(), 1);
    QVERIFY2(m_endings.first().message().contains(u"connection closed during handshake"_s),
             qPrintable(m_endings.first().message()));
    QCOMPARE(m_endings.first().code(), ErrorCode::HandshakeRefused);
    QCOMPARE(m_connectedCount, 0);
}

void tst_WireClient::silentServerIsGivenUpAtTheDeadline()
{
    m_peer->setConnectTimeout(std::chrono::milliseconds(100));
    RawSocket server = acceptPeer();
    verifyRefused(&server, ErrorCode::Timeout, u"handshake"_s);
}

void tst_WireClient::tricklingServerIsGivenUpAtTheDeadline()
{
    m_peer->setConnectTimeout(std::chrono::milliseconds(200));
    RawSocket server = acceptPeer();
    const QByteArray bytes = RawSocket::frame(Channel::Control, PlainResponse.leftJustified(16000));
    qsizetype written = 0;
    while (written < bytes.size() && server.write(bytes.sliced(written, 1))) {
        ++written;
        QTest::qWait(5);
    }
    QVERIFY(written < bytes.size());
    verifyRefused(&server, ErrorCode::Timeout, u"handshake"_s);
}

void tst_WireClient::reconnectingInTheSlotThatReportsARefusal()
{
    connect(m_peer.get(), &Peer::disconnected, this, [this] {
        if (m_endings.size() == 1)
            m_peer->connectToServer(Endpoint::fromPath(m_path));
    });
    RawSocket first = acceptPeer();
    QVERIFY(first.writeFrame(Channel::Control, "{}"));
    RawSocket second = m_listener->accept();
    QVERIFY(second.writeFrame(Channel::Control, PlainResponse));
    QTRY_COMPARE(m_connectedCount, 1);
    QCOMPARE(m_endings.size(), 1);
}

QTEST_GUILESS_MAIN(tst_WireClient)
#include "tst_wire_client.moc"
