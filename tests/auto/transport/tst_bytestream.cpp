// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "descriptors.h"
#include "rawsocket.h"
#include "transport/localsocketstream_p.h"
#include "transport/nativestream_p.h"

#include <QtNetwork/qlocalsocket.h>

#include <array>
#include <cerrno>
#include <functional>
#include <optional>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using Status = ByteStream::Status;

/// What a stream has told, and what is to be done then.
class Diary final : public ByteStream::Listener
{
public:
    void streamReadable() override
    {
        ++readable;
        if (onReadable)
            onReadable();
    }
    void streamWritable() override
    {
        ++writable;
        if (onWritable)
            onWritable();
    }
    void streamEnded() override { ++ended; }

    int readable = 0;
    int writable = 0;
    int ended = 0;
    std::function<void()> onReadable;
    std::function<void()> onWritable;
};

// The two byte streams of this layer, which have to behave alike.
class tst_ByteStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

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

    void pausedReadingHoldsTheSenderBack_data() { addTransportRows(); }
    void pausedReadingHoldsTheSenderBack();
    void endIsNoticedWhileReadingIsOff_data() { addTransportRows(); }
    void endIsNoticedWhileReadingIsOff();
    void endBehindDataIsNoticedWhileReadingIsOff_data() { addTransportRows(); }
    void endBehindDataIsNoticedWhileReadingIsOff();
    void waitingForTheEndDoesNotSpin_data() { addTransportRows(); }
    void waitingForTheEndDoesNotSpin();
    void resumedReadingFindsTheData_data() { addTransportRows(); }
    void resumedReadingFindsTheData();

    void closingIsSeenAtOnce_data() { addTransportRows(); }
    void closingIsSeenAtOnce();
    void closingAfterAFailedWriteIsComplete_data() { addTransportRows(); }
    void closingAfterAFailedWriteIsComplete();
    void closedStreamDoesNothing_data() { addTransportRows(); }
    void closedStreamDoesNothing();
    void slotMayDeleteTheStream_data() { addTransportRows(); }
    void slotMayDeleteTheStream();
    void sentDescriptorsDoNotLeak_data() { addTransportRows(); }
    void sentDescriptorsDoNotLeak();
    void sendBufferIsRaisedForLargeWrites_data() { addNativeRow(); }
    void sendBufferIsRaisedForLargeWrites();
    void sendBufferThatTheApplicationHasChosenStays_data() { addNativeRow(); }
    void sendBufferThatTheApplicationHasChosenStays();

private:
    static void addNativeRow();
    QByteArray readAll();
    Status write(const QByteArray &bytes);

    Diary m_diary;
    std::unique_ptr<ByteStream> m_stream;
    RawSocket m_other;
    int m_otherDescriptor = -1; // For what RawSocket can't do.
    int m_descriptor = -1; // The stream's.
};

static std::unique_ptr<ByteStream> makeStream(Transport transport, int descriptor)
{
    if (transport == Transport::Native)
        return std::make_unique<NativeStream>(FileDescriptor(descriptor));
    auto socket = std::make_unique<QLocalSocket>();
    socket->setSocketDescriptor(descriptor, QLocalSocket::ConnectedState,
                                QIODevice::ReadWrite | QIODevice::Unbuffered);
    return std::make_unique<LocalSocketStream>(std::move(socket));
}

void tst_ByteStream::addNativeRow()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("native") << Transport::Native;
}

void tst_ByteStream::init()
{
    std::array<int, 2> ends = {};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    m_other = RawSocket(ends[0]);
    m_otherDescriptor = ends[0];
    m_descriptor = ends[1];
    QFETCH(const Transport, transport);
    m_stream = makeStream(transport, m_descriptor);
    m_diary = {};
    m_stream->setListener(&m_diary);
}

void tst_ByteStream::cleanup()
{
    m_stream.reset();
    m_other.close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

// Reads until the end of the stream.
QByteArray tst_ByteStream::readAll()
{
    QByteArray result;
    const auto readAvailable = [&] {
        std::array<char, 10000> bytes;
        ByteStream::Result got;
        while ((got = m_stream->read({}, bytes)).status == Status::Ok)
            result.append(bytes.data(), got.bytes);
        return got.status != Status::WouldBlock;
    };
    if (!QTest::qWaitFor(readAvailable, 30000))
        result.append("<no end>");
    return result;
}

Status tst_ByteStream::write(const QByteArray &bytes)
{
    const QByteArrayView buffer(bytes);
    return m_stream->write({&buffer, 1}).status;
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

void tst_ByteStream::endComesAfterTheData()
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

void tst_ByteStream::endIsReadable()
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

void tst_ByteStream::resetIsAnEnd()
{
    // The other side closes without having read what we wrote.
    QCOMPARE(write("unread"), Status::Ok);
    QVERIFY(m_other.write("last words"));
    m_other.close();
    QCOMPARE(readAll(), QByteArray("last words"));
    QVERIFY(!m_stream->error() || m_stream->error().code() == ErrorCode::Disconnected);
}

void tst_ByteStream::lastWordsSurviveAFailedWrite_data()
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

void tst_ByteStream::lastWordsSurviveAFailedWrite()
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

void tst_ByteStream::lastWordsSurviveWhileReadingIsOff()
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

void tst_ByteStream::failedWriteTellsWhy()
{
    m_other.close();
    for (int i = 0; i < 100 && write("too late") != Status::Failed; ++i) {
    }
    QCOMPARE(write("too late"), Status::Failed);
    QCOMPARE(m_stream->error().code(), ErrorCode::Disconnected);
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

void tst_ByteStream::endIsNoticedWhileReadingIsOff()
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

void tst_ByteStream::endBehindDataIsNoticedWhileReadingIsOff()
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

void tst_ByteStream::waitingForTheEndDoesNotSpin()
{
    m_stream->setReadEnabled(false);
    QVERIFY(m_other.write("unread"));
    m_other.finishWriting();
    const qint64 before = processorTime();
    QTest::qWait(1000);
    const qint64 used = processorTime() - before;
    QVERIFY2(used < 100, qPrintable(QString::number(used)));
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

// Whether the other end sees the end of the connection right now.
static bool seesTheEnd(int descriptor)
{
    char byte = 0;
    return ::recv(descriptor, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

void tst_ByteStream::closingIsSeenAtOnce()
{
    QVERIFY(!seesTheEnd(m_otherDescriptor));
    m_stream->close();
    QVERIFY(seesTheEnd(m_otherDescriptor));
}

void tst_ByteStream::closingAfterAFailedWriteIsComplete()
{
    const QSet<int> before = openDescriptors();
    m_other.close();
    for (int i = 0; i < 100 && write("too late") != Status::Failed; ++i) {
    }
    m_stream->close();
    QVERIFY(!openDescriptors().contains(m_descriptor));
    QVERIFY(openDescriptors().size() < before.size() - 1);
}

void tst_ByteStream::closedStreamDoesNothing()
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

void tst_ByteStream::slotMayDeleteTheStream()
{
    m_diary.onReadable = [this] { m_stream.reset(); };
    QVERIFY(m_other.write("x"));
    QTRY_VERIFY(!m_stream);
    QVERIFY(m_other.waitForClosed());
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
