// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include "peer/streammark_p.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

/// Accepts no frame but one that begins with "good", in one direction.
class StrictValidator final : public PayloadValidator
{
public:
    explicit StrictValidator(Direction direction)
        : m_direction(direction)
    {}

    std::optional<Failure> check(quint16, QByteArrayView payload,
                                 Direction direction) const override
    {
        if (direction != m_direction || payload.startsWith("good"))
            return std::nullopt;
        return Failure{u"not good"_s, {{u"/a"_s, u"rules#/b"_s, u"c"_s, u"d"_s}}};
    }

private:
    const Direction m_direction;
};

/// A stream whose frames a validator checks, at either end: a hole in it is never overlooked, and
/// its end never lost.
class tst_ValidatedStreams : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void marksAreNotChecked_data() { addEnds(); }
    void marksAreNotChecked();
    void refusedFrameIsNoEndOfTheWholeStream_data() { addEnds(); }
    void refusedFrameIsNoEndOfTheWholeStream();
    void stopIsNotChecked_data() { addEnds(); }
    void stopIsNotChecked();
    void refusedFrameDoesNotHoldTheReaderBack();
    void restOfAStreamIsDrainedThoughItIsRefused();
    void emptyFrameOutsideOfAStreamIsChecked();

private:
    static void addEnds();
    /// A stream from the client, whose end or the other one has the validator.
    void openDevices(PayloadValidator::Direction direction);
    void checkNextStream();

    std::unique_ptr<ChannelDevice> m_writer;
    std::unique_ptr<ChannelDevice> m_reader;
};

using Direction = PayloadValidator::Direction;

void tst_ValidatedStreams::addEnds()
{
    QTest::addColumn<bool>("isAtWriter");
    QTest::newRow("writer") << true;
    QTest::newRow("reader") << false;
}

void tst_ValidatedStreams::openDevices(Direction direction)
{
    open();
    Peer *const checking = direction == Direction::Send ? m_client.get() : m_peer.data();
    checking->setValidator(std::make_shared<StrictValidator>(direction));
    m_writer = std::make_unique<ChannelDevice>(m_client.get(), Channel::Data);
    m_reader = std::make_unique<ChannelDevice>(m_peer, Channel::Data);
    QVERIFY(m_writer->open(QIODevice::WriteOnly));
    QVERIFY(m_reader->open(QIODevice::ReadOnly));
}

// That the stream of before is over, for both ends.
void tst_ValidatedStreams::checkNextStream()
{
    m_writer = std::make_unique<ChannelDevice>(m_client.get(), Channel::Data);
    m_reader = std::make_unique<ChannelDevice>(m_peer, Channel::Data);
    QVERIFY(m_writer->open(QIODevice::WriteOnly));
    QVERIFY(m_reader->open(QIODevice::ReadOnly));
    m_writer->write("good: the next one");
    m_writer->finish();
    QTRY_VERIFY_WITH_TIMEOUT(m_reader->atEnd() || m_reader->bytesAvailable() > 0, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_reader->isFinished(), Patience);
    QCOMPARE(m_reader->readAll(), "good: the next one"_ba);
    QVERIFY2(!m_writer->error(), qPrintable(m_writer->errorString()));
}

void tst_ValidatedStreams::marksAreNotChecked()
{
    QFETCH(const bool, isAtWriter);
    openDevices(isAtWriter ? Direction::Send : Direction::Receive);
    m_writer->setTotalSize(4);
    m_writer->write("good");
    m_writer->finish();
    QTRY_VERIFY_WITH_TIMEOUT(m_reader->isFinished(), Patience);
    QCOMPARE(m_reader->totalSize(), 4);
    QCOMPARE(m_reader->readAll(), "good"_ba);
    checkNextStream();
}

void tst_ValidatedStreams::refusedFrameIsNoEndOfTheWholeStream()
{
    QFETCH(const bool, isAtWriter);
    openDevices(isAtWriter ? Direction::Send : Direction::Receive);
    QSignalSpy finished(m_reader.get(), &QIODevice::readChannelFinished);
    for (const char *const part : {"good 1", "bad", "good 2"}) {
        m_writer->write(part);
        m_writer->flush();
    }
    m_writer->finish();
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
    QVERIFY(!m_reader->isFinished());
    QCOMPARE(m_reader->error().code(),
             isAtWriter ? ErrorCode::StreamError : ErrorCode::ValidationFailed);
    QCOMPARE(m_reader->readAll(), "good 1"_ba);
    m_reader->close();
    checkNextStream();
}

void tst_ValidatedStreams::stopIsNotChecked()
{
    QFETCH(const bool, isAtWriter);
    openDevices(Direction::Send);
    m_client->setValidator(nullptr);
    if (isAtWriter)
        m_client->setValidator(std::make_shared<StrictValidator>(Direction::Receive));
    else
        m_peer->setValidator(std::make_shared<StrictValidator>(Direction::Send));
    m_writer->write("good");
    QTRY_COMPARE_WITH_TIMEOUT(m_reader->bytesAvailable(), 4, Patience);
    m_reader->stopReading();
    QTRY_COMPARE_WITH_TIMEOUT(m_writer->error().code(), ErrorCode::Cancelled, Patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_reader->atEnd(), Patience);
    m_reader->close();
    checkNextStream();
}

void tst_ValidatedStreams::refusedFrameDoesNotHoldTheReaderBack()
{
    openDevices(Direction::Receive);
    m_reader->setReadBufferSize(1);
    QSignalSpy finished(m_reader.get(), &QIODevice::readChannelFinished);
    // Nobody reads what is there already.
    for (const char *const part : {"good", "bad"}) {
        m_writer->write(part);
        m_writer->flush();
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_reader->bytesAvailable(), 4, Patience);
    QCOMPARE(m_reader->read(1), "g"_ba); // And is held back no more.
    QCOMPARE(m_reader->read(3), "ood"_ba);
    QTRY_COMPARE_WITH_TIMEOUT(m_reader->error().code(), ErrorCode::ValidationFailed, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_writer->error().code(), ErrorCode::Cancelled, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, Patience);
}

void tst_ValidatedStreams::restOfAStreamIsDrainedThoughItIsRefused()
{
    openDevices(Direction::Receive);
    m_reader->stopReading(); // Before anything has arrived.
    m_reader->close();
    m_writer->write("bad");
    m_writer->flush();
    QTRY_COMPARE_WITH_TIMEOUT(m_writer->error().code(), ErrorCode::Cancelled, Patience);
    QVERIFY(QTest::qWaitFor([this] { return m_reader->open(QIODevice::ReadOnly); }, Patience));
    m_reader->close();
    checkNextStream();
}

void tst_ValidatedStreams::emptyFrameOutsideOfAStreamIsChecked()
{
    openDevices(Direction::Receive);
    m_reader->close();
    Diary diary(m_peer);
    QSignalSpy refused(m_peer, &Peer::validationFailed);
    QVERIFY(!m_client->send(Channel::Data, ""));
    QVERIFY(!m_client->send(Channel::Data, StreamMark(StreamMark::Kind::Cut).toFrame()));
    QTRY_COMPARE_WITH_TIMEOUT(refused.size(), 2, Patience);
    QVERIFY(diary.frames.isEmpty());
}

QTEST_GUILESS_MAIN(tst_ValidatedStreams)
#include "tst_validatedstreams.moc"
