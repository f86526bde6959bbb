// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "descriptors.h"
#include "observedserver.h"

#include <QtTest/qtest.h>

#include <unistd.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Ping = R"({"type":"ping"})";
const RawSocket::Frame Pong = {Channel::Control, R"({"type":"pong"})"};

} // namespace

/*!
    Bytes that come in odd pieces, late or never: where writes are cut makes no difference, and
    time runs out for nobody but the one who wastes it.
*/
class tst_WirePacing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyByteMayComeAlone();
    void everythingMayComeAtOnce();
    void halfFrameIsKept();
    void firstBytesAreJudgedWithTheWholeHeader_data();
    void firstBytesAreJudgedWithTheWholeHeader();
    void silentClientIsCutAtTheDeadline();
    void tricklingClientIsCutAtTheDeadline();
    void silentClientsDelayNobody();
    void endBeforeTheRequest_data();
    void endBeforeTheRequest();
    void attachedDescriptorsAreDropped();
};

void tst_WirePacing::everyByteMayComeAlone()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.writeBytewise(RawSocket::frame(Channel::Control, PlainRequest)));
    QVERIFY(client.readFrame());
    QVERIFY(client.writeBytewise(RawSocket::frame(Channel::Data, "slow")
                                 + RawSocket::frame(Channel::Error, "")
                                 + RawSocket::frame(Channel::Control, Ping)));
    const std::optional<RawSocket::Frame> answer = client.readFrame();
    QVERIFY(answer);
    QCOMPARE(*answer, Pong);
    const QList<RawSocket::Frame> expected = {{Channel::Data, "slow"}, {Channel::Error, ""}};
    QCOMPARE(observed.frames, expected);
}

void tst_WirePacing::everythingMayComeAtOnce()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.write(RawSocket::frame(Channel::Control, PlainRequest)
                         + RawSocket::frame(Channel::Command, "first")
                         + RawSocket::frame(Channel::Control, Ping)
                         + RawSocket::frame(Channel::Telemetry, "second")));
    client.finishWriting();

    QVERIFY(client.readFrame());
    const std::optional<RawSocket::Frame> answer = client.readFrame();
    QVERIFY(answer);
    QCOMPARE(*answer, Pong);
    QTRY_COMPARE(observed.endings.size(), 1);
    QCOMPARE(observed.endings.first().code(), ErrorCode::Disconnected);
    const QList<RawSocket::Frame> expected
            = {{Channel::Command, "first"}, {Channel::Telemetry, "second"}};
    QCOMPARE(observed.frames, expected);
}

void tst_WirePacing::halfFrameIsKept()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.openSession();
    const QByteArray frame = RawSocket::frame(Channel::Data, "in two halves");
    QVERIFY(client.write(frame.first(12)));

    // A time-out of this side's own, with traffic the other way, while half of it is there.
    QTRY_VERIFY(observed.peer);
    const QFuture<PingReply> ping = observed.peer->ping(std::chrono::milliseconds(50));
    QTRY_VERIFY(ping.isFinished());
    QCOMPARE(ping.result().error.code(), ErrorCode::Timeout);
    QVERIFY(client.readFrame());

    QVERIFY(client.write(frame.sliced(12)));
    QTRY_COMPARE(observed.frames.size(), 1);
    QCOMPARE(observed.frames.first().payload, "in two halves"_ba);
}

void tst_WirePacing::firstBytesAreJudgedWithTheWholeHeader_data()
{
    QTest::addColumn<int>("count");
    for (int count = 1; count < 8; ++count)
        QTest::addRow("%d", count) << count;
}

void tst_WirePacing::firstBytesAreJudgedWithTheWholeHeader()
{
    QFETCH(int, count);
    ObservedServer observed;
    observed.server.setHandshakeTimeout(std::chrono::milliseconds(50));
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.write("nonsense"_ba.first(count)));

    // What ends it is the deadline, not the bytes.
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE(observed.refusals.size(), 1);
    QCOMPARE(observed.refusals.first().code(), ErrorCode::Timeout);
}

void tst_WirePacing::silentClientIsCutAtTheDeadline()
{
    ObservedServer observed;
    observed.server.setHandshakeTimeout(std::chrono::milliseconds(50));
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();

    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE(observed.refusals.size(), 1);
    QCOMPARE(observed.refusals.first().code(), ErrorCode::Timeout);
}

void tst_WirePacing::tricklingClientIsCutAtTheDeadline()
{
    ObservedServer observed;
    observed.server.setHandshakeTimeout(std::chrono::milliseconds(200));
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();

    // One byte every few milliseconds makes a request that takes far longer than the deadline.
    const QByteArray request
            = RawSocket::frame(Channel::Control, PlainRequest.leftJustified(16000));
    qsizetype written = 0;
    while (written < request.size() && client.write(request.sliced(written, 1))) {
        ++written;
        QTest::qWait(5);
    }
    QVERIFY(written < request.size());
    QTRY_COMPARE(observed.refusals.size(), 1);
    QCOMPARE(observed.refusals.first().code(), ErrorCode::Timeout);
    QVERIFY(!observed.peer);
}

void tst_WirePacing::silentClientsDelayNobody()
{
    ObservedServer observed;
    observed.server.setHandshakeTimeout(std::chrono::minutes(5));
    QVERIFY(observed.listen());
    const RawSocket silent = observed.connectRaw();
    RawSocket halfway = observed.connectRaw();
    QVERIFY(halfway.write(RawSocket::frame(Channel::Control, PlainRequest).first(20)));

    const RawSocket good = observed.openSession();
    QVERIFY(good.isValid());
    QTRY_VERIFY(observed.peer);
    QVERIFY(observed.refusals.isEmpty());
}

void tst_WirePacing::endBeforeTheRequest_data()
{
    QTest::addColumn<qsizetype>("count");
    QTest::newRow("nothing") << qsizetype(0);
    QTest::newRow("half a header") << qsizetype(4);
    QTest::newRow("half a request") << qsizetype(20);
}

void tst_WirePacing::endBeforeTheRequest()
{
    QFETCH(qsizetype, count);
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.write(RawSocket::frame(Channel::Control, PlainRequest).first(count)));
    client.finishWriting();

    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
    QTRY_COMPARE(observed.refusals.size(), 1);
    QVERIFY2(observed.refusals.first().message().contains(u"connection closed during handshake"_s),
             qPrintable(observed.refusals.first().message()));
}

void tst_WirePacing::attachedDescriptorsAreDropped()
{
    ObservedServer observed;
    QVERIFY(observed.listen());
    RawSocket client = observed.connectRaw();
    QVERIFY(client.writeWithDescriptor(RawSocket::frame(Channel::Control, PlainRequest),
                                       STDERR_FILENO));
    QVERIFY(client.readFrame());
    QTRY_VERIFY(observed.peer);

    const QSet<int> before = openDescriptors();
    for (int i = 1; i <= 20; ++i) {
        QVERIFY(client.writeWithDescriptor(RawSocket::frame(Channel::Data, "and a descriptor"),
                                           STDERR_FILENO));
        QTRY_COMPARE(observed.frames.size(), i);
    }
    QCOMPARE(openDescriptors(), before);
}

QTEST_GUILESS_MAIN(tst_WirePacing)
#include "tst_wire_pacing.moc"
