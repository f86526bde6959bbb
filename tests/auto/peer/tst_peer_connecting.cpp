// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <QtCore/qdebug.h>
#include <QtCore/qelapsedtimer.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace std::chrono_literals;

class tst_PeerConnecting : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void reconnectingInTheDisconnectSlotDoesNotRecurse();
    void attemptsInTheDisconnectSlotArePaced_data();
    void attemptsInTheDisconnectSlotArePaced();
    void noPolicyIsQuickerThanThat();
    void connectingAnewReplacesTheSession();
    void connectErrors_data();
    void connectErrors();
    void invalidSettingsAreToldWithoutConnecting();
    void settingsAreThoseOfTheTimeOfConnecting();
    void longTimeoutsMeanNever();
    void silentServerTimesOut();
    void tokenIsNeverPrinted();
    void overADeviceOfTheApplication();
    void overADeviceThatIsNotOpen();
};

void tst_PeerConnecting::reconnectingInTheDisconnectSlotDoesNotRecurse()
{
    int depth = 0;
    int deepest = 0;
    int attempts = 0;
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        deepest = std::max(deepest, ++depth);
        if (++attempts < 12)
            m_client->connectToServer(Endpoint::fromPath(u"/nowhere/at/all"_s));
        --depth;
    });
    m_client->connectToServer(Endpoint::fromPath(u"/nowhere/at/all"_s));
    QTRY_COMPARE_WITH_TIMEOUT(attempts, 12, Patience);
    QCOMPARE(deepest, 1);
}

void tst_PeerConnecting::attemptsInTheDisconnectSlotArePaced_data()
{
    QTest::addColumn<bool>("hasPolicy");
    QTest::newRow("without a reconnect policy") << false;
    QTest::newRow("with one that asking anew begins anew") << true;
}

void tst_PeerConnecting::attemptsInTheDisconnectSlotArePaced()
{
    QFETCH(bool, hasPolicy);
    if (hasPolicy)
        m_client->setReconnectPolicy(ReconnectPolicy::exponential(10ms, 1s));
    const Endpoint nowhere = Endpoint::fromPath(m_directory->filePath(u"nowhere"_s));
    QElapsedTimer time;
    int attempts = 0;
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        ++attempts;
        m_client->connectToServer(nowhere);
    });
    time.start();
    m_client->connectToServer(nowhere);
    QTRY_VERIFY_WITH_TIMEOUT(attempts >= 12, Patience);
    // 1 + 2 + 4 + 8 + 16 + 32 + 64 + 4 x 100 ms between the begin of the first and of the twelfth.
    QVERIFY2(time.elapsed() >= 527, qPrintable(QString::number(time.elapsed())));
}

void tst_PeerConnecting::noPolicyIsQuickerThanThat()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(0ms, 0ms));
    QSignalSpy attempts(m_client.get(), &Peer::disconnected);
    QElapsedTimer time;
    time.start();
    m_client->connectToServer(Endpoint::fromPath(m_directory->filePath(u"nowhere"_s)));
    QTRY_VERIFY_WITH_TIMEOUT(attempts.size() >= 12, Patience);
    QVERIFY2(time.elapsed() >= 527, qPrintable(QString::number(time.elapsed())));
}

void tst_PeerConnecting::connectingAnewReplacesTheSession()
{
    open();
    const QPointer<Peer> first = m_peer;
    Diary client(m_client.get());
    m_client->connectToServer(m_endpoint);
    m_client->connectToServer(m_endpoint); // Replaces an attempt that has not begun.
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer != first && m_peer->isOpen(), Patience);
    QCOMPARE(client.reasons.size(), 1);
    QCOMPARE(client.reasons.first().code(), ErrorCode::Cancelled);
    QCOMPARE(client.entries, QStringList({u"Connecting"_s, u"disconnected"_s, u"Handshaking"_s,
                                          u"Open"_s, u"connected"_s}));
    QTRY_COMPARE_WITH_TIMEOUT(m_server->peers().size(), 1, Patience);
}

void tst_PeerConnecting::connectErrors_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<ErrorCode>("code");
    QTest::addRow("nothing there") << u"absent"_s << ErrorCode::NotFound;
    QTest::addRow("no directory") << u"none/absent"_s << ErrorCode::NotFound;
    QTest::addRow("nobody listens") << u"dead"_s << ErrorCode::ConnectionRefused;
    QTest::addRow("path too long") << QString(200, u'p') << ErrorCode::PathTooLong;
    QTest::addRow("a regular file") << u"file"_s << ErrorCode::ConnectionRefused;
}

void tst_PeerConnecting::connectErrors()
{
    QFETCH(QString, path);
    QFETCH(ErrorCode, code);
    QFile file(m_directory->filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    {
        // A socket whose process is gone: the file stays when the descriptor is closed.
        Server dead;
        QVERIFY(!dead.listen(Endpoint::fromPath(m_directory->filePath(u"alive"_s))));
        QVERIFY(QFile::rename(m_directory->filePath(u"alive"_s), m_directory->filePath(u"dead"_s)));
    }
    Diary diary(m_client.get());
    const QString full = m_directory->filePath(path);
    m_client->connectToServer(Endpoint::fromPath(full));
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), code);
    QVERIFY2(diary.reasons.first().message().contains(full),
             qPrintable(diary.reasons.first().message()));
}

void tst_PeerConnecting::invalidSettingsAreToldWithoutConnecting()
{
    QSignalSpy accepted(m_server.get(), &Server::handshakeFailed);
    Diary diary(m_client.get());
    m_client->setRequestedChannels({0, 1});
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::ChannelsRefused);
    m_client->setRequestedChannels({1});
    m_client->setAuthToken(QByteArray(4097, 't'));
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 2, Patience);
    QCOMPARE(diary.reasons.last().code(), ErrorCode::AuthTokenInvalid);
    m_client->connectToServer(Endpoint());
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 3, Patience);
    QCOMPARE(accepted.size(), 0);
}

void tst_PeerConnecting::settingsAreThoseOfTheTimeOfConnecting()
{
    m_client->setAuthToken("for this server");
    m_client->setRequestedChannels({2, 1});
    m_client->connectToServer(m_endpoint);
    m_client->setAuthToken("for another one");
    m_client->setRequestedChannels({0});
    m_server->setChannels({0});
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer, Patience);
    QCOMPARE(m_client->channels(), QList<quint16>({2, 1}));
    QCOMPARE(m_peer->takeAuthToken(), std::optional<QByteArray>("for this server"));
}

void tst_PeerConnecting::longTimeoutsMeanNever()
{
    m_client->setConnectTimeout(std::chrono::milliseconds::max());
    QCOMPARE(m_client->connectTimeout(), NoTimeout);
    m_server->close();
    m_server->setHandshakeTimeout(std::chrono::milliseconds::max());
    QVERIFY(!m_server->listen(m_endpoint));
    open();
    const QFuture<PingReply> reply = m_client->ping(std::chrono::milliseconds::max());
    QTRY_VERIFY_WITH_TIMEOUT(reply.isFinished(), Patience);
    QVERIFY(!reply.result().error);
    m_client->setConnectTimeout(-5s);
    QCOMPARE(m_client->connectTimeout(), NoTimeout);
    m_client->setConnectTimeout(0ms);
    QCOMPARE(m_client->connectTimeout(), 0ms);
}

void tst_PeerConnecting::silentServerTimesOut()
{
    // Connections that nobody accepts wait in the system's backlog, connected but silent.
    m_server->setMaxPeers(1);
    open();
    Peer second;
    Diary diary(&second);
    second.setConnectTimeout(200ms);
    second.connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.reasons.first().code(), ErrorCode::Timeout);
}

void tst_PeerConnecting::tokenIsNeverPrinted()
{
    static QStringList *log = nullptr;
    QStringList lines;
    log = &lines;
    const QtMessageHandler before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) { log->append(text); });
    m_client->setAuthToken("very-secret");
    m_client->connectToServer(m_endpoint);
    const bool opened = QTest::qWaitFor([this] { return m_peer && m_peer->isOpen(); }, Patience);
    qDebug() << m_client.get() << m_peer.data() << m_client->disconnectReason();
    const std::optional<QByteArray> token = m_peer ? m_peer->takeAuthToken() : std::nullopt;
    const std::optional<QByteArray> again = m_peer ? m_peer->takeAuthToken() : std::nullopt;
    qInstallMessageHandler(before);
    QVERIFY(opened);
    QCOMPARE(token, std::optional<QByteArray>("very-secret"));
    QCOMPARE(again, std::nullopt);
    const QString hex = QString::fromLatin1(QByteArray("very-secret").toHex());
    for (const QString &line : lines)
        QVERIFY(!line.contains(u"very-secret"_s) && !line.contains(hex));
}

void tst_PeerConnecting::overADeviceOfTheApplication()
{
    auto socket = std::make_unique<QLocalSocket>();
    socket->connectToServer(m_endpoint.path());
    QVERIFY(socket->waitForConnected());
    m_client->connectOver(std::move(socket));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer, Patience);
    Diary server(m_peer);
    Diary client(m_client.get());
    QVERIFY(!m_client->send(2, QByteArray(3'000'000, 'd')));
    QVERIFY(!m_peer->send(2, QByteArray(3'000'000, 'e')));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(client.frames.size(), 1, Patience);
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons, QList<Error>({Error()}), Patience);
}

void tst_PeerConnecting::overADeviceThatIsNotOpen()
{
    Diary client(m_client.get());
    m_client->connectOver(nullptr);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 1, Patience);
    m_client->connectOver(std::make_unique<QLocalSocket>());
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size(), 2, Patience);
    for (const Error &reason : client.reasons)
        QCOMPARE(reason.code(), ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(tst_PeerConnecting)
#include "tst_peer_connecting.moc"
