// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/decoder_p.h"

#include <QtCore/qlist.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <utility>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

using Status = FrameDecoder::Status;
using Frames = QList<std::pair<quint16, QByteArray>>;

static QByteArray wireFrame(quint16 channel, const QByteArray &payload)
{
    QByteArray bytes(FrameHeader::Size, Qt::Uninitialized);
    FrameHeader{quint32(payload.size()), channel}.write(bytes.data());
    return bytes + payload;
}

// A payload whose every byte depends on its place, so that a lost or doubled one is seen.
static QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = char((i * 31 + i / 251) & 0xff);
    return bytes;
}

// Takes out everything that is there.
static Status drain(FrameDecoder &decoder, Frames *frames)
{
    DecodedFrame frame;
    Status status;
    while ((status = decoder.next(&frame)) == Status::Frame)
        frames->append({frame.channel(), frame.takePayload()});
    return status;
}

class tst_Decoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headerIsMagicLengthChannelLittleEndian();
    void everyFragmentationGivesTheSameFrames_data();
    void everyFragmentationGivesTheSameFrames();
    void frameSizesAroundTheBufferBorders_data();
    void frameSizesAroundTheBufferBorders();
    void emptyPayloadIsAFrame();
    void tenThousandFramesInOneInput();
    void magicIsJudgedWithTheWholeHeaderOnly();
    void lengthIsJudgedBeforeThePayload();
    void exactLimitIsAccepted();
    void limitMayChangeBetweenTwoFrames();
    void framesBeforeAnErrorComeFirst();
    void errorIsFinal();
    void announcedLengthReservesLittle();
    void payloadIsReadStraightIntoItsPlace();
    void detachedInputOutlivesTheBuffer();
    void memoryOfAPayloadIsUsedAgain();
    void keptPayloadsStay();
    void smallPayloadKeepsNoLargeMemory();
    void endInsideAFrameIsTold_data();
    void endInsideAFrameIsTold();
};

void tst_Decoder::headerIsMagicLengthChannelLittleEndian()
{
    QCOMPARE(wireFrame(0x0102, "abc").toHex(), "4950"
                                               "03000000"
                                               "0201"
                                               "616263");

    FrameDecoder decoder;
    const QByteArray input = QByteArray::fromHex("4950"
                                                 "03000000"
                                                 "0201"
                                                 "616263");
    decoder.feed(input);
    Frames frames;
    QCOMPARE(drain(decoder, &frames), Status::NeedMore);
    QCOMPARE(frames, Frames({{0x0102, "abc"}}));
}

void tst_Decoder::everyFragmentationGivesTheSameFrames_data()
{
    QTest::addColumn<qsizetype>("piece");
    for (const qsizetype piece : {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 64, 1000})
        QTest::addRow("%lld bytes at a time", qlonglong(piece)) << piece;
}

void tst_Decoder::everyFragmentationGivesTheSameFrames()
{
    QFETCH(qsizetype, piece);
    const Frames expected = {{1, "a"}, {0, ""},         {65535, pattern(300)},
                             {2, ""},  {3, pattern(8)}, {256, pattern(1)}};
    QByteArray wire;
    for (const auto &[channel, payload] : expected)
        wire += wireFrame(channel, payload);

    FrameDecoder decoder;
    Frames frames;
    for (qsizetype at = 0; at < wire.size(); at += piece) {
        const QByteArray input = wire.mid(at, piece); // Its memory goes at once.
        decoder.feed(input);
        QCOMPARE(drain(decoder, &frames), Status::NeedMore);
    }
    QCOMPARE(frames, expected);
    QVERIFY(!decoder.isInsideFrame());
}

void tst_Decoder::frameSizesAroundTheBufferBorders_data()
{
    QTest::addColumn<qsizetype>("size");
    for (const qsizetype border : {64 * 1024, 256 * 1024, 512 * 1024}) {
        for (const qsizetype off : {-9, -8, -7, -1, 0, 1, 7, 8, 9})
            QTest::addRow("%lld%+lld", qlonglong(border), qlonglong(off)) << border + off;
    }
}

void tst_Decoder::frameSizesAroundTheBufferBorders()
{
    QFETCH(qsizetype, size);
    const QByteArray payload = pattern(size);
    const QByteArray wire = wireFrame(2, payload) + wireFrame(3, "next");

    FrameDecoder decoder;
    Frames frames;
    for (qsizetype at = 0; at < wire.size(); at += 64 * 1024) {
        const QByteArray input = wire.mid(at, 64 * 1024);
        decoder.feed(input);
        QCOMPARE(drain(decoder, &frames), Status::NeedMore);
    }
    QCOMPARE(frames.size(), 2);
    QVERIFY(frames[0].second == payload);
    QCOMPARE(frames[1], std::pair(quint16(3), QByteArray("next")));
}

void tst_Decoder::emptyPayloadIsAFrame()
{
    FrameDecoder decoder;
    const QByteArray input = wireFrame(4, {}) + wireFrame(0, {});
    decoder.feed(input);
    DecodedFrame frame;
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(frame.channel(), quint16(4));
    QVERIFY(frame.payload().isEmpty());
    QVERIFY(frame.takePayload().isEmpty());
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(decoder.next(&frame), Status::NeedMore);
}

void tst_Decoder::tenThousandFramesInOneInput()
{
    QByteArray wire;
    for (int i = 0; i < 10000; ++i)
        wire += wireFrame(1, QByteArray::number(i));
    FrameDecoder decoder;
    decoder.feed(wire);
    Frames frames;
    QCOMPARE(drain(decoder, &frames), Status::NeedMore);
    QCOMPARE(frames.size(), 10000);
    for (int i = 0; i < 10000; ++i)
        QCOMPARE(frames[i].second, QByteArray::number(i));
}

void tst_Decoder::magicIsJudgedWithTheWholeHeaderOnly()
{
    FrameDecoder decoder;
    DecodedFrame frame;
    const QByteArray wrong = "HTTP/1.1";
    for (int i = 0; i < 7; ++i) {
        decoder.feed(QByteArrayView(wrong).sliced(i, 1));
        QCOMPARE(decoder.next(&frame), Status::NeedMore);
    }
    decoder.feed(QByteArrayView(wrong).sliced(7, 1));
    QCOMPARE(decoder.next(&frame), Status::Failed);
    QCOMPARE(decoder.error().code(), ErrorCode::BadMagic);
    QVERIFY2(decoder.error().message().contains("0x4854 (expected 0x4950)"_L1),
             qPrintable(decoder.error().message()));
}

void tst_Decoder::lengthIsJudgedBeforeThePayload()
{
    FrameDecoder decoder;
    const QByteArray header = QByteArray::fromHex("4950"
                                                  "01000001"
                                                  "0200");
    decoder.feed(header);
    DecodedFrame frame;
    QCOMPARE(decoder.next(&frame), Status::Failed);
    QCOMPARE(decoder.error(),
             Error(ErrorCode::PayloadTooLarge,
                   u"payload too large (16777217 bytes on channel 2, max 16777216)"_s));
}

void tst_Decoder::exactLimitIsAccepted()
{
    const QByteArray payload = pattern(MaxPayloadSize);
    const QByteArray wire = wireFrame(2, payload);
    FrameDecoder decoder;
    decoder.feed(wire);
    Frames frames;
    QCOMPARE(drain(decoder, &frames), Status::NeedMore);
    QCOMPARE(frames.size(), 1);
    QVERIFY(frames[0].second == payload);
}

void tst_Decoder::limitMayChangeBetweenTwoFrames()
{
    FrameDecoder decoder;
    decoder.setPayloadLimits(PayloadLimits(10));
    const QByteArray wire = wireFrame(0, pattern(10)) + wireFrame(1, pattern(1000));
    decoder.feed(wire);
    DecodedFrame frame;
    QCOMPARE(decoder.next(&frame), Status::Frame);
    decoder.setPayloadLimits(PayloadLimits(1000));
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QVERIFY(frame.payload() == pattern(1000));
}

void tst_Decoder::framesBeforeAnErrorComeFirst()
{
    FrameDecoder decoder;
    const QByteArray wire = wireFrame(1, "good") + "garbage that is no frame";
    decoder.feed(wire);
    Frames frames;
    QCOMPARE(drain(decoder, &frames), Status::Failed);
    QCOMPARE(frames, Frames({{1, "good"}}));
}

void tst_Decoder::errorIsFinal()
{
    FrameDecoder decoder;
    decoder.feed("XXXXXXXX");
    DecodedFrame frame;
    QCOMPARE(decoder.next(&frame), Status::Failed);
    const QByteArray good = wireFrame(1, "too late");
    decoder.feed(good);
    QCOMPARE(decoder.next(&frame), Status::Failed);
    QCOMPARE(decoder.error().code(), ErrorCode::BadMagic);
}

void tst_Decoder::announcedLengthReservesLittle()
{
    FrameDecoder decoder;
    const QByteArray header = wireFrame(2, pattern(MaxPayloadSize)).first(FrameHeader::Size);
    decoder.feed(header);
    DecodedFrame frame;
    QCOMPARE(decoder.next(&frame), Status::NeedMore);
    QVERIFY(decoder.isInsideFrame());
    QVERIFY(decoder.target().size() <= 256 * 1024);
}

void tst_Decoder::payloadIsReadStraightIntoItsPlace()
{
    const QByteArray payload = pattern(3 * 1024 * 1024);
    const QByteArray wire = wireFrame(2, payload);
    FrameDecoder decoder;
    decoder.feed(QByteArrayView(wire).first(FrameHeader::Size));
    DecodedFrame frame;
    QCOMPARE(decoder.next(&frame), Status::NeedMore);
    qsizetype at = FrameHeader::Size;
    Status status = Status::NeedMore;
    while (status == Status::NeedMore) {
        const std::span<char> target = decoder.target();
        QVERIFY(!target.empty());
        const qsizetype size = std::min<qsizetype>(target.size(), 100'000);
        std::copy_n(wire.constData() + at, size, target.data());
        decoder.filled(size);
        at += size;
        decoder.feed({});
        status = decoder.next(&frame);
    }
    QCOMPARE(status, Status::Frame);
    QCOMPARE(at, wire.size());
    const char *const place = frame.payload().data();
    const QByteArray taken = frame.takePayload();
    QVERIFY(taken == payload);
    QCOMPARE(taken.constData(), place); // Moved out, not copied.
    QVERIFY(decoder.target().empty());
}

void tst_Decoder::detachedInputOutlivesTheBuffer()
{
    FrameDecoder decoder;
    DecodedFrame frame;
    {
        QByteArray buffer = wireFrame(1, "first") + wireFrame(1, "second") + wireFrame(1, "third");
        decoder.feed(buffer);
        QCOMPARE(decoder.next(&frame), Status::Frame);
        decoder.detach();
        buffer.fill('x');
    }
    QVERIFY(decoder.hasInput());
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(frame.takePayload(), "second");
    decoder.detach(); // A second time is harmless.
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(decoder.next(&frame), Status::NeedMore);
    decoder.feed({});
    QCOMPARE(frame.payload(), "third"); // A view keeps the memory it needs.
}

void tst_Decoder::memoryOfAPayloadIsUsedAgain()
{
    FrameDecoder decoder;
    const QByteArray input = wireFrame(1, pattern(60)) + wireFrame(1, pattern(50));
    DecodedFrame frame;
    decoder.feed(input);
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(frame.payloadArray(), pattern(60));
    const char *const memory = frame.payloadArray().constData();
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(frame.payloadArray(), pattern(50));
    QCOMPARE(static_cast<const void *>(frame.payloadArray().constData()),
             static_cast<const void *>(memory));
}

void tst_Decoder::keptPayloadsStay()
{
    FrameDecoder decoder;
    QByteArray input;
    for (qsizetype size = 0; size < 200; ++size)
        input += wireFrame(1, pattern(size));
    DecodedFrame frame;
    decoder.feed(input);
    QByteArrayList kept;
    for (qsizetype size = 0; size < 200; ++size) {
        QCOMPARE(decoder.next(&frame), Status::Frame);
        if (size % 3 != 0)
            kept.append(frame.payloadArray());
        else if (size % 2 != 0)
            kept.append(frame.takePayload());
        else
            QCOMPARE(frame.payloadArray(), pattern(size));
    }
    for (const QByteArray &payload : std::as_const(kept))
        QCOMPARE(payload, pattern(payload.size()));
    QCOMPARE(kept.size(), 166);
}

void tst_Decoder::smallPayloadKeepsNoLargeMemory()
{
    FrameDecoder decoder;
    const QByteArray input = wireFrame(1, pattern(1000)) + wireFrame(1, pattern(10));
    DecodedFrame frame;
    decoder.feed(input);
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(frame.payloadArray(), pattern(1000));
    QCOMPARE(decoder.next(&frame), Status::Frame);
    QCOMPARE(frame.payloadArray(), pattern(10));
    QVERIFY2(frame.payloadArray().capacity() < 200,
             qPrintable(QString::number(frame.payloadArray().capacity())));
}

void tst_Decoder::endInsideAFrameIsTold_data()
{
    QTest::addColumn<int>("bytes");
    QTest::addColumn<bool>("inside");
    QTest::addColumn<QString>("text");
    QTest::addRow("before the first frame") << 0 << false << QString();
    QTest::addRow("in the header") << 3 << true << u"after 3 of 8 bytes"_s;
    QTest::addRow("after the header") << 8 << true << u"channel 1, after 0 of 4 payload bytes"_s;
    QTest::addRow("in the payload") << 10 << true << u"channel 1, after 2 of 4 payload bytes"_s;
    QTest::addRow("between two frames") << 12 << false << QString();
}

void tst_Decoder::endInsideAFrameIsTold()
{
    QFETCH(int, bytes);
    QFETCH(bool, inside);
    QFETCH(QString, text);
    const QByteArray wire = wireFrame(1, "four").first(bytes);
    FrameDecoder decoder;
    decoder.feed(wire);
    Frames frames;
    QCOMPARE(drain(decoder, &frames), Status::NeedMore);
    QCOMPARE(decoder.isInsideFrame(), inside);
    if (inside) {
        QCOMPARE(decoder.truncationError().code(), ErrorCode::TruncatedFrame);
        QVERIFY2(decoder.truncationError().message().contains(text),
                 qPrintable(decoder.truncationError().message()));
    }
}

QTEST_APPLESS_MAIN(tst_Decoder)
#include "tst_decoder.moc"
