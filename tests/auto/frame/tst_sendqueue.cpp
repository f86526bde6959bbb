// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/decoder_p.h"
#include "frame/sendqueue_p.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qlist.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <array>
#include <limits>

using namespace IpcPrims;
using namespace std::chrono_literals;

using Frames = QList<std::pair<quint16, QByteArray>>;

// Writes out the queue, at most so many bytes at a time, as a socket would.
static QByteArray writeOut(SendQueue &queue, qsizetype atATime = 1'000'000'000)
{
    QByteArray wire;
    while (!queue.isEmpty()) {
        std::array<QByteArrayView, 4> buffers;
        const qsizetype count = queue.peek(buffers);
        if (count == 0)
            return wire; // An empty queue with bytes: the caller's comparison fails.
        qsizetype left = atATime;
        qsizetype written = 0;
        for (qsizetype i = 0; i < count && left > 0; ++i) {
            const QByteArrayView bytes = buffers[i].first(std::min(left, buffers[i].size()));
            wire += bytes;
            written += bytes.size();
            left -= bytes.size();
        }
        queue.consume(written);
    }
    return wire;
}

static Frames decode(const QByteArray &wire)
{
    FrameDecoder decoder;
    decoder.feed(wire);
    Frames frames;
    DecodedFrame frame;
    while (decoder.next(&frame) == FrameDecoder::Status::Frame)
        frames.append({frame.channel(), frame.takePayload()});
    return frames;
}

static QList<quint16> channelsOf(const Frames &frames)
{
    QList<quint16> channels;
    for (const auto &frame : frames)
        channels.append(frame.first);
    return channels;
}

class tst_SendQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsBytesWithHeaders();
    void keepsTheOrderWithinAChannel_data();
    void keepsTheOrderWithinAChannel();
    void controlGoesFirstThenCommandAndError();
    void commandAndErrorKeepTheirOrder();
    void otherChannelsTakeTurns();
    void urgentFramesDoNotDisturbTheTurns();
    void aFrameThatHasBegunIsFinishedFirst();
    void commandWaitsForOneLargeFrameAtMost();
    void commandGoesBeforeALargeFrameThatHasNotBegun();
    void lastFrameLeavesAfterEverythingElse();
    void largePayloadIsShared();
    void mixOfSizesSurvivesAnyPartialWrite_data();
    void mixOfSizesSurvivesAnyPartialWrite();
    void oldestFramesAreDroppedForAsManyBytesAsAsked();
    void frameThatHasBegunIsNeverDropped_data();
    void frameThatHasBegunIsNeverDropped();
    void droppingLeavesOtherChannelsAlone();
    void takenBytesCountUntilTheyHaveLeft();
    void takenFramesAreUnsentUntilTheirLastByteHasLeft();
    void takenBytesAreShownAgainAfterRewind();
    void largeFramesFollowOneThatIsTaken();
    void takenFramesAreNeverDropped();
    void manyFramesAreDroppedAtOnce();
    void whatIsBeingWrittenStays_data();
    void whatIsBeingWrittenStays();
    void frameThatHasBegunGoesFirst();
    void droppedErrorsLeaveCommandsWhereTheyAre();
};

void tst_SendQueue::countsBytesWithHeaders()
{
    SendQueue queue;
    QVERIFY(queue.isEmpty());
    queue.enqueue(1, "abc");
    queue.enqueue(Channel::Control, "");
    queue.enqueue(2, QByteArray(100'000, 'x'));
    QCOMPARE(queue.bytes(), 8 + 3 + 8 + 8 + 100'000);
    queue.enqueueLast("");
    QCOMPARE(queue.bytes(Channel::Control), 8 + 8);
    QCOMPARE(queue.bytes(1), 8 + 3);
    QCOMPARE(queue.bytes(2), 8 + 100'000);
    QCOMPARE(queue.bytes(3), 0);
    std::array<QByteArrayView, 4> buffers;
    queue.peek(buffers);
    queue.consume(5);
    QCOMPARE(queue.bytes(), 8 + 3 + 8 + 8 + 100'000 + 8 - 5);
    QCOMPARE(queue.bytes(Channel::Control), 8 + 8 - 5);
    queue.consume(3 + 11 + 8 + 1);
    QCOMPARE(queue.bytes(Channel::Control), 8);
    QCOMPARE(queue.bytes(1), 0);
    QCOMPARE(queue.bytes(2), 100'000 - 1);
    queue.clear();
    QVERIFY(queue.isEmpty());
    QCOMPARE(queue.peek(buffers), 0);
}

void tst_SendQueue::keepsTheOrderWithinAChannel_data()
{
    QTest::addColumn<qsizetype>("atATime");
    for (const qsizetype size : {1, 7, 8, 9, 1000, 65536, 1'000'000})
        QTest::addRow("%lld bytes at a time", qlonglong(size)) << size;
}

void tst_SendQueue::keepsTheOrderWithinAChannel()
{
    QFETCH(qsizetype, atATime);
    SendQueue queue;
    Frames expected;
    for (int i = 0; i < 3000; ++i) {
        expected.append({2, QByteArray::number(i)});
        queue.enqueue(2, expected.last().second);
    }
    QCOMPARE(decode(writeOut(queue, atATime)), expected);
    QCOMPARE(queue.bytes(), 0);
}

void tst_SendQueue::controlGoesFirstThenCommandAndError()
{
    SendQueue queue;
    queue.enqueue(Channel::Data, "data");
    queue.enqueue(300, "user");
    queue.enqueue(Channel::Error, "error");
    queue.enqueue(Channel::Command, "command");
    queue.enqueue(Channel::Control, "control");
    QCOMPARE(channelsOf(decode(writeOut(queue))),
             QList<quint16>(
                     {Channel::Control, Channel::Error, Channel::Command, Channel::Data, 300}));
}

void tst_SendQueue::commandAndErrorKeepTheirOrder()
{
    SendQueue queue;
    queue.enqueue(Channel::Data, "waits");
    Frames expected;
    qint64 bytesOfErrors = 0;
    for (int i = 0; i < 500; ++i) {
        const bool isError = i % 7 == 3 || i % 11 < 2;
        const QByteArray payload(i % 50 == 0 ? 20'000 : i, 'x');
        expected.append({isError ? Channel::Error : Channel::Command, payload});
        queue.enqueue(expected.last().first, payload);
        bytesOfErrors += isError ? FrameHeader::Size + payload.size() : 0;
    }
    QCOMPARE(queue.bytes(Channel::Error), bytesOfErrors);
    expected.append({Channel::Data, "waits"});
    QCOMPARE(decode(writeOut(queue, 1000)), expected);
    QCOMPARE(queue.bytes(Channel::Error), 0);
    QCOMPARE(queue.bytes(Channel::Command), 0);
}

void tst_SendQueue::otherChannelsTakeTurns()
{
    SendQueue queue;
    const QByteArray large(200'000, 'x');
    for (const quint16 channel : {2, 3, 256}) {
        for (int i = 0; i < 3; ++i)
            queue.enqueue(channel, large);
    }
    QCOMPARE(channelsOf(decode(writeOut(queue))),
             QList<quint16>({2, 3, 256, 2, 3, 256, 2, 3, 256}));
}

void tst_SendQueue::urgentFramesDoNotDisturbTheTurns()
{
    SendQueue queue;
    for (int i = 0; i < 10; ++i) {
        queue.enqueue(Channel::Data, QByteArray(100'000, 'd'));
        queue.enqueue(Channel::Telemetry, QByteArray(100'000, 't'));
    }
    QList<quint16> bulk;
    while (bulk.size() < 10) {
        queue.enqueue(Channel::Command, QByteArray(20'000, 'c'));
        std::array<QByteArrayView, 8> buffers;
        const qsizetype count = queue.peek(buffers);
        qsizetype size = 0;
        for (qsizetype i = 0; i < count; ++i) {
            size += buffers[i].size();
            if (buffers[i].size() == 100'000)
                bulk.append(buffers[i].front() == 'd' ? Channel::Data : Channel::Telemetry);
        }
        queue.consume(size);
    }
    QCOMPARE(bulk.count(Channel::Data), 5);
}

void tst_SendQueue::aFrameThatHasBegunIsFinishedFirst()
{
    SendQueue queue;
    const QByteArray large(200'000, 'x');
    queue.enqueue(Channel::Data, large);
    std::array<QByteArrayView, 4> buffers;
    queue.peek(buffers);
    QByteArray wire = buffers[0].first(3).toByteArray();
    queue.consume(3);
    queue.enqueue(Channel::Control, "urgent");
    wire += writeOut(queue);
    QCOMPARE(decode(wire), Frames({{Channel::Data, large}, {Channel::Control, "urgent"}}));
}

void tst_SendQueue::commandWaitsForOneLargeFrameAtMost()
{
    SendQueue queue;
    for (int i = 0; i < 10; ++i)
        queue.enqueue(Channel::Data, QByteArray(1'000'000, 'x'));
    std::array<QByteArrayView, 4> buffers;
    queue.peek(buffers);
    queue.consume(1);
    queue.enqueue(Channel::Command, "go");
    QByteArray wire = "I" + writeOut(queue);
    QCOMPARE(channelsOf(decode(wire)).indexOf(Channel::Command), 1);
}

void tst_SendQueue::commandGoesBeforeALargeFrameThatHasNotBegun()
{
    SendQueue queue;
    const QByteArray block(1'000'000, 'b');
    queue.enqueue(Channel::Data, block);
    queue.enqueue(Channel::Data, block);
    std::array<QByteArrayView, 4> buffers;
    queue.peek(buffers);
    queue.consume(8 + block.size() - 10); // All but the end of the first one.
    queue.peek(buffers);
    queue.enqueue(Channel::Command, "stop");
    const QByteArray wire = writeOut(queue);
    QCOMPARE(channelsOf(decode(wire.sliced(10))),
             QList<quint16>({Channel::Command, Channel::Data}));
}

void tst_SendQueue::lastFrameLeavesAfterEverythingElse()
{
    SendQueue queue;
    queue.enqueueLast("bye");
    queue.enqueue(Channel::Data, "late but before");
    queue.enqueue(Channel::Control, "pong");
    const Frames frames = decode(writeOut(queue));
    QCOMPARE(frames.size(), 3);
    QCOMPARE(frames.last().second, "bye");
}

void tst_SendQueue::largePayloadIsShared()
{
    SendQueue queue;
    const QByteArray large(1'000'000, 'x');
    queue.enqueue(Channel::Data, large);
    std::array<QByteArrayView, 4> buffers;
    QCOMPARE(queue.peek(buffers), 2);
    QCOMPARE(buffers[0].size(), FrameHeader::Size);
    QCOMPARE(buffers[1].data(), large.constData());
}

void tst_SendQueue::mixOfSizesSurvivesAnyPartialWrite_data()
{
    QTest::addColumn<qsizetype>("atATime");
    for (const qsizetype size : {1, 13, 500, 4097, 65537, 300'000})
        QTest::addRow("%lld bytes at a time", qlonglong(size)) << size;
}

void tst_SendQueue::mixOfSizesSurvivesAnyPartialWrite()
{
    QFETCH(qsizetype, atATime);
    SendQueue queue;
    Frames expected;
    const QList<qsizetype> sizes = {0, 1,       100, 16 * 1024, 16 * 1024 + 1, 65527,  65528, 65529,
                                    0, 200'000, 3,   64 * 1024, 16'384,        50'000, 16'000};
    for (const qsizetype size : sizes) {
        expected.append({2, QByteArray(size, char('a' + expected.size()))});
        queue.enqueue(2, expected.last().second);
    }
    QCOMPARE(decode(writeOut(queue, atATime)), expected);
}

void tst_SendQueue::oldestFramesAreDroppedForAsManyBytesAsAsked()
{
    SendQueue queue;
    Frames expected;
    // More than one chunk, with large payloads among the small ones.
    for (int i = 0; i < 300; ++i) {
        const QByteArray payload(i % 10 == 0 ? 20'000 : 1000, char('a' + i % 26));
        expected.append({2, payload});
        queue.enqueue(2, payload);
    }
    QCOMPARE(queue.dropOldest(2, 0), 0);
    QCOMPARE(queue.dropOldest(2, 1), 1);
    QCOMPARE(queue.dropOldest(2, 1008), 1); // Exactly one.
    QCOMPARE(queue.dropOldest(2, 1009), 2); // One byte more.
    QCOMPARE(queue.dropOldest(3, 1000), 0);
    expected.remove(0, 4);
    qint64 bytes = 0;
    for (const auto &frame : expected)
        bytes += FrameHeader::Size + frame.second.size();
    QCOMPARE(queue.bytes(2), bytes);
    QCOMPARE(queue.bytes(), bytes);
    QCOMPARE(queue.dropOldest(2, 200'000), 67);
    expected.remove(0, 67);
    QCOMPARE(decode(writeOut(queue, 5000)), expected);
    QCOMPARE(queue.bytes(2), 0);

    queue.enqueue(2, "x");
    QCOMPARE(queue.dropOldest(2, 1'000'000), 1);
    QVERIFY(queue.isEmpty());
    queue.enqueue(2, "y");
    QCOMPARE(decode(writeOut(queue)), Frames({{2, "y"}}));
}

void tst_SendQueue::frameThatHasBegunIsNeverDropped_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<qsizetype>("written");
    QTest::addColumn<qsizetype>("remaining");
    QTest::addRow("nothing") << qsizetype(100) << qsizetype(0) << qsizetype(0);
    QTest::addRow("one byte") << qsizetype(100) << qsizetype(1) << qsizetype(1);
    QTest::addRow("all but one byte") << qsizetype(100) << qsizetype(107) << qsizetype(1);
    QTest::addRow("one frame") << qsizetype(100) << qsizetype(108) << qsizetype(0);
    QTest::addRow("one frame and a byte") << qsizetype(100) << qsizetype(109) << qsizetype(1);
    QTest::addRow("a large header") << qsizetype(100'000) << qsizetype(8) << qsizetype(1);
    QTest::addRow("a large frame") << qsizetype(100'000) << qsizetype(100'008) << qsizetype(0);
}

void tst_SendQueue::frameThatHasBegunIsNeverDropped()
{
    QFETCH(qsizetype, size);
    QFETCH(qsizetype, written);
    QFETCH(qsizetype, remaining);
    SendQueue queue;
    for (int i = 0; i < 5; ++i)
        queue.enqueue(2, QByteArray(size, char('a' + i)));
    std::array<QByteArrayView, 8> buffers;
    const qsizetype count = queue.peek(buffers);
    QByteArray wire;
    for (qsizetype i = 0; i < count; ++i)
        wire += buffers[i];
    wire.truncate(written);
    queue.consume(written);

    const qsizetype frameSize = FrameHeader::Size + size;
    QCOMPARE(queue.dropOldest(2, 1'000'000'000), 5 - written / frameSize - remaining);
    queue.enqueue(2, "new");
    wire += writeOut(queue);
    Frames expected;
    for (qsizetype i = 0; i < written / frameSize + remaining; ++i)
        expected.append({2, QByteArray(size, char('a' + i))});
    expected.append({2, "new"});
    QCOMPARE(decode(wire), expected);
}

void tst_SendQueue::droppingLeavesOtherChannelsAlone()
{
    SendQueue queue;
    queue.enqueue(2, "two");
    queue.enqueue(3, "three");
    queue.enqueue(Channel::Control, "control");
    queue.enqueueLast("last");
    std::array<QByteArrayView, 8> buffers;
    queue.peek(buffers); // Now the order is settled,
    queue.consume(0); // though nothing was taken.
    queue.enqueue(2, "two");
    queue.enqueue(3, "three");
    QCOMPARE(queue.dropOldest(3, 1'000'000), 2);
    QCOMPARE(decode(writeOut(queue)), Frames({{Channel::Control, "control"},
                                              {2, "two"},
                                              {Channel::Control, "last"},
                                              {2, "two"}}));
}

// Between peek() and consume(), a device may call anybody.
void tst_SendQueue::whatIsBeingWrittenStays_data()
{
    QTest::addColumn<bool>("isCleared");
    QTest::addRow("dropped") << false;
    QTest::addRow("taken") << true;
}

void tst_SendQueue::whatIsBeingWrittenStays()
{
    QFETCH(const bool, isCleared);
    SendQueue queue;
    queue.enqueue(2, "small");
    queue.enqueue(2, QByteArray(20'000, 'l'));
    std::array<QByteArrayView, 8> buffers;
    const qsizetype count = queue.peek(buffers);
    queue.enqueue(2, "later");
    queue.enqueue(Channel::Command, "urgent");
    if (isCleared) {
        const auto unsent = queue.takeUnsent();
        QCOMPARE(unsent.size(), size_t(2));
        QCOMPARE(unsent[0].payload, "urgent");
        QCOMPARE(unsent[1].payload, "later");
        QVERIFY(queue.isEmpty());
    } else {
        QCOMPARE(queue.dropOldest(2, 1'000'000), 1);
    }
    QByteArray wire;
    for (const QByteArrayView one : std::span(buffers).first(size_t(count)))
        wire += one;
    QCOMPARE(decode(wire), Frames({{2, "small"}, {2, QByteArray(20'000, 'l')}}));
    queue.consume(isCleared ? 0 : wire.size());
    QCOMPARE(decode(writeOut(queue)),
             isCleared ? Frames() : Frames({{Channel::Command, "urgent"}}));
}

void tst_SendQueue::frameThatHasBegunGoesFirst()
{
    SendQueue queue;
    queue.enqueue(2, "earlier");
    QCOMPARE(decode(writeOut(queue)), Frames({{2, "earlier"}}));
    queue.enqueue(Channel::Control, "urgent"); // While a device takes a part of the next one.
    queue.enqueueBegun(2, "begun");
    queue.consume(3);
    QCOMPARE(decode(QByteArray("IP\5") + writeOut(queue)),
             Frames({{2, "begun"}, {Channel::Control, "urgent"}}));
}

void tst_SendQueue::droppedErrorsLeaveCommandsWhereTheyAre()
{
    SendQueue queue;
    queue.enqueue(Channel::Command, "a");
    queue.enqueue(Channel::Error, "b");
    queue.enqueue(Channel::Command, "c");
    queue.enqueue(Channel::Error, "d");
    QCOMPARE(queue.dropOldest(Channel::Error, 1), 1);
    QCOMPARE(decode(writeOut(queue)),
             Frames({{Channel::Command, "a"}, {Channel::Command, "c"}, {Channel::Error, "d"}}));
    QCOMPARE(queue.bytes(Channel::Error), 0);
}

// The stream has taken all, and written all but so many bytes.
static void take(SendQueue &queue, qint64 held)
{
    while (queue.hasMore()) {
        std::array<QByteArrayView, 4> buffers;
        const qsizetype count = queue.peek(buffers);
        QVERIFY(count > 0);
        qsizetype shown = 0;
        for (qsizetype i = 0; i < count; ++i)
            shown += buffers[i].size();
        queue.consume(shown, std::numeric_limits<qint64>::max());
    }
    queue.release(held);
}

void tst_SendQueue::takenBytesCountUntilTheyHaveLeft()
{
    SendQueue queue;
    queue.enqueue(Channel::Data, QByteArray(100, 'a'));
    queue.enqueue(Channel::Telemetry, QByteArray(100, 'b'));
    const qint64 frameSize = queue.bytes(Channel::Data);
    take(queue, 2 * frameSize);
    QVERIFY(!queue.hasMore());
    QCOMPARE(queue.bytes(), 2 * frameSize);
    queue.release(frameSize + 10);
    QCOMPARE(queue.bytes(Channel::Data), 10);
    QCOMPARE(queue.bytes(Channel::Telemetry), frameSize);
    queue.release(2 * frameSize); // Somebody else's are among them.
    QCOMPARE(queue.bytes(), frameSize + 10);
    queue.enqueue(Channel::Data, "c");
    QVERIFY(queue.hasMore());
    take(queue, 0);
    QVERIFY(queue.isEmpty());
    QCOMPARE(queue.bytes(Channel::Data), 0);
}

void tst_SendQueue::takenFramesAreUnsentUntilTheirLastByteHasLeft()
{
    SendQueue queue;
    for (const char payload : {'a', 'b', 'c'})
        queue.enqueue(Channel::Data, QByteArray(100, payload));
    queue.enqueue(Channel::Data, QByteArray(100'000, 'd'));
    const qint64 small = FrameHeader::Size + 100;
    take(queue, FrameHeader::Size + 100'000 + small + 1);
    queue.enqueue(Channel::Data, "e");
    QByteArray unsent;
    for (const SendQueue::Frame &frame : queue.takeUnsent())
        unsent += frame.payload.first(1);
    QCOMPARE(unsent, "bcde");
    QVERIFY(queue.isEmpty());
    QCOMPARE(queue.bytesTaken(), 0);
}

void tst_SendQueue::takenBytesAreShownAgainAfterRewind()
{
    SendQueue queue;
    Frames frames;
    for (qsizetype size : {10, 20'000, 0, 100'000, 7}) {
        frames.append({Channel::Data, QByteArray(size, 'x')});
        queue.enqueue(Channel::Data, frames.last().second);
    }
    const QByteArray all = [&] {
        SendQueue copy;
        for (const auto &[channel, payload] : frames)
            copy.enqueue(channel, payload);
        return writeOut(copy);
    }();
    for (const qint64 held : {qint64(all.size()), qint64(50'000), qint64(30)}) {
        take(queue, held);
        queue.rewind();
        QCOMPARE(queue.bytes(), held);
    }
    QCOMPARE(writeOut(queue), all.last(30));
}

void tst_SendQueue::largeFramesFollowOneThatIsTaken()
{
    SendQueue queue;
    queue.enqueue(Channel::Data, QByteArray(1'000'000, 'a'));
    take(queue, 100'000);
    queue.enqueue(Channel::Data, QByteArray(1'000'000, 'b'));
    std::array<QByteArrayView, 4> buffers;
    QCOMPARE(queue.peek(buffers), 2); // A header and its payload.
    QCOMPARE(buffers[1].front(), 'b');
}

void tst_SendQueue::takenFramesAreNeverDropped()
{
    SendQueue queue;
    queue.enqueue(Channel::Data, QByteArray(100, 'a'));
    queue.enqueue(Channel::Data, QByteArray(100, 'b'));
    take(queue, FrameHeader::Size + 100);
    queue.enqueue(Channel::Data, QByteArray(100, 'c'));
    QCOMPARE(queue.dropOldest(Channel::Data, 1'000'000), 1);
    QCOMPARE(queue.bytes(), FrameHeader::Size + 100);
}

// In a time that grows with their number, not with its square.
void tst_SendQueue::manyFramesAreDroppedAtOnce()
{
    constexpr int Count = 100'000;
    SendQueue queue;
    const QByteArray large(SendQueue::GatherLimit + 1, 'x'); // All share its memory.
    for (int i = 0; i < Count; ++i)
        queue.enqueue(Channel::Data, large);
    const QDeadlineTimer patience(10s);
    QCOMPARE(queue.dropOldest(Channel::Data, queue.bytes()), Count);
    QVERIFY(!patience.hasExpired());
    QVERIFY(queue.isEmpty());
}

QTEST_APPLESS_MAIN(tst_SendQueue)
#include "tst_sendqueue.moc"
