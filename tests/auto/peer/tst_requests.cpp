// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/requestqueue_p.h"
#include "peertest.h"

#include <QtCore/qfuture.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <vector>

using namespace std::chrono_literals;

/// Refuses whatever contains "bad", to send or to receive.
class BadWordValidator : public PayloadValidator
{
public:
    explicit BadWordValidator(Direction judged)
        : m_judged(judged)
    {}
    std::optional<Failure> check(quint16, QByteArrayView payload,
                                 Direction direction) const override
    {
        if (direction != m_judged || !payload.toByteArray().contains("bad"))
            return std::nullopt;
        return Failure{u"a bad word"_s, {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }

private:
    const Direction m_judged;
};

/// Peer::request(), with a hand-made responder at the other end.
class tst_Requests : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void answerComesBack();
    void manyInFlightAreMatchedInOrder();
    void lateAnswerIsDropped();
    void timeoutSaysHowManyAnswersAreOwed();
    void eachRequestHasItsOwnDeadline();
    void cancelledRequestKeepsItsPlace();
    void frameThatNobodyAskedForIsDelivered();
    void answersOnlyComeOnCommand();
    void numberedErrorEndsThatRequest();
    void otherErrorsAreDelivered_data();
    void otherErrorsAreDelivered();
    void thereIsNoRequestWithoutSession();
    void channelHasToBeNegotiated();
    void badRequestIsNotSent();
    void badAnswerEndsItsRequestOnly();
    void numberedErrorIsNotJudged();
    void fullQueueRefusesRequests();
    void numberInFlightIsBounded();
    void failuresOutOfTurnAreBounded();
    void endOfTheSessionEndsAllRequests();
    void answersBeforeTheEndCount();
    void newSessionStartsWithNothingOwed();
    void requestsAreNotKeptForTheNextSession();
    void framesKeptBeforeTheFirstRequestAreHandedBack();
    void destroyedPeerCancelsRequests();
    void continuationMayDeleteThePeer();
    void continuationAtTheEndMayDeleteThePeer();
    void continuationMayAskAgain();
    void continuationMayWaitForAnotherRequest();
    void continuationRunsInItsContext();

private:
    void answer(const QByteArray &payload) { QVERIFY(!m_peer->send(Channel::Command, payload)); }
};

static Reply waitFor(const QFuture<Reply> &future)
{
    [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience); }();
    return future.isFinished() && future.resultCount() > 0 ? future.result() : Reply();
}

void tst_Requests::answerComesBack()
{
    open();
    Diary server(m_peer);
    const QFuture<Reply> reply = m_client->request("question");
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, Frames({{Channel::Command, "question"}}), Patience);
    QVERIFY(!reply.isFinished());
    answer("answer");
    QVERIFY(!waitFor(reply).error);
    QCOMPARE(reply.result().payload, "answer");
}

void tst_Requests::manyInFlightAreMatchedInOrder()
{
    constexpr int count = 10'000;
    open();
    QByteArrayList asked;
    m_peer->setFrameHandler([&](quint16, QByteArrayView payload) {
        asked.append(payload.toByteArray());
        // Nothing is answered until all have been asked.
        if (asked.size() == count) {
            for (const QByteArray &question : std::as_const(asked))
                answer("to " + question);
        }
    });
    std::vector<QFuture<Reply>> replies;
    for (int i = 0; i < count; ++i)
        replies.push_back(m_client->request(QByteArray::number(i), 60s));
    QTRY_VERIFY_WITH_TIMEOUT(replies.back().isFinished(), Patience);
    for (int i = 0; i < count; ++i) {
        QVERIFY(!waitFor(replies[i]).error);
        QCOMPARE(replies[i].result().payload, "to " + QByteArray::number(i));
    }
}

void tst_Requests::lateAnswerIsDropped()
{
    open();
    Diary client(m_client.get());
    const QFuture<Reply> first = m_client->request("1", 1ms);
    QCOMPARE(waitFor(first).error.code(), ErrorCode::Timeout);
    const QFuture<Reply> second = m_client->request("2", 60s);
    const QFuture<Reply> third = m_client->request("3", 1ms);
    const QFuture<Reply> fourth = m_client->request("4", 60s);
    QCOMPARE(waitFor(third).error.code(), ErrorCode::Timeout);
    for (const char *payload : {"to 1", "to 2", "to 3", "to 4"})
        answer(payload);
    QCOMPARE(waitFor(second).payload, "to 2");
    QCOMPARE(waitFor(fourth).payload, "to 4");
    QCOMPARE(client.frames, Frames());
}

void tst_Requests::timeoutSaysHowManyAnswersAreOwed()
{
    open();
    const QFuture<Reply> patient = m_client->request("1", 60s);
    const QFuture<Reply> hasty = m_client->request("2", 7ms);
    QCOMPARE(waitFor(hasty).error.message(),
             u"no answer to a request within 7 ms; the other side owes 2 in all"_s);
    QVERIFY(!patient.isFinished());
}

void tst_Requests::eachRequestHasItsOwnDeadline()
{
    open();
    QList<int> ended;
    std::vector<QFuture<void>> notes;
    const QList<std::chrono::milliseconds> timeouts = {600ms, 20ms, 400ms, 0ms, 200ms};
    for (int i = 0; i < timeouts.size(); ++i) {
        notes.push_back(
                m_client->request("?", timeouts[i]).then(this, [&ended, i](const Reply &reply) {
                    QCOMPARE(reply.error.code(), ErrorCode::Timeout);
                    ended.append(i);
                }));
    }
    QTRY_COMPARE_WITH_TIMEOUT(ended, QList<int>({3, 1, 4, 2, 0}), Patience);
}

void tst_Requests::cancelledRequestKeepsItsPlace()
{
    open();
    QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    first.cancel();
    answer("to 1");
    answer("to 2");
    QCOMPARE(waitFor(second).payload, "to 2");
    QVERIFY(first.isCanceled());
    QVERIFY(first.isFinished());
    QCOMPARE(first.resultCount(), 0);
}

void tst_Requests::frameThatNobodyAskedForIsDelivered()
{
    open();
    Diary client(m_client.get());
    const QFuture<Reply> reply = m_client->request("question");
    answer("answer");
    answer("more");
    QTRY_COMPARE_WITH_TIMEOUT(client.frames, Frames({{Channel::Command, "more"}}), Patience);
    QCOMPARE(waitFor(reply).payload, "answer");
}

void tst_Requests::answersOnlyComeOnCommand()
{
    open();
    Diary client(m_client.get());
    const QFuture<Reply> reply = m_client->request("question");
    QVERIFY(!m_peer->send(Channel::Data, "data"));
    QTRY_COMPARE_WITH_TIMEOUT(client.frames, Frames({{Channel::Data, "data"}}), Patience);
    QVERIFY(!reply.isFinished());
}

void tst_Requests::numberedErrorEndsThatRequest()
{
    open();
    Diary client(m_client.get());
    QList<QFuture<Reply>> replies;
    for (const char *payload : {"1", "2", "3"})
        replies.append(m_client->request(payload));
    QVERIFY(!m_peer->send(Channel::Error, R"({"error":"no \"two\"\n","request":2})"));
    const Reply second = waitFor(replies[1]);
    QCOMPARE(second.error.code(), ErrorCode::RequestFailed);
    QVERIFY2(second.error.message().endsWith(uR"("no \u0022two\u0022\u000a")"_s),
             qPrintable(second.error.message()));
    QCOMPARE(second.payload, "no \"two\"\n");
    answer("to 1");
    answer("to 3"); // The second one has left the queue.
    QCOMPARE(waitFor(replies[2]).payload, "to 3");
    QCOMPARE(waitFor(replies[0]).payload, "to 1");
    QCOMPARE(client.frames, Frames());
}

void tst_Requests::otherErrorsAreDelivered_data()
{
    QTest::addColumn<QByteArray>("error");
    QTest::newRow("no JSON") << "request"_ba;
    QTest::newRow("no number") << R"({"error":"x"})"_ba;
    QTest::newRow("number that is none") << R"({"error":"x","request":"1"})"_ba;
    QTest::newRow("number 0") << R"({"error":"x","request":0})"_ba;
    QTest::newRow("negative number") << R"({"error":"x","request":-1})"_ba;
    QTest::newRow("no text") << R"({"request":2})"_ba;
    QTest::newRow("was answered") << R"({"error":"x","request":1})"_ba;
    QTest::newRow("wasn't asked") << R"({"error":"x","request":3})"_ba;
    QTest::newRow("array") << R"([{"error":"x","request":2}])"_ba;
    QTest::newRow("large") << R"({"request":2,"error":")" + QByteArray(16 * 1024, 'x') + "\"}";
}

void tst_Requests::otherErrorsAreDelivered()
{
    QFETCH(QByteArray, error);
    open();
    Diary client(m_client.get());
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    answer("to 1");
    QVERIFY(!m_peer->send(Channel::Error, error));
    QTRY_COMPARE_WITH_TIMEOUT(client.frames, Frames({{Channel::Error, error}}), Patience);
    QCOMPARE(waitFor(first).payload, "to 1");
    QVERIFY(!second.isFinished());
}

void tst_Requests::thereIsNoRequestWithoutSession()
{
    const QFuture<Reply> reply = m_client->request("question");
    QVERIFY(reply.isFinished());
    QCOMPARE(reply.result().error.code(), ErrorCode::NotConnected);
}

void tst_Requests::channelHasToBeNegotiated()
{
    m_client->setRequestedChannels({2});
    open();
    QCOMPARE(waitFor(m_client->request("question")).error.code(), ErrorCode::UnsupportedChannel);
}

void tst_Requests::badRequestIsNotSent()
{
    open();
    Diary server(m_peer);
    m_client->setValidator(std::make_shared<BadWordValidator>(PayloadValidator::Direction::Send));
    QCOMPARE(waitFor(m_client->request("bad")).error.code(), ErrorCode::ValidationFailed);
    const QFuture<Reply> reply = m_client->request("good");
    QTRY_COMPARE_WITH_TIMEOUT(server.frames, Frames({{Channel::Command, "good"}}), Patience);
    answer("to good");
    QCOMPARE(waitFor(reply).payload, "to good");
}

void tst_Requests::badAnswerEndsItsRequestOnly()
{
    open();
    QSignalSpy validationFailed(m_client.get(), &Peer::validationFailed);
    m_client->setValidator(
            std::make_shared<BadWordValidator>(PayloadValidator::Direction::Receive));
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    answer("bad");
    answer("good");
    QCOMPARE(waitFor(second).payload, "good");
    QCOMPARE(waitFor(first).error.code(), ErrorCode::ValidationFailed);
    QCOMPARE(validationFailed.size(), 1);
}

void tst_Requests::numberedErrorIsNotJudged()
{
    open();
    QSignalSpy validationFailed(m_client.get(), &Peer::validationFailed);
    m_client->setValidator(
            std::make_shared<BadWordValidator>(PayloadValidator::Direction::Receive));
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    QVERIFY(!m_peer->send(Channel::Error, R"({"error":"bad luck","request":1})"));
    QVERIFY(!m_peer->send(Channel::Error, R"({"error":"bad luck"})"));
    answer("to 2");
    QCOMPARE(waitFor(second).payload, "to 2");
    QCOMPARE(waitFor(first).error.code(), ErrorCode::RequestFailed);
    QCOMPARE(validationFailed.size(), 1);
}

void tst_Requests::fullQueueRefusesRequests()
{
    open();
    m_peer->setReceiving(false);
    m_client->setSendWaterMarks(1'000'000, 1000);
    const QByteArray large(1'000'000, 'x');
    Reply refused;
    // The system's buffers take some.
    for (int i = 0; i < 1000 && !refused.error; ++i) {
        const QFuture<Reply> reply = m_client->request(large, 60s);
        if (reply.isFinished())
            refused = reply.result();
    }
    QCOMPARE(refused.error.code(), ErrorCode::QueueFull);
}

void tst_Requests::numberInFlightIsBounded()
{
    open();
    std::vector<QFuture<Reply>> replies;
    for (int i = 0; i < MaxRequestsInFlight; ++i)
        replies.push_back(m_client->request("", 60s));
    QVERIFY(!replies.back().isFinished());
    const Error error = waitFor(m_client->request("")).error;
    QCOMPARE(error.code(), ErrorCode::QueueFull);
    QVERIFY2(error.message().contains(u"65536"_s), qPrintable(error.message()));
}

// The other side may fail requests in any order, and so must not make this side remember them all.
void tst_Requests::failuresOutOfTurnAreBounded()
{
    RequestQueue queue;
    queue.append({});
    for (qsizetype i = 1; i < MaxRequestsInFlight; ++i) {
        QVERIFY(!queue.checkRoom());
        queue.append({});
        QVERIFY(queue.take(queue.lastNumber()));
    }
    QCOMPARE(queue.size(), 1);
    QCOMPARE(queue.checkRoom().code(), ErrorCode::QueueFull);
    queue.takeFirst();
    QVERIFY(!queue.checkRoom());
}

void tst_Requests::endOfTheSessionEndsAllRequests()
{
    open();
    const QFuture<Reply> late = m_client->request("1", 0ms);
    QCOMPARE(waitFor(late).error.code(), ErrorCode::Timeout);
    const QList<QFuture<Reply>> replies = {m_client->request("2"), m_client->request("3")};
    bool wereEnded = false;
    connect(m_client.get(), &Peer::disconnected, this,
            [&](const Error &) { wereEnded = replies[0].isFinished() && replies[1].isFinished(); });
    m_peer->abort();
    for (const QFuture<Reply> &reply : replies) {
        QCOMPARE(waitFor(reply).error.code(), ErrorCode::NotConnected);
        QVERIFY(reply.result().error.message().startsWith(
                u"the session ended before the answer: "_s));
    }
    QTRY_VERIFY_WITH_TIMEOUT(wereEnded, Patience);
}

void tst_Requests::answersBeforeTheEndCount()
{
    open();
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    answer("to 1");
    m_peer->close();
    QCOMPARE(waitFor(first).payload, "to 1");
    QCOMPARE(waitFor(second).error.code(), ErrorCode::NotConnected);
}

void tst_Requests::newSessionStartsWithNothingOwed()
{
    open();
    const QFuture<Reply> before = m_client->request("1", 60s);
    m_peer.clear();
    m_client->connectToServer(m_endpoint);
    // Nothing is sent before there is a session again.
    QCOMPARE(waitFor(m_client->request("2")).error.code(), ErrorCode::NotConnected);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer && m_peer->isOpen(), Patience);
    QCOMPARE(waitFor(before).error.code(), ErrorCode::NotConnected);
    const QFuture<Reply> after = m_client->request("3");
    QVERIFY(!m_peer->send(Channel::Error, R"({"error":"x","request":1})"));
    QCOMPARE(waitFor(after).error.code(), ErrorCode::RequestFailed); // Counted anew.
}

void tst_Requests::requestsAreNotKeptForTheNextSession()
{
    m_client->setUnsentFrames(Channel::Command, Peer::UnsentFrames::Keep);
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    open();
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_peer->setReceiving(false);
    // More than the system's buffers take.
    const QFuture<Reply> before = m_client->request(QByteArray(10'000'000, 'x'), 60s);
    const QFuture<Reply> next = m_client->request("old", 60s);
    m_client->setUnsentFrames(Channel::Command, Peer::UnsentFrames::Keep);
    bool wasRefused = false;
    connect(m_client.get(), &Peer::retryScheduled, this, [&] {
        wasRefused = m_client->request("between").result().error.code() == ErrorCode::NotConnected;
    });
    m_peer->abort();
    m_peer.clear();
    QCOMPARE(waitFor(before).error.code(), ErrorCode::NotConnected);
    QCOMPARE(waitFor(next).error.code(), ErrorCode::NotConnected);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_peer, Patience);
    QVERIFY(wasRefused);
    QCOMPARE(notSent.size(), 1);
    m_peer->setRequestHandler(
            [](const Request &request) { request.reply("to " + request.payload()); });
    QCOMPARE(waitFor(m_client->request("new")).payload, "to new");
}

void tst_Requests::framesKeptBeforeTheFirstRequestAreHandedBack()
{
    m_server.reset();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(5ms, 20ms));
    m_client->setUnsentFrames(Channel::Command, Peer::UnsentFrames::Keep);
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Waiting, Patience);
    QVERIFY(!m_client->send(Channel::Command, "plain"));
    QCOMPARE(waitFor(m_client->request("x")).error.code(), ErrorCode::NotConnected);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_server = std::make_unique<Server>();
    connect(m_server.get(), &Server::peerConnected, this, [](Peer *peer) {
        peer->setRequestHandler(
                [](const Request &request) { request.reply("to " + request.payload()); });
    });
    QVERIFY(!m_server->listen(m_endpoint));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    QCOMPARE(waitFor(m_client->request("asked")).payload, "to asked");
    QCOMPARE(notSent.size(), 1);
    QCOMPARE(notSent[0][1].value<QList<QByteArray>>(), QList<QByteArray>{"plain"});
}

void tst_Requests::destroyedPeerCancelsRequests()
{
    open();
    const QFuture<Reply> first = m_client->request("1");
    const QFuture<Reply> second = m_client->request("2");
    m_client.reset();
    QCOMPARE(waitFor(first).error.code(), ErrorCode::Cancelled);
    QCOMPARE(waitFor(second).error.code(), ErrorCode::Cancelled);
}

void tst_Requests::continuationMayDeleteThePeer()
{
    open();
    const auto deleteClient = [this](const Reply &) { m_client.reset(); };
    const QFuture<void> done = m_client->request("1").then(deleteClient);
    const QFuture<Reply> other = m_client->request("2");
    answer("to 1");
    answer("to 2");
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
    QCOMPARE(waitFor(other).error.code(), ErrorCode::Cancelled);

    m_client = std::make_unique<Peer>();
    open();
    const QFuture<void> late = m_client->request("1", 0ms).then(deleteClient);
    const QFuture<Reply> alsoLate = m_client->request("2", 0ms);
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
    QCOMPARE(waitFor(alsoLate).error.code(), ErrorCode::Cancelled);
}

void tst_Requests::continuationAtTheEndMayDeleteThePeer()
{
    open();
    const QFuture<void> done
            = m_client->request("1").then([this](const Reply &) { m_client.reset(); });
    const QFuture<Reply> other = m_client->request("2");
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
    QCOMPARE(waitFor(other).error.code(), ErrorCode::NotConnected);
}

void tst_Requests::continuationMayAskAgain()
{
    open();
    m_peer->setFrameHandler(
            [this](quint16, QByteArrayView payload) { answer("to " + payload.toByteArray()); });
    QByteArrayList answers;
    const std::function<void(int)> ask = [&](int number) {
        m_client->request(QByteArray::number(number)).then([&, number](const Reply &reply) {
            answers.append(reply.payload);
            if (number < 3)
                ask(number + 1);
        });
    };
    ask(1);
    QTRY_COMPARE_WITH_TIMEOUT(answers, QByteArrayList({"to 1", "to 2", "to 3"}), Patience);
}

void tst_Requests::continuationMayWaitForAnotherRequest()
{
    open();
    const QFuture<Reply> second = m_client->request("2", 50ms);
    bool isTold = false;
    const QFuture<void> first = m_client->request("1", 0ms).then([&](const Reply &) {
        isTold = QTest::qWaitFor([&] { return second.isFinished(); }, Patience);
    });
    QTRY_VERIFY_WITH_TIMEOUT(first.isFinished(), Patience);
    QVERIFY(isTold);
    QCOMPARE(second.result().error.code(), ErrorCode::Timeout);
}

void tst_Requests::continuationRunsInItsContext()
{
    open();
    QByteArray answered;
    const QFuture<void> wanted = m_client->request("2").then(
            this, [&](const Reply &reply) { answered += reply.payload; });
    answer("to 1");
    QTRY_COMPARE_WITH_TIMEOUT(answered, "to 1", Patience);
}

QTEST_GUILESS_MAIN(tst_Requests)
#include "tst_requests.moc"
