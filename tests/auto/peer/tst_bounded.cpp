// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "descriptors.h"
#include "memory.h"
#include "observedserver.h"

#include <IpcPrims/authorizationrequest.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qthreadpool.h>
#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <vector>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.
static constexpr qint64 KiB = 1024;
static constexpr qint64 MiB = 1024 * KiB;
static constexpr qint64 Flood = 256 * MiB; // As much as a client sends if nothing stops it.

/*!
    Every queue that another process can fill is bounded in bytes: each is filled by a raw client
    that reads nothing, or says nothing. SECURITY.md has the table.
*/
class tst_Bounded : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestsWithoutAnswerAreBounded();
    void numberOfRequestsWithoutAnswerIsBounded();
    void earlyAnswersAreBounded();
    void unreadAnswersAreBounded();
    void answersOfOtherThreadsAreBounded();
    void requestsAfterAnUnreportedFailureAreBounded();
    void answersToBadFramesAreBoundedAndNoneIsLost();
    void textsOfAValidatorAreBounded();
    void pendingHandshakesAreBounded();
    void clientThatWaitsForItsAuthorizerIsHeldBack();
    void announcedPayloadsTakeNoMemory();
    void clientsOfABusyWorkerAreBounded();
    void readAheadOfADeviceIsBounded();
    void logMessagesAreBounded();
};

/// How much the process has grown since it was made; zero if that can't be told.
class Growth
{
public:
    qint64 bytes() const { return residentBytes() - m_before; }

private:
    const qint64 m_before = residentBytes();
};

/// Refuses whatever is received.
class Refusing : public PayloadValidator
{
public:
    explicit Refusing(qsizetype textLength)
        : m_text(textLength, u'x')
    {}
    std::optional<Failure> check(quint16, QByteArrayView, Direction direction) const override
    {
        if (direction == Direction::Send)
            return std::nullopt;
        return Failure{m_text, {{}}};
    }

private:
    const QString m_text;
};

// Requests

void tst_Bounded::requestsWithoutAnswerAreBounded()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QCOMPARE(server.peer->requestBytesLimit(), 32 * MiB);
    QList<Request> kept;
    server.peer->setRequestHandler([&](const Request &request) { kept.append(request); });
    const Growth growth;
    const QByteArray frame = RawSocket::frame(Channel::Command, QByteArray(MiB, 'x'));
    QVERIFY(client.flood(frame, Flood) < Flood);
    QCOMPARE(kept.size(), 32);
    QVERIFY2(growth.bytes() < 48 * MiB, QByteArray::number(growth.bytes()).constData());
    // It goes on when half of them are answered.
    for (int i = 0; i < 17; ++i)
        kept.takeFirst().reply("done");
    QVERIFY(client.flood(frame, Flood) < Flood);
    QCOMPARE(kept.size(), 32);
    QVERIFY(server.peer->isOpen());
}

void tst_Bounded::numberOfRequestsWithoutAnswerIsBounded()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QCOMPARE(server.peer->requestLimit(), 1024);
    QList<Request> kept;
    server.peer->setRequestHandler([&](const Request &request) { kept.append(request); });
    const QByteArray frame = RawSocket::frame(Channel::Command, "");
    QVERIFY(client.flood(frame, Flood) < Flood);
    QCOMPARE(kept.size(), 1024);
    server.peer->setRequestLimit(2000);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2000, Patience);
}

void tst_Bounded::earlyAnswersAreBounded()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    std::optional<Request> first;
    int received = 0;
    server.peer->setRequestHandler([&](const Request &request) {
        if (received++ == 0)
            first = request; // The answers to all others have to wait for that one's.
        else
            request.reply(QByteArray(MiB, 'x'));
    });
    const Growth growth;
    QVERIFY(client.flood(RawSocket::frame(Channel::Command, "?"), Flood) < Flood);
    QCOMPARE(received, 1 + 32);
    QVERIFY2(growth.bytes() < 48 * MiB, QByteArray::number(growth.bytes()).constData());
}

void tst_Bounded::unreadAnswersAreBounded()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    int received = 0;
    server.peer->setRequestHandler([&](const Request &request) {
        ++received;
        request.reply(QByteArray(MiB, 'x'));
    });
    const Growth growth;
    QVERIFY(client.flood(RawSocket::frame(Channel::Command, "?"), Flood) < Flood);
    // In the queue, and in the system's buffers.
    QVERIFY2(received >= 16 && received <= 20, QByteArray::number(received).constData());
    QVERIFY2(growth.bytes() < 32 * MiB, QByteArray::number(growth.bytes()).constData());
}

void tst_Bounded::answersOfOtherThreadsAreBounded()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QThreadPool pool;
    pool.setMaxThreadCount(1);
    std::counting_semaphore<> mayAnswer(0);
    int received = 0;
    server.peer->setRequestHandler([&](const Request &request) {
        ++received;
        pool.start([&mayAnswer, request] {
            mayAnswer.acquire();
            request.reply(QByteArray(64 * KiB, 'x'));
        });
    });
    const Growth growth;
    const QByteArray frame = RawSocket::frame(Channel::Command, "?");
    QVERIFY(client.flood(frame, Flood) < Flood);
    QCOMPARE(received, 1024);
    // Those that are in progress are answered all the same, but no more come in.
    mayAnswer.release(1024);
    pool.waitForDone();
    QVERIFY(client.flood(frame, Flood) < Flood);
    QCOMPARE(received, 1024);
    QVERIFY2(growth.bytes() < (64 + 16) * MiB, QByteArray::number(growth.bytes()).constData());
}

void tst_Bounded::requestsAfterAnUnreportedFailureAreBounded()
{
    ObservedServer server;
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    server.peer->setAnswersFailedRequests(false);
    QList<Request> kept;
    int received = 0;
    server.peer->setRequestHandler([&](const Request &request) {
        if (received++ > 0) // The first one is dropped, which closes the session.
            kept.append(request);
    });
    const Growth growth;
    client.flood(RawSocket::frame(Channel::Command, QByteArray(MiB, 'x')), Flood);
    QCOMPARE(received, 1);
    QCOMPARE(kept.size(), 0);
    QVERIFY2(growth.bytes() < 16 * MiB, QByteArray::number(growth.bytes()).constData());
    client.close();
    QTRY_COMPARE_WITH_TIMEOUT(server.endings.size(), 1, Patience);
}

// Validators

void tst_Bounded::answersToBadFramesAreBoundedAndNoneIsLost()
{
    ObservedServer server;
    server.server.setValidator(std::make_shared<Refusing>(1000));
    server.server.setAnswersValidationErrors(true);
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    int refused = 0;
    connect(server.peer, &Peer::validationFailed, this, [&] { ++refused; });
    const Growth growth;
    const QByteArray frame = RawSocket::frame(Channel::Data, "bad");
    const qint64 taken = client.flood(frame, Flood);
    QVERIFY(taken < Flood);
    QVERIFY(server.peer->bytesQueued(Channel::Error) < 16 * MiB + 2 * KiB);
    QVERIFY2(growth.bytes() < 32 * MiB, QByteArray::number(growth.bytes()).constData());
    // Each of them has an answer in the end.
    const qint64 whole = taken / frame.size();
    for (qint64 i = 0; i < whole; ++i) {
        const auto answer = client.readFrame();
        QVERIFY(answer && answer->channel == Channel::Error);
    }
    QCOMPARE(refused, whole);
}

void tst_Bounded::textsOfAValidatorAreBounded()
{
    ObservedServer server;
    server.server.setValidator(std::make_shared<Refusing>(4 * MiB));
    server.server.setAnswersValidationErrors(true);
    QVERIFY(server.listen());
    RawSocket client = server.openSession();
    QVERIFY(client.writeFrame(Channel::Data, "bad"));
    const auto answer = client.readFrame();
    QVERIFY(answer && answer->channel == Channel::Error);
    QVERIFY(answer->payload.size() > 4096 && answer->payload.size() < 4200);
}

// Clients that are not let in yet

void tst_Bounded::pendingHandshakesAreBounded()
{
    ObservedServer server;
    server.server.setHandshakeTimeout(1h);
    QVERIFY(server.listen());
    const Growth growth;
    std::vector<RawSocket> clients;
    const QByteArray almost = RawSocket::header(0, MaxHandshakePayloadSize)
                              + QByteArray(MaxHandshakePayloadSize - 1, ' ');
    for (int i = 0; i < 200; ++i) {
        clients.push_back(server.connectRaw());
        QVERIFY(clients.back().write(almost));
        QCoreApplication::processEvents(); // The system's backlog has a bound, too.
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 200 - 64, Patience);
    QVERIFY2(growth.bytes() < 64 * 64 * KiB, QByteArray::number(growth.bytes()).constData());
}

void tst_Bounded::clientThatWaitsForItsAuthorizerIsHeldBack()
{
    ObservedServer server;
    server.server.setHandshakeTimeout(1h);
    QList<AuthorizationRequest> asked;
    server.server.setAuthorizer([&](const AuthorizationRequest &one) { asked.append(one); });
    QVERIFY(server.listen());
    RawSocket client = server.connectRaw();
    QVERIFY(client.writeFrame(0, PlainRequest));
    QTRY_COMPARE_WITH_TIMEOUT(asked.size(), 1, Patience);
    QVERIFY(client.flood(RawSocket::frame(Channel::Data, QByteArray(KiB, 'x')), Flood) < 4 * MiB);
    QCOMPARE(asked.size(), 1);
}

void tst_Bounded::announcedPayloadsTakeNoMemory()
{
    ObservedServer server;
    QVERIFY(server.listen());
    std::vector<RawSocket> clients;
    for (int i = 0; i < 100; ++i)
        clients.push_back(server.openSession());
    const Growth growth;
    for (RawSocket &client : clients)
        QVERIFY(client.write(RawSocket::header(Channel::Data, MaxPayloadSize)));
    // By then the others have been read, too.
    QVERIFY(server.openSession().isValid());
    QVERIFY2(growth.bytes() < 10 * MiB, QByteArray::number(growth.bytes()).constData());
    QVERIFY(server.endings.isEmpty());
}

void tst_Bounded::clientsOfABusyWorkerAreBounded()
{
    std::binary_semaphore isBusy(0);
    std::binary_semaphore mayGoOn(0);
    std::atomic<int> opened = 0;
    ObservedServer server;
    server.server.setHandshakeTimeout(1h);
    server.server.setMaxPeersPerUser(10'000);
    server.server.setWorkerThreads(1, [&](Peer *) {
        if (opened++ > 0)
            return;
        isBusy.release();
        mayGoOn.acquire();
    });
    QVERIFY(server.listen());
    RawSocket first = server.openSession();
    isBusy.acquire();
    const auto before = openDescriptors().size();
    // Those that had to give way hear of it now, not only when the worker has time for them.
    for (int i = 0; i < 300; ++i) {
        RawSocket client = server.connectRaw();
        QVERIFY(client.writeFrame(0, PlainRequest));
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE_WITH_TIMEOUT(server.refusals.size(), 300 - 64, Patience);
    QVERIFY2(openDescriptors().size() <= before + 70,
             QByteArray::number(openDescriptors().size() - before).constData());
    mayGoOn.release();
    QVERIFY(server.openSession().isValid());
}

// What lies below and beside

void tst_Bounded::readAheadOfADeviceIsBounded()
{
    QTemporaryDir directory;
    const QString path = directory.filePath(u"s"_s);
    RawListener listener(path);
    auto socket = std::make_unique<QLocalSocket>();
    socket->connectToServer(path);
    RawSocket server = listener.accept();
    QVERIFY(socket->waitForConnected(Patience));
    const QLocalSocket *const device = socket.get();
    Peer client;
    client.connectOver(std::move(socket));
    QVERIFY(server.readFrame());
    QVERIFY(server.writeFrame(
            0,
            R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4],"peer_id":"peer-1"})"));
    QTRY_VERIFY_WITH_TIMEOUT(client.isOpen(), Patience);
    client.setReceiving(false);
    QVERIFY(server.flood(RawSocket::frame(Channel::Data, QByteArray(KiB, 'x')), Flood) < 4 * MiB);
    QVERIFY(device->bytesAvailable() <= 64 * KiB);
}

static QtMessageHandler previousHandler;
static qsizetype longestMessage;

static void measure(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    longestMessage = std::max(longestMessage, text.size());
    previousHandler(type, context, text.left(100));
}

void tst_Bounded::logMessagesAreBounded()
{
    ObservedServer server;
    server.server.setAuthorizer(
            [](const AuthorizationRequest &request) { request.refuse(QString(MiB, u'x')); });
    QVERIFY(server.listen());
    QLoggingCategory::setFilterRules(u"ipcprims.*=true"_s);
    longestMessage = 0;
    previousHandler = qInstallMessageHandler(measure);
    RawSocket client = server.connectRaw();
    const bool isWritten = client.writeFrame(0, PlainRequest);
    const bool isClosed = client.waitForClosed();
    qInstallMessageHandler(previousHandler);
    QLoggingCategory::setFilterRules({});
    QVERIFY(isWritten && isClosed);
    QVERIFY2(longestMessage > 500 && longestMessage < 1100,
             QByteArray::number(longestMessage).constData());
}

QTEST_GUILESS_MAIN(tst_Bounded)
#include "tst_bounded.moc"
