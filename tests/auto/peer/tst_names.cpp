// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "peertest.h"
#include "rawsocket.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/peerhealth.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <limits>

/// How the two ends of a session call themselves.
class tst_Names : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void eachEndLearnsTheNameOfTheOther();
    void blockingEndsDoToo();
    void withoutANameNothingIsSent();
    void longNameIsCut();
    void whatOthersMeanByTheMemberIsSkipped_data();
    void whatOthersMeanByTheMemberIsSkipped();
    void tokenGoesBeforeTheName();
    void authorizerIsTold();
    void logsShowItQuoted();
    void setterTellsOfChanges();

private:
    static QStringList s_log;
};

QStringList tst_Names::s_log;

void tst_Names::eachEndLearnsTheNameOfTheOther()
{
    const QString server = u"indexer \u00e4 \"quoted\""_s;
    const QString client = u"window %1"_s;
    m_server->close();
    m_server->setName(server);
    QVERIFY(!m_server->listen(m_endpoint));
    m_client->setName(client);
    QCOMPARE(m_client->peerName(), QString());
    open();
    QCOMPARE(m_client->peerName(), server);
    QCOMPARE(m_client->health()->peerName(), server);
    QCOMPARE(m_peer->peerName(), client);
    QCOMPARE(m_peer->name(), server);
}

void tst_Names::blockingEndsDoToo()
{
    BlockingListener listener;
    listener.setName(u"listener"_s);
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"blocking"_s));
    QVERIFY(!listener.listen(endpoint));
    QString nameOfClient;
    Background accepting([&] {
        BlockingPeer peer;
        if (!listener.accept(&peer, std::chrono::milliseconds(Patience)))
            nameOfClient = peer.peerName();
    });
    BlockingPeer client;
    client.setName(u"client"_s);
    QVERIFY(!client.connectToServer(endpoint));
    accepting.join();
    QCOMPARE(nameOfClient, u"client"_s);
    QCOMPARE(client.peerName(), u"listener"_s);
    QCOMPARE(client.name(), u"client"_s);
    QCOMPARE(listener.name(), u"listener"_s);
}

void tst_Names::withoutANameNothingIsSent()
{
    const QString path = m_directory->filePath(u"raw"_s);
    RawListener listener(path);
    for (const QString &name : {u"me"_s, QString()}) {
        m_client->setName(name);
        m_client->connectToServer(Endpoint::fromPath(path));
        RawSocket server = listener.accept();
        const auto request = server.readFrame();
        QVERIFY(request);
        const QByteArray member = name.isEmpty() ? QByteArray() : ",\"peer_name\":\"me\"";
        QCOMPARE(request->payload,
                 R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4])" + member + '}');
    }
}

void tst_Names::longNameIsCut()
{
    m_client->setName(QString(1000, u'n'));
    QCOMPARE(m_client->name(), QString(64, u'n'));
    m_client->setName(QString(63, u'n') + u"\U0001f600"_s); // Two units, of which one has room.
    QCOMPARE(m_client->name(), QString(63, u'n'));

    RawSocket client = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(client.writeFrame(Channel::Control,
                              R"({"protocol":"ipcprims","version":"1.0","channels":[1],)"
                              R"("peer_name":")"
                                      + QByteArray(1000, 'n') + "\"}"));
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    QCOMPARE(m_peer->peerName(), QString(64, u'n'));
}

void tst_Names::whatOthersMeanByTheMemberIsSkipped_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("number") << "12"_ba;
    QTest::newRow("null") << "null"_ba;
    QTest::newRow("deeply nested") << QByteArray(500, '[') + QByteArray(500, ']');
    QTest::newRow("object") << R"({"hex":"00"})"_ba;
}

void tst_Names::whatOthersMeanByTheMemberIsSkipped()
{
    QFETCH(QByteArray, value);
    RawSocket client = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(client.writeFrame(
            Channel::Control,
            R"({"peer_name":)" + value
                    + R"(,"protocol":"ipcprims","version":"1.0","channels":[1]})"));
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    QCOMPARE(m_peer->peerName(), QString());

    const QString path = m_directory->filePath(u"raw"_s);
    RawListener listener(path);
    m_client->connectToServer(Endpoint::fromPath(path));
    RawSocket server = listener.accept();
    QVERIFY(server.readFrame());
    QVERIFY(server.writeFrame(Channel::Control,
                              R"({"protocol":"ipcprims","version":"1.0","channels":[1],)"
                              R"("peer_id":"peer-1","peer_name":)"
                                      + value + '}'));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    QCOMPARE(m_client->peerName(), QString());
}

void tst_Names::tokenGoesBeforeTheName()
{
    QList<quint16> channels = {Channel::Command};
    for (quint16 channel = std::numeric_limits<quint16>::max(); channels.size() < MaxChannels;)
        channels.append(channel--);
    m_client->setRequestedChannels(channels);
    m_client->setName(QString(64, u'\x01')); // Each of them takes six bytes.
    // As large as the form allows: each byte takes four, and the last one leaves no room.
    m_client->setAuthToken(QByteArray(3680, '\xff'), TokenFormat::ByteArray);
    open();
    QCOMPARE(m_peer->peerName(), QString());
    QCOMPARE(m_peer->takeAuthToken().value_or(QByteArray()).size(), 3680);
}

void tst_Names::authorizerIsTold()
{
    QString seen;
    m_server->setAuthorizer([&](const AuthorizationRequest &request) {
        seen = request.peerName();
        request.accept();
    });
    m_client->setName(u"me"_s);
    open();
    QCOMPARE(seen, u"me"_s);
}

void tst_Names::logsShowItQuoted()
{
    QLoggingCategory::setFilterRules(u"ipcprims.session=true"_s);
    const auto silent = qScopeGuard([] {
        qInstallMessageHandler(nullptr);
        QLoggingCategory::setFilterRules(QString());
    });
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &message) {
        s_log.append(message);
    });
    m_client->setName(u"me\n\"%1"_s);
    open();
    QVERIFY2(s_log.contains(uR"(session "peer-1" ("me\u000a\u0022%1") opened with 4 channels)"_s),
             qPrintable(s_log.join(u'\n')));
}

void tst_Names::setterTellsOfChanges()
{
    QSignalSpy peer(m_client.get(), &Peer::nameChanged);
    QSignalSpy server(m_server.get(), &Server::nameChanged);
    for (int i = 0; i < 2; ++i) {
        m_client->setName(u"a"_s);
        m_server->setName(u"b"_s);
    }
    QCOMPARE(peer, QList<QVariantList>{{u"a"_s}});
    QCOMPARE(server, QList<QVariantList>{{u"b"_s}});
}

QTEST_GUILESS_MAIN(tst_Names)
#include "tst_names.moc"
