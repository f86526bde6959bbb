// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "streamtest.h"

#include "descriptors.h"

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using Status = ByteStream::Status;

// Reading and writing.
class tst_ByteStream : public StreamTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsIntoTargetThenOverflow_data() { addTransportRows(); }
    void readsIntoTargetThenOverflow();
    void readsNothingWhenNothingIsThere_data() { addTransportRows(); }
    void readsNothingWhenNothingIsThere();
    void saysReadableAgainForWhatIsLeft_data() { addTransportRows(); }
    void saysReadableAgainForWhatIsLeft();
    void gathersManyBuffersInOrder_data() { addTransportRows(); }
    void gathersManyBuffersInOrder();
    void writesInPartsToASlowReader_data() { addTransportRows(); }
    void writesInPartsToASlowReader();
    void pausedReadingHoldsTheSenderBack_data() { addTransportRows(); }
    void pausedReadingHoldsTheSenderBack();
    void resumedReadingFindsTheData_data() { addTransportRows(); }
    void resumedReadingFindsTheData();
    void sentDescriptorsDoNotLeak_data() { addTransportRows(); }
    void sentDescriptorsDoNotLeak();
    void sendBufferIsRaisedForLargeWrites_data() { addNativeRow(); }
    void sendBufferIsRaisedForLargeWrites();
    void sendBufferThatTheApplicationHasChosenStays_data() { addNativeRow(); }
    void sendBufferThatTheApplicationHasChosenStays();

private:
    static void addNativeRow();
};

void tst_ByteStream::addNativeRow()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("native") << Transport::Native;
}

void tst_ByteStream::readsIntoTargetThenOverflow()
{
    QVERIFY(m_other.write("0123456789"));
    std::array<char, 4> target;
    std::array<char, 10> overflow;
    const ByteStream::Result result = readSome(*m_stream, target, overflow);
    QCOMPARE(result.status, Status::Ok);
    QCOMPARE(result.bytes, 10);
    QCOMPARE(QByteArray(target.data(), 4), QByteArray("0123"));
    QCOMPARE(QByteArray(overflow.data(), 6), QByteArray("456789"));
}

void tst_ByteStream::readsNothingWhenNothingIsThere()
{
    std::array<char, 4> bytes;
    const ByteStream::Result result = m_stream->read(bytes, {});
    QCOMPARE(result.status, Status::WouldBlock);
    QCOMPARE(result.bytes, 0);
}

void tst_ByteStream::saysReadableAgainForWhatIsLeft()
{
    m_diary.readable = 0;
    QVERIFY(m_other.write("first"));
    QTRY_VERIFY(m_diary.readable > 0);
    std::array<char, 100> bytes;
    QCOMPARE(m_stream->read({}, bytes).bytes, 5);
    QCOMPARE(m_stream->read({}, bytes).status, Status::WouldBlock);
    m_diary.readable = 0;
    QVERIFY(m_other.write("second"));
    QTRY_VERIFY(m_diary.readable > 0);
    QCOMPARE(m_stream->read({}, bytes).bytes, 6);
}

void tst_ByteStream::gathersManyBuffersInOrder()
{
    // More than the system takes at once, and some of them empty.
    std::vector<QByteArray> parts;
    std::vector<QByteArrayView> buffers;
    for (int i = 0; i < 200; ++i)
        parts.push_back(QByteArray::number(i).repeated(i % 5));
    QByteArray expected;
    for (const QByteArray &part : parts) {
        buffers.push_back(part);
        expected += part;
    }
    const ByteStream::Result result = m_stream->write(buffers);
    QCOMPARE(result.status, Status::Ok);
    QCOMPARE(result.bytes, expected.size());
    m_stream->close();
    QVERIFY(m_other.waitForClosed());
    QCOMPARE(m_other.leftovers(), expected);
}

void tst_ByteStream::writesInPartsToASlowReader()
{
    QByteArray payload(5'000'000, Qt::Uninitialized);
    for (qsizetype i = 0; i < payload.size(); ++i)
        payload[i] = char(i % 251);
    const QByteArray bytes = RawSocket::frame(2, payload); // What RawSocket can read whole.

    qsizetype written = 0;
    const auto writeUntilFull = [&] {
        while (written < bytes.size()) {
            const QByteArrayView rest = QByteArrayView(bytes).sliced(written);
            const ByteStream::Result result = m_stream->write({&rest, 1});
            if (result.status == Status::WouldBlock) {
                m_stream->requestWritable();
                return;
            }
            QCOMPARE(result.status, Status::Ok);
            QVERIFY(result.bytes > 0);
            written += result.bytes;
        }
    };
    m_diary.writable = 0;
    writeUntilFull();
    QVERIFY(written < bytes.size());
    QTest::qWait(20);
    QCOMPARE(m_diary.writable, 0); // As nobody reads.

    m_diary.onWritable = writeUntilFull;
    const std::optional<RawSocket::Frame> received = m_other.readFrame();
    QVERIFY(received);
    QCOMPARE(received->payload, payload);
}

void tst_ByteStream::pausedReadingHoldsTheSenderBack()
{
    m_stream->setReadEnabled(false);
    m_diary.readable = 0;
    const QByteArray chunk(65536, 'x');
    qsizetype sent = 0;
    QDeadlineTimer quiet(300);
    while (!quiet.hasExpired() && sent < 64 * chunk.size()) {
        const ssize_t bytes = ::send(m_otherDescriptor, chunk.constData(), size_t(chunk.size()),
                                     MSG_DONTWAIT | MSG_NOSIGNAL);
        if (bytes > 0) {
            sent += bytes;
            quiet.setRemainingTime(300);
        }
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    }
    // The buffers of the kernel and some reading ahead.
    QVERIFY2(sent < 1'000'000, qPrintable(QString::number(sent)));
    QCOMPARE(m_diary.readable, 0);
}

void tst_ByteStream::resumedReadingFindsTheData()
{
    m_stream->setReadEnabled(false);
    QVERIFY(m_other.write("waiting"));
    QTest::qWait(20);
    m_stream->setReadEnabled(true);
    std::array<char, 100> bytes;
    QCOMPARE(readSome(*m_stream, bytes).bytes, 7);
    m_diary.readable = 0;
    QVERIFY(m_other.write("more"));
    QTRY_VERIFY(m_diary.readable > 0);
}

void tst_ByteStream::sentDescriptorsDoNotLeak()
{
    const QSet<int> before = openDescriptors();
    for (int i = 0; i < 10; ++i) {
        QVERIFY(m_other.writeWithDescriptor("x", 0));
        std::array<char, 10> bytes;
        QCOMPARE(readSome(*m_stream, bytes).bytes, 1);
    }
    QCOMPARE(openDescriptors(), before);
}

static int sendBufferOf(int descriptor)
{
    int size = 0;
    socklen_t length = sizeof(size);
    ::getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, &length);
    return size;
}

void tst_ByteStream::sendBufferIsRaisedForLargeWrites()
{
    const int before = sendBufferOf(m_descriptor);
    QCOMPARE(write("small"), Status::Ok);
    QCOMPARE(sendBufferOf(m_descriptor), before);
    QCOMPARE(write(QByteArray(100'000, 'x')), Status::Ok);
    QVERIFY(sendBufferOf(m_descriptor) > before);
}

void tst_ByteStream::sendBufferThatTheApplicationHasChosenStays()
{
    const int size = 8192;
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    const int before = sendBufferOf(m_descriptor);
    QCOMPARE(write(QByteArray(100'000, 'x')), Status::Ok);
    QCOMPARE(sendBufferOf(m_descriptor), before);
}

QTEST_GUILESS_MAIN(tst_ByteStream)
#include "tst_bytestream.moc"
