// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <QtCore/qfuture.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

/// Refuses to receive, or to send, "bad".
class BadWordValidator : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        if (payload != "bad")
            return std::nullopt;
        return Failure{u"a bad word"_s, {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }
};

/// Peer::setRequestHandler() and Request; the client asks, with request() or by sending frames.
class tst_Answering : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void requestIsAnswered();
    void requestsTakeTheFramesOfCommandOnly();
    void answersLeaveInTheOrderOfTheRequests();
    void firstAnswerCounts();
    void emptyRequestDoesNothing();
    void failedRequestsAreReported();
    void textOfAFailureIsCut();
    void failureOvertakesNoAnswer();
    void failureThatIsNotReportedEndsTheSession();
    void failureNeedsTheErrorChannel();
    void badRequestFails();
    void longTextOfAValidatorIsCut();
    void answerThatCannotBeSentFails_data();
    void answerThatCannotBeSentFails();
    void answersWaitForRoom();
    void sessionWithFullQueueCanBeClosed();
    void closingSendsAnswersThatWaitForRoom();
    void answersComeFromOtherThreads();
    void threadsMayOutliveThePeer();
    void answersOfTheLastSessionGoNowhere();
    void handlerMayReplaceItself();
    void handlerMayDeleteThePeer();
    void requestOutlivesThePeer();

private:
    /// Keeps the requests that the server's end gets.
    void keepRequests()
    {
        m_kept.clear();
        m_peer->setRequestHandler([this](const Request &request) { m_kept.append(request); });
    }
    QList<Request> m_kept;
};

static Reply waitFor(const QFuture<Reply> &future)
{
    [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience); }();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : Reply();
}

void tst_Answering::requestIsAnswered()
{
    open();
    m_peer->setRequestHandler(
            [](const Request &request) { request.reply("to " + request.payload()); });
    QCOMPARE(waitFor(m_client->request("1")).payload, "to 1");
    QCOMPARE(waitFor(m_client->request("")).payload, "to ");
}

void tst_Answering::requestsTakeTheFramesOfCommandOnly()
{
    open();
    Diary server(m_peer);
    keepRequests();
    QVERIFY(!m_client->send(Channel::Command, "a"));
    QVERIFY(!m_client->send(Channel::Data, "b"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, Frames({{Channel::Data, "b"}}), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 1, Patience);
    QCOMPARE(m_kept[0].payload(), "a");
    QCOMPARE(m_kept[0].number(), 1);

    m_peer->setRequestHandler({});
    QVERIFY(!m_client->send(Channel::Command, "c"));
    QTRY_COMPARE_WITH_TIMEOUT(server.frames,
                              Frames({{Channel::Data, "b"}, {Channel::Command, "c"}}), Patience);
    QCOMPARE(m_kept.size(), 1);
}

void tst_Answering::answersLeaveInTheOrderOfTheRequests()
{
    constexpr int count = 1000;
    open();
    keepRequests();
    QList<QFuture<Reply>> replies;
    for (int i = 0; i < count; ++i)
        replies.append(m_client->request(QByteArray::number(i), 60s));
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), count, Patience);
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same order each time.
    std::shuffle(m_kept.begin(), m_kept.end(), random);
    for (const Request &request : std::as_const(m_kept))
        request.reply("to " + request.payload());
    for (int i = 0; i < count; ++i)
        QCOMPARE(waitFor(replies[i]).payload, "to " + QByteArray::number(i));
}

void tst_Answering::firstAnswerCounts()
{
    open();
    Diary client(m_client.get());
    m_peer->setRequestHandler([](const Request &request) {
        const Request copy = request;
        copy.reply("first");
        request.reply("second");
        copy.fail(u"third"_s);
    });
    QCOMPARE(waitFor(m_client->request("1")).payload, "first");
    QCOMPARE(waitFor(m_client->request("2")).payload, "first");
    QCOMPARE(client.frames, Frames());
}

void tst_Answering::emptyRequestDoesNothing()
{
    const Request request;
    QCOMPARE(request.payload(), QByteArray());
    QCOMPARE(request.number(), 0);
    request.reply("x");
    request.fail(u"x"_s);
}

void tst_Answering::failedRequestsAreReported()
{
    open();
    Diary client(m_client.get());
    m_peer->setRequestHandler([](const Request &request) {
        if (request.payload() == "fail")
            request.fail(u"I don't \"want\" to"_s);
        else if (request.payload() != "drop")
            request.reply("to " + request.payload());
    });
    QList<QFuture<Reply>> replies;
    for (const char *payload : {"1", "drop", "fail", "2"})
        replies.append(m_client->request(payload));
    QCOMPARE(waitFor(replies[3]).payload, "to 2");
    QCOMPARE(waitFor(replies[0]).payload, "to 1");
    QCOMPARE(waitFor(replies[1]).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(replies[1].result().payload, "the request was not answered");
    QCOMPARE(waitFor(replies[2]).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(replies[2].result().payload, "I don't \"want\" to");
    QCOMPARE(client.frames, Frames());

    // On the wire:
    QVERIFY(!m_client->send(Channel::Command, "drop"));
    QTRY_COMPARE_WITH_TIMEOUT(
            client.frames,
            Frames({{Channel::Error, R"({"error":"the request was not answered","request":5})"}}),
            Patience);
}

void tst_Answering::textOfAFailureIsCut()
{
    open();
    m_peer->setRequestHandler([](const Request &request) { request.fail(QString(2000, u'x')); });
    QCOMPARE(waitFor(m_client->request("1")).payload, QByteArray(1024, 'x'));
}

void tst_Answering::failureOvertakesNoAnswer()
{
    open();
    Diary client(m_client.get());
    keepRequests();
    for (const char *payload : {"1", "2", "3"})
        QVERIFY(!m_client->send(Channel::Command, payload));
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 3, Patience);
    m_kept[2].reply("to 3");
    m_kept[1].fail(u"x"_s);
    m_kept[0].reply("to 1");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames,
                              Frames({{Channel::Command, "to 1"},
                                      {Channel::Error, R"({"error":"x","request":2})"},
                                      {Channel::Command, "to 3"}}),
                              Patience);
}

void tst_Answering::failureThatIsNotReportedEndsTheSession()
{
    open();
    keepRequests();
    m_peer->setAnswersFailedRequests(false);
    QSignalSpy ended(m_peer, &Peer::disconnected);
    Diary client(m_client.get());
    const QFuture<Reply> first = m_client->request("1", 60s);
    const QFuture<Reply> dropped = m_client->request("2", 60s);
    const QFuture<Reply> third = m_client->request("3", 60s);
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 3, Patience);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(uR"(^session "peer-1" is closed: request 2 failed)"_s));
    m_kept[2].reply("to 3");
    m_kept[1] = Request();
    m_kept[0].reply("to 1");
    QCOMPARE(waitFor(first).payload, "to 1");
    // Neither its own answer nor another one's.
    QCOMPARE(waitFor(dropped).error.code(), ErrorCode::NotConnected);
    QCOMPARE(waitFor(third).error.code(), ErrorCode::NotConnected);
    QTRY_COMPARE_WITH_TIMEOUT(client.reasons.size() + ended.size(), 2, Patience);
    // Both sides learn why.
    QCOMPARE(client.reasons[0].code(), ErrorCode::ShutdownRequested);
    QVERIFY2(client.reasons[0].message().contains(u"request 2 failed"_s),
             qPrintable(client.reasons[0].message()));
    const Error own = ended[0][0].value<Error>();
    QCOMPARE(own.code(), ErrorCode::RequestFailed);
    QVERIFY2(own.message().contains(u"answersFailedRequests is off"_s), qPrintable(own.message()));
}

void tst_Answering::failureNeedsTheErrorChannel()
{
    m_client->setRequestedChannels({Channel::Command});
    open();
    QSignalSpy ended(m_peer, &Peer::disconnected);
    m_peer->setRequestHandler([](const Request &request) { request.fail(u"no"_s); });
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(uR"(^session "peer-1" is closed: request 1 failed)"_s));
    const Reply reply = waitFor(m_client->request("1", 60s));
    QCOMPARE(reply.error.code(), ErrorCode::NotConnected);
    QVERIFY2(reply.error.message().contains(u"request 1 failed"_s),
             qPrintable(reply.error.message()));
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    const Error own = ended[0][0].value<Error>();
    QCOMPARE(own.code(), ErrorCode::RequestFailed);
    QVERIFY2(own.message().contains(u"channel 4 (ERROR)"_s), qPrintable(own.message()));
}

void tst_Answering::badRequestFails()
{
    open();
    Diary client(m_client.get());
    QSignalSpy validationFailed(m_peer, &Peer::validationFailed);
    m_peer->setValidator(std::make_shared<BadWordValidator>());
    m_peer->setAnswersValidationErrors(true);
    m_peer->setRequestHandler(
            [](const Request &request) { request.reply("to " + request.payload()); });
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> bad = m_client->request("bad");
    const QFuture<Reply> third = m_client->request("3");
    QCOMPARE(waitFor(third).payload, "to 3");
    QCOMPARE(waitFor(bad).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(bad.result().payload, "schema validation error: a bad word");
    QCOMPARE(waitFor(first).payload, "to 1");
    QCOMPARE(validationFailed.size(), 1);
    QCOMPARE(client.frames, Frames()); // It is told once.
}

/// Has much to say of "bad".
class VerboseValidator : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        if (payload != "bad")
            return std::nullopt;
        return Failure{QString(20'000, u'x'), {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }
};

// A failure that isn't recognised as such would leave its place to the next answer.
void tst_Answering::longTextOfAValidatorIsCut()
{
    open();
    m_peer->setValidator(std::make_shared<VerboseValidator>());
    m_peer->setRequestHandler([](const Request &request) { request.reply(request.payload()); });
    const QFuture<Reply> bad = m_client->request("bad");
    const QFuture<Reply> good = m_client->request("good");
    QCOMPARE(waitFor(bad).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(waitFor(good).payload, "good");

    m_peer->setRequestHandler([](const Request &request) {
        request.reply(request.payload() == "1" ? "bad" : "to " + request.payload());
    });
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    QCOMPARE(waitFor(first).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(waitFor(second).payload, "to 2");
}

void tst_Answering::answerThatCannotBeSentFails_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("too large") << QByteArray(MaxPayloadSize + 1, 'x');
    QTest::newRow("bad") << "bad"_ba;
}

void tst_Answering::answerThatCannotBeSentFails()
{
    QFETCH(QByteArray, answer);
    open();
    m_peer->setValidator(std::make_shared<BadWordValidator>());
    m_peer->setRequestHandler([answer](const Request &request) {
        request.reply(request.payload() == "1" ? answer : "fine"_ba);
    });
    const Reply failed = waitFor(m_client->request("1"));
    QCOMPARE(failed.error.code(), ErrorCode::RequestFailed);
    QVERIFY(failed.payload.startsWith("no valid answer: "));
    QCOMPARE(waitFor(m_client->request("2")).payload, "fine");
}

void tst_Answering::answersWaitForRoom()
{
    constexpr int count = 100;
    open();
    m_peer->setSendWaterMarks(200'000, 50'000);
    int received = 0;
    m_peer->setRequestHandler([&received](const Request &request) {
        ++received;
        request.reply(QByteArray(100'000, request.payload()[0]));
    });
    m_client->setReceiving(false);
    QList<QFuture<Reply>> replies;
    for (int i = 0; i < count; ++i)
        replies.append(m_client->request(QByteArray(1, char(i)), 60s));
    // The server stops to receive when it can't get rid of its answers.
    int before = -1;
    while (std::exchange(before, received) != received || received == 0)
        QTest::qWait(20);
    QVERIFY(received < count);
    QVERIFY(m_peer->bytesQueued() < 400'000 || received < 10);
    m_client->setReceiving(true);
    for (int i = 0; i < count; ++i)
        QVERIFY(waitFor(replies[i]).payload == QByteArray(100'000, char(i)));
    QCOMPARE(received, count);
}

void tst_Answering::sessionWithFullQueueCanBeClosed()
{
    open();
    m_peer->setSendWaterMarks(1000, 100);
    keepRequests();
    for (int i = 0; i < 20; ++i)
        QVERIFY(!m_client->send(Channel::Command, "?"));
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 20, Patience);
    QSignalSpy ended(m_peer, &Peer::disconnected);
    for (const Request &request : std::as_const(m_kept))
        request.reply(QByteArray(1'000'000, 'x'));
    m_peer->close();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    QVERIFY(!ended[0][0].value<Error>());
}

/// Answers requests in threads of its own, as fast as it can and in any order.
class Workers
{
public:
    Workers()
    {
        for (int i = 0; i < 4; ++i)
            m_threads.emplace_back([this] { work(); });
    }
    ~Workers() { stop(); }

    void add(Request request)
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(std::move(request));
    }
    void stop()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_isStopping = true;
        }
        for (std::thread &thread : m_threads) {
            if (thread.joinable())
                thread.join();
        }
    }

private:
    void work()
    {
        while (true) {
            Request request;
            {
                const std::lock_guard lock(m_mutex);
                if (m_requests.empty() && m_isStopping)
                    return;
                if (!m_requests.empty()) {
                    request = std::move(m_requests.back()); // The youngest first.
                    m_requests.pop_back();
                }
            }
            // Some are dropped here.
            if (!request.payload().isEmpty() && !request.payload().endsWith("00"))
                request.reply("to " + request.payload());
            std::this_thread::yield();
        }
    }

    std::mutex m_mutex;
    std::vector<Request> m_requests;
    bool m_isStopping = false;
    std::vector<std::thread> m_threads;
};

void tst_Answering::closingSendsAnswersThatWaitForRoom()
{
    open();
    keepRequests();
    m_peer->setSendWaterMarks(1, 0);
    QList<QFuture<Reply>> replies;
    for (int i = 0; i < 20; ++i)
        replies.append(m_client->request(QByteArray::number(i), NoTimeout));
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 20, Patience);
    m_client->setReceiving(false);
    for (const Request &request : std::as_const(m_kept))
        request.reply(request.payload().leftJustified(100'000, ' '));
    QVERIFY(m_peer->bytesQueued() < 1'000'000); // The other answers wait for room.
    m_peer->close();
    m_client->setReceiving(true);
    for (int i = 0; i < 20; ++i) {
        const Reply reply = waitFor(replies[i]);
        QVERIFY2(!reply.error, qPrintable(reply.error.message()));
        QCOMPARE(reply.payload.trimmed(), QByteArray::number(i));
    }
}

void tst_Answering::answersComeFromOtherThreads()
{
    constexpr int count = 3000;
    open();
    Workers workers;
    m_peer->setRequestHandler([&workers](const Request &request) { workers.add(request); });
    QList<QFuture<Reply>> replies;
    for (int i = 0; i < count; ++i)
        replies.append(m_client->request(QByteArray::number(i), 60s));
    for (int i = 0; i < count; ++i) {
        const Reply reply = waitFor(replies[i]);
        if (i >= 100 && i % 100 == 0)
            QCOMPARE(reply.error.code(), ErrorCode::RequestFailed);
        else
            QCOMPARE(reply.payload, "to " + QByteArray::number(i));
    }
}

void tst_Answering::threadsMayOutliveThePeer()
{
    for (int round = 0; round < 20; ++round) {
        open();
        Workers workers;
        m_peer->setRequestHandler([&workers](const Request &request) { workers.add(request); });
        QList<QFuture<Reply>> replies;
        for (int i = 1; i < 100; ++i)
            replies.append(m_client->request(QByteArray::number(i), 60s));
        QVERIFY(!waitFor(replies[round]).error);
        delete m_peer; // While they answer.
        workers.stop();
        QTRY_VERIFY_WITH_TIMEOUT(replies.last().isFinished(), Patience);
    }
}

void tst_Answering::answersOfTheLastSessionGoNowhere()
{
    m_kept.clear();
    // The server asks here, as its client keeps its handler from session to session.
    m_client->setRequestHandler([this](const Request &request) { m_kept.append(request); });
    open();
    const QFuture<Reply> before = m_peer->request("1", 60s);
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 1, Patience);
    m_peer.clear();
    open();
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    const QFuture<Reply> after = m_peer->request("2", 60s);
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 2, Patience);
    QCOMPARE(m_kept[1].number(), 1);
    m_kept[0].reply("too late");
    m_kept[1].reply("in time");
    QCOMPARE(waitFor(after).payload, "in time");
    QCOMPARE(waitFor(before).error.code(), ErrorCode::NotConnected);
}

void tst_Answering::handlerMayReplaceItself()
{
    open();
    const auto heavy = std::make_shared<QByteArray>("captured");
    m_peer->setRequestHandler([this, heavy](const Request &request) {
        m_peer->setRequestHandler([](const Request &next) { next.reply("second"); });
        request.reply(*heavy);
    });
    QCOMPARE(waitFor(m_client->request("1")).payload, "captured");
    QCOMPARE(waitFor(m_client->request("2")).payload, "second");
    QCOMPARE(heavy.use_count(), 1);
}

void tst_Answering::handlerMayDeleteThePeer()
{
    open();
    m_peer->setRequestHandler([this](const Request &request) {
        delete m_peer;
        request.reply("too late");
    });
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    QCOMPARE(waitFor(second).error.code(), ErrorCode::NotConnected);
    QCOMPARE(waitFor(first).error.code(), ErrorCode::NotConnected);
}

void tst_Answering::requestOutlivesThePeer()
{
    open();
    keepRequests();
    const QFuture<Reply> reply = m_client->request("1");
    QTRY_COMPARE_WITH_TIMEOUT(m_kept.size(), 1, Patience);
    delete m_peer;
    QCOMPARE(m_kept[0].payload(), "1");
    m_kept[0].reply("too late");
    QCOMPARE(waitFor(reply).error.code(), ErrorCode::NotConnected);
}

QTEST_GUILESS_MAIN(tst_Answering)
#include "tst_answering.moc"
