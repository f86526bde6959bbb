// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/framelink_p.h"
#include "transport/filedescriptor_p.h"
#include "transport/nativestream_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>

#include <sys/socket.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

static constexpr int Patience = 60'000; // ms; only a failing test waits that long.

/// One end of a link, and what it was told.
class End final : public FrameLink::Sink
{
public:
    explicit End(std::unique_ptr<ByteStream> stream)
        : link(FrameLink::make(std::move(stream), this))
    {
        link->start();
    }
    explicit End(int descriptor)
        : End(std::make_unique<NativeStream>(FileDescriptor(descriptor)))
    {}

    void frameDecoded(DecodedFrame &frame) override
    {
        channels.append(frame.channel());
        payloads.append(frame.takePayload());
        if (onFrame)
            onFrame();
    }
    void linkEnded(const Error &error) override { ends.append(error); }
    void readyToSend(quint16 channel) override
    {
        ready.append(channel);
        if (onReady)
            onReady(channel);
    }

    FrameLink::Pointer link;
    QList<quint16> channels;
    QList<QByteArray> payloads;
    QList<Error> ends;
    QList<quint16> ready;
    std::function<void()> onFrame;
    std::function<void(quint16)> onReady;
};

/// Two links over a pair of sockets, with the smallest buffers that the system allows if asked.
struct Pair
{
    explicit Pair(bool smallBuffers = false)
    {
        int descriptors[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors) != 0)
            qFatal("no pair of sockets");
        a = std::make_unique<End>(descriptors[0]);
        b = std::make_unique<End>(descriptors[1]);
        if (smallBuffers) {
            const int size = 1; // Raised to the system's minimum.
            for (const int descriptor : descriptors)
                ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        }
    }

    std::unique_ptr<End> a;
    std::unique_ptr<End> b;
};

/// Takes so many bytes, then none until it is asked to be writable again, then everything.
class StutteringStream final : public QObject, public ByteStream
{
public:
    StutteringStream(qsizetype bytesUntilBlocked, QByteArray *written)
        : m_left(bytesUntilBlocked)
        , m_written(written)
    {}

    Result write(std::span<const QByteArrayView> buffers) override
    {
        if (m_left == 0)
            return {Status::WouldBlock, 0};
        qsizetype taken = 0;
        for (const QByteArrayView buffer : buffers) {
            const qsizetype part = std::min(buffer.size(), m_left - taken);
            m_written->append(buffer.first(part));
            taken += part;
        }
        m_left -= taken;
        return {Status::Ok, taken};
    }
    void requestWritable() override
    {
        m_left = std::numeric_limits<qsizetype>::max();
        QMetaObject::invokeMethod(
                this, [this] { tellWritable(); }, Qt::QueuedConnection);
    }

    Result read(std::span<char>, std::span<char>) override { return {Status::WouldBlock, 0}; }
    void setReadEnabled(bool) override {}
    bool atEnd() const override { return false; }
    qint64 bytesToWrite() const override { return 0; }
    void close() override {}
    Error error() const override { return {}; }

private:
    qsizetype m_left;
    QByteArray *const m_written;
};

class tst_FrameLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void partialWritesLoseNothing_data();
    void partialWritesLoseNothing();
    void writeMayBlockAtAnyOffset();
    void everySizeAroundABorderArrives();
    void bothDirectionsAtOnceThroughSmallBuffers();
    void commandsOvertakeDataThatWaits();
    void firstFrameOfATurnLeavesAtOnce();
    void laterFramesLeaveAtTheEndOfTheTurn();
    void laterFramesAreGatheredAfterALongSilence();
    void answerToALoneFrameLeavesAtOnce();
    void answersToFramesThatCameTogetherLeaveTogether();
    void loneFrameThatBlocksLeavesLater();
    void gatheredFramesLeaveAt64KiB();
    void blockedLinkTriesAgainForEach64KiB();
    void busyConnectionDoesNotStarveTheEventLoop();
    void longQueueLeavesTurnByTurn();
    void closeDuringAWrite();
    void roomIsAnnouncedOncePerChannel();
    void roomMayBeWaitedForInsideAnAnnouncement();
    void announcementMayDeleteTheLink();
    void announcementMaySend();
    void sendInsideAHandler();
    void deleteInsideAHandler();
    void handlerMayRunAnEventLoop();
    void tenThousandFramesInOneTurn();
};

void tst_FrameLink::partialWritesLoseNothing_data()
{
    QTest::addColumn<QList<qsizetype>>("sizes");
    QTest::addRow("small") << QList<qsizetype>(5000, 50);
    QTest::addRow("large") << QList<qsizetype>(4, 1'000'000);
    QTest::addRow("mixed") << QList<qsizetype>({0, 1, 16'384, 16'385, 100'000, 7, 0, 300'000, 50});
}

void tst_FrameLink::partialWritesLoseNothing()
{
    QFETCH(QList<qsizetype>, sizes);
    const Pair pair(true);
    QList<QByteArray> expected;
    for (const qsizetype size : sizes) {
        expected.append(QByteArray(size, char('a' + expected.size() % 26)));
        QVERIFY(!pair.a->link->send(2, expected.last()));
    }
    QVERIFY(pair.a->link->queue().bytes() > 0); // It could not all leave at once.
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), expected.size(), Patience);
    QVERIFY(pair.b->payloads == expected);
    QCOMPARE(pair.a->link->queue().bytes(), 0);
}

void tst_FrameLink::writeMayBlockAtAnyOffset()
{
    // Gathered frames, an empty one, a large one with its own header, and what goes before it.
    const QList<std::pair<quint16, QByteArray>> frames
            = {{2, "abc"},
               {2, ""},
               {2, QByteArray(SendQueue::GatherLimit + 1, 'l')},
               {2, "d"},
               {Channel::Command, "urgent"}};
    const auto send = [&frames](qsizetype blockAfter) {
        QByteArray written;
        End end(std::make_unique<StutteringStream>(blockAfter, &written));
        for (const auto &[channel, payload] : frames)
            end.link->send(channel, payload);
        const auto isWritten = [&end] { return end.link->queue().isEmpty(); };
        return QTest::qWaitFor(isWritten, Patience) ? written : QByteArray();
    };
    const auto decode = [](const QByteArray &wire) {
        FrameDecoder decoder;
        decoder.feed(wire);
        DecodedFrame frame;
        QList<std::pair<quint16, QByteArray>> decoded;
        while (decoder.next(&frame) == FrameDecoder::Status::Frame)
            decoded.append({frame.channel(), frame.takePayload()});
        return decoded;
    };
    const qsizetype size = send(1'000'000).size();
    // Every offset in and around headers; inside of the large payload some.
    for (qsizetype offset = 0; offset <= size;
         offset += offset < 60 || offset > size - 60 ? 1 : 97) {
        const auto arrived = decode(send(offset));
        QCOMPARE(arrived.size(), frames.size());
        // A command may overtake frames that haven't begun, nothing else changes places.
        for (const auto &frame : frames)
            QVERIFY2(arrived.contains(frame), qPrintable(QString::number(offset)));
        for (qsizetype i = 0, next = 0; i < arrived.size(); ++i) {
            if (arrived[i].first == 2)
                QVERIFY(arrived[i] == frames[next++]);
        }
    }
}

void tst_FrameLink::everySizeAroundABorderArrives()
{
    // Where payloads are no longer gathered, where a chunk or the read buffer is full, what a
    // header alone reserves.
    const Pair pair;
    QList<QByteArray> expected;
    for (const qsizetype border : {qsizetype(0), SendQueue::GatherLimit, SendQueue::ChunkSize,
                                   2 * SendQueue::ChunkSize, 4 * SendQueue::ChunkSize}) {
        for (qsizetype size = std::max<qsizetype>(0, border - 18); size <= border + 18; ++size) {
            expected.append(QByteArray(size, char('a' + size % 26)));
            QVERIFY(!pair.a->link->send(2, expected.last()));
        }
        QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), expected.size(), Patience);
    }
    QVERIFY(pair.b->payloads == expected);
}

void tst_FrameLink::bothDirectionsAtOnceThroughSmallBuffers()
{
    const Pair pair(true);
    const QByteArray payload(2'000'000, 'z');
    for (End *end : {pair.a.get(), pair.b.get()}) {
        for (int i = 0; i < 3; ++i)
            QVERIFY(!end->link->send(2, payload));
    }
    QTRY_VERIFY_WITH_TIMEOUT(pair.a->payloads.size() == 3 && pair.b->payloads.size() == 3,
                             Patience);
    for (const QByteArray &one : pair.a->payloads + pair.b->payloads)
        QVERIFY(one == payload);
}

void tst_FrameLink::commandsOvertakeDataThatWaits()
{
    const Pair pair;
    for (int i = 0; i < 10; ++i)
        QVERIFY(!pair.a->link->send(Channel::Data, QByteArray(1'000'000, 'd')));
    QVERIFY(!pair.a->link->send(Channel::Command, "stop"));
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->channels.size(), 11, Patience);
    QVERIFY(pair.b->channels.indexOf(Channel::Command) <= 2);
}

void tst_FrameLink::firstFrameOfATurnLeavesAtOnce()
{
    const Pair pair;
    QVERIFY(!pair.a->link->send(1, "now"));
    QCOMPARE(pair.a->link->queue().bytes(), 0);
}

void tst_FrameLink::laterFramesLeaveAtTheEndOfTheTurn()
{
    const Pair pair;
    QVERIFY(!pair.a->link->send(1, "now"));
    QVERIFY(!pair.a->link->send(1, "together"));
    QVERIFY(!pair.a->link->send(1, "with this"));
    QCOMPARE(pair.a->link->queue().bytes(), 8 + 8 + 8 + 9);
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), 3, Patience);

    QCoreApplication::processEvents(); // Begins another turn.
    QVERIFY(!pair.a->link->send(1, "again"));
    QCOMPARE(pair.a->link->queue().bytes(), 0);
    QVERIFY(!pair.a->link->send(1, "asked for"));
    pair.a->link->flush();
    QCOMPARE(pair.a->link->queue().bytes(), 0);
}

void tst_FrameLink::laterFramesAreGatheredAfterALongSilence()
{
    const Pair pair;
    QVERIFY(!pair.a->link->send(1, "now"));
    // Turns in which nobody is interested, until nobody listens to the dispatcher any more.
    for (int turn = 0; turn < 1000; ++turn)
        QCoreApplication::processEvents();
    QVERIFY(!pair.a->link->send(1, "again"));
    QVERIFY(!pair.a->link->send(1, "later"));
    QCOMPARE(pair.a->link->queue().bytes(), 8 + 5);
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), 3, Patience);
}

void tst_FrameLink::answerToALoneFrameLeavesAtOnce()
{
    const Pair pair;
    QList<qint64> waiting;
    pair.b->onFrame = [&] {
        for (const char *const answer : {"answer", "more"}) {
            QVERIFY(!pair.b->link->send(1, answer));
            waiting.append(pair.b->link->queue().bytes());
        }
        // The rest doesn't wait for the handler either, should it run an event loop.
        QTRY_COMPARE_WITH_TIMEOUT(pair.a->payloads.size(), 2, Patience);
    };
    QVERIFY(!pair.a->link->send(1, "question"));
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(pair.a->payloads, QList<QByteArray>({"answer", "more"}), Patience);
    QCOMPARE(waiting, QList<qint64>({0, 8 + 4}));
}

void tst_FrameLink::answersToFramesThatCameTogetherLeaveTogether()
{
    const Pair pair;
    QList<qint64> waiting;
    pair.b->onFrame = [&] {
        QVERIFY(!pair.b->link->send(1, "answer"));
        waiting.append(pair.b->link->queue().bytes());
    };
    QVERIFY(!pair.a->link->send(1, "a"));
    QVERIFY(!pair.a->link->send(1, "b"));
    pair.a->link->flush(); // Before b reads, so that it finds both.
    QTRY_COMPARE_WITH_TIMEOUT(pair.a->payloads.size(), 2, Patience);
    QCOMPARE(waiting, QList<qint64>({8 + 6, 2 * (8 + 6)}));
}

void tst_FrameLink::loneFrameThatBlocksLeavesLater()
{
    // After so many bytes the stream takes no more until it is asked: within the header, at its
    // end, and in the payload.
    for (const qsizetype taken : {0, 3, 8, 10}) {
        QByteArray written;
        End end(std::make_unique<StutteringStream>(taken, &written));
        QVERIFY(!end.link->send(1, "alone"));
        QCOMPARE(end.link->queue().bytes(), 8 + 5 - taken);
        QTRY_COMPARE_WITH_TIMEOUT(written, QByteArray("IP\5\0\0\0\1\0alone", 13), Patience);
        QCOMPARE(end.link->queue().bytes(), 0);
    }
}

void tst_FrameLink::gatheredFramesLeaveAt64KiB()
{
    const Pair pair;
    qint64 most = 0;
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(!pair.a->link->send(1, QByteArray(100, 'g')));
        most = std::max(most, pair.a->link->queue().bytes());
    }
    QVERIFY(most < 64 * 1024);
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), 1000, Patience);
}

// Else a side that is quicker than this one's turn waits for it.
void tst_FrameLink::blockedLinkTriesAgainForEach64KiB()
{
    QByteArray written;
    End end(std::make_unique<StutteringStream>(1000, &written));
    const QByteArray payload(1000, 'x');
    qsizetype sent = 0;
    const auto send = [&] {
        QVERIFY(!end.link->send(1, payload));
        sent += FrameHeader::Size + payload.size();
    };
    send();
    QCOMPARE(written.size(), 1000);
    while (end.link->bytesToWrite() < 60 * 1024)
        send();
    QCOMPARE(written.size(), 1000);
    while (written.size() == 1000 && end.link->bytesToWrite() < 80 * 1024)
        send();
    QCOMPARE(written.size(), sent);
}

void tst_FrameLink::busyConnectionDoesNotStarveTheEventLoop()
{
    const Pair pair;
    // Keeps the connection full for as long as the test lasts.
    const auto refill = [&] {
        while (!pair.a->link->send(2, QByteArray(60'000, 'f'))) {
        }
    };
    QTimer producer;
    producer.callOnTimeout(refill);
    producer.start(0);
    int ticks = 0;
    QTimer other;
    other.callOnTimeout([&] { ++ticks; });
    other.start(1);
    QTRY_VERIFY_WITH_TIMEOUT(ticks >= 20, Patience);
    QVERIFY(!pair.b->payloads.isEmpty());
}

// To a reader that always keeps up.
void tst_FrameLink::longQueueLeavesTurnByTurn()
{
    constexpr qsizetype megabyte = 1024 * 1024;
    constexpr qint64 frameSize = 8 + 4 * megabyte;
    QByteArray written;
    End end(std::make_unique<StutteringStream>(std::numeric_limits<qsizetype>::max(), &written));
    FrameLink &link = *end.link;
    for (int i = 0; i < 3; ++i)
        QVERIFY(!link.send(2, QByteArray(4 * megabyte, 'q')));
    QCOMPARE(link.queue().bytes(), 3 * frameSize - megabyte);
    qint64 left = link.queue().bytes();
    for (int turn = 0; turn < 100 && left > 0; ++turn) {
        QCoreApplication::processEvents();
        const qint64 before = std::exchange(left, link.queue().bytes());
        QVERIFY(before - left <= megabyte);
    }
    QCOMPARE(left, 0);
    QVERIFY(!link.send(2, QByteArray(4 * megabyte, 'q')));
    link.flush();
    QCOMPARE(link.queue().bytes(), 0);
    QCOMPARE(written.size(), 4 * frameSize);
}

void tst_FrameLink::closeDuringAWrite()
{
    const Pair pair(true);
    QVERIFY(!pair.a->link->send(2, QByteArray(5'000'000, 'c')));
    pair.b->link->close();
    QTRY_COMPARE_WITH_TIMEOUT(pair.a->ends.size(), 1, Patience);
    // If the other end had read all that was there, only writing shows that it is gone.
    QTRY_COMPARE_WITH_TIMEOUT(pair.a->link->send(2, "x").code(), ErrorCode::NotConnected, Patience);
    QVERIFY(pair.b->ends.isEmpty()); // It has closed itself.
}

// Fills channels 2 and 3, then lets the other end read.
static void fill(const Pair &pair)
{
    pair.a->link->setWaterMarks({100'000, 1000});
    pair.b->link->setReceiving(false);
    for (const quint16 channel : {2, 3}) {
        while (!pair.a->link->send(channel, QByteArray(50'000, 'f'))) {
        }
    }
    pair.b->link->setReceiving(true);
}

void tst_FrameLink::roomIsAnnouncedOncePerChannel()
{
    const Pair pair;
    fill(pair);
    // Full and empty again before anything could be announced.
    QTRY_VERIFY_WITH_TIMEOUT(pair.a->link->queue().isEmpty(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(pair.a->ready.size(), 2, Patience);
    QVERIFY(!pair.a->link->send(2, "more"));
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.last(), "more", Patience);
    QCOMPARE(pair.a->ready.size(), 2);
}

void tst_FrameLink::roomMayBeWaitedForInsideAnAnnouncement()
{
    const Pair pair;
    bool bothInside = false;
    pair.a->onReady = [&](quint16) {
        pair.a->onReady = nullptr;
        bothInside = QTest::qWaitFor([&] { return pair.a->ready.size() == 2; }, Patience);
    };
    fill(pair);
    QTRY_VERIFY_WITH_TIMEOUT(bothInside, Patience);
}

void tst_FrameLink::announcementMayDeleteTheLink()
{
    const Pair pair;
    pair.a->onReady = [&](quint16) { pair.a->link.reset(); };
    fill(pair);
    QTRY_VERIFY_WITH_TIMEOUT(!pair.a->link, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->ends.size(), 1, Patience);
    QCOMPARE(pair.a->ready.size(), 1);
}

void tst_FrameLink::announcementMaySend()
{
    const Pair pair;
    int rounds = 0;
    pair.a->onReady = [&](quint16 channel) {
        if (++rounds > 20)
            return;
        while (!pair.a->link->send(channel, QByteArray(50'000, 's'))) {
        }
    };
    fill(pair);
    QTRY_VERIFY_WITH_TIMEOUT(rounds > 20 && pair.a->link->queue().isEmpty(), Patience);
}

void tst_FrameLink::sendInsideAHandler()
{
    const Pair pair(true);
    int left = 2000;
    pair.a->onFrame = [&] { QVERIFY(!pair.a->link->send(1, "ping")); };
    pair.b->onFrame = [&] {
        if (--left > 0)
            QVERIFY(!pair.b->link->send(1, "pong"));
    };
    for (int i = 0; i < 10; ++i)
        QVERIFY(!pair.a->link->send(1, "ping"));
    QTRY_VERIFY_WITH_TIMEOUT(left <= 0, Patience);
}

void tst_FrameLink::handlerMayRunAnEventLoop()
{
    const Pair pair;
    bool isNested = false;
    bool cameInside = false;
    pair.b->onFrame = [&] {
        if (std::exchange(isNested, true)) {
            cameInside = true;
            return;
        }
        // What came in the same read is delivered in here.
        QTRY_VERIFY_WITH_TIMEOUT(cameInside, Patience);
    };
    QVERIFY(!pair.a->link->send(1, "first"));
    QVERIFY(!pair.a->link->send(1, "second"));
    pair.a->link->flush();
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads, QList<QByteArray>({"first", "second"}), Patience);
    QVERIFY(cameInside);
}

void tst_FrameLink::deleteInsideAHandler()
{
    const Pair pair;
    pair.b->onFrame = [&] { pair.b->link.reset(); };
    for (int i = 0; i < 5; ++i)
        QVERIFY(!pair.a->link->send(1, "x"));
    QTRY_COMPARE_WITH_TIMEOUT(pair.a->ends.size(), 1, Patience);
    QCOMPARE(pair.b->payloads.size(), 1);
}

void tst_FrameLink::tenThousandFramesInOneTurn()
{
    const Pair pair;
    for (int i = 0; i < 10'000; ++i) // A header each: two reads of 64 KiB.
        QVERIFY(!pair.a->link->send(3, QByteArray()));
    pair.a->link->flush();
    QTRY_COMPARE_WITH_TIMEOUT(pair.b->payloads.size(), 10'000, Patience);
}

QTEST_GUILESS_MAIN(tst_FrameLink)
#include "tst_framelink.moc"
