// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "streamtest.h"

#include "descriptors.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using Status = ByteStream::Status;

// How a stream ends, from either side.
class tst_StreamEnd : public StreamTest
{
    Q_OBJECT

private Q_SLOTS:
    void endComesAfterTheData_data() { addTransportRows(); }
    void endComesAfterTheData();
    void endIsReadable_data() { addTransportRows(); }
    void endIsReadable();
    void resetIsAnEnd_data() { addTransportRows(); }
    void resetIsAnEnd();
    void lastWordsSurviveAFailedWrite_data();
    void lastWordsSurviveAFailedWrite();
    void lastWordsSurviveWhileReadingIsOff_data() { addTransportRows(); }
    void lastWordsSurviveWhileReadingIsOff();
    void failedWriteTellsWhy_data() { addTransportRows(); }
    void failedWriteTellsWhy();
    void endIsNoticedWhileReadingIsOff_data() { addTransportRows(); }
    void endIsNoticedWhileReadingIsOff();
    void endBehindDataIsNoticedWhileReadingIsOff_data() { addTransportRows(); }
    void endBehindDataIsNoticedWhileReadingIsOff();
    void waitingForTheEndDoesNotSpin_data() { addTransportRows(); }
    void waitingForTheEndDoesNotSpin();
    void closingIsSeenAtOnce_data() { addTransportRows(); }
    void closingIsSeenAtOnce();
    void closingAfterAFailedWriteIsComplete_data() { addTransportRows(); }
    void closingAfterAFailedWriteIsComplete();
    void closedStreamDoesNothing_data() { addTransportRows(); }
    void closedStreamDoesNothing();
    void slotMayDeleteTheStream_data() { addTransportRows(); }
    void slotMayDeleteTheStream();
};

void tst_StreamEnd::endComesAfterTheData()
{
    QVERIFY(m_other.write("last words"));
    m_other.close();
    QCOMPARE(readAll(), QByteArray("last words"));
    // And it stays the end.
    std::array<char, 10> bytes;
    QCOMPARE(m_stream->read(bytes, {}).status, Status::EndOfStream);
    QVERIFY(m_stream->atEnd());
    QVERIFY(!m_stream->error());
}

void tst_StreamEnd::endIsReadable()
{
    // As the frame layer reads: only when told to, once if that did not fill its buffers.
    QByteArray received;
    bool hasEnded = false;
    m_diary.onReadable = [&] {
        std::array<char, 100> bytes;
        const ByteStream::Result result = m_stream->read({}, bytes);
        received.append(bytes.data(), result.bytes);
        hasEnded = result.status == Status::EndOfStream;
    };
    QVERIFY(m_other.write("last words"));
    m_other.close();
    QTRY_VERIFY(hasEnded);
    QCOMPARE(received, QByteArray("last words"));
}

void tst_StreamEnd::resetIsAnEnd()
{
    // The other side closes without having read what we wrote.
    QCOMPARE(write("unread"), Status::Ok);
    QVERIFY(m_other.write("last words"));
    m_other.close();
    QCOMPARE(readAll(), QByteArray("last words"));
    QVERIFY(!m_stream->error() || m_stream->error().code() == ErrorCode::Disconnected);
}

void tst_StreamEnd::lastWordsSurviveAFailedWrite_data()
{
    QTest::addColumn<Transport>("transport");
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<bool>("isReadAhead");
    for (const qsizetype size : {13, 150'000}) {
        for (const bool isReadAhead : {false, true}) {
            const char *when = isReadAhead ? "read ahead" : "in the kernel";
            QTest::addRow("native, %d bytes %s", int(size), when)
                    << Transport::Native << size << isReadAhead;
            QTest::addRow("localsocket, %d bytes %s", int(size), when)
                    << Transport::LocalSocket << size << isReadAhead;
        }
    }
}

void tst_StreamEnd::lastWordsSurviveAFailedWrite()
{
    QFETCH(const qsizetype, size);
    QFETCH(const bool, isReadAhead);
    QByteArray lastWords(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        lastWords[i] = char(i % 251);
    QVERIFY(m_other.write(lastWords));
    if (isReadAhead)
        QTest::qWait(20);
    m_other.close();

    for (int i = 0; i < 100 && write("too late") != Status::Failed; ++i) {
    }
    QCOMPARE(write("too late"), Status::Failed);
    QCOMPARE(readAll(), lastWords);
}

void tst_StreamEnd::lastWordsSurviveWhileReadingIsOff()
{
    const QByteArray lastWords(150'000, 'x');
    m_stream->setReadEnabled(false);
    QVERIFY(m_other.write(lastWords));
    QTest::qWait(20);
    m_other.close();
    m_diary.ended = 0;
    for (int i = 0; i < 100 && write("too late") != Status::Failed; ++i) {
    }
    QTRY_COMPARE(m_diary.ended, 1);
    QVERIFY(!m_stream->atEnd());

    m_stream->setReadEnabled(true);
    QCOMPARE(readAll(), lastWords);
    QVERIFY(m_stream->atEnd());
}

void tst_StreamEnd::failedWriteTellsWhy()
{
    m_other.close();
    for (int i = 0; i < 100 && write("too late") != Status::Failed; ++i) {
    }
    QCOMPARE(write("too late"), Status::Failed);
    QCOMPARE(m_stream->error().code(), ErrorCode::Disconnected);
}

void tst_StreamEnd::endIsNoticedWhileReadingIsOff()
{
    m_stream->setReadEnabled(false);
    m_diary.ended = 0;
    m_diary.readable = 0;
    m_other.close();
    QTRY_COMPARE(m_diary.ended, 1);
    QVERIFY(m_stream->atEnd());
    QTest::qWait(500);
    QCOMPARE(m_diary.ended, 1);
    QCOMPARE(m_diary.readable, 0);
}

void tst_StreamEnd::endBehindDataIsNoticedWhileReadingIsOff()
{
    m_stream->setReadEnabled(false);
    m_diary.ended = 0;
    QVERIFY(m_other.write("last words"));
    m_other.close();
    QTRY_COMPARE(m_diary.ended, 1);
    QVERIFY(!m_stream->atEnd());
    QTest::qWait(500);
    QCOMPARE(m_diary.ended, 1);
    // Pausing again tells it again, as what was left may have been read meanwhile.
    m_stream->setReadEnabled(true);
    m_stream->setReadEnabled(false);
    QTRY_COMPARE(m_diary.ended, 2);
    m_stream->setReadEnabled(true);
    QCOMPARE(readAll(), QByteArray("last words"));
}

void tst_StreamEnd::waitingForTheEndDoesNotSpin()
{
    m_stream->setReadEnabled(false);
    QVERIFY(m_other.write("unread"));
    m_other.finishWriting();
    const qint64 before = processorTime();
    QTest::qWait(1000);
    const qint64 used = processorTime() - before;
    QVERIFY2(used < 100, qPrintable(QString::number(used)));
}

// Whether the other end sees the end of the connection right now.
static bool seesTheEnd(int descriptor)
{
    char byte = 0;
    return ::recv(descriptor, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

void tst_StreamEnd::closingIsSeenAtOnce()
{
    QVERIFY(!seesTheEnd(m_otherDescriptor));
    m_stream->close();
    QVERIFY(seesTheEnd(m_otherDescriptor));
}

void tst_StreamEnd::closingAfterAFailedWriteIsComplete()
{
    const QSet<int> before = openDescriptors();
    m_other.close();
    for (int i = 0; i < 100 && write("too late") != Status::Failed; ++i) {
    }
    m_stream->close();
    QVERIFY(!openDescriptors().contains(m_descriptor));
    QVERIFY(openDescriptors().size() < before.size() - 1);
}

void tst_StreamEnd::closedStreamDoesNothing()
{
    QVERIFY(m_other.write("unread"));
    m_stream->close();
    m_stream->close();
    m_stream->setReadEnabled(false);
    m_stream->setReadEnabled(true);
    std::array<char, 10> bytes;
    QCOMPARE(m_stream->read(bytes, {}).status, Status::EndOfStream);
    QCOMPARE(write("x"), Status::Failed);
}

void tst_StreamEnd::slotMayDeleteTheStream()
{
    m_diary.onReadable = [this] { m_stream.reset(); };
    QVERIFY(m_other.write("x"));
    QTRY_VERIFY(!m_stream);
    QVERIFY(m_other.waitForClosed());
}

QTEST_GUILESS_MAIN(tst_StreamEnd)
#include "tst_streamend.moc"
