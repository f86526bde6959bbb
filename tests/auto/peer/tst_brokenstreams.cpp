// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace std::chrono_literals;

static constexpr qint64 KiB = 1024;
static constexpr qint64 MiB = 1024 * KiB;

/// Streams that don't come to their end, when that is noticed late or not at all by the device that
/// is concerned: its reader is gone, its writer isn't there yet, or the session breaks.
class tst_BrokenStreams : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void stopOutlivesItsDevice_data();
    void stopOutlivesItsDevice();
    void stopReachesAWriterThatComesLater_data();
    void stopReachesAWriterThatComesLater();
    void drainedChannelIsTaken();
    void restOfAStreamIsNotKept_data();
    void restOfAStreamIsNotKept();
    void stopIsNotKept();
    void refusedFrameCutsTheStream();
    void stopOfARefusedStreamLeavesTheNextOneAlone();
    void streamWaitsForTheOneBeforeOnly();
    void brokenStreamDoesNotHoldUpTheNextSession();

private:
    void openKeeping();
    /// Another stream arrives whole.
    void checkNextStream(Peer *writing, Peer *reading);
};

void tst_BrokenStreams::openKeeping()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 1ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    open();
}

void tst_BrokenStreams::checkNextStream(Peer *writing, Peer *reading)
{
    ChannelDevice reader(reading, Channel::Data);
    QTRY_VERIFY_WITH_TIMEOUT(reader.isOpen() || reader.open(QIODevice::ReadOnly), Patience);
    ChannelDevice writer(writing, Channel::Data);
    QVERIFY2(writer.open(QIODevice::WriteOnly), qPrintable(writer.errorString()));
    QCOMPARE(writer.write("who"), 3);
    QTRY_COMPARE_WITH_TIMEOUT(reader.bytesReceived(), 3, Patience);
    // Whatever else is on its way to the writer has arrived, too.
    QTRY_COMPARE_WITH_TIMEOUT(reading->bytesQueued(), 0, Patience);
    Diary diary(writing);
    QVERIFY(!reading->send(Channel::Telemetry, "mark"));
    QTRY_VERIFY_WITH_TIMEOUT(diary.frames.contains(Frames::value_type(Channel::Telemetry, "mark")),
                             Patience);
    QVERIFY2(!writer.error(), qPrintable(writer.errorString()));
    QCOMPARE(writer.write("le"), 2);
    writer.finish();
    QTRY_VERIFY_WITH_TIMEOUT(reader.atEnd() || reader.isFinished(), Patience);
    QVERIFY2(reader.isFinished(), qPrintable(reader.errorString()));
    QCOMPARE(reader.readAll(), "whole"_ba);
}

void tst_BrokenStreams::stopOutlivesItsDevice_data()
{
    QTest::addColumn<bool>("isDeleted");
    QTest::addColumn<bool>("isContended");
    QTest::newRow("closed") << false << false;
    QTest::newRow("deleted") << true << false;
    QTest::newRow("others take the room") << true << true;
}

void tst_BrokenStreams::stopOutlivesItsDevice()
{
    QFETCH(bool, isDeleted);
    QFETCH(bool, isContended);
    open();
    // Something writes the other way, and has more whenever there is room.
    ChannelDevice other(m_peer, Channel::Data);
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.setWriteBufferSize(MiB);
    m_peer->setSendWaterMarks(100 * KiB, 10 * KiB);
    m_client->setReceiving(false);
    QByteArray more(MiB, 'x');
    if (isContended)
        connect(&other, &QIODevice::bytesWritten, this, [&] { other.write(more); });
    while (other.write(more) > 0)
        QCoreApplication::processEvents();

    ChannelDevice writer(m_client.get(), Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    const QByteArray block(300 * KiB, 'y');
    connect(&writer, &QIODevice::bytesWritten, this, [&] { writer.write(block); });
    writer.write(block);
    auto reader = std::make_unique<ChannelDevice>(m_peer, Channel::Data);
    QVERIFY(reader->open(QIODevice::ReadOnly));
    QTRY_VERIFY_WITH_TIMEOUT(reader->bytesReceived() > 0, Patience);
    reader->stopReading();
    if (isDeleted)
        reader.reset();
    else
        reader->close();
    m_client->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(writer.error().code(), ErrorCode::Cancelled, Patience);
    other.disconnect(this);
    other.abort();
    checkNextStream(m_client.get(), m_peer);
}

void tst_BrokenStreams::stopReachesAWriterThatComesLater_data()
{
    QTest::addColumn<bool>("isClosed");
    QTest::newRow("reader waits") << false;
    QTest::newRow("reader is gone") << true;
}

void tst_BrokenStreams::stopReachesAWriterThatComesLater()
{
    QFETCH(bool, isClosed);
    open();
    Diary diary(m_client.get());
    ChannelDevice reader(m_peer, Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    reader.stopReading();
    if (isClosed)
        reader.close();
    QVERIFY(!m_peer->send(Channel::Data, "the peer's own"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{Channel::Data, "the peer's own"}}), Patience);

    ChannelDevice writer(m_client.get(), Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    QCOMPARE(writer.write("x"), 1);
    QTRY_COMPARE_WITH_TIMEOUT(writer.error().code(), ErrorCode::Cancelled, Patience);
    QCOMPARE(writer.write("x"), -1);
    if (!isClosed)
        QTRY_VERIFY_WITH_TIMEOUT(reader.atEnd(), Patience);
    reader.close();
    checkNextStream(m_client.get(), m_peer);
    QCOMPARE(diary.frames.count(Frames::value_type(Channel::Data, "the peer's own")), 1);
}

void tst_BrokenStreams::drainedChannelIsTaken()
{
    open();
    ChannelDevice writer(m_client.get(), Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    writer.write("x");
    ChannelDevice reader(m_peer, Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    QTRY_COMPARE_WITH_TIMEOUT(reader.bytesReceived(), 1, Patience);
    reader.stopReading();
    reader.close();
    const auto ignore = [](quint16, QByteArrayView) {};
    QCOMPARE(m_peer->setFrameHandler(Channel::Data, ignore).code(), ErrorCode::InvalidArgument);
    QTRY_VERIFY_WITH_TIMEOUT(!m_peer->setFrameHandler(Channel::Data, ignore), Patience);
    QVERIFY(!m_peer->setFrameHandler(Channel::Data, {}));
}

void tst_BrokenStreams::restOfAStreamIsNotKept_data()
{
    QTest::addColumn<bool>("isFinished");
    QTest::newRow("finished") << true;
    QTest::newRow("open") << false;
}

void tst_BrokenStreams::restOfAStreamIsNotKept()
{
    QFETCH(bool, isFinished);
    openKeeping();
    m_peer->setReceiving(false);
    ChannelDevice writer(m_client.get(), Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    QCOMPARE(m_client->unsentFrames(Channel::Data), Peer::UnsentFrames::Report);
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    writer.write(QByteArray(5 * MiB, 'x'));
    if (isFinished)
        writer.finish();
    QTRY_COMPARE_WITH_TIMEOUT(writer.bytesToWrite(), 0, Patience);
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() == 2 && m_peer && m_peer->isOpen(), Patience);
    QCOMPARE(notSent.size(), 1);
    QCOMPARE(notSent[0][0].value<quint16>(), Channel::Data);
    writer.close();
    checkNextStream(m_client.get(), m_peer);
}

void tst_BrokenStreams::stopIsNotKept()
{
    openKeeping();
    ChannelDevice writer(m_peer, Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    writer.write("x");
    ChannelDevice reader(m_client.get(), Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    QTRY_COMPARE_WITH_TIMEOUT(reader.bytesReceived(), 1, Patience);
    m_peer->setReceiving(false);
    QVERIFY(!m_client->send(Channel::Data, QByteArray(5 * MiB, 'y')));
    reader.stopReading(); // Its stop waits behind that.
    std::unique_ptr<ChannelDevice> next;
    connect(m_server.get(), &Server::peerConnected, this, [&](Peer *peer) {
        next = std::make_unique<ChannelDevice>(peer, Channel::Data);
        QVERIFY(next->open(QIODevice::WriteOnly));
        next->write("x");
    });
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() == 2 && next, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->bytesQueued(), 0, Patience);
    Diary diary(next->peer());
    QVERIFY(!m_client->send(Channel::Data, "the client's own"));
    QTRY_VERIFY_WITH_TIMEOUT(
            diary.frames.contains(Frames::value_type(Channel::Data, "the client's own")), Patience);
    QVERIFY2(!next->error(), qPrintable(next->errorString()));
    reader.close();
}

namespace {
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
} // namespace

void tst_BrokenStreams::refusedFrameCutsTheStream()
{
    open();
    m_client->setValidator(std::make_shared<BadWordValidator>());
    ChannelDevice writer(m_client.get(), Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    ChannelDevice reader(m_peer, Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    writer.write("good");
    writer.flush();
    writer.write("bad");
    writer.flush();
    QTRY_COMPARE_WITH_TIMEOUT(writer.error().code(), ErrorCode::ValidationFailed, Patience);
    writer.close();
    QTRY_COMPARE_WITH_TIMEOUT(reader.error().code(), ErrorCode::StreamError, Patience);
    QVERIFY(!reader.isFinished());
    QCOMPARE(reader.readAll(), "good"_ba);
    reader.close();
    checkNextStream(m_client.get(), m_peer);
}

void tst_BrokenStreams::stopOfARefusedStreamLeavesTheNextOneAlone()
{
    open();
    m_client->setValidator(std::make_shared<BadWordValidator>());
    m_client->setSendWaterMarks(100 * KiB, 10 * KiB);
    ChannelDevice writer(m_client.get(), Channel::Data);
    QVERIFY(writer.open(QIODevice::WriteOnly));
    ChannelDevice reader(m_peer, Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    writer.write("good");
    QTRY_COMPARE_WITH_TIMEOUT(reader.bytesReceived(), 4, Patience);
    m_peer->setReceiving(false);
    while (!m_client->send(Channel::Data, QByteArray(10 * KiB, 'x')))
        QCoreApplication::processEvents();
    writer.write("bad");
    QTRY_COMPARE_WITH_TIMEOUT(writer.error().code(), ErrorCode::ValidationFailed, Patience);
    // There is no room to say so, and another stream waits.
    ChannelDevice next(m_client.get(), Channel::Data);
    QVERIFY(next.open(QIODevice::WriteOnly));
    next.write("next");
    reader.stopReading();
    Diary diary(m_client.get());
    QVERIFY(!m_peer->send(Channel::Data, "after the stop"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), 1, Patience);
    QCoreApplication::processEvents();
    QVERIFY2(!next.error(), qPrintable(next.errorString()));
}

void tst_BrokenStreams::streamWaitsForTheOneBeforeOnly()
{
    open();
    Diary diary(m_peer);
    ChannelDevice first(m_client.get(), Channel::Data);
    QVERIFY(first.open(QIODevice::WriteOnly));
    ChannelDevice second(m_client.get(), Channel::Data);
    QVERIFY(second.open(QIODevice::WriteOnly));
    second.write("second");
    first.write("first");
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{Channel::Data, "first"}}), Patience);
    first.finish(); // And the device stays.
    QTRY_COMPARE_WITH_TIMEOUT(
            diary.frames,
            Frames({{Channel::Data, "first"}, {Channel::Data, ""}, {Channel::Data, "second"}}),
            Patience);
}

void tst_BrokenStreams::brokenStreamDoesNotHoldUpTheNextSession()
{
    openKeeping();
    ChannelDevice broken(m_client.get(), Channel::Data);
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("x");
    m_peer->abort();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->generation() == 2 && m_peer && m_peer->isOpen(), Patience);
    QVERIFY(broken.error()); // And it stays open.
    checkNextStream(m_client.get(), m_peer);
}

QTEST_GUILESS_MAIN(tst_BrokenStreams)
#include "tst_brokenstreams.moc"
