// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"
#include "rawsocket.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

// What would be filled in, were this a format.
static const QString Markers = u"%1 %2 %3 %L1 %99 %s %n"_s;

/// Refuses everything, and quotes it.
class QuotingValidator : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        const QString text = QString::fromUtf8(payload);
        return Failure{text, {{text, text, text, text}}};
    }
};

/// Text of the other side stays what it is, whatever message it becomes a part of.
class tst_RemoteText : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void reasonOfAShutdown();
    void nameOfASession();
    void memberOfAHandshake_data();
    void memberOfAHandshake();
    void refusalOfAnAuthorizer();
    void failureOfARequest();
    void errorOfARemoteMethod();
    void textOfAValidator();

private:
    /// A server that says what it is told, and a client of it with an open session.
    RawSocket openRaw(const QString &peerId);

    static QStringList s_log;
};

QStringList tst_RemoteText::s_log;

RawSocket tst_RemoteText::openRaw(const QString &peerId)
{
    const QString path = m_directory->filePath(u"raw"_s);
    RawListener listener(path);
    m_client->connectToServer(Endpoint::fromPath(path));
    RawSocket server = listener.accept();
    if (!server.readFrame())
        return {};
    const QJsonObject response{{u"protocol"_s, u"ipcprims"_s},
                               {u"version"_s, u"1.0"_s},
                               {u"channels"_s, QJsonArray{1, 2, 3, 4}},
                               {u"peer_id"_s, peerId}};
    server.writeFrame(Channel::Control, QJsonDocument(response).toJson(QJsonDocument::Compact));
    [&] { QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience); }();
    return server;
}

void tst_RemoteText::reasonOfAShutdown()
{
    RawSocket server = openRaw(u"peer-1"_s);
    QSignalSpy disconnected(m_client.get(), &Peer::disconnected);
    // More than the system takes, so that some are not sent.
    for (int i = 0; i < 64; ++i)
        QVERIFY(!m_client->send(Channel::Data, QByteArray(100'000, 'x')));

    const QJsonObject request{{u"type"_s, u"shutdown_request"_s},
                              {u"payload"_s, QJsonObject{{u"reason"_s, Markers}}}};
    QVERIFY(server.writeFrame(Channel::Control, QJsonDocument(request).toJson()));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->state() == Peer::State::Closing, Patience);
    server.close();

    QTRY_COMPARE_WITH_TIMEOUT(disconnected.size(), 1, Patience);
    const Error reason = disconnected[0][0].value<Error>();
    QCOMPARE(reason.code(), ErrorCode::ShutdownRequested);
    QVERIFY2(reason.message().contains(u'"' + Markers + u'"'), qPrintable(reason.message()));
    QVERIFY2(reason.message().contains(u" accepted frames were not sent)"_s),
             qPrintable(reason.message()));
}

void tst_RemoteText::nameOfASession()
{
    QLoggingCategory::setFilterRules(u"ipcprims.*=true"_s);
    const auto silent = qScopeGuard([] {
        qInstallMessageHandler(nullptr);
        QLoggingCategory::setFilterRules(QString());
    });
    s_log.clear();
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &message) {
        s_log.append(message);
    });
    m_client->setValidator(std::make_shared<QuotingValidator>());
    RawSocket server = openRaw(Markers);
    QCOMPARE(m_client->peerId(), Markers);
    QVERIFY(server.writeFrame(Channel::Data, "payload"));
    QTRY_VERIFY_WITH_TIMEOUT(s_log.size() >= 2, Patience);
    const QString name = u"session \"%1\""_s.arg(Markers);
    QCOMPARE(s_log[0], name + u" opened with 4 channels"_s);
    QCOMPARE(s_log[1],
             name + u": the validator refused a frame received on channel 2 (1 errors)"_s);
}

void tst_RemoteText::memberOfAHandshake_data()
{
    QTest::addColumn<QString>("member");
    QTest::addColumn<QJsonValue>("value");

    QTest::newRow("protocol") << u"protocol"_s << QJsonValue(Markers);
    QTest::newRow("version") << u"version"_s << QJsonValue(u"%1.%2"_s);
    QTest::newRow("channels") << u"channels"_s << QJsonValue(Markers);
}

void tst_RemoteText::memberOfAHandshake()
{
    QFETCH(QString, member);
    QFETCH(QJsonValue, value);
    QSignalSpy failed(m_server.get(), &Server::handshakeFailed);
    QJsonObject request{{u"protocol"_s, u"ipcprims"_s},
                        {u"version"_s, u"1.0"_s},
                        {u"channels"_s, QJsonArray{1}}};
    request[member] = value;
    RawSocket client = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(client.writeFrame(Channel::Control, QJsonDocument(request).toJson()));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    const QString message = failed[0][0].value<Error>().message();
    // Numbers may stand there, but none in place of a marker.
    QVERIFY2(message.contains(value.toString()) || !message.contains(u'%'), qPrintable(message));
}

void tst_RemoteText::refusalOfAnAuthorizer()
{
    m_server->setAuthorizer([](const AuthorizationRequest &request) { request.refuse(Markers); });
    QSignalSpy failed(m_server.get(), &Server::handshakeFailed);
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    const QString message = failed[0][0].value<Error>().message();
    QVERIFY2(message.contains(Markers), qPrintable(message));
}

void tst_RemoteText::failureOfARequest()
{
    connect(m_server.get(), &Server::peerConnected, this, [](Peer *peer) {
        peer->setRequestHandler([](const Request &request) { request.fail(Markers); });
    });
    open();
    const QFuture<Reply> future = m_client->request("x", std::chrono::milliseconds(Patience));
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience);
    const Error error = future.result().error;
    QCOMPARE(error.code(), ErrorCode::RequestFailed);
    QVERIFY2(error.message().contains(Markers), qPrintable(error.message()));
}

void tst_RemoteText::errorOfARemoteMethod()
{
    open();
    JsonRpc asking(m_client.get(), Channel::Data);
    JsonRpc answering(m_peer, Channel::Data);
    answering.setMethod(Markers,
                        [](const QJsonValue &) -> RpcResult { return RpcError(7, Markers); });
    QString notified;
    connect(&answering, &JsonRpc::notificationReceived, this,
            [&](const QString &method) { notified = method; });

    QVERIFY(!asking.notify(Markers + u'!'));
    const QFuture<RpcResult> future
            = asking.call(Markers, QJsonArray(), std::chrono::milliseconds(Patience));
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience);
    const Error error = future.result().error;
    QCOMPARE(notified, Markers + u'!');
    QVERIFY2(error.message().contains(Markers), qPrintable(error.message()));
}

void tst_RemoteText::textOfAValidator()
{
    open();
    QSignalSpy failed(m_peer, &Peer::validationFailed);
    m_peer->setValidator(std::make_shared<QuotingValidator>());
    m_peer->setAnswersValidationErrors(true);
    Diary diary(m_client.get());
    QVERIFY(!m_client->send(Channel::Data, Markers.toUtf8()));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), 1, Patience);
    QCOMPARE(failed[0][1].value<QList<ValidationError>>().first().message, Markers);
    QVERIFY(diary.frames[0].second.contains(Markers.toUtf8()));
    const Error error = m_peer->send(Channel::Data, Markers.toUtf8());
    QVERIFY2(error.message().contains(Markers), qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_RemoteText)
#include "tst_remotetext.moc"
