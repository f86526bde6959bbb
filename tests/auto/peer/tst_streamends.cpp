// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include "peer/streammark_p.h"
#include "rawsocket.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/framer.h>

#include <QtCore/qdatastream.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

static constexpr qint64 KiB = 1024;
static constexpr qint64 MiB = 1024 * KiB;

/// How the stream of a ChannelDevice ends: as a whole, cut by its writer, or stopped by its reader.
class tst_StreamEnds : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void shortWriteCutsTheStream_data();
    void shortWriteCutsTheStream();
    void whatIsOfferedAgainMakesItWhole();
    void abortCutsTheStream();
    void nextStreamIsNotTheRestOfTheLast();
    void sizeIsToldAndKept();
    void sizeThatIsNotReachedCutsTheStream();
    void plainReaderSeesTheEnd();
    void bytesThatLookLikeAMarkAreBytes();
    void unknownMarkIsIgnored();
    void marksForNoWriterAreIgnored_data();
    void marksForNoWriterAreIgnored();
    void whatIsCutWasNotSent();
    void readerStopsTheWriter_data();
    void readerStopsTheWriter();
    void restOfAStoppedStreamIsDrained();
    void stopThatCrossesTheEndIsNothing();
    void stopThatCrossesTheEndLeavesTheNextStreamAlone();
    void stopThatWaitsForRoomLeavesTheNextStreamAlone();
    void streamsThatNoDeviceHasReadCount();
    void stopWithoutANumberIsForTheStreamOfNow();
    void endIsKnownBeforeDisconnected();
    void framesGoOverAFullDevice();
    void closingSendsWhatWaitsForRoom();

private:
    void openDevices(QIODevice::OpenMode here = QIODevice::ReadWrite,
                     QIODevice::OpenMode there = QIODevice::ReadWrite);
    /// Fills everything between the two ends, and returns how much that takes.
    qint64 fill();
    bool readToTheEnd();

    std::unique_ptr<ChannelDevice> m_here; // Of the client.
    std::unique_ptr<ChannelDevice> m_there;
    QByteArray m_received;
};

void tst_StreamEnds::openDevices(QIODevice::OpenMode here, QIODevice::OpenMode there)
{
    open();
    m_here = std::make_unique<ChannelDevice>(m_client.get(), Channel::Data);
    m_there = std::make_unique<ChannelDevice>(m_peer, Channel::Data);
    QVERIFY(m_here->open(here));
    QVERIFY(m_there->open(there));
    m_received.clear();
    connect(m_there.get(), &QIODevice::readyRead, this,
            [this] { m_received += m_there->readAll(); });
}

qint64 tst_StreamEnds::fill()
{
    m_client->setSendWaterMarks(100 * KiB, 10 * KiB);
    m_here->setWriteBufferSize(64 * KiB);
    m_peer->setReceiving(false);
    qint64 accepted = 0;
    for (qint64 more = 1; more > 0;) {
        // No more than is sure to be taken, until that is nothing.
        const qint64 room = m_here->writeBufferSize() - m_here->bytesToWrite();
        more = room > 0 ? m_here->write(QByteArray(room, 'x')) : 0;
        accepted += more;
        QCoreApplication::processEvents();
    }
    return accepted;
}

bool tst_StreamEnds::readToTheEnd()
{
    QSignalSpy finished(m_there.get(), &QIODevice::readChannelFinished);
    m_peer->setReceiving(true);
    const bool isOver = QTest::qWaitFor([&] { return !finished.isEmpty(); }, Patience);
    m_received += m_there->readAll();
    return isOver;
}

void tst_StreamEnds::shortWriteCutsTheStream_data()
{
    QTest::addColumn<bool>("finishes");
    QTest::newRow("destroyed") << false;
    QTest::newRow("finished") << true;
}

// Of a stream that nobody has looked at the status of.
void tst_StreamEnds::shortWriteCutsTheStream()
{
    QFETCH(bool, finishes);
    openDevices();
    m_client->setSendWaterMarks(100 * KiB, 10 * KiB);
    m_peer->setReceiving(false);
    QDataStream stream(m_here.get());
    stream << QByteArray(30 * MiB, 'x') << QByteArray("more");
    QCOMPARE(stream.status(), QDataStream::WriteFailed);
    if (finishes)
        m_here->finish();
    else
        m_here.reset();
    QVERIFY(readToTheEnd());
    QVERIFY(!m_there->isFinished());
    QVERIFY(m_there->atEnd());
    QCOMPARE(m_there->error().code(), ErrorCode::StreamError);
    QVERIFY(m_there->errorString().contains(u"cut the stream on channel 2"_s));
    QVERIFY(m_received.size() > 100 * KiB); // What was taken has arrived.
}

void tst_StreamEnds::whatIsOfferedAgainMakesItWhole()
{
    openDevices();
    const qint64 filled = fill();
    const QByteArray rest(500 * KiB, 'y');
    qint64 done = m_here->write(rest);
    QCOMPARE(done, 0);
    QCOMPARE(m_here->write(rest), 0); // The same once more.
    m_peer->setReceiving(true);
    QVERIFY(QTest::qWaitFor(
            [&] {
                done += m_here->write(rest.sliced(done));
                return done == rest.size();
            },
            Patience));
    m_here->close();
    QVERIFY(readToTheEnd());
    QVERIFY2(m_there->isFinished(), qPrintable(m_there->errorString()));
    QCOMPARE(m_received.size(), filled + rest.size());
}

void tst_StreamEnds::abortCutsTheStream()
{
    openDevices();
    const qint64 filled = fill();
    m_here->abort();
    QCOMPARE(m_here->bytesToWrite(), 0);
    QCOMPARE(m_here->write("x"), -1);
    QVERIFY(readToTheEnd());
    QCOMPARE(m_there->error().code(), ErrorCode::StreamError);
    QVERIFY(m_received.size() < filled);
}

void tst_StreamEnds::nextStreamIsNotTheRestOfTheLast()
{
    openDevices();
    m_here->write("half of");
    m_here->flush();
    m_here->abort();
    m_here->close();
    QVERIFY(m_here->open(QIODevice::WriteOnly));
    m_here->write("whole");
    m_here->close();
    connect(m_there.get(), &QIODevice::readChannelFinished, this, [this] {
        if (m_there->error())
            m_received += '|';
        if (m_there->isFinished())
            return;
        m_received += m_there->readAll();
        m_there->close();
        QVERIFY(m_there->open(QIODevice::ReadOnly));
    });
    QTRY_VERIFY_WITH_TIMEOUT(m_there->isFinished(), Patience);
    QCOMPARE(m_received, "half of|whole"_ba);
}

void tst_StreamEnds::sizeIsToldAndKept()
{
    openDevices();
    QSignalSpy told(m_there.get(), &ChannelDevice::totalSizeReceived);
    QCOMPARE(m_there->totalSize(), -1);
    m_here->setTotalSize(2 * MiB);
    m_here->write(QByteArray(MiB, 'x'));
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesReceived(), MiB, Patience);
    QCOMPARE(told.size(), 1);
    QCOMPARE(m_there->totalSize(), 2 * MiB);
    QTRY_COMPARE_WITH_TIMEOUT(m_here->bytesSent(), MiB, Patience);
    m_here->write(QByteArray(MiB, 'x'));
    m_here->close();
    QVERIFY(readToTheEnd());
    QVERIFY(m_there->isFinished());
    QCOMPARE(m_there->bytesReceived(), 2 * MiB);
}

void tst_StreamEnds::sizeThatIsNotReachedCutsTheStream()
{
    openDevices();
    m_here->setTotalSize(10);
    m_here->write("half");
    m_here->close();
    QVERIFY(readToTheEnd());
    QVERIFY(!m_there->isFinished());
    QVERIFY(m_there->errorString().contains(u"after 4 bytes"_s));
    QVERIFY(m_there->errorString().contains(u"10"_s));
}

void tst_StreamEnds::plainReaderSeesTheEnd()
{
    open();
    Diary diary(m_peer);
    ChannelDevice device(m_client.get(), Channel::Data);
    QVERIFY(device.open(QIODevice::WriteOnly));
    device.write("whole");
    device.close();
    QVERIFY(device.open(QIODevice::WriteOnly));
    device.write("half");
    device.flush();
    device.abort();
    const QByteArray mark = "IPCPRIMS-STREAM 6f1c0c2e-0d8f-4d55-9a3b-2c5e7f1a9b44 cut";
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames,
                              Frames({{2, "whole"}, {2, ""}, {2, "half"}, {2, mark}, {2, ""}}),
                              Patience);
}

void tst_StreamEnds::bytesThatLookLikeAMarkAreBytes()
{
    openDevices();
    QByteArray sent;
    for (const auto kind :
         {StreamMark::Kind::Cut, StreamMark::Kind::Stop, StreamMark::Kind::Unknown}) {
        const QByteArray mark = StreamMark(kind).toFrame();
        sent += mark;
        QCOMPARE(m_here->write(mark), mark.size());
        m_here->flush();
    }
    m_here->close();
    QVERIFY(readToTheEnd());
    QVERIFY(m_there->isFinished());
    QCOMPARE(m_received, sent);
}

void tst_StreamEnds::unknownMarkIsIgnored()
{
    openDevices();
    QVERIFY(!m_client->send(Channel::Data, StreamMark(StreamMark::Kind::Unknown).toFrame()));
    m_here->write("all");
    m_here->close();
    QVERIFY(readToTheEnd());
    QVERIFY(m_there->isFinished());
    QCOMPARE(m_received, "all"_ba);
}

void tst_StreamEnds::marksForNoWriterAreIgnored_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("number beyond 64 bits") << "stop 9223372036854775808"_ba;
    QTest::newRow("number beyond everything") << "stop "_ba + QByteArray(60, '9');
    QTest::newRow("no number") << "stop +0"_ba;
    QTest::newRow("unknown") << "pause 0"_ba;
}

void tst_StreamEnds::marksForNoWriterAreIgnored()
{
    QFETCH(const QByteArray, text);
    openDevices(QIODevice::WriteOnly, QIODevice::ReadOnly);
    Diary diary(m_client.get());
    const QByteArray prefix = StreamMark(StreamMark::Kind::Unknown).toFrame();
    QVERIFY(!m_peer->send(Channel::Data, prefix + text));
    QVERIFY(!m_peer->send(Channel::Data, "after it"));
    QTRY_VERIFY_WITH_TIMEOUT(!diary.frames.isEmpty(), Patience);
    QCOMPARE(diary.frames, Frames({{Channel::Data, "after it"}}));
    QVERIFY(!m_here->error());
}

void tst_StreamEnds::whatIsCutWasNotSent()
{
    openDevices();
    const qint64 accepted = fill();
    const qint64 sent = m_here->bytesSent();
    QCOMPARE(sent, accepted - m_here->bytesToWrite());
    QVERIFY(sent < accepted);
    m_here->abort();
    QCOMPARE(m_here->bytesSent(), sent);
}

void tst_StreamEnds::readerStopsTheWriter_data()
{
    QTest::addColumn<QIODevice::OpenMode>("here");
    QTest::addColumn<QIODevice::OpenMode>("there");
    const QIODevice::OpenMode read = QIODevice::ReadOnly;
    const QIODevice::OpenMode write = QIODevice::WriteOnly;
    QTest::newRow("one way") << write << read;
    QTest::newRow("both ways") << (read | write) << (read | write);
}

void tst_StreamEnds::readerStopsTheWriter()
{
    QFETCH(QIODevice::OpenMode, here);
    QFETCH(QIODevice::OpenMode, there);
    openDevices(here, there);
    QSignalSpy failed(m_here.get(), &ChannelDevice::errorOccurred);
    QSignalSpy finished(m_there.get(), &QIODevice::readChannelFinished);
    const QByteArray block(300 * KiB, 'x');
    connect(m_here.get(), &QIODevice::bytesWritten, this, [&] { m_here->write(block); });
    m_here->write(block);
    QTRY_VERIFY_WITH_TIMEOUT(m_received.size() > 1 * MiB, Patience);
    m_there->stopReading();
    const qsizetype received = m_received.size();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QCOMPARE(m_here->error().code(), ErrorCode::Cancelled);
    QCOMPARE(m_here->write("x"), -1);
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
    QVERIFY(!m_there->isFinished());
    QVERIFY(!m_there->error());
    QCOMPARE(m_received.size(), received);
    // The other direction goes on.
    if (there & QIODevice::WriteOnly) {
        m_there->write("answer");
        m_there->close();
        QTRY_VERIFY_WITH_TIMEOUT(m_here->isFinished(), Patience);
        QCOMPARE(m_here->readAll(), "answer"_ba);
    }
}

void tst_StreamEnds::restOfAStoppedStreamIsDrained()
{
    openDevices(QIODevice::WriteOnly, QIODevice::ReadOnly);
    Diary diary(m_peer);
    const qint64 filled = fill();
    QVERIFY(filled > 0);
    m_there->stopReading();
    m_there.reset();
    ChannelDevice next(m_peer, Channel::Data);
    QVERIFY(!next.open(QIODevice::ReadOnly)); // What still arrives isn't its stream.
    QVERIFY(next.errorString().contains(u"hasn't ended yet"_s));
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(next.isOpen() || next.open(QIODevice::ReadOnly), Patience);
    m_here->close();
    QVERIFY(m_here->open(QIODevice::WriteOnly));
    m_here->write("next");
    m_here->close();
    QTRY_VERIFY_WITH_TIMEOUT(next.isFinished(), Patience);
    QCOMPARE(next.readAll(), "next"_ba);
    QCOMPARE(diary.frames, Frames());
}

void tst_StreamEnds::stopThatCrossesTheEndIsNothing()
{
    openDevices(QIODevice::WriteOnly, QIODevice::ReadOnly);
    Diary diary(m_client.get());
    m_here->write("all");
    m_here->finish();
    m_there->stopReading();
    QTRY_VERIFY_WITH_TIMEOUT(m_there->atEnd(), Patience);
    QVERIFY(!m_peer->send(Channel::Data, "the peer's own"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{2, "the peer's own"}}), Patience);
    QVERIFY(!m_here->error());
    QVERIFY(!m_there->isFinished()); // Nobody has read it.
}

void tst_StreamEnds::stopThatCrossesTheEndLeavesTheNextStreamAlone()
{
    openDevices(QIODevice::WriteOnly, QIODevice::ReadOnly);
    ChannelDevice next(m_client.get(), Channel::Data);
    QVERIFY(next.open(QIODevice::WriteOnly));
    m_here->write("first");
    m_here->finish();
    next.write("second");
    const auto reopen = connect(m_there.get(), &QIODevice::readChannelFinished, this, [&] {
        m_there->close();
        QVERIFY(m_there->open(QIODevice::ReadOnly));
    });
    m_there->stopReading();
    QTRY_COMPARE_WITH_TIMEOUT(m_received, "second", Patience);
    disconnect(reopen);
    // The stop has arrived before what the other end sends now.
    Diary diary(m_client.get());
    QVERIFY(!m_peer->send(Channel::Telemetry, "after the stop"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), 1, Patience);
    QVERIFY(!next.error());
    QCOMPARE(next.write(" stream"), 7);
    next.finish();
    QVERIFY(readToTheEnd());
    QCOMPARE(m_received, "second stream");
    QVERIFY(m_there->isFinished());
}

void tst_StreamEnds::stopThatWaitsForRoomLeavesTheNextStreamAlone()
{
    openDevices(QIODevice::WriteOnly, QIODevice::ReadOnly);
    ChannelDevice next(m_client.get(), Channel::Data);
    QVERIFY(next.open(QIODevice::WriteOnly));
    m_client->setReceiving(false);
    m_peer->setSendWaterMarks(100 * KiB, 10 * KiB);
    while (!m_peer->send(Channel::Data, QByteArray(KiB, 'x')))
        QCoreApplication::processEvents();
    m_there->stopReading();
    QSignalSpy ready(m_peer, &Peer::readyToSend);
    m_here->write("first");
    m_here->finish();
    QTRY_VERIFY_WITH_TIMEOUT(m_there->atEnd(), Patience);
    m_client->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), Patience);
    Diary diary(m_client.get());
    QVERIFY(!m_peer->send(Channel::Telemetry, "after room"));
    QTRY_VERIFY_WITH_TIMEOUT(
            diary.frames.contains(Frames::value_type(Channel::Telemetry, "after room")), Patience);
    QVERIFY(!next.error());
    QCOMPARE(next.write("second"), 6);
}

void tst_StreamEnds::streamsThatNoDeviceHasReadCount()
{
    open();
    Diary diary(m_peer);
    ChannelDevice writer(m_client.get(), Channel::Data);
    for (int stream = 1; stream <= 2; ++stream) {
        QVERIFY(writer.open(QIODevice::WriteOnly));
        writer.close();
        QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), stream, Patience);
    }
    QVERIFY(writer.open(QIODevice::WriteOnly));
    writer.write("x");
    ChannelDevice reader(m_peer, Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    reader.stopReading();
    QTRY_COMPARE_WITH_TIMEOUT(writer.error().code(), ErrorCode::Cancelled, Patience);
}

void tst_StreamEnds::stopWithoutANumberIsForTheStreamOfNow()
{
    openDevices(QIODevice::WriteOnly, QIODevice::ReadOnly);
    m_here->close();
    QTRY_VERIFY_WITH_TIMEOUT(m_there->isFinished(), Patience);
    QVERIFY(m_here->open(QIODevice::WriteOnly));
    QVERIFY(!m_peer->send(Channel::Data, StreamMark(StreamMark::Kind::Stop).toFrame()));
    QTRY_COMPARE_WITH_TIMEOUT(m_here->error().code(), ErrorCode::Cancelled, Patience);
}

void tst_StreamEnds::endIsKnownBeforeDisconnected()
{
    open();
    QList<bool> isKnown;
    connect(m_client.get(), &Peer::disconnected, this, [&] {
        isKnown = {bool(m_here->error()), bool(m_there->error())};
    });
    // Connected before the devices are made: one that reads, and one that writes.
    m_here = std::make_unique<ChannelDevice>(m_client.get(), Channel::Data);
    m_there = std::make_unique<ChannelDevice>(m_client.get(), Channel::Telemetry);
    QVERIFY(m_here->open(QIODevice::ReadOnly));
    QVERIFY(m_there->open(QIODevice::WriteOnly));
    m_peer->abort();
    QTRY_COMPARE_WITH_TIMEOUT(isKnown, QList<bool>({true, true}), Patience);
    QCOMPARE(m_here->error().code(), ErrorCode::Disconnected);
    QCOMPARE(m_there->error().code(), ErrorCode::Disconnected);
}

// A device that takes no more says so with a write of 0 bytes, which is no failure.
void tst_StreamEnds::framesGoOverAFullDevice()
{
    openDevices();
    m_client->setSendWaterMarks(100 * KiB, 10 * KiB);
    m_here->setWriteBufferSize(64 * KiB);
    disconnect(m_there.get(), &QIODevice::readyRead, this, nullptr);
    Framer sender(m_here.get());
    Framer receiver(m_there.get());
    qint64 received = 0;
    connect(&receiver, &Framer::frameReceived, this,
            [&](quint16, const QByteArray &payload) { received += payload.size(); });
    QSignalSpy failed(&sender, &Framer::errorOccurred);
    m_peer->setReceiving(false);
    for (int i = 0; i < 10; ++i)
        QVERIFY(!sender.send(256, QByteArray(MiB, 'x')));
    QCoreApplication::processEvents();
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(received, 10 * MiB, Patience);
    QVERIFY(failed.isEmpty());
}

void tst_StreamEnds::closingSendsWhatWaitsForRoom()
{
    openDevices();
    const qint64 accepted = fill();
    m_client->close();
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QVERIFY2(!m_client->disconnectReason(), qPrintable(m_client->disconnectReason().message()));
    QTRY_COMPARE_WITH_TIMEOUT(qint64(m_received.size()), accepted, Patience);
}

QTEST_GUILESS_MAIN(tst_StreamEnds)
#include "tst_streamends.moc"
