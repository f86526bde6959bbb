// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include "background.h"
#include "loopthread.h"

#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

using namespace std::chrono_literals;

/// A peer that is used by threads other than its own.
class tst_OtherThreads : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void framesOfEachThreadArriveInOrder();
    void callerLearnsOfErrorsAtOnce();
    void callersAreHeldBack();
    void fullChannelDoesNotHoldOthersBack();
    void manyFramesForAFullChannelHoldNobodyBack();
    void emptyFramesAreCounted();
    void framesThatMissTheSessionAreReported();
    void framesThatMissAReplacedSessionAreReported();
    void framesThatWaitInAReplacedSessionAreReported();
    void replacedSessionLosesNoFrame();
    void framesHandedOverBeforeCloseAreSent();
    void answersGivenBeforeCloseAreSent();
    void frameThatWaitsForRoomIsSentInTheNextSession();
    void requestsAreAnswered();
    void requestOfADestroyedPeerIsCancelled();
    void requestOfAMovedPeerIsRefusedAtOnce();
    void peerMayBeMovedBetweenSessions();

private:
    using Threads = std::vector<std::unique_ptr<Background>>;
    static void finish(Threads &threads);
    /// Sends in another thread, while the event loop of this one doesn't run.
    Error sendMeanwhile(quint16 channel, const QByteArray &payload);
    /// What a call in another thread returns; the event loop runs meanwhile.
    static Error inOtherThread(const std::function<Error()> &call);
};

void tst_OtherThreads::finish(Threads &threads)
{
    for (const auto &thread : threads)
        QTRY_VERIFY_WITH_TIMEOUT(thread->isDone(), Patience);
    for (const auto &thread : threads)
        thread->join();
}

Error tst_OtherThreads::inOtherThread(const std::function<Error()> &call)
{
    Error error;
    Threads threads;
    threads.push_back(std::make_unique<Background>([&] { error = call(); }));
    finish(threads);
    return error;
}

Error tst_OtherThreads::sendMeanwhile(quint16 channel, const QByteArray &payload)
{
    Error error;
    Background([&] { error = m_client->send(channel, payload); }).join();
    return error;
}

void tst_OtherThreads::framesOfEachThreadArriveInOrder()
{
    constexpr int threadCount = 4;
    constexpr int frameCount = 2000;
    open();
    Diary diary(m_peer);
    Threads threads;
    std::atomic<int> failures = 0;
    for (int thread = 0; thread < threadCount; ++thread) {
        threads.push_back(std::make_unique<Background>([&, thread] {
            for (int i = 0; i < frameCount; ++i) {
                if (m_client->send(Channel::Data, QByteArray::number(thread * frameCount + i)))
                    ++failures;
            }
        }));
    }
    // And the peer's own, at the same time.
    for (int i = 0; i < frameCount; ++i)
        QVERIFY(!m_client->send(Channel::Data, QByteArray::number(threadCount * frameCount + i)));
    finish(threads);
    QCOMPARE(failures.load(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), (threadCount + 1) * frameCount, Patience);
    QList<int> next(threadCount + 1, 0);
    for (const auto &[channel, payload] : std::as_const(diary.frames)) {
        const int number = payload.toInt();
        QCOMPARE(number % frameCount, next[number / frameCount]++);
    }
}

/// Lets nothing pass.
class Refusal : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView, Direction) const override
    {
        return Failure{u"no"_s, {}};
    }
};

void tst_OtherThreads::callerLearnsOfErrorsAtOnce()
{
    const auto send = [this](quint16 channel, const QByteArray &payload) {
        return inOtherThread([&] { return m_client->send(channel, payload); }).code();
    };
    QCOMPARE(send(Channel::Data, "x"), ErrorCode::NotConnected);
    open();
    QCOMPARE(send(4242, "x"), ErrorCode::UnsupportedChannel);
    QCOMPARE(send(Channel::Control, "x"), ErrorCode::UnsupportedChannel);
    QCOMPARE(send(Channel::Data, QByteArray(MaxPayloadSize + 1, 'x')), ErrorCode::PayloadTooLarge);
    m_client->setValidator(std::make_shared<Refusal>());
    QCOMPARE(send(Channel::Data, "x"), ErrorCode::ValidationFailed);
    m_client->setValidator(nullptr);
    QCOMPARE(send(Channel::Data, "x"), ErrorCode::NoError);
    m_client->abort();
    QCOMPARE(send(Channel::Data, "x"), ErrorCode::NotConnected);
}

void tst_OtherThreads::callersAreHeldBack()
{
    open();
    Diary diary(m_peer);
    m_client->setSendWaterMarks(100'000, 20'000);
    QSignalSpy ready(m_client.get(), &Peer::readyToSend);
    // This thread's event loop doesn't run meanwhile.
    Error error;
    int sent = 0;
    Background([&] {
        while (sent < 1000 && !(error = m_client->send(Channel::Data, QByteArray(1000, 'x'))))
            ++sent;
    }).join();
    QCOMPARE(error.code(), ErrorCode::QueueFull);
    QCOMPARE(sent, 100);
    QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), Patience);
    QCOMPARE(ready[0][0].value<quint16>(), Channel::Data);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), 100, Patience);
}

void tst_OtherThreads::fullChannelDoesNotHoldOthersBack()
{
    open();
    Diary diary(m_peer);
    m_client->setSendWaterMarks(1'000'000, 1000);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    // More for the full channel, and then a command.
    QVERIFY(!inOtherThread([this] { return m_client->send(Channel::Data, "waits"); }));
    QVERIFY(!inOtherThread([this] { return m_client->send(Channel::Command, "passes"); }));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->bytesQueued(Channel::Command) > 0, Patience);
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(diary.frames.contains({Channel::Data, "waits"}), Patience);
    QVERIFY(diary.frames.indexOf({Channel::Command, "passes"})
            < diary.frames.indexOf({Channel::Data, "waits"}));
}

// To look at all of those that wait takes longer than what frames of other threads have of a turn.
void tst_OtherThreads::manyFramesForAFullChannelHoldNobodyBack()
{
    open();
    m_client->setSendWaterMarks(10'000'000, 1000);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(1'000'000, 'x'))) {
    }
    constexpr int frameCount = 300'000;
    Background([this] {
        for (int i = 0; i < frameCount; ++i)
            QVERIFY(!m_client->send(Channel::Data, "w"));
        QVERIFY(!m_client->send(Channel::Command, "passes"));
    }).join();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->bytesQueued(Channel::Command) > 0, Patience);

    // Nor do they keep the event loop from idling.
    int turns = 0;
    QObject untilThen;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &untilThen,
            [&turns] { ++turns; });
    QTest::qWait(200);
    QVERIFY2(turns < 1000, qPrintable(QString::number(turns)));

    Diary diary(m_peer);
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(diary.frames.count({Channel::Data, "w"}) == frameCount, Patience);
    QCOMPARE(diary.frames.count({Channel::Command, "passes"}), 1);
}

void tst_OtherThreads::emptyFramesAreCounted()
{
    open();
    m_client->setSendWaterMarks(8000, 1000);
    int sent = 0;
    Background([&] {
        while (sent < 10'000 && !m_client->send(Channel::Data, QByteArray()))
            ++sent;
    }).join();
    QCOMPARE(sent, 1000); // Of 8 bytes each.
}

void tst_OtherThreads::framesThatMissTheSessionAreReported()
{
    open();
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    QVERIFY(!sendMeanwhile(Channel::Data, "too late"));
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QCOMPARE(notSent[0][1].value<QList<QByteArray>>(), QList<QByteArray>{"too late"});
}

void tst_OtherThreads::framesThatMissAReplacedSessionAreReported()
{
    open();
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    Background([&] { static_cast<void>(m_client->send(Channel::Data, "too late")); }).join();
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QCOMPARE(notSent[0][1].value<QList<QByteArray>>(), QList<QByteArray>{"too late"});
}

void tst_OtherThreads::framesThatWaitInAReplacedSessionAreReported()
{
    open();
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_client->setSendWaterMarks(1'000'000, 1000);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    QVERIFY(!inOtherThread([this] { return m_client->send(Channel::Data, "waits"); }));
    QVERIFY(!inOtherThread([this] { return m_client->send(Channel::Command, "passes"); }));
    QTRY_VERIFY_WITH_TIMEOUT(m_client->bytesQueued(Channel::Command) > 0, Patience);
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_client->generation() == 2, Patience);
    QByteArrayList payloads;
    for (const QList<QVariant> &arguments : std::as_const(notSent))
        payloads += arguments[1].value<QList<QByteArray>>();
    QCOMPARE(payloads.count("waits"), 1);
    QCOMPARE(payloads.count("passes"), 1);
}

void tst_OtherThreads::replacedSessionLosesNoFrame()
{
    open();
    m_client->setSendWaterMarks(1000, 100);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    const QByteArray payload(1000, 'x');
    QVERIFY(!sendMeanwhile(Channel::Data, payload));
    QCOMPARE(sendMeanwhile(Channel::Data, payload).code(), ErrorCode::QueueFull);
    m_peer.clear();
    open();
    QCOMPARE(notSent.size(), 1);
    QCOMPARE(notSent[0][1].value<QList<QByteArray>>(), QList<QByteArray>{payload});
    QVERIFY(!sendMeanwhile(Channel::Data, payload)); // There is room again.
}

void tst_OtherThreads::framesHandedOverBeforeCloseAreSent()
{
    open();
    Diary diary(m_peer);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    QVERIFY(!sendMeanwhile(Channel::Data, "in time"));
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(diary.reasons.size(), 1, Patience);
    QCOMPARE(diary.frames, (Frames{{Channel::Data, "in time"}}));
    QCOMPARE(notSent.size(), 0);
}

void tst_OtherThreads::answersGivenBeforeCloseAreSent()
{
    open();
    QList<Request> kept;
    m_peer->setRequestHandler([&kept](const Request &request) { kept.append(request); });
    const QFuture<Reply> asked = m_client->request("x", NoTimeout);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 1, Patience);
    // This thread's event loop doesn't run meanwhile.
    Background([&kept] { kept[0].reply("in time"); }).join();
    m_peer->close();
    QTRY_VERIFY_WITH_TIMEOUT(asked.isFinished(), Patience);
    QCOMPARE(asked.result().payload, "in time");
}

void tst_OtherThreads::frameThatWaitsForRoomIsSentInTheNextSession()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(5ms, 20ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    m_client->setSendWaterMarks(1'000'000, 1000);
    open();
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(100'000, 'x'))) {
    }
    QVERIFY(!sendMeanwhile(Channel::Data, "waits"));
    m_server = std::make_unique<Server>();
    Frames frames;
    connect(m_server.get(), &Server::peerConnected, this, [&](Peer *peer) {
        connect(peer, &Peer::frameReceived, this, [&](quint16 channel, const QByteArray &payload) {
            frames.append({channel, payload});
        });
    });
    QVERIFY(!m_server->listen(m_endpoint));
    QTRY_VERIFY_WITH_TIMEOUT(frames.contains({Channel::Data, "waits"}), Patience);
}

void tst_OtherThreads::requestsAreAnswered()
{
    open();
    m_peer->setRequestHandler([](Request request) { request.reply("to " + request.payload()); });
    constexpr int threadCount = 4;
    std::atomic<int> answers = 0;
    Threads threads;
    for (int thread = 0; thread < threadCount; ++thread) {
        threads.push_back(std::make_unique<Background>([&, thread] {
            for (int i = 0; i < 50; ++i) {
                const QByteArray question
                        = QByteArray::number(thread) + ':' + QByteArray::number(i);
                const Reply reply = m_client->request(question, 30s).result();
                if (!reply.error && reply.payload == "to " + question)
                    ++answers;
            }
        }));
    }
    finish(threads);
    QCOMPARE(answers.load(), threadCount * 50);
}

void tst_OtherThreads::requestOfADestroyedPeerIsCancelled()
{
    open();
    QFuture<Reply> future;
    Background([&] { future = m_client->request("x", 30s); }).join();
    m_client.reset();
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience);
    QCOMPARE(future.result().error.code(), ErrorCode::Cancelled);
}

void tst_OtherThreads::requestOfAMovedPeerIsRefusedAtOnce()
{
    LoopThread thread;
    m_client->moveToThread(&thread);
    thread.start();
    QFuture<Reply> there;
    thread.call([&] { there = m_client->request("x", 30s); });
    const QFuture<Reply> here = m_client->request("x", 30s);
    QTRY_VERIFY_WITH_TIMEOUT(there.isFinished() && here.isFinished(), Patience);
    QCOMPARE(there.result().error.code(), ErrorCode::NotConnected);
    QCOMPARE(here.result().error.code(), ErrorCode::NotConnected);
    thread.call([this] { m_client.reset(); });
    thread.end();
}

void tst_OtherThreads::peerMayBeMovedBetweenSessions()
{
    open();
    QVERIFY(!inOtherThread([this] { return m_client->send(Channel::Data, "here"); }));
    m_client->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!m_peer, Patience);

    LoopThread thread;
    m_client->moveToThread(&thread);
    thread.start();
    thread.call([this] { m_client->connectToServer(m_endpoint); });
    QTRY_VERIFY_WITH_TIMEOUT(m_peer && m_peer->isOpen(), Patience);
    Diary diary(m_peer);
    // Now this is another thread. The session may not be open there yet.
    QVERIFY(QTest::qWaitFor([this] { return !m_client->send(Channel::Data, "there"); }, Patience));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, (Frames{{Channel::Data, "there"}}), Patience);
    thread.call([this] { m_client.reset(); });
    thread.end();
}

QTEST_GUILESS_MAIN(tst_OtherThreads)
#include "tst_otherthreads.moc"
