// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "addon.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qfileinfo.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

/*!
    How sessions with the reference implementation begin or don't: tokens, refusals, and who owns a
    socket's path. With its blocking and its promise classes.
*/
class tst_InteropHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup() { m_addon.reset(); }

    void addonsTokenReachesOurApplication_data();
    void addonsTokenReachesOurApplication();
    void ourTokenReachesTheAddonsApplication_data();
    void ourTokenReachesTheAddonsApplication();
    void ourTokenAsTextIsRefusedByTheAddon();
    void weRefuseTheAddon();
    void addonRefusesUs_data();
    void addonRefusesUs();
    void bothStylesAreServedSideBySide();
    void liveAddonKeepsItsPath();
    void pathOfAKilledAddonIsReused();

private:
    /// A session of our client with the addon's server; the outcome is in the peer's state.
    void connectToAddon(Peer *peer, const QList<quint16> &serverChannels);

    std::unique_ptr<Addon> m_addon;
    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
};

void tst_InteropHandshake::initTestCase_data()
{
    QTest::addColumn<Addon::Style>("style");
    QTest::newRow("blocking") << Addon::Blocking;
    QTest::newRow("promise") << Addon::Promise;
}

void tst_InteropHandshake::init()
{
    QFETCH_GLOBAL(Addon::Style, style);
    m_addon = std::make_unique<Addon>(style);
    m_directory = std::make_unique<QTemporaryDir>();
    m_path = m_directory->filePath(u"interop.sock"_s);
}

void tst_InteropHandshake::connectToAddon(Peer *peer, const QList<quint16> &serverChannels)
{
    QCOMPARE(m_addon->bind(m_path, serverChannels).error(), QString());
    const Answer accepted = m_addon->accept();
    peer->connectToServer(Endpoint::fromPath(m_path));
    QTRY_VERIFY(peer->isOpen() || peer->disconnectReason());
    // Looked at, so that the addon is done with it, too.
    QCOMPARE(accepted.error().isEmpty(), peer->isOpen());
}

void tst_InteropHandshake::addonsTokenReachesOurApplication_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("text") << "open sesame"_ba;
    QTest::newRow("any bytes") << QByteArray::fromHex("0022ff5c0a");
    QTest::newRow("longest") << QByteArray(MaxAuthTokenSize, '\xa5');
}

void tst_InteropHandshake::addonsTokenReachesOurApplication()
{
    QFETCH(QByteArray, token);
    Server server;
    QVERIFY(!server.listen(Endpoint::fromPath(m_path)));
    QCOMPARE(m_addon->connect(m_path, {Channel::Command}, token).error(), QString());
    QTRY_COMPARE(server.peers().size(), 1);
    Peer *peer = server.peers().first();
    QCOMPARE(peer->takeAuthToken(), std::optional(token));
    QVERIFY(!peer->takeAuthToken());
}

void tst_InteropHandshake::ourTokenReachesTheAddonsApplication_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<TokenFormat>("format");
    QTest::newRow("none") << QByteArray() << TokenFormat::HexObject;
    QTest::newRow("hex") << QByteArray::fromHex("0022ff5c0a") << TokenFormat::HexObject;
    QTest::newRow("longest hex") << QByteArray(MaxAuthTokenSize, '\xa5') << TokenFormat::HexObject;
    QTest::newRow("byte array") << QByteArray::fromHex("0022ff5c0a") << TokenFormat::ByteArray;
}

void tst_InteropHandshake::ourTokenReachesTheAddonsApplication()
{
    QFETCH(QByteArray, token);
    QFETCH(TokenFormat, format);
    Peer peer;
    peer.setAuthToken(token, format);
    connectToAddon(&peer, {1, 2, 3, 4});
    QVERIFY2(peer.isOpen(), qPrintable(peer.disconnectReason().message()));

    const Answer taken = m_addon->takeToken();
    QCOMPARE(taken.error(), QString());
    QCOMPARE(taken.value("present"_L1).toBool(), !token.isEmpty());
    QCOMPARE(taken.value("tokenHex"_L1).toString(), QString::fromLatin1(token.toHex()));
}

void tst_InteropHandshake::ourTokenAsTextIsRefusedByTheAddon()
{
    // The form of releases 0.2.0 and 0.2.1.
    Peer peer;
    peer.setAuthToken("open sesame", TokenFormat::String);
    connectToAddon(&peer, {1, 2, 3, 4});
    QCOMPARE(peer.disconnectReason().code(), ErrorCode::HandshakeRefused);
}

void tst_InteropHandshake::weRefuseTheAddon()
{
    Server server;
    QSignalSpy refusals(&server, &Server::handshakeFailed);
    QVERIFY(!server.listen(Endpoint::fromPath(m_path)));

    const QString error = m_addon->connect(m_path, {9, 256}).error();
    QVERIFY2(error.contains(u"connection closed during handshake"_s), qPrintable(error));
    QTRY_COMPARE(refusals.size(), 1);
    QCOMPARE(refusals.first().first().value<Error>().code(), ErrorCode::ChannelsRefused);

    // The next attempt is judged on its own.
    QCOMPARE(m_addon->connect(m_path, {Channel::Data}).error(), QString());
}

void tst_InteropHandshake::addonRefusesUs_data()
{
    QTest::addColumn<QList<quint16>>("serverChannels");
    QTest::newRow("no common channel") << QList<quint16>{256, 257};
    // A list that no client can meet, and the addon doesn't read the request before it says so.
    QTest::newRow("CONTROL in the server's list") << QList<quint16>{0, 1};
}

void tst_InteropHandshake::addonRefusesUs()
{
    QFETCH(QList<quint16>, serverChannels);
    Peer peer;
    connectToAddon(&peer, serverChannels);
    QVERIFY2(peer.disconnectReason().message().contains(u"connection closed during handshake"_s),
             qPrintable(peer.disconnectReason().message()));
    QCOMPARE(peer.disconnectReason().code(), ErrorCode::HandshakeRefused);
}

void tst_InteropHandshake::bothStylesAreServedSideBySide()
{
    Server server;
    QVERIFY(!server.listen(Endpoint::fromPath(m_path)));
    QList<std::pair<QString, QByteArray>> received;
    connect(&server, &Server::peerConnected, this, [&](Peer *peer) {
        connect(peer, &Peer::frameReceived, this, [&, peer](quint16, const QByteArray &payload) {
            received.append({peer->peerId(), payload});
        });
    });

    Addon blocking(Addon::Blocking);
    Addon promise(Addon::Promise);
    QCOMPARE(blocking.connect(m_path, {Channel::Data}).error(), QString());
    QCOMPARE(promise.connect(m_path, {Channel::Data}).error(), QString());
    QCOMPARE(promise.send(Channel::Data, "promise").error(), QString());
    QTRY_COMPARE(received.size(), 1);
    QCOMPARE(blocking.send(Channel::Data, "blocking").error(), QString());
    QTRY_COMPARE(received.size(), 2);
    const QList<std::pair<QString, QByteArray>> expected
            = {{u"peer-2"_s, "promise"}, {u"peer-1"_s, "blocking"}};
    QCOMPARE(received, expected);
}

void tst_InteropHandshake::liveAddonKeepsItsPath()
{
    QCOMPARE(m_addon->bind(m_path, {Channel::Data}).error(), QString());
    Server server;
    QCOMPARE(server.listen(Endpoint::fromPath(m_path)).code(), ErrorCode::AddressInUse);
    QVERIFY(QFileInfo::exists(m_path));
}

void tst_InteropHandshake::pathOfAKilledAddonIsReused()
{
    QCOMPARE(m_addon->bind(m_path, {Channel::Data}).error(), QString());
    m_addon->kill();
    QVERIFY(QFileInfo::exists(m_path));
    Server server;
    const Error error = server.listen(Endpoint::fromPath(m_path));
    QVERIFY2(!error, qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_InteropHandshake)
#include "tst_interop_handshake.moc"
