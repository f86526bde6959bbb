// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

using Frames = QList<std::pair<quint16, QByteArray>>;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

/// Refuses one payload.
class OneWordValidator : public PayloadValidator
{
public:
    explicit OneWordValidator(const QByteArray &refused)
        : m_refused(refused)
    {}
    std::optional<Failure> check(quint16 channel, QByteArrayView payload, Direction) const override
    {
        if (payload != m_refused)
            return std::nullopt;
        return Failure{u"\"bad\" on %1"_s.arg(channel), {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }

private:
    const QByteArray m_refused;
};

/// What a validator does to a peer's frames.
class tst_Validation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void badPayloadIsNotSent();
    void badFrameIsReportedAndTheSessionGoesOn();
    void badFrameDoesNotReachTheHandler();
    void senderIsToldOnRequest();
    void frameOnErrorIsNotAnswered();
    void nobodyIsToldWithoutErrorChannel();
    void serverHandsItsValidatorToItsPeers();
    void validatorMayBeReplaced();
    void slotMayDeleteThePeer();

private:
    void open(const QList<quint16> &channels = {1, 2, 4});

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<Peer> m_client;
    QPointer<Peer> m_served;
    Frames m_received; ///< By the server's end.
    Frames m_answers; ///< By the client.
};

void tst_Validation::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<Server>();
    m_client = std::make_unique<Peer>();
    m_received.clear();
    m_answers.clear();
    connect(m_server.get(), &Server::peerConnected, this, [this](Peer *peer) {
        m_served = peer;
        connect(peer, &Peer::frameReceived, this,
                [this](quint16 channel, const QByteArray &payload) {
                    m_received.append({channel, payload});
                });
    });
    connect(m_client.get(), &Peer::frameReceived, this,
            [this](quint16 channel, const QByteArray &payload) {
                m_answers.append({channel, payload});
            });
}

void tst_Validation::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_Validation::open(const QList<quint16> &channels)
{
    m_server->setChannels(channels);
    m_client->setRequestedChannels(channels);
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"socket"_s));
    QVERIFY(!m_server->listen(endpoint));
    m_client->connectToServer(endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_served, Patience);
}

void tst_Validation::badPayloadIsNotSent()
{
    open();
    m_client->setValidator(std::make_shared<OneWordValidator>("bad"));
    const Error error = m_client->send(1, "bad");
    QCOMPARE(error.code(), ErrorCode::ValidationFailed);
    QCOMPARE(error.message(), u"schema validation error: \"bad\" on 1"_s);
    QCOMPARE(m_client->bytesQueued(), 0);
    const QByteArray large(MaxPayloadSize + 1, 'x');
    QCOMPARE(m_client->send(1, large).code(), ErrorCode::PayloadTooLarge);
    QVERIFY(!m_client->send(1, "good"));
    QTRY_COMPARE_WITH_TIMEOUT(m_received, (Frames{{1, "good"}}), Patience);
}

void tst_Validation::badFrameIsReportedAndTheSessionGoesOn()
{
    open();
    m_served->setValidator(std::make_shared<OneWordValidator>("bad"));
    QSignalSpy failed(m_served, &Peer::validationFailed);
    for (const char *payload : {"one", "bad", "two"})
        QVERIFY(!m_client->send(2, payload));
    QTRY_COMPARE_WITH_TIMEOUT(m_received, (Frames{{2, "one"}, {2, "two"}}), Patience);
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed[0][0].value<quint16>(), 2);
    const auto errors = failed[0][1].value<QList<ValidationError>>();
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors[0].instancePointer, u"/a"_s);
    QVERIFY(m_client->isOpen() && m_served->isOpen());
    QVERIFY(m_answers.isEmpty());
}

void tst_Validation::badFrameDoesNotReachTheHandler()
{
    open();
    QByteArrayList handled;
    m_served->setFrameHandler(
            [&](quint16, QByteArrayView payload) { handled.append(payload.toByteArray()); });
    m_served->setValidator(std::make_shared<OneWordValidator>("bad"));
    for (const char *payload : {"bad", "good"})
        QVERIFY(!m_client->send(1, payload));
    QTRY_COMPARE_WITH_TIMEOUT(handled, QByteArrayList{"good"}, Patience);
}

void tst_Validation::senderIsToldOnRequest()
{
    open();
    m_served->setValidator(std::make_shared<OneWordValidator>("bad"));
    m_served->setAnswersValidationErrors(true);
    QVERIFY(!m_client->send(1, "bad"));
    const QByteArray answer = R"({"error":"schema validation error: \"bad\" on 1"})";
    QTRY_COMPARE_WITH_TIMEOUT(m_answers, (Frames{{Channel::Error, answer}}), Patience);
}

void tst_Validation::frameOnErrorIsNotAnswered()
{
    open();
    m_served->setValidator(std::make_shared<OneWordValidator>("bad"));
    m_served->setAnswersValidationErrors(true);
    QSignalSpy failed(m_served, &Peer::validationFailed);
    QVERIFY(!m_client->send(Channel::Error, "bad"));
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QVERIFY(!m_served->send(1, "end"));
    QTRY_COMPARE_WITH_TIMEOUT(m_answers, (Frames{{1, "end"}}), Patience);
}

void tst_Validation::nobodyIsToldWithoutErrorChannel()
{
    open({1});
    m_served->setValidator(std::make_shared<OneWordValidator>("bad"));
    m_served->setAnswersValidationErrors(true);
    QVERIFY(!m_client->send(1, "bad"));
    QVERIFY(!m_client->send(1, "good"));
    QTRY_COMPARE_WITH_TIMEOUT(m_received, (Frames{{1, "good"}}), Patience);
    QVERIFY(m_answers.isEmpty());
    QVERIFY(m_client->isOpen());
}

void tst_Validation::serverHandsItsValidatorToItsPeers()
{
    const auto validator = std::make_shared<OneWordValidator>("bad");
    m_server->setValidator(validator);
    m_server->setAnswersValidationErrors(true);
    QCOMPARE(m_server->validator(), validator);
    open();
    QCOMPARE(m_served->validator(), validator);
    QVERIFY(m_served->answersValidationErrors());
    QVERIFY(!m_client->validator());
}

void tst_Validation::validatorMayBeReplaced()
{
    open();
    m_client->setValidator(std::make_shared<OneWordValidator>("one"));
    QVERIFY(m_client->send(1, "one"));
    m_client->setValidator(std::make_shared<OneWordValidator>("two"));
    QVERIFY(!m_client->send(1, "one"));
    QVERIFY(m_client->send(1, "two"));
    m_client->setValidator(nullptr);
    QVERIFY(!m_client->send(1, "two"));
    QTRY_COMPARE_WITH_TIMEOUT(m_received, (Frames{{1, "one"}, {1, "two"}}), Patience);
}

void tst_Validation::slotMayDeleteThePeer()
{
    open();
    m_client->setValidator(std::make_shared<OneWordValidator>("bad"));
    m_client->setAnswersValidationErrors(true);
    bool isDeleted = false;
    connect(m_client.get(), &Peer::validationFailed, this, [&] {
        m_client.reset();
        isDeleted = true;
    });
    QVERIFY(!m_served->send(1, "bad"));
    QVERIFY(!m_served->send(1, "good"));
    QTRY_VERIFY_WITH_TIMEOUT(isDeleted, Patience);
}

QTEST_GUILESS_MAIN(tst_Validation)

#include "tst_validation.moc"
