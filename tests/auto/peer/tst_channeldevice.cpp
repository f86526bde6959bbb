// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include "rawsocket.h"

#include <IpcPrims/channeldevice.h>

#include <QtCore/qdatastream.h>
#include <QtCore/qmap.h>
#include <QtCore/qtextstream.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <memory>

static constexpr qint64 KiB = 1024;
static constexpr qint64 MiB = 1024 * KiB;
static constexpr qint64 LargestFrame = 64 * KiB;

/// ChannelDevice, both ends in this process.
class tst_ChannelDevice : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void opensOnlyOverAnOpenPeersChannel();
    void bytesArriveInBothDirections();
    void framesAreOfAtMost64KiB();
    void smallWritesShareAFrame();
    void emptyFrameEndsTheStream();
    void nothingCanBeWrittenAfterTheEnd();
    void streamsFollowEachOther();
    void streamWaitsForTheEndOfTheOneBefore();
    void dataStreamTransactionsWork();
    void transactionMayBeLargerThanTheReadBuffer();
    void textStreamReadsLines();
    void fullDeviceTakesNoMore();
    void slowReaderHoldsTheOtherSideBack();
    void othersShutdownDoesNotEndTheHold();
    void otherDevicesDoNotEndTheHold();
    void applicationsOwnPauseIsKept();
    void whatWasWrittenIsSentAfterTheDeviceIsGone();
    void whatWasWrittenIsSentBeforeThePeerCloses();
    void brokenSessionIsNoEndOfTheStream();
    void endedStreamSurvivesTheSession();
    void slotMayDeleteTheDeviceOrThePeer();
    void peerMayGoFirst();
    void readyReadIsNotNestedAndNotLost();

private:
    void openDevices(quint16 channel = Channel::Data);

    std::unique_ptr<ChannelDevice> m_here; // Of the client.
    std::unique_ptr<ChannelDevice> m_there;
};

void tst_ChannelDevice::openDevices(quint16 channel)
{
    open();
    m_here = std::make_unique<ChannelDevice>(m_client.get(), channel);
    m_there = std::make_unique<ChannelDevice>(m_peer, channel);
    QVERIFY(m_here->open(QIODevice::ReadWrite));
    QVERIFY(m_there->open(QIODevice::ReadWrite));
}

void tst_ChannelDevice::opensOnlyOverAnOpenPeersChannel()
{
    ChannelDevice device(m_client.get(), Channel::Data);
    QVERIFY(!device.open(QIODevice::ReadWrite));
    QCOMPARE(device.errorString(), u"not connected: wait for connected()"_s);
    QCOMPARE(device.error().code(), ErrorCode::NotConnected);
    open();
    QVERIFY(!device.open(QIODevice::NotOpen));
    QVERIFY(!device.open(QIODevice::ReadWrite | QIODevice::Append));
    QVERIFY(device.open(QIODevice::ReadWrite));
    QVERIFY(!device.open(QIODevice::ReadWrite));
    QVERIFY(device.isSequential());
    QCOMPARE(device.peer(), m_client.get());
    QCOMPARE(device.channel(), Channel::Data);

    ChannelDevice unnegotiated(m_client.get(), 300);
    QVERIFY(!unnegotiated.open(QIODevice::WriteOnly));
    QVERIFY(unnegotiated.errorString().contains(u"channel 300"_s));
    ChannelDevice control(m_client.get(), Channel::Control);
    QVERIFY(!control.open(QIODevice::WriteOnly));
    ChannelDevice none(nullptr, Channel::Data);
    QVERIFY(!none.open(QIODevice::WriteOnly));
}

void tst_ChannelDevice::bytesArriveInBothDirections()
{
    openDevices();
    QSignalSpy written(m_here.get(), &QIODevice::bytesWritten);
    QCOMPARE(m_here->write("there"), 5);
    QCOMPARE(m_here->bytesToWrite(), 5);
    QCOMPARE(written.size(), 0); // Not from inside a call.
    QCOMPARE(m_there->write("back"), 4);
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 5, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_here->bytesAvailable(), 4, Patience);
    QCOMPARE(m_there->readAll(), "there"_ba);
    QCOMPARE(m_here->readAll(), "back"_ba);
    QCOMPARE(written.size(), 1);
    QCOMPARE(written.at(0).at(0), 5);
    QCOMPARE(m_here->bytesToWrite(), 0);
    QVERIFY(!m_here->atEnd()); // More may come.
}

void tst_ChannelDevice::framesAreOfAtMost64KiB()
{
    open();
    Diary diary(m_peer);
    ChannelDevice device(m_client.get(), Channel::Data);
    QVERIFY(device.open(QIODevice::WriteOnly));
    const QByteArray bytes(3 * LargestFrame + 5, 'x');
    QCOMPARE(device.write(bytes), bytes.size());
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames.size(), 4, Patience);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(diary.frames.at(i).second.size(), LargestFrame);
    QCOMPARE(diary.frames.at(3).second.size(), 5);
}

void tst_ChannelDevice::smallWritesShareAFrame()
{
    open();
    Diary diary(m_peer);
    ChannelDevice device(m_client.get(), Channel::Data);
    QVERIFY(device.open(QIODevice::WriteOnly));
    QCOMPARE(device.write("a"), 1);
    QCOMPARE(device.write("b"), 1);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{2, "ab"}}), Patience);
    QCOMPARE(device.write("c"), 1);
    device.flush();
    QCOMPARE(device.bytesToWrite(), 0);
    QCOMPARE(device.write("d"), 1);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{2, "ab"}, {2, "c"}, {2, "d"}}), Patience);
}

void tst_ChannelDevice::emptyFrameEndsTheStream()
{
    openDevices();
    QSignalSpy finished(m_there.get(), &QIODevice::readChannelFinished);
    QSignalSpy failed(m_there.get(), &ChannelDevice::errorOccurred);
    m_here->write("all there is");
    m_here->finish();
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
    QVERIFY(m_there->isFinished());
    QVERIFY(!m_there->atEnd());
    QCOMPARE(m_there->readAll(), "all there is"_ba);
    QVERIFY(m_there->atEnd());
    char byte;
    QCOMPARE(m_there->read(&byte, 1), -1);
    QVERIFY(failed.isEmpty());

    // The other direction goes on, until its end is written by closing the device.
    QCOMPARE(m_there->write("an answer"), 9);
    m_there->close();
    QVERIFY(!m_there->isOpen());
    QTRY_VERIFY_WITH_TIMEOUT(m_here->isFinished(), Patience);
    QCOMPARE(m_here->readAll(), "an answer"_ba);
}

void tst_ChannelDevice::nothingCanBeWrittenAfterTheEnd()
{
    openDevices();
    QSignalSpy finished(m_there.get(), &QIODevice::readChannelFinished);
    Diary diary(m_peer);
    m_here->finish();
    QCOMPARE(m_here->write("late"), -1);
    m_here->finish();
    m_here->close();
    QVERIFY(!m_client->send(Channel::Data, "the peer's own"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{2, "the peer's own"}}), Patience);
    QCOMPARE(finished.size(), 1);
}

void tst_ChannelDevice::streamsFollowEachOther()
{
    openDevices();
    ChannelDevice second(m_peer, Channel::Data);
    connect(m_there.get(), &QIODevice::readChannelFinished, &second,
            [&second] { QVERIFY(second.open(QIODevice::ReadOnly)); });
    m_here->write("one");
    m_here->close();
    QVERIFY(m_here->open(QIODevice::WriteOnly));
    m_here->write("two");
    m_here->close();
    QTRY_VERIFY_WITH_TIMEOUT(second.isFinished(), Patience);
    QCOMPARE(m_there->readAll(), "one"_ba);
    QCOMPARE(second.readAll(), "two"_ba);
}

void tst_ChannelDevice::streamWaitsForTheEndOfTheOneBefore()
{
    open();
    Diary diary(m_peer);
    m_client->setSendWaterMarks(100 * KiB, 0);
    m_peer->setReceiving(false);
    ChannelDevice first(m_client.get(), Channel::Data);
    QVERIFY(first.open(QIODevice::WriteOnly));
    QCOMPARE(first.write(QByteArray(MiB, '1')), MiB);
    QVERIFY(first.bytesToWrite() > 0);
    first.close(); // The rest waits for room.
    ChannelDevice second(m_client.get(), Channel::Data);
    QVERIFY(second.open(QIODevice::WriteOnly));
    m_client->setSendWaterMarks(16 * MiB, 4 * MiB); // Now there is some.
    QCOMPARE(second.write("2"), 1);
    second.close();
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(diary.frames.endsWith({2, ""}) && diary.frames.contains({2, "2"}),
                             Patience);
    QByteArrayList streams(1);
    for (const auto &[channel, payload] : std::as_const(diary.frames)) {
        streams.last() += payload;
        if (payload.isEmpty())
            streams.append(QByteArray());
    }
    QVERIFY(streams == QByteArrayList({QByteArray(MiB, '1'), "2", ""}));
}

void tst_ChannelDevice::dataStreamTransactionsWork()
{
    openDevices();
    const QMap<QString, QByteArray> sent
            = {{u"one"_s, "1"}, {u"large"_s, QByteArray(200'000, 'l')}};
    QList<QMap<QString, QByteArray>> received;
    QDataStream reader(m_there.get());
    connect(m_there.get(), &QIODevice::readyRead, this, [&] {
        while (true) {
            QMap<QString, QByteArray> map;
            reader.startTransaction();
            reader >> map;
            if (!reader.commitTransaction())
                return;
            received.append(map);
        }
    });
    QDataStream writer(m_here.get());
    for (int i = 0; i < 10; ++i)
        writer << sent;
    QCOMPARE(writer.status(), QDataStream::Ok);
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 10, Patience);
    for (const auto &map : received)
        QVERIFY(map == sent);
}

void tst_ChannelDevice::transactionMayBeLargerThanTheReadBuffer()
{
    openDevices();
    m_there->setReadBufferSize(100 * KiB);
    const QByteArray sent(3 * MiB, 's');
    QByteArray received;
    QDataStream reader(m_there.get());
    connect(m_there.get(), &QIODevice::readyRead, this, [&] {
        reader.startTransaction();
        reader >> received;
        reader.commitTransaction();
    });
    QDataStream writer(m_here.get());
    writer << sent;
    QTRY_VERIFY_WITH_TIMEOUT(received == sent, Patience);
}

void tst_ChannelDevice::textStreamReadsLines()
{
    openDevices();
    QTextStream writer(m_here.get());
    writer << "first\nsecond " << 2 << '\n';
    writer.flush();
    m_here->write("third");
    m_here->finish();
    QTRY_VERIFY_WITH_TIMEOUT(m_there->isFinished(), Patience);
    QVERIFY(m_there->canReadLine());
    QCOMPARE(m_there->readLine(), "first\n"_ba);
    QTextStream reader(m_there.get());
    QCOMPARE(reader.readLine(), u"second 2"_s);
    QCOMPARE(reader.readLine(), u"third"_s);
    QVERIFY(reader.atEnd());
}

void tst_ChannelDevice::fullDeviceTakesNoMore()
{
    openDevices();
    QSignalSpy ready(m_here.get(), &QIODevice::bytesWritten);
    m_client->setSendWaterMarks(1 * MiB, 256 * KiB);
    m_here->setWriteBufferSize(300 * KiB);
    m_peer->setReceiving(false);
    const QByteArray bytes(20 * MiB, 'x');
    qint64 accepted = m_here->write(bytes);
    QCoreApplication::processEvents(); // Which tells what was taken so far.
    QVERIFY(accepted < 3 * MiB); // The peer's queue and this device's; the system has its own.
    while (const qint64 more = m_here->write(bytes)) {
        QVERIFY(more > 0);
        accepted += more;
        QCoreApplication::processEvents();
    }
    QCOMPARE(m_here->bytesToWrite(), 300 * KiB);
    QVERIFY(m_client->bytesQueued(Channel::Data) <= 1 * MiB + 2 * LargestFrame);
    QCOMPARE(m_here->write("x"), 0);

    // And goes on when there is room.
    ready.clear();
    m_peer->setReceiving(true);
    qint64 received = 0;
    connect(m_there.get(), &QIODevice::readyRead, this,
            [&] { received += m_there->readAll().size(); });
    QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_here->bytesToWrite() < 300 * KiB, Patience);
    QCOMPARE(m_here->write("x"), 1);
    QTRY_COMPARE_WITH_TIMEOUT(received, accepted + 1, Patience);
}

void tst_ChannelDevice::slowReaderHoldsTheOtherSideBack()
{
    openDevices();
    Diary diary(m_peer);
    m_there->setReadBufferSize(500 * KiB);
    const QByteArray bytes(10 * MiB, 'x');
    QCOMPARE(m_here->write(bytes), bytes.size());
    QTRY_VERIFY_WITH_TIMEOUT(m_there->bytesAvailable() >= 500 * KiB, Patience);
    QVERIFY(!m_client->send(Channel::Command, "waits, too"));
    QTest::qWait(100);
    QVERIFY(m_there->bytesAvailable() < 500 * KiB + LargestFrame);
    QVERIFY(diary.frames.isEmpty());
    QVERIFY(m_peer->isReceiving()); // What the application wants is another matter.

    // Not before half of it is read.
    const qint64 unread = m_there->bytesAvailable();
    QCOMPARE(m_there->read(100 * KiB).size(), 100 * KiB);
    QTest::qWait(100);
    QCOMPARE(m_there->bytesAvailable(), unread - 100 * KiB);

    qint64 received = 100 * KiB + m_there->readAll().size();
    connect(m_there.get(), &QIODevice::readyRead, this,
            [&] { received += m_there->readAll().size(); });
    QTRY_COMPARE_WITH_TIMEOUT(received, bytes.size(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{1, "waits, too"}}), Patience);
}

// Who has asked to shut down must not make a reader keep more than it wants to, either.
void tst_ChannelDevice::othersShutdownDoesNotEndTheHold()
{
    RawSocket other = RawSocket::connectTo(m_endpoint.path());
    QVERIFY(other.writeFrame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[2]})"));
    QVERIFY(other.readFrame());
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
    ChannelDevice device(m_peer, Channel::Data);
    device.setReadBufferSize(100 * KiB);
    QVERIFY(device.open(QIODevice::ReadOnly));
    QVERIFY(other.writeFrame(0, R"({"type":"shutdown_request"})"));
    QVERIFY(other.readFrame());
    qint64 most = 0;
    connect(&device, &QIODevice::readyRead, this, [&] {
        // As the rest is not read, writing wouldn't end by itself.
        if (most < 100 * KiB && device.bytesAvailable() >= 100 * KiB)
            QTimer::singleShot(300, m_peer, &Peer::abort);
        most = std::max(most, device.bytesAvailable());
    });
    QVERIFY(!other.write(RawSocket::frame(2, QByteArray(LargestFrame, 'x')).repeated(1000)));
    QVERIFY(most >= 100 * KiB);
    QVERIFY2(most < 100 * KiB + LargestFrame, qPrintable(QString::number(most)));
}

void tst_ChannelDevice::otherDevicesDoNotEndTheHold()
{
    openDevices();
    ChannelDevice here(m_client.get(), Channel::Telemetry);
    ChannelDevice there(m_peer, Channel::Telemetry);
    QVERIFY(here.open(QIODevice::WriteOnly));
    QVERIFY(there.open(QIODevice::ReadOnly));
    m_there->setReadBufferSize(1);
    there.setReadBufferSize(1);
    m_client->send(Channel::Data, "a");
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 1, Patience);
    m_client->send(Channel::Telemetry, "b");
    m_client->send(Channel::Telemetry, "c");
    QTest::qWait(50);
    QCOMPARE(there.bytesAvailable(), 0);
    there.setReadBufferSize(2);
    there.close();
    QVERIFY(there.open(QIODevice::ReadOnly));
    there.setReadBufferSize(1);
    QTest::qWait(50);
    QCOMPARE(there.bytesAvailable(), 0);

    // The reader of the first lets it go on, up to the next.
    QCOMPARE(m_there->readAll(), "a"_ba);
    QTRY_COMPARE_WITH_TIMEOUT(there.bytesAvailable(), 1, Patience);
    m_client->send(Channel::Data, "d");
    QCOMPARE(m_there->readAll(), ""_ba);
    QTest::qWait(50);
    QCOMPARE(m_there->bytesAvailable(), 0);
    QCOMPARE(there.readAll(), "b"_ba);
    QTRY_COMPARE_WITH_TIMEOUT(there.bytesAvailable(), 1, Patience);

    // A device that goes takes its hold along.
    there.close();
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 1, Patience);
}

void tst_ChannelDevice::applicationsOwnPauseIsKept()
{
    openDevices();
    m_there->setReadBufferSize(1);
    m_here->write("1");
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 1, Patience);
    m_peer->setReceiving(false);
    m_client->send(Channel::Data, "2");
    QCOMPARE(m_there->readAll(), "1"_ba);
    QTest::qWait(50);
    QCOMPARE(m_there->bytesAvailable(), 0);
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 1, Patience);
}

void tst_ChannelDevice::whatWasWrittenIsSentAfterTheDeviceIsGone()
{
    openDevices();
    m_client->setSendWaterMarks(1 * MiB, 256 * KiB);
    m_here->setWriteBufferSize(20 * MiB);
    m_peer->setReceiving(false);
    const qint64 accepted = m_here->write(QByteArray(20 * MiB, 'x'));
    QCOMPARE(accepted, 20 * MiB);
    QVERIFY(m_here->bytesToWrite() > 0);
    m_here.reset();
    qint64 received = 0;
    connect(m_there.get(), &QIODevice::readyRead, this,
            [&] { received += m_there->readAll().size(); });
    m_peer->setReceiving(true);
    QTRY_VERIFY_WITH_TIMEOUT(m_there->isFinished(), Patience);
    QCOMPARE(received, accepted);
}

void tst_ChannelDevice::whatWasWrittenIsSentBeforeThePeerCloses()
{
    openDevices();
    m_here->write("only just");
    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_there->error(), Patience);
    QCOMPARE(m_there->readAll(), "only just"_ba);
    QVERIFY(!m_there->isFinished()); // But nobody said that this was all.
}

void tst_ChannelDevice::brokenSessionIsNoEndOfTheStream()
{
    openDevices();
    QSignalSpy finished(m_there.get(), &QIODevice::readChannelFinished);
    QSignalSpy failed(m_there.get(), &ChannelDevice::errorOccurred);
    QSignalSpy failedHere(m_here.get(), &ChannelDevice::errorOccurred);
    m_here->write("half of");
    QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 7, Patience);
    m_client->abort();
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
    QCOMPARE(failed.size(), 1);
    QCOMPARE(m_there->error().code(), ErrorCode::Disconnected);
    QCOMPARE(m_there->errorString(), m_there->error().message());
    QVERIFY(m_there->errorString().contains(
            u"the stream on channel 2 was not received to its end"_s));
    QVERIFY(!m_there->isFinished());
    QVERIFY(!m_there->atEnd());
    QCOMPARE(m_there->readAll(), "half of"_ba);
    QVERIFY(m_there->atEnd());
    QCOMPARE(m_there->write("x"), -1);
    QTRY_COMPARE_WITH_TIMEOUT(failedHere.size(), 1, Patience);
    QCOMPARE(m_here->write("x"), -1);
}

void tst_ChannelDevice::endedStreamSurvivesTheSession()
{
    open();
    ChannelDevice here(m_client.get(), Channel::Data);
    ChannelDevice there(m_peer, Channel::Data);
    QVERIFY(here.open(QIODevice::WriteOnly));
    QVERIFY(there.open(QIODevice::ReadOnly));
    QSignalSpy failed(&there, &ChannelDevice::errorOccurred);
    QSignalSpy failedHere(&here, &ChannelDevice::errorOccurred);
    here.write("everything");
    here.finish();
    m_client->close();
    QTRY_VERIFY_WITH_TIMEOUT(!m_peer, Patience); // The server has deleted its end.
    QCoreApplication::processEvents();
    QVERIFY(there.isFinished());
    QCOMPARE(there.readAll(), "everything"_ba);
    QCOMPARE(failed.size(), 0);
    QCOMPARE(failedHere.size(), 0);
}

void tst_ChannelDevice::slotMayDeleteTheDeviceOrThePeer()
{
    openDevices();
    Diary diary(m_peer);
    connect(m_there.get(), &QIODevice::readyRead, this, [this] { m_there.reset(); });
    m_here->write("x");
    QTRY_VERIFY_WITH_TIMEOUT(!m_there, Patience);
    QVERIFY(!m_client->send(Channel::Data, "the peer's own"));
    QTRY_COMPARE_WITH_TIMEOUT(diary.frames, Frames({{2, "the peer's own"}}), Patience);

    connect(m_here.get(), &QIODevice::bytesWritten, this, [this] { m_here.reset(); });
    m_here->write("x");
    QTRY_VERIFY_WITH_TIMEOUT(!m_here, Patience);

    ChannelDevice device(m_client.get(), Channel::Data);
    QVERIFY(device.open(QIODevice::ReadWrite));
    connect(&device, &QIODevice::readyRead, this, [this] { m_client.reset(); });
    QVERIFY(!m_peer->send(Channel::Data, "x"));
    QTRY_VERIFY_WITH_TIMEOUT(device.error(), Patience);
    QVERIFY(!m_client);
}

void tst_ChannelDevice::peerMayGoFirst()
{
    openDevices();
    QSignalSpy failed(m_here.get(), &ChannelDevice::errorOccurred);
    auto *const child = new ChannelDevice(m_client.get(), Channel::Telemetry, m_client.get());
    QVERIFY(child->open(QIODevice::ReadWrite));
    child->write("lost");
    m_here->write("lost, too");
    m_client.reset();
    QVERIFY(!m_here->peer());
    QCOMPARE(m_here->write("x"), -1);
    QCOMPARE(failed.size(), 0); // Not while the peer is being deleted.
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, Patience);
    QVERIFY(m_here->atEnd());
    m_here->close();
    QVERIFY(!m_here->open(QIODevice::ReadWrite));
}

void tst_ChannelDevice::readyReadIsNotNestedAndNotLost()
{
    openDevices();
    int depth = 0;
    int announced = 0;
    connect(m_there.get(), &QIODevice::readyRead, this, [&] {
        QCOMPARE(++depth, 1);
        if (++announced == 1)
            QTRY_COMPARE_WITH_TIMEOUT(m_there->bytesAvailable(), 2, Patience);
        --depth;
    });
    QVERIFY(!m_client->send(Channel::Data, "a"));
    QVERIFY(!m_client->send(Channel::Data, "b"));
    QTRY_COMPARE_WITH_TIMEOUT(announced, 2, Patience);
}

QTEST_GUILESS_MAIN(tst_ChannelDevice)
#include "tst_channeldevice.moc"
